# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_decimal

from .carbon_meter import ALLOCATIONS

PLACES = 9
# What belongs to an order before its footprint is calculated, because somebody delivered it.
DELIVERED = ("manual", "record", "bill")
# What the calculation takes over from a delivered activity as it stands.
CARRIED = (
    "source",
    "name",
    "document",
    "process_step",
    "allocation_rule",
    "allocation_note",
    "shared_with",
    "unit",
    "converted_unit",
    "conversion_note",
    "start_ms",
    "end_ms",
)


class CarbonActivity(models.Model):
    """What is delivered for an order: entered by hand, told by a record, divided from a bill."""

    _inherit = "carbon.activity"

    process_step = fields.Char(string="Step", help="Step of the process it was used in.")
    workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Line", index="btree_not_null", check_company=True
    )
    allocation_rule = fields.Selection(
        [*ALLOCATIONS, ("batch", "Equal parts for each batch")],
        string="Divided by",
        readonly=True,
        help="How what several batches used together was divided between them.",
    )
    bill_line_id = fields.Many2one(
        "carbon.bill.line",
        string="Line of a bill",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    allocation_note = fields.Char(string="How it was divided", readonly=True)
    delivery_key = fields.Char(
        readonly=True,
        copy=False,
        help="Names what a program delivered: batch, step, figure and time. It is taken once.",
    )

    _delivered_once = models.UniqueIndex("(delivery_key) WHERE delivery_key IS NOT NULL")

    @api.model
    def _collect_delivered_facts(self, production) -> list[dict]:
        """Return what was delivered for an order, in the order in which it came."""
        activities = self.search(
            [
                ("production_id", "=", production.id),
                ("source", "in", DELIVERED),
                ("is_current", "=", True),
            ],
            order="id",
        )
        return [activity._prepare_delivered_fact() for activity in activities]

    def _prepare_delivered_fact(self) -> dict:
        self.ensure_one()
        fact = {name: self[name] for name in CARRIED}
        fact |= {
            "delivered": self,
            "date": self.date,
            "bill_line_id": self.bill_line_id.id,
            "product_id": self.product_id.id,
            "workcenter_id": self.workcenter_id.id,
            "amount": None if self.amount is False else to_decimal(self.amount, PLACES),
            "share": None if self.share is False else self.share,
            "conversion": to_decimal(self.conversion, 12) if self.converted_unit else None,
            "data_quality": "measured" if self.source == "record" else "calculated",
        }
        if not self.factor_id:
            return fact
        return fact | self.factor_id._prepare_fact(self.factor_id._get_version(self.date))

    @api.model_create_multi
    def create(self, vals_list):
        """Show at once what an entry adds to a running order."""
        activities = super().create(vals_list)
        activities.production_id._refresh_carbon()
        return activities

    def action_withdraw(self):
        """Take entries out; the footprint that counted them keeps them."""
        for activity in self:
            if activity.source == "bill":
                raise UserError(
                    self.env._(
                        "“%(name)s” was divided from %(document)s: withdraw that.",
                        name=activity.name,
                        document=activity.document,
                    )
                )
        result = super().action_withdraw()
        self.production_id._refresh_carbon()
        return result
