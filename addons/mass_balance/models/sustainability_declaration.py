# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import balance
from .selections import (
    ATTRIBUTIONS,
    BASES,
    CATEGORIES,
    CUSTODY,
    METHODS,
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
    _inherit = ["mail.thread", "mail.activity.mixin", "audit.signable.mixin"]
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
        "product.product", string="Product", required=True, check_company=True, ondelete="restrict"
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
    scheme_version = fields.Char(default="3.4.2")
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
    quantity_unit = fields.Selection(
        [("kg", "kg"), ("t", "t (metric)")], string="Unit", default="kg", required=True
    )
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
    ghg_value = Quantity(string="GHG value")
    ghg_unit = fields.Char(string="GHG unit")
    ghg_type = fields.Selection(
        [
            ("total_default", "Total default"),
            ("disaggregated_default", "Disaggregated default"),
            ("actual", "Actual"),
        ],
        string="Type of GHG value",
        help="Empty means that no value is declared; zero is a value.",
    )
    ghg_eec = Quantity(string="eec")
    ghg_el = Quantity(string="el")
    ghg_ep = Quantity(string="ep")
    ghg_etd = Quantity(string="etd")
    ghg_eu = Quantity(string="eu")
    ghg_esca = Quantity(string="esca")
    ghg_eccs = Quantity(string="eccs")
    ghg_eccr = Quantity(string="eccr")
    transport_mode = fields.Char()
    transport_km = Quantity(string="Transport distance (km)")
    flag_land_criteria = fields.Boolean(string="Land criteria met")
    flag_low_iluc = fields.Boolean(string="Low ILUC risk")
    delivery_period = fields.Char(help="When one declaration covers several deliveries.")

    # -- what becomes of it -------------------------------------------------------------------
    quantity_kg = Quantity(string="Quantity (kg)", compute="_compute_quantity_kg", store=True)
    booked_quantity = Quantity(string="Booked (kg)", compute="_compute_booked_quantity")
    difference_quantity = Quantity(string="Difference (kg)", compute="_compute_booked_quantity")
    missing_text = fields.Char(string="Missing", compute="_compute_missing_text")
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

    def _get_default(self, name: str):
        """Return what the partner, the product or the certificate say of a field."""
        self.ensure_one()
        return {**self._get_party_defaults(), **self._get_product_defaults()}[name]

    def _get_party_defaults(self) -> dict:
        site = self.warehouse_id.partner_id or self.company_id.partner_id
        ours = (self.company_id.partner_id, site)
        theirs = (self.partner_id.commercial_partner_id, self.partner_id)
        supplier, recipient = (theirs, ours) if self.direction == "in" else (ours, theirs)
        return {
            "supplier_name": supplier[0].name,
            "supplier_address": _address(supplier[0]),
            "supplier_identifier": supplier[0].vat or supplier[0].ref,
            "recipient_name": recipient[0].name,
            "recipient_address": _address(recipient[0]),
            "recipient_identifier": recipient[0].vat or recipient[0].ref,
            "dispatch_place": _address(supplier[1]),
            "receipt_place": _address(recipient[1]),
        }

    def _get_product_defaults(self) -> dict:
        product, certification = self.product_id, self.certification_id
        bought = self.direction == "in" and product.mb_category != "fossil"
        return {
            "certificate_number": certification.number,
            "certification_body": certification.certification_body,
            "product_type": product.mb_product_type,
            "material": product.mb_material or product.name,
            "category": bought and product.mb_category,
        }

    @api.depends("quantity", "quantity_unit")
    def _compute_quantity_kg(self):
        for record in self:
            factor = 1000 if record.quantity_unit == "t" else 1
            record.quantity_kg = float(to_decimal(record.quantity, 6) * factor)

    @api.depends("entry_ids", "quantity_kg")
    def _compute_booked_quantity(self):
        groups = self.env["mass.balance.entry"]._read_group(
            [("declaration_id", "in", self.ids)], ["declaration_id"], ["signed_quantity:sum"]
        )
        booked = {record.id: to_decimal(total) for record, total in groups}
        for record in self:
            total = booked.get(record.id, balance.ZERO)
            total = -total if record.direction == "out" else total
            record.booked_quantity = total
            record.difference_quantity = to_decimal(record.quantity_kg) - total

    @api.depends(lambda self: self._get_rule_fields())
    def _compute_missing_text(self):
        for record in self:
            missing = record._missing_fields() if record.state == "draft" else []
            record.missing_text = ", ".join(missing)

    def _get_kg(self) -> Decimal:
        """Return the declared quantity in kg."""
        self.ensure_one()
        return to_decimal(self.quantity_kg)


def _address(partner) -> str:
    lines = (partner._display_address(without_company=True) or "").splitlines()
    return ", ".join(line.strip() for line in lines if line.strip())
