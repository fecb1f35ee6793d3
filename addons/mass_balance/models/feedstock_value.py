# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.audit_chain.fields import Quantity

KINDS = [
    ("biomass_content", "Biomass content (%)"),
    ("lhv", "Lower heating value (MJ/kg)"),
    ("moisture", "Moisture (%)"),
    ("score", "Sustainability score (0–100)"),
    ("premium", "Premium (per kg)"),
]
PERCENT = ("biomass_content", "moisture", "score")
MEASURED = ("biomass_content", "lhv", "moisture")


class FeedstockValue(models.Model):
    """One figure of a feedstock: as its supplier declares it, or as a laboratory found it.

    A supplier's figure belongs to a declaration, a laboratory's to a lot, with sample, method,
    laboratory and certificate. A released result overrules the supplier's from its day of
    sampling on; both stay, and what is released can never change. No row means not known: that
    is not zero.
    """

    _name = "feedstock.value"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Feedstock figure"
    _order = "day desc, id desc"
    _rec_name = "kind"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, index=True, precompute=True
    )
    source = fields.Selection(
        [("supplier", "Supplier"), ("lab", "Laboratory")], required=True, default="lab"
    )
    kind = fields.Selection(KINDS, string="Figure", required=True)
    value = Quantity(required=True, tracking=True)
    declaration_id = fields.Many2one(
        "sustainability.declaration", index="btree_not_null", ondelete="cascade"
    )
    lot_id = fields.Many2one("stock.lot", index="btree_not_null", ondelete="restrict")
    day = fields.Date(
        string="Sampled on",
        default=fields.Date.context_today,
        help="The result counts from this day on.",
    )
    sample = fields.Char(string="Sample number")
    method = fields.Char(
        help="Standard the laboratory worked by, for example EN 16640 or EN 14918."
    )
    laboratory_id = fields.Many2one("res.partner", ondelete="restrict")
    certificate = fields.Char(string="Number of the report")
    paper = fields.Binary(string="Report", attachment=True, copy=False)
    paper_name = fields.Char(copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("released", "Released"), ("rejected", "Rejected")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    released_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    released_at = fields.Datetime(readonly=True, copy=False)

    _one_supplier_value = models.UniqueIndex(
        "(declaration_id, kind) WHERE source = 'supplier'",
        "The declaration states this figure already.",
    )

    @api.depends("declaration_id.company_id", "lot_id.company_id")
    def _compute_company_id(self):
        for record in self:
            owner = record.declaration_id or record.lot_id
            record.company_id = owner.company_id or self.env.company

    @api.constrains("source", "declaration_id", "lot_id", "kind", "value")
    def _check_value(self):
        for record in self:
            owner = record.declaration_id if record.source == "supplier" else record.lot_id
            if not owner or (record.declaration_id and record.lot_id):
                raise ValidationError(
                    self.env._(
                        "A supplier's figure belongs to a declaration, a laboratory's to a lot."
                    )
                )
            if record.source == "lab" and record.kind not in MEASURED:
                raise ValidationError(
                    self.env._("A laboratory finds biomass content, heating value or moisture.")
                )
            high = 100 if record.kind in PERCENT else float("inf")
            if not 0 <= record.value <= high:
                raise ValidationError(
                    self.env._(
                        "%(kind)s is %(value)s: that is out of range.",
                        kind=record._get_kind_label(),
                        value=record.value,
                    )
                )

    def _get_kind_label(self) -> str:
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    # -- release --------------------------------------------------------------------------------

    def action_release(self):
        """Let the result overrule what the supplier declared."""
        self._check_is_manager()
        for record in self:
            lacking = [
                record._fields[name].get_description(self.env, ["string"])["string"]
                for name in ("lot_id", "sample", "method", "laboratory_id", "certificate", "day")
                if not record[name]
            ]
            if record.source != "lab" or record.state != "draft" or lacking:
                raise UserError(
                    self.env._(
                        "This result cannot be released. It must be a draft of a laboratory, and "
                        "this is missing: %s.",
                        ", ".join(lacking) or "–",
                    )
                )
            record._stamp(
                state="released", released_by_id=self.env.uid, released_at=fields.Datetime.now()
            )
            self.env["audit.record"]._log(
                "feedstock.released",
                record,
                {
                    "lot": record.lot_id.name,
                    "kind": record.kind,
                    "value": str(record.value),
                    "sample": record.sample,
                    "supplier": str(record.lot_id._get_declared(record.kind)),
                },
            )
            record._tell_late_result()
        return True

    def _tell_late_result(self) -> None:
        """What was attributed by another heating value stays booked: a person corrects it."""
        entries = self.env["mass.balance.entry"].sudo()
        domain = [
            ("lot_id", "=", self.lot_id.id),
            ("direction", "=", "convert"),
            ("signed_quantity", "<", 0),
            ("booking_date", ">=", self.day),
            ("account_id.basis", "=", "lhv"),
        ]
        orders = entries.search(domain).production_id if self.kind == "lhv" else None
        if orders:
            self.company_id._schedule_mass_balance_activity(
                self.lot_id,
                self.env._("Laboratory result after the lot was converted"),
                self.env._(
                    "%(orders)s converted lot %(lot)s before sample %(sample)s found %(value)s "
                    "MJ/kg. Entries are never changed: if they credited too much, take it out by "
                    "a correction voucher; what was too little is not added.",
                    orders=", ".join(orders.mapped("name")),
                    lot=self.lot_id.name,
                    sample=self.sample,
                    value=self.value,
                ),
            )

    def action_reject(self):
        """Set a draft aside: it never counts, and it stays."""
        self._check_is_manager()
        if self.filtered(lambda record: record.state != "draft"):
            raise UserError(self.env._("Only a draft can be set aside."))
        self._stamp(state="rejected")
        return True

    def _check_is_manager(self) -> None:
        if not (self.env.su or self.env.user.has_group("mass_balance.group_mass_balance_manager")):
            raise AccessError(self.env._("Only the sustainability manager decides on results."))

    def _stamp(self, **vals) -> bool:
        """Write what only our own steps write, past the guard of `write`."""
        return super().write(vals)

    # -- guard ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        stamped = {"state", "released_by_id", "released_at"}
        records = super().create(
            [{k: v for k, v in vals.items() if k not in stamped} for vals in vals_list]
        )
        records._check_open()
        return records

    def write(self, vals):
        """State is stamped by the buttons; what counts in the books is frozen."""
        if {"state", "released_by_id", "released_at"} & set(vals):
            raise UserError(self.env._("A result is released or set aside by its buttons."))
        if any(not name.startswith(("message_", "activity_")) for name in vals):
            self._check_open()
        result = super().write(vals)
        self._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        self._check_open()

    def _check_open(self) -> None:
        for record in self:
            declared = record.declaration_id
            if record.state != "draft" or (declared and declared.state != "draft"):
                raise UserError(
                    self.env._(
                        "%s is part of what the books rely on and stays. Enter a new result.",
                        record._get_kind_label(),
                    )
                )
