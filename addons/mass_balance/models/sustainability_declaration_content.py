# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance, declaration, units


class SustainabilityDeclarationContent(models.AbstractModel):
    """What a declaration says: its fields by the table, its set of characteristics, a snapshot."""

    _name = "sustainability.declaration.content"
    _description = "What a declaration says"

    quantity_kg = Quantity(string="Quantity (kg)", compute="_compute_quantity_kg", store=True)
    booked_quantity = Quantity(string="Booked (kg)", compute="_compute_booked_quantity")
    difference_quantity = Quantity(string="Difference (kg)", compute="_compute_booked_quantity")
    has_difference = fields.Boolean(
        string="Booked less than declared",
        compute="_compute_booked_quantity",
        search="_search_has_difference",
    )
    missing_text = fields.Char(string="Missing", compute="_compute_missing_text")

    @api.depends("quantity", "quantity_unit", "product_id")
    def _compute_quantity_kg(self):
        """A volume or an energy counts by the density or heating value its product has now.

        Not again when that changes: what was booked stays what it was.
        """
        for record in self:
            product, stated = record.product_id, to_decimal(record.quantity, 6)
            heat = product._get_mb_figure("lhv") if product else None
            kilograms = units.to_kg(stated, record.quantity_unit, product.mb_density, heat)
            record.quantity_kg = float(kilograms or 0)

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
            record.has_difference = bool(total) and total != to_decimal(record.quantity_kg)

    def _search_has_difference(self, operator, value):
        """The exception list of rule 5: what came in is not what the paper says."""
        if operator != "in":
            return NotImplemented
        booked = self.search([("direction", "=", "in"), ("state", "=", "booked")])
        found = booked.filtered(lambda record: record.has_difference in value)
        return [("id", "in", found.ids)]

    @api.depends(lambda self: self._get_rule_fields())
    def _compute_missing_text(self):
        for record in self:
            missing = record._missing_fields() if record.state == "draft" else []
            record.missing_text = ", ".join(missing)

    def _get_kg(self) -> Decimal:
        """Return the declared quantity in kg."""
        self.ensure_one()
        return to_decimal(self.quantity_kg)

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
            quantity=self._get_quantity_text(),
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

    def _get_quantity_text(self) -> str:
        """Return the stated quantity to the gram: a tonne has six decimals."""
        return to_text(self.quantity, 3 if self.quantity_unit == "kg" else 6)

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

    def _get_statement_text(self) -> str:
        """Return the statement that is asked for, as part of a sentence; empty when it is open."""
        if not self.statement:
            return ""
        labels = dict(self._fields["statement"]._description_selection(self.env))
        return self.env._(" as %s", labels[self.statement])

    def _get_selection_labels(self) -> dict[str, str]:
        """Return the chosen words beside their codes, in the source language."""
        names = ("scheme", "category", "statement", "chain_of_custody", "method", "attribution")
        found = {name: dict(self._fields[name].selection).get(self[name], "") for name in names}
        return {name: label for name, label in found.items() if label}

    # -- defaults ---

    def _get_default(self, name: str):
        """Return what the partner, the product or the certificate say of a field."""
        self.ensure_one()
        return {**self._get_party_defaults(), **self._get_product_defaults()}[name]

    def _get_party_defaults(self) -> dict:
        if self.direction == "out":
            # the customer reads it: countries are named in its language
            self = self.with_context(lang=self.partner_id.lang or self.env.lang)
        site = self.warehouse_id.partner_id or self.company_id.partner_id
        ours = (self.company_id.partner_id, site)
        theirs = (self.partner_id.commercial_partner_id, self.partner_id)
        supplier, recipient = (theirs, ours) if self.direction == "in" else (ours, theirs)
        return {
            "supplier_name": supplier[0].name,
            "supplier_address": _address(supplier[0]),
            "supplier_identifier": _identifier(supplier[0]),
            "recipient_name": recipient[0].name,
            "recipient_address": _address(recipient[0]),
            "recipient_identifier": _identifier(recipient[0]),
            "dispatch_place": _address(supplier[1]),
            "receipt_place": _address(recipient[1]),
        }

    def _get_product_defaults(self) -> dict:
        product, certification = self.product_id, self.certification_id
        bought = self.direction == "in" and product.mb_category != "fossil"
        return {
            "scheme_version": declaration.SCHEME_VERSIONS.get(self.scheme),
            "certificate_number": certification.number,
            "certification_body": certification.certification_body,
            "product_type": product.mb_product_type,
            "material": product.mb_material or product.name,
            "category": bought and product.mb_category,
        }


def _identifier(partner) -> str | bool:
    return partner.vat or partner.company_registry or partner.ref


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
