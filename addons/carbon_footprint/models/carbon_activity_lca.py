# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import footprint, gwp, lca, tree


class CarbonActivity(models.Model):
    """An activity as an exchange of an inventory, its factor as an activity of its own."""

    _inherit = "carbon.activity"

    def _get_lca_code(self) -> str:
        """Return what the activity uses: a batch, a factor version, or a declared value."""
        self.ensure_one()
        if self.source_output_id:
            return f"output-{self.source_output_id.id}"
        if self.factor_version_id:
            return f"factor-{self.factor_version_id.id}-{self.gwp_set}"
        return f"activity-{self.id}"

    def _get_lca_amount(self) -> Decimal:
        """Return the amount in the unit of the factor; kg of a consumed batch."""
        self.ensure_one()
        tool = footprint.Activity(
            key="",
            label=self.name,
            amount=Decimal(repr(self.amount)),
            unit=self.unit,
            factor=self._get_stored_factor(),
            conversion=Decimal(repr(self.conversion)) if self.converted_unit else Decimal("1"),
            converted_unit=self.converted_unit or "",
        )
        return footprint.in_unit_of_factor(tool)

    def _get_stored_factor(self) -> footprint.Factor:
        """Return the factor as the activity keeps it, with the gases of its version."""
        version = self.factor_version_id
        return footprint.Factor(
            code=self.factor_name or "",
            version="",
            unit=self.factor_unit,
            value=to_decimal(self.factor_value, 12),
            gwp_set=self.gwp_set,
            gases=version._get_gas_masses() if version else {},
        )

    def _prepare_lca_factor(self) -> lca.Process:
        """Return what one unit of the factor emits: gases, and what is given as a sum only."""
        factor = self._get_stored_factor()
        parts = tree.by_gas(factor.value, factor.gases, factor.gwp_set) or {"rest": factor.value}
        emissions = [
            ("co2e", kg) if gas == "rest" else (gas, kg / gwp.potential(gas, factor.gwp_set))
            for gas, kg in parts.items()
        ]
        return lca.Process(
            code=self._get_lca_code(),
            name=self.factor_name or self.name,
            unit=lca.unit(self.factor_unit),
            amount=Decimal("1"),
            emissions=tuple(emissions),
        )
