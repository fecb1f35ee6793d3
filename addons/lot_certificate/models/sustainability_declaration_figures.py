# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text
from odoo.addons.carbon_footprint.tools import declared
from odoo.addons.mass_balance.models.sustainability_declaration_ghg import GHG_TERMS

# What goes off in E = eec + el + ep + etd + eu - esca - eccs - eccr (RED II Annex V part C).
SAVED = ("esca", "eccs", "eccr")
# Values are stated with up to two digits: their sum may differ in the last one.
ROUNDING = Decimal("0.01")


class SustainabilityDeclaration(models.Model):
    """The figures on the paper agree with each other: the value with its unit and its terms, the
    Proof of Sustainability with the quantity and the value.
    """

    _inherit = "sustainability.declaration"

    def _get_issue_blockers(self):
        return [
            *super()._get_issue_blockers(),
            *self._get_ghg_unit_blockers(),
            *self._get_ghg_term_blockers(),
            *self._get_pos_figure_blockers(),
        ]

    def _get_ghg_unit_blockers(self):
        """Per dry tonne for raw materials and intermediates, per MJ for fuels."""
        if not self.ghg_type:
            return []
        unit, is_fuel = declared.parse_unit(self.ghg_unit), self.product_id.mb_output_kind == "fuel"
        fitting = {declared.PER_MJ} if is_fuel else {declared.PER_DRY_TONNE}
        if is_fuel and self.product_type != "final":
            fitting = {declared.PER_MJ, declared.PER_DRY_TONNE}
        if unit in fitting:
            return []
        return [
            self.env._(
                "The GHG value is stated in %(unit)s; for %(product)s it is stated in %(fitting)s.",
                unit=self.ghg_unit or "–",
                product=self.product_id.display_name,
                fitting=" / ".join(sorted(fitting)),
            )
        ]

    def _get_ghg_term_blockers(self):
        """What is stated of the terms adds up to the value; ISCC EU wants them beside it."""
        if not self.ghg_type or self.ghg_type == "total_default":
            return []
        terms = {term: to_decimal(self[f"ghg_{term}"], 6) for term in GHG_TERMS}
        value = to_decimal(self.ghg_value, 6)
        if not any(terms.values()):
            is_asked = self.scheme == "iscc_eu" and value
            return [self.env._("Missing: the terms of the GHG value (eec to eccr).")] * bool(
                is_asked
            )
        total = sum(-part if term in SAVED else part for term, part in terms.items())
        if abs(total - value) <= ROUNDING:
            return []
        return [
            self.env._(
                "The terms of the GHG value add up to %(total)s, and %(value)s is declared.",
                total=to_text(total),
                value=to_text(value),
            )
        ]

    def _get_pos_figure_blockers(self):
        """A final fuel leaves with a Proof whose energy and saving are those of what it states."""
        if not self.is_pos:
            if not self._is_final_fuel():
                return []
            text = self.env._("A final fuel under ISCC EU leaves with a Proof of Sustainability.")
            return [text]
        found, expected = [], self._prepare_pos()
        for name in ("pos_energy", "pos_saving"):
            stated, right = to_decimal(self[name]), to_decimal(expected[name])
            if right and abs(stated - right) > ROUNDING:
                found.append(
                    self.env._(
                        "%(field)s: %(stated)s is stated, and %(right)s follows from the "
                        "declaration.",
                        field=self._fields[name]._description_string(self.env),
                        stated=to_text(stated),
                        right=to_text(right),
                    )
                )
        return found
