# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import urn

STAMPED = {"factor_id", "state", "rejection", "asked_at", "asked_by_id"}


class PactSupply(models.Model):
    """A product of ours as one supplier delivers it, and the footprint that he states for it.

    Kept by sustainability managers: by which identifiers the supplier knows the product. Asking and
    what comes back are stamped. Each usable footprint becomes a draft version of the supply's own
    emission factor; once a second person has approved it, it weighs what is consumed of the lots
    that came from this supplier.
    """

    _name = "pact.supply"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Product of a supplier, with its footprint"
    _order = "client_id, product_id, id"
    _check_company_auto = True

    client_id = fields.Many2one(
        "pact.client",
        string="Supplier's system",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('state', '=', 'active')]",
        tracking=True,
    )
    partner_id = fields.Many2one(related="client_id.partner_id", string="Supplier", store=True)
    company_id = fields.Many2one(related="client_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict", check_company=True
    )
    supplier_keys = fields.Text(
        string="The supplier's identifiers (URN)",
        required=True,
        tracking=True,
        help="One a line, as the supplier names the product, such as urn:gtin:4006381333931. A "
        "footprint that names none of them is not taken.",
    )
    factor_id = fields.Many2one(
        "carbon.factor", string="Emission factor", readonly=True, copy=False, ondelete="restrict"
    )
    current_version_id = fields.Many2one(
        related="factor_id.current_version_id", string="In force today"
    )
    current_value = fields.Float(
        related="factor_id.current_value", string="kg CO2e per kg", digits=(16, 6)
    )
    state = fields.Selection(
        [
            ("new", "Not asked"),
            ("asked", "Asked"),
            ("rejected", "Rejected"),
            ("received", "Received"),
        ],
        string="Answer",
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    rejection = fields.Char(string="Reason of the rejection", readonly=True, copy=False)
    asked_at = fields.Datetime(string="Asked on", readonly=True, copy=False)
    asked_by_id = fields.Many2one(
        "res.users",
        string="Asked by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Stands as the writer of the drafts that come of it: somebody else approves them.",
    )
    received_ids = fields.One2many("pact.received", "supply_id", string="Received footprints")
    received_count = fields.Integer(compute="_compute_received_count")

    _supply_unique = models.UniqueIndex(
        "(client_id, product_id)", "The product is already there for this supplier's system."
    )

    @api.depends("client_id", "product_id")
    def _compute_display_name(self):
        for supply in self:
            names = (supply.product_id.display_name, supply.client_id.partner_id.display_name)
            supply.display_name = " · ".join(name for name in names if name)

    @api.depends("received_ids")
    def _compute_received_count(self):
        for supply in self:
            supply.received_count = len(supply.received_ids)

    @api.constrains("supplier_keys")
    def _check_supplier_keys(self):
        for supply in self:
            keys = urn.read(supply.supplier_keys)
            wrong = urn.find_wrong(keys)
            if wrong or not keys:
                raise ValidationError(
                    self.env._(
                        "%(product)s: “%(name)s” is no URN. Write one identifier a line, such as "
                        "urn:gtin:4006381333931.",
                        product=supply.product_id.display_name,
                        name=wrong,
                    )
                )

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.product_id and not self.supplier_keys:
            self.supplier_keys = "\n".join(self.product_id._get_pact_ids())

    @api.model_create_multi
    def create(self, vals_list):
        """Begin unasked, whatever the caller says."""
        return super().create(
            [{k: v for k, v in vals.items() if k not in STAMPED} for vals in vals_list]
        )

    def write(self, vals):
        """Refuse to type what is stamped, and to move what was received to another product."""
        stamped = STAMPED & set(vals)
        if stamped:
            raise UserError(
                self.env._(
                    "%s is set by asking and by what comes back, and cannot be entered.",
                    ", ".join(self._fields[name].string for name in sorted(stamped)),
                )
            )
        if {"client_id", "product_id"} & set(vals) and self.received_ids:
            raise UserError(
                self.env._("Footprints were received for this product: add another line.")
            )
        return super().write(vals)

    def _stamp(self, vals: dict) -> bool:
        """Write what only the steps of this model write."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        if self.filtered(lambda supply: supply.state != "new"):
            raise UserError(self.env._("What was asked or received stays on record."))

    @api.model
    def _find_for(self, product, company):
        """Return the supplies of a product that footprints came for."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("product_id", "=", product.id),
                ("factor_id", "!=", False),
            ]
        )

    def action_view_received(self):
        """Open what came back."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("carbon_pact.pact_received_action")
        return action | {"domain": [("supply_id", "=", self.id)], "context": {}}
