# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import figures, urn

KWH = Decimal("3.6")


class ProductProduct(models.Model):
    """A product variant as the exchange wants it: its names, its carbon, the mass of a unit."""

    _inherit = "product.product"

    def _get_pact_ids(self) -> tuple[str, ...]:
        """Return the URNs of the product: those entered, and its bar code if that is a GTIN."""
        self.ensure_one()
        return urn.read(f"{self.pact_product_ids or ''}\n{urn.from_gtin(self.barcode or '')}")

    def _get_pact_carbon(self) -> figures.Carbon:
        """Return the carbon of one kg; without a share it is not known, unless there is none."""
        self.ensure_one()
        share = to_decimal(self.mb_carbon_share, 6) if self.mb_carbon_share else None
        recycled = self.pact_recycled_share
        return figures.Carbon(
            total=Decimal(0) if self.pact_is_carbon_free else share,
            biogenic_share=to_decimal(self.biomass_content or 0.0, 2) / 100,
            recycled_share=None if recycled is False else to_decimal(recycled, 2) / 100,
        )

    def _get_pact_kg(self, unit: str) -> Decimal | None:
        """Return the kg of product in one declared unit, None where a property is missing."""
        self.ensure_one()
        density = to_decimal(self.mb_density, 6) if self.mb_density else None
        lhv = to_decimal(self.lhv, 4) if self.lhv else None
        return {
            "kilogram": Decimal(1),
            "liter": density,
            "cubic meter": density and density * 1000,
            "megajoule": lhv and 1 / lhv,
            "kilowatt hour": lhv and KWH / lhv,
            "piece": to_decimal(self.weight, 6) if self.weight else None,
        }[unit]
