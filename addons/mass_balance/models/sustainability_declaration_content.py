# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance, declaration

GHG_TERMS = ("eec", "el", "ep", "etd", "eu", "esca", "eccs", "eccr")


class SustainabilityDeclarationContent(models.Model):
    """What a declaration says: its fields by the table, its set of characteristics, a snapshot."""

    _inherit = "sustainability.declaration"

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


def _plain(value):
    """Turn a value of a field into what canonical JSON takes."""
    if value is None or value is False or value == "":
        return None
    if isinstance(value, (float, Decimal)):
        return to_text(value)
    return value if isinstance(value, (str, int)) else str(value)
