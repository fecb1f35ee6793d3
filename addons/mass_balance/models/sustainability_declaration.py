# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance, declaration
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

# The only ways a declaration changes its state: (direction, from, to).
TRANSITIONS = {
    ("in", "draft", "complete"),
    ("in", "complete", "draft"),
    ("in", "complete", "booked"),
    ("in", "draft", "cancelled"),
    ("in", "complete", "cancelled"),
    ("in", "booked", "cancelled"),
    ("out", "draft", "issued"),
    ("out", "draft", "cancelled"),
    ("out", "issued", "cancelled"),
}
GHG_TERMS = ("eec", "el", "ep", "etd", "eu", "esca", "eccs", "eccr")
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
        SCHEMES, required=True, compute="_compute_scheme", store=True, readonly=False,
        precompute=True,
    )
    scheme_version = fields.Char(default="3.4.2")
    supplier_name = fields.Char(compute=_default("supplier_name", PARTY), store=True, readonly=False)
    supplier_address = fields.Char(compute=_default("supplier_address", PARTY), store=True, readonly=False)
    supplier_identifier = fields.Char(compute=_default("supplier_identifier", PARTY), store=True, readonly=False)
    certificate_number = fields.Char(
        string="Supplier certificate number",
        compute=_default("certificate_number", ("certification_id",)),
        store=True,
        readonly=False,
    )
    certification_body = fields.Char(
        compute=_default("certification_body", ("certification_id",)), store=True, readonly=False
    )
    recipient_name = fields.Char(compute=_default("recipient_name", PARTY), store=True, readonly=False)
    recipient_address = fields.Char(compute=_default("recipient_address", PARTY), store=True, readonly=False)
    recipient_identifier = fields.Char(compute=_default("recipient_identifier", PARTY), store=True, readonly=False)
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

    # -- content ------------------------------------------------------------------------------

    @api.model
    def _get_rule_fields(self) -> list[str]:
        return [rule.field for rule in declaration.rules() if rule.field in self._fields]

    def _get_values(self) -> dict:
        """Return our fields as `tools/declaration.py` takes them; absent is None, not zero."""
        self.ensure_one()
        values = {name: self[name] for name in self._get_rule_fields()}
        values.update(
            origin_country=self.origin_country_id.code,
            origin_point_required=self.origin_point_required,
            ghg_value=to_decimal(self.ghg_value, 6) if self.ghg_type else None,
            ghg_etd=self.ghg_etd,
            transport_km=self.transport_km or None,
            certified_share=self.certified_share or None,
            quantity=to_decimal(self.quantity, 6),
        )
        return values

    def _missing_fields(self) -> list[str]:
        """Return the labels of the fields that must be filled before it counts."""
        self.ensure_one()
        day = self.issue_date or fields.Date.context_today(self)
        setting = self.env["ir.config_parameter"].sudo().get_param("mass_balance.template_v4_from")
        v4_from = date.fromisoformat(setting) if setting else declaration.TEMPLATE_V4_FROM
        missing = declaration.missing(self._get_values(), self.direction, day, v4_from)
        return [self._get_rule_label(rule) for rule in missing]

    def _get_rule_label(self, rule) -> str:
        name = {"origin_country": "origin_country_id"}.get(rule.field, rule.field)
        return self._fields[name].get_description(self.env, ["string"])["string"]

    def _get_set_key(self) -> tuple:
        """Return what must be equal for two quantities to stand on one declaration."""
        self.ensure_one()
        return declaration.set_key(self._get_values())

    def _get_set_reference(self) -> str:
        """Return how hashed entries name this set: the supplier's declaration and certificate."""
        self.ensure_one()
        return f"{self.supplier_name} / {self.number} / {self.certificate_number}"

    def _snapshot(self) -> dict:
        """Return the whole declaration as data that can be hashed, signed and sent."""
        self.ensure_one()
        values = self._get_values()
        snapshot = {name: _plain(value) for name, value in values.items()}
        snapshot.update(
            direction=self.direction,
            quantity=to_text(self.quantity),
            quantity_kg=to_text(self.quantity_kg),
            certified_share=to_text(self.certified_share, 2),
            supplier_identifier=self.supplier_identifier or "",
            recipient_identifier=self.recipient_identifier or "",
            product=self.product_id.display_name,
            annex=self.annex or "",
            delivery_period=self.delivery_period or "",
            transfers=sorted(self.picking_ids.mapped("name")),
            lots=sorted(self.lot_ids.mapped("name")),
            sources=self._get_source_references(),
            labels=self._get_selection_labels(),
        )
        snapshot.update(self._get_ghg_snapshot())
        return snapshot

    def _get_ghg_snapshot(self) -> dict:
        if not self.ghg_type:
            return {"ghg_value": None, "ghg_unit": None, "ghg_type": None}
        terms = {f"ghg_{term}": to_text(self[f"ghg_{term}"], 6) for term in GHG_TERMS}
        return {"ghg_value": to_text(self.ghg_value, 6), **terms}

    def _get_source_references(self) -> list:
        """Return the incoming declarations behind an outgoing one, with what each gave."""
        parts = {}
        for entry in self.sudo().entry_ids.filtered(lambda e: e.direction == "out"):
            source = entry.source_declaration_id
            parts[source] = parts.get(source, balance.ZERO) + entry._get_quantity()
        return [
            {"declaration": source._get_set_reference(), "quantity_kg": to_text(quantity)}
            for source, quantity in sorted(parts.items(), key=lambda item: item[0].id)
        ]

    def _get_selection_labels(self) -> dict[str, str]:
        """Return the chosen words beside their codes, in the source language."""
        names = ("scheme", "category", "statement", "chain_of_custody", "method", "attribution")
        found = {name: dict(self._fields[name].selection).get(self[name], "") for name in names}
        return {name: label for name, label in found.items() if label}

    # -- states -------------------------------------------------------------------------------

    def _transition(self, state: str, **stamps) -> None:
        """Move to another state; the one place where `state` is written."""
        for record in self:
            if (record.direction, record.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "Declaration %(number)s is %(state)s: that is not possible any more.",
                        number=record.number,
                        state=record._get_state_label(),
                    )
                )
            old = record.state
            record._stamp(state=state, **stamps)
            self.env["audit.record"]._log(
                "sustainability.declaration", record, {"from": old, "to": state}
            )

    def _stamp(self, **vals) -> None:
        """Write what only our own steps write, past the guard of `write`."""
        super().write(vals)

    def _get_state_label(self) -> str:
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _check_is_manager(self) -> None:
        if not (self.env.su or self.env.user.has_group("mass_balance.group_mass_balance_manager")):
            raise AccessError(
                self.env._("Only the sustainability manager completes or cancels declarations.")
            )

    def action_cancel(self):
        """Cancel with a reason; what was booked is reversed, the number stays used."""
        self._check_is_manager()
        for record in self:
            if not (record.cancel_reason or "").strip():
                raise UserError(
                    self.env._("Say why %s is cancelled: fill in the reason first.", record.number)
                )
            record._reverse_entries()
            record._transition("cancelled")
        return True

    def _reverse_entries(self) -> None:
        self.ensure_one()
        entries = self.sudo().entry_ids.filtered(lambda e: e.direction in ("in", "out"))
        corrected = self.sudo().entry_ids.corrected_id
        left = self.env["mass.balance.credit"]
        for entry in (entries - corrected).filtered(lambda e: e.direction == "in"):
            left = left._get_left(entry.account_id).filtered(
                lambda c, e=entry: c.declaration_id == e.declaration_id and c.lot_id == e.lot_id
            )
            if sum((c._get_remaining() for c in left), balance.ZERO) < entry._get_quantity():
                raise UserError(
                    self.env._(
                        "Declaration %(number)s cannot be cancelled: %(quantity)s kg were "
                        "booked by %(document)s and part of them is already used.",
                        number=self.number,
                        quantity=to_text(entry.quantity),
                        document=entry.document,
                    )
                )
        (entries - corrected)._reverse(self.env._("Cancelled: %s", self.cancel_reason))

    # -- guard --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = []
        for vals in vals_list:
            row = {**vals, "state": "draft", "refusal": False}
            direction = row.get("direction") or self.default_get(["direction"]).get("direction")
            if direction == "out":
                self._check_may_create_outgoing()
                row["number"] = self._next_number(row.get("company_id"))
            else:
                row["number"] = _clean(row.get("number"))
            rows.append(row)
        return super().create(rows)

    def _check_may_create_outgoing(self) -> None:
        if not self.env.su:
            raise UserError(
                self.env._(
                    "An outgoing declaration is drafted by a delivery with a sustainability "
                    "claim: set the claim on the order line and validate the delivery."
                )
            )

    @api.model
    def _next_number(self, company_id) -> str:
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        sequence = self.env["ir.sequence"].sudo().with_company(company)
        return sequence.next_by_code("sustainability.declaration")

    def write(self, vals):
        """State and outcome are stamped by transitions; what counts is frozen."""
        stamped = {"state", "direction", "refusal", "issued_by_id", "issued_at"} & set(vals)
        if stamped:
            raise UserError(
                self.env._("The state of a declaration changes by its buttons and its signature.")
            )
        for record in self:
            record._check_may_write(set(vals))
        if "number" in vals:
            vals = {**vals, "number": _clean(vals["number"])}
        result = super().write(vals)
        if "picking_ids" in vals:
            self._book_receipts()
        return result

    def _check_may_write(self, names: set[str]) -> None:
        names = {n for n in names if not n.startswith(("message_", "activity_"))}
        frozen = names - self._get_open() if self.state != "draft" else names & self._get_frozen()
        if frozen:
            raise UserError(
                self.env._(
                    "Declaration %(number)s is %(state)s: %(fields)s cannot be changed. Cancel "
                    "it and make a new one.",
                    number=self.number,
                    state=self._get_state_label(),
                    fields=", ".join(
                        self._fields[n].get_description(self.env, ["string"])["string"]
                        for n in sorted(frozen)
                        if n in self._fields
                    ),
                )
            )

    def _get_open(self) -> set[str]:
        """Return what may still be written after a declaration is complete or issued."""
        may_link = self.direction == "in" and self.state in ("complete", "booked")
        return {"cancel_reason", "picking_ids"} if may_link else {"cancel_reason"}

    def _get_frozen(self) -> set[str]:
        """Return what may not change in a draft: number, and with credits drawn their set."""
        if self.direction == "in":
            return set()
        frozen = {"number", "company_id", "partner_id", "product_id", "certification_id"}
        if self.sudo().entry_ids:
            frozen |= {"origin_country_id", "quantity", "quantity_unit", "method", "basis"}
            frozen |= {"attribution", "credit_transfer", "certified_share", "lot_ids"}
            frozen |= {n for n in declaration.SET_FIELDS if n in self._fields}
            frozen |= {n for n in self._fields if n.startswith("ghg_")}
        return frozen

    def unlink(self):
        for record in self:
            if record.direction == "out" or record.state != "draft":
                raise UserError(
                    self.env._(
                        "Declaration %s cannot be deleted: its number stays used. Cancel it.",
                        record.number,
                    )
                )
        return super().unlink()

    @api.constrains("picking_ids", "partner_id", "company_id")
    def _check_pickings(self):
        self.filtered(lambda d: d.direction == "in").picking_ids._check_declarations()

    @api.constrains("certification_id", "partner_id", "direction", "scheme")
    def _check_certification(self):
        for record in self.filtered("certification_id"):
            certification = record.certification_id
            holder = certification.partner_id.commercial_partner_id
            ours = record.company_id.partner_id.commercial_partner_id
            expected = record.commercial_partner_id if record.direction == "in" else ours
            if holder != expected:
                raise ValidationError(
                    self.env._(
                        "Certificate %(certificate)s belongs to %(holder)s, not to %(partner)s.",
                        certificate=certification.number,
                        holder=holder.name,
                        partner=expected.name,
                    )
                )
            if certification.scheme != record.scheme:
                raise ValidationError(
                    self.env._(
                        "Declaration %(number)s and its certificate %(certificate)s belong to "
                        "different schemes.",
                        number=record.number,
                        certificate=certification.number,
                    )
                )

    # -- buttons ------------------------------------------------------------------------------

    def action_view_entries(self):
        """Open what was booked for this declaration, and from its set of characteristics."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "mass.balance.entry",
            "view_mode": "list,form,pivot",
            "domain": [
                "|",
                ("declaration_id", "=", self.id),
                ("source_declaration_id", "=", self.id),
            ],
        }

    def action_view_pickings(self):
        """Open the transfers of this declaration."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfers"),
            "res_model": "stock.picking",
            "view_mode": "list,form",
            "domain": [("id", "in", self.picking_ids.ids)],
        }


def _clean(number) -> str | bool:
    """One number is one number, however many blanks were typed around it."""
    return " ".join((number or "").split()) or False


def _address(partner) -> str:
    lines = (partner._display_address(without_company=True) or "").splitlines()
    return ", ".join(line.strip() for line in lines if line.strip())


def _plain(value):
    """Turn a value of a field into what canonical JSON takes."""
    if value is None or value is False or value == "":
        return None
    if isinstance(value, (float, Decimal)):
        return to_text(value)
    return value if isinstance(value, (str, int)) else str(value)
