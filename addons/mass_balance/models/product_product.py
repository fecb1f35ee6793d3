# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal
from fractions import Fraction

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools.balance import floor_credit


class ProductProduct(models.Model):
    """A product variant: it knows how to say a quantity in kilograms."""

    _inherit = "product.product"

    def _get_kg(self, quantity: float, uom) -> Decimal:
        """Return a quantity of this product in kg, cut to grams; a volume needs the density."""
        self.ensure_one()
        reason = self._get_unweighable_reason(uom)
        if reason:
            raise UserError(reason)
        return floor_credit(Fraction(to_decimal(quantity, 6)) * self._get_kg_per_unit(uom))

    def _get_kg_per_unit(self, uom) -> Fraction:
        kilogram = self.env.ref("uom.product_uom_kgm")
        litre = self.env.ref("uom.product_uom_litre")
        if uom._has_common_reference(kilogram):
            return _ratio(uom, kilogram)
        if uom._has_common_reference(litre):
            return _ratio(uom, litre) * Fraction(to_decimal(self.mb_density, 6))
        return _ratio(uom, self.uom_id) * Fraction(to_decimal(self.weight, 6))

    def _get_mb_figure(self, basis: str) -> Decimal | None:
        """Return the figure of this product on an attribution basis; None when it is missing."""
        self.ensure_one()
        name = {"lhv": "lhv", "carbon": "mb_carbon_share", "molar": "mb_molar_mass"}.get(basis)
        return to_decimal(self[name], 6) if name and self[name] else None

    def _get_unweighable_reason(self, uom) -> str:
        """Return, in words, why a quantity in this unit cannot be said in kg; empty if it can."""
        if uom._has_common_reference(self.env.ref("uom.product_uom_kgm")):
            return ""
        if uom._has_common_reference(self.env.ref("uom.product_uom_litre")):
            if self.mb_density:
                return ""
            return self.env._(
                "%(product)s is measured in %(uom)s and the books are kept in kg: enter its "
                "density on the Sustainability page of the product.",
                product=self.display_name,
                uom=uom.name,
            )
        if self.weight:
            return ""
        return self.env._(
            "%(product)s is counted in %(uom)s and the books are kept in kg: enter its weight on "
            "the product.",
            product=self.display_name,
            uom=uom.name,
        )


def _ratio(uom, other) -> Fraction:
    return Fraction(to_decimal(uom.factor, 9)) / Fraction(to_decimal(other.factor, 9))
