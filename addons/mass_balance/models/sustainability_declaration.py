# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity

from .selections import (
    ATTRIBUTIONS,
    BASES,
    CATEGORIES,
    CUSTODY,
    METHODS,
    QUANTITY_UNITS,
    RED_CATEGORIES,
    SCHEMES,
    STATEMENTS,
    WASTE_STATUSES,
    YES_NO,
)

PARTY = ("partner_id", "company_id", "warehouse_id", "direction")


def _default(name: str, depends: tuple[str, ...]):
    """Return a compute method for one field, which people may overwrite.

    One method for each: Odoo computes none of the fields of a shared method when one is given.
    """

    @api.depends(*depends)
    def compute(self):
        for record in self:
            record[name] = record._get_default(name) or record[name]

    return compute


class SustainabilityDeclaration(models.Model):
    """One Sustainability Declaration: a supplier's that came in, or ours that goes out.

    An incoming one is entered as the supplier wrote it; it carries the set of characteristics
    that lots and credits refer to and is used once. An outgoing one is drafted by a delivery
    that draws credits, and issued by the sustainability manager's signature. Its number is never
    used again. What was booked or issued can never change; cancelling books the reversal.
    """

    _name = "sustainability.declaration"
    _inherit = [
        "sustainability.declaration.state",
        "sustainability.declaration.retention",
        "sustainability.declaration.feedstock",  # extends what `incoming` checks
        "sustainability.declaration.incoming",
        "sustainability.declaration.pos",  # extends what `issue` and `content` say
        "sustainability.declaration.grounds",  # extends what `issue` asks
        "sustainability.declaration.again",
        "sustainability.declaration.lapse",
        "sustainability.declaration.outgoing",
        "sustainability.declaration.issue",
        "sustainability.declaration.content",
        "sustainability.declaration.ghg",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Sustainability Declaration"
    _order = "id desc"
    _rec_name = "number"
    _check_company_auto = True

    number = fields.Char(copy=False, index=True, tracking=True)
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], required=True, default="in", index=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("complete", "Complete"),
            ("booked", "Booked"),
            ("issued", "Issued"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Site",
        check_company=True,
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Supplier or customer", required=True, index=True, ondelete="restrict"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, string="Commercial partner"
    )
    certification_id = fields.Many2one(
        "partner.certification",
        string="Certificate",
        check_company=True,
        index=True,
        ondelete="restrict",
        help="The supplier's certificate: theirs on an incoming, ours on an outgoing declaration.",
    )
    product_id = fields.Many2one(
        "product.product", required=True, check_company=True, ondelete="restrict"
    )
    picking_ids = fields.Many2many(
        "stock.picking",
        "sustainability_declaration_stock_picking_rel",
        "declaration_id",
        "picking_id",
        string="Transfers",
        copy=False,
    )
    lot_ids = fields.Many2many("stock.lot", string="Lots", copy=False)
    sale_line_id = fields.Many2one(
        "sale.order.line", readonly=True, copy=False, index="btree_not_null"
    )
    entry_ids = fields.One2many("mass.balance.entry", "declaration_id", string="Entries")

    # -- the fields of the declaration, in the order of the table in tools/declaration.py -------
    issue_date = fields.Date(string="Date of issuance")
    scheme = fields.Selection(
        SCHEMES,
        required=True,
        compute="_compute_scheme",
        store=True,
        readonly=False,
        precompute=True,
    )
    scheme_version = fields.Char(
        compute=_default("scheme_version", ("scheme",)), store=True, readonly=False
    )
    supplier_name = fields.Char(
        compute=_default("supplier_name", PARTY), store=True, readonly=False
    )
    supplier_address = fields.Char(
        compute=_default("supplier_address", PARTY), store=True, readonly=False
    )
    supplier_identifier = fields.Char(
        compute=_default("supplier_identifier", PARTY), store=True, readonly=False
    )
    certificate_number = fields.Char(
        string="Supplier certificate number",
        compute=_default("certificate_number", ("certification_id",)),
        store=True,
        readonly=False,
    )
    certification_body = fields.Char(
        compute=_default("certification_body", ("certification_id",)), store=True, readonly=False
    )
    recipient_name = fields.Char(
        compute=_default("recipient_name", PARTY), store=True, readonly=False
    )
    recipient_address = fields.Char(
        compute=_default("recipient_address", PARTY), store=True, readonly=False
    )
    recipient_identifier = fields.Char(
        compute=_default("recipient_identifier", PARTY), store=True, readonly=False
    )
    contract_number = fields.Char()
    dispatch_date = fields.Date(string="Date of dispatch")
    dispatch_place = fields.Char(
        string="Place of dispatch",
        compute=_default("dispatch_place", PARTY),
        store=True,
        readonly=False,
    )
    receipt_place = fields.Char(
        string="Place of receipt",
        compute=_default("receipt_place", PARTY),
        store=True,
        readonly=False,
    )
    product_type = fields.Selection(
        [("raw", "Raw material"), ("intermediate", "Intermediate"), ("final", "Final product")],
        compute=_default("product_type", ("product_id",)),
        store=True,
        readonly=False,
    )
    material = fields.Char(
        string="Product (ISCC list)",
        compute=_default("material", ("product_id",)),
        store=True,
        readonly=False,
    )
    raw_material = fields.Char()
    origin_country_id = fields.Many2one("res.country", string="Country of origin")
    quantity = Quantity()
    quantity_unit = fields.Selection(QUANTITY_UNITS, string="Unit", default="kg", required=True)
    statement = fields.Selection(STATEMENTS, string="Sustainability statement")
    chain_of_custody = fields.Selection(
        CUSTODY, string="Chain-of-custody option", default="mass_balance"
    )
    waste_residue = fields.Selection(YES_NO, string="Waste or residue")
    red_category = fields.Selection(RED_CATEGORIES, string="RED category")
    origin_point_required = fields.Boolean(
        string="Waste of a processing unit",
        help="Generated at an oil mill, refinery or other processing unit: its point of origin "
        "is named.",
    )
    origin_point_name = fields.Char(string="Point of origin")
    origin_point_address = fields.Char(string="Address of the point of origin")
    category = fields.Selection(
        CATEGORIES,
        string="Raw-material category",
        compute=_default("category", ("product_id", "direction")),
        store=True,
        readonly=False,
    )
    waste_status = fields.Selection(WASTE_STATUSES)
    input_reflection = fields.Char(string="Reflection of input characteristics")
    input_compensation = fields.Char(string="Extent of input compensation")
    credit_transfer = fields.Selection(
        [("none", "None"), ("upstream", "Upstream"), ("issuer", "By the issuer")],
        string="Multi-site credit transfer",
        default="none",
    )
    method = fields.Selection(METHODS)
    attribution = fields.Selection(ATTRIBUTIONS)
    basis = fields.Selection(BASES)
    certified_share = fields.Float(string="Certified content (%)", digits=(6, 2), default=100.0)
    annex = fields.Text(string="Annex: product and add-on information")
    flag_land_criteria = fields.Boolean(string="Land criteria met")
    flag_low_iluc = fields.Boolean(string="Low ILUC risk")
    delivery_period = fields.Char(help="When one declaration covers several deliveries.")

    # -- what becomes of it -------------------------------------------------------------------
    refusal = fields.Char(readonly=True, copy=False, tracking=True)
    cancel_reason = fields.Char(copy=False)
    issued_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    issued_at = fields.Datetime(readonly=True, copy=False)

    _single_use = models.UniqueIndex(
        "(commercial_partner_id, lower(number)) WHERE direction = 'in' AND state != 'cancelled'",
        "A declaration of this supplier with this number is already recorded: the "
        "characteristics of a quantity are used once.",
    )
    _number_once = models.UniqueIndex(
        "(company_id, number) WHERE direction = 'out'",
        "The number of a declaration is never used again.",
    )

    # -- computed -----------------------------------------------------------------------------

    @api.depends("company_id")
    def _compute_warehouse_id(self):
        for record in self:
            if record.warehouse_id.company_id != record.company_id:
                record.warehouse_id = self.env["stock.warehouse"].search(
                    [("company_id", "=", record.company_id.id)], limit=1
                )

    @api.depends("certification_id")
    def _compute_scheme(self):
        for record in self:
            record.scheme = record.certification_id.scheme or record.scheme or "iscc_plus"

    # -- rules ----------------------------------------------------------------------------------

    @api.constrains("picking_ids", "partner_id", "company_id")
    def _check_pickings(self):
        incoming = self.filtered(lambda d: d.direction == "in")
        lines = self.env["stock.move.line"].sudo().search([("declaration_id", "in", incoming.ids)])
        (incoming.picking_ids | lines.picking_id)._check_declarations()
