# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

GHG_TERMS = ("eec", "el", "ep", "etd", "eu", "esca", "eccs", "eccr")


class SustainabilityDeclarationGhg(models.AbstractModel):
    """The greenhouse-gas figures of a declaration; missing and zero are two things."""

    _name = "sustainability.declaration.ghg"
    _description = "Greenhouse gases of a declaration"

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

    def _get_ghg_value(self, lots) -> dict | None:
        """Return the GHG value of the lots: {"value", "unit", "type"}, or None when unknown.

        Extended by the room that knows it. A PLUS declaration shows it only when our own
        certificate carries the add-on.
        """
        return None

    def _refresh_ghg(self) -> None:
        """Take over the GHG value of the lots while the declaration is a draft."""
        for record in self.filtered(lambda d: d.direction == "out" and d.state == "draft"):
            value = None
            if record.scheme != "iscc_plus" or record.certification_id.has_ghg_addon:
                value = record.sudo()._get_ghg_value(record.lot_ids)
            record._stamp(
                ghg_value=float(to_decimal(value["value"], 6)) if value else 0.0,
                ghg_unit=value["unit"] if value else False,
                ghg_type=value["type"] if value else False,
            )

    def _get_ghg_blockers(self) -> list[str]:
        if not self.ghg_type or self.scheme != "iscc_plus":
            return []
        if self.certification_id.has_ghg_addon:
            return []
        return [self.env._("A GHG value is declared, but our certificate carries no GHG add-on.")]

    def _get_ghg_snapshot(self) -> dict:
        if not self.ghg_type:
            return {"ghg_value": None, "ghg_unit": None, "ghg_type": None}
        # None of them stated is not all of them zero.
        stated = any(self[f"ghg_{term}"] for term in GHG_TERMS)
        terms = {
            f"ghg_{term}": to_text(self[f"ghg_{term}"], 6) if stated else None for term in GHG_TERMS
        }
        return {"ghg_value": to_text(self.ghg_value, 6), **terms}
