# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring import clock


class CarbonBill(models.Model):
    """A bill, a stock issue, a waste note or a freight paper: what a period used, by document.

    Entered by a sustainability manager with its period and its paper. Dividing it makes an activity
    for each batch that ran in the period, by the rule of each line, and stamps who and when; from
    then on nothing of it changes. One found wrong is withdrawn: its activities lose their mark,
    and the footprints are calculated anew.
    """

    _name = "carbon.bill"
    _inherit = ["mail.thread"]
    _description = "Bill of consumption"
    _order = "period_end desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, tracking=True)
    kind = fields.Selection(
        [
            ("bill", "Bill"),
            ("stock", "Stock issue"),
            ("waste", "Waste note"),
            ("freight", "Freight paper"),
            ("other", "Other document"),
        ],
        required=True,
        default="bill",
    )
    partner_id = fields.Many2one("res.partner", string="Supplier", ondelete="restrict")
    date = fields.Date(required=True, default=fields.Date.context_today)
    period_start = fields.Date(string="From", required=True)
    period_end = fields.Date(string="To", required=True, help="The last day of the period.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    location_dest_id = fields.Many2one(
        "stock.location",
        string="Issued to",
        check_company=True,
        ondelete="restrict",
        help="Where stores issue what no order consumes: maintenance, cleaning, water treatment.",
    )
    line_ids = fields.One2many("carbon.bill.line", "bill_id", string="Lines", copy=True)
    attachment_ids = fields.Many2many("ir.attachment", string="The paper")
    note = fields.Text()
    state = fields.Selection(
        [("draft", "Draft"), ("divided", "Divided"), ("withdrawn", "Withdrawn")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    divided_by_id = fields.Many2one(
        "res.users", string="Divided by user", readonly=True, copy=False, ondelete="restrict"
    )
    divided_at = fields.Datetime(string="Divided on", readonly=True, copy=False)
    counted_twice = fields.Text(
        compute="_compute_counted_twice", help="Meters that count what a line counts."
    )

    _period = models.Constraint(
        "CHECK(period_end >= period_start)", "A period cannot end before it begins."
    )

    @api.depends("line_ids.factor_id", "company_id")
    def _compute_counted_twice(self):
        for bill in self:
            categories = set(bill.line_ids.factor_id.mapped("category"))
            meters = self.env["carbon.meter"].search([("company_id", "=", bill.company_id.id)])
            twice = meters.filtered(
                lambda meter, known=categories: meter.factor_id.category in known
            )
            bill.counted_twice = ", ".join(twice.mapped("name")) or False

    @api.model_create_multi
    def create(self, vals_list):
        """Begin as a draft that nobody has divided, whatever the caller says."""
        for vals in vals_list:
            for name in ("state", "divided_by_id", "divided_at"):
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change what is divided; its state moves by its buttons alone."""
        if {"state", "divided_by_id", "divided_at"} & set(vals):
            raise UserError(self.env._("The state of a bill is stamped by its buttons."))
        if {name for name in vals if self._is_content(name)}:
            self._check_draft()
        return super().write(vals)

    def unlink(self):
        """Refuse to delete what footprints rest on."""
        self._check_draft()
        return super().unlink()

    @api.model
    def _is_content(self, name: str) -> bool:
        return not name.startswith(("message_", "activity_")) and name != "note"

    def _check_draft(self):
        for bill in self.filtered(lambda bill: bill.state != "draft"):
            raise UserError(
                self.env._(
                    "The bill “%s” is divided: footprints rest on it. Withdraw it and enter a new "
                    "one.",
                    bill.name,
                )
            )

    # -- what ran in the period ---------------------------------------------------------------

    def _get_window(self) -> tuple[int, int]:
        """Return the period from midnight to midnight at the plant, in milliseconds UTC."""
        self.ensure_one()
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        zone = warehouse._get_plant_zone() if warehouse else pytz.utc
        edges = (self.period_start, self.period_end + timedelta(days=1))
        moments = [zone.localize(datetime.combine(day, time.min)) for day in edges]
        start, end = (moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in moments)
        return clock.to_ms(start), clock.to_ms(end)

    def _get_reference(self) -> str:
        self.ensure_one()
        period = f"{self.period_start} – {self.period_end}"
        return ", ".join(part for part in (self.name, self.partner_id.name, period) if part)

    # -- buttons ------------------------------------------------------------------------------

    def action_divide(self):
        """Make an activity for each batch of the period, line by line."""
        self.check_access("write")
        for bill in self:
            if bill.state != "draft" or not bill.line_ids:
                raise UserError(
                    self.env._(
                        "The bill “%s” is no draft with lines: nothing to divide.", bill.name
                    )
                )
            activities = bill.line_ids._divide()
            bill._stamp(
                {
                    "state": "divided",
                    "divided_by_id": self.env.uid,
                    "divided_at": fields.Datetime.now(),
                }
            )
            bill._log_state(activities)
            activities.production_id._refresh_carbon()

    def action_withdraw(self):
        """Take what was divided out of the footprints; what they counted stays in their history."""
        self.check_access("write")
        for bill in self.filtered(lambda bill: bill.state == "divided"):
            activities = self.env["carbon.activity"].search(
                [("bill_line_id", "in", bill.line_ids.ids), ("is_current", "=", True)]
            )
            activities._set_current(False)
            bill._stamp({"state": "withdrawn"})
            bill._log_state(activities)
            activities.production_id._refresh_carbon()

    def _stamp(self, vals: dict) -> bool:
        """Write what the buttons stamp, past the guard of `write`."""
        return super().write(vals)

    def _log_state(self, activities) -> None:
        self.ensure_one()
        self.env["audit.record"]._log(
            f"carbon.bill.{self.state}",
            self,
            {
                "bill": self._get_reference(),
                "batches": str(len(activities.production_id)),
                "activities": str(len(activities)),
            },
        )

    def action_view_activities(self):
        """Open what the bill was divided into."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "carbon_footprint.carbon_activity_action"
        )
        domain = [("bill_line_id", "in", self.line_ids.ids)]
        return action | {"domain": domain, "context": {"search_default_is_current": 1}}

    def action_take_from_stock(self):
        """Make a line for each product that stores issued to the place in the period."""
        self.ensure_one()
        self._check_draft()
        start_ms, end_ms = self._get_window()
        moves = self.env["stock.move"].search(
            [
                ("state", "=", "done"),
                ("company_id", "=", self.company_id.id),
                ("location_dest_id", "child_of", self.location_dest_id.ids),
                ("raw_material_production_id", "=", False),
                ("production_id", "=", False),
                ("date", ">=", clock.to_datetime(start_ms)),
                ("date", "<", clock.to_datetime(end_ms)),
            ]
        )
        if not moves:
            raise UserError(self.env._("Nothing was issued to this place in the period."))
        moves.product_id._check_carbon_factor()
        self.line_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create(self._prepare_issue(product, moves))
                for product in moves.product_id.sorted("name")
            ),
        ]

    @api.model
    def _prepare_issue(self, product, moves) -> dict:
        issued = moves.filtered(lambda move: move.product_id == product)
        kg = sum(product._get_kg(move.quantity, move.product_uom) for move in issued)
        return {
            "name": product.display_name,
            "factor_id": product.carbon_factor_id.id,
            "amount": float(kg),
            "unit": "kg",
        }
