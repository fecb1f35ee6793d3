# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockLocation(models.Model):
    """A place of the site; one of them may be kept for physically segregated material."""

    _inherit = "stock.location"

    def _get_segregated(self, product):
        """Return where segregated material of this location's site is kept, when it lies inside.

        Empty for products that are not kept apart, and for places beside it (a loading dock).
        """
        self.ensure_one()
        place = self.warehouse_id.sudo().mb_segregated_location_id
        is_inside = place and (place.parent_path or "").startswith(self.parent_path or "-")
        return place if product.is_mb_segregated and is_inside else self.browse()

    def _get_putaway_strategy(
        self, product, quantity=0, package=None, packaging=None, additional_qty=None
    ):
        """Put segregated material where it is kept apart, unless a rule names a place there."""
        found = super()._get_putaway_strategy(
            product,
            quantity=quantity,
            package=package,
            packaging=packaging,
            additional_qty=additional_qty,
        )
        place = self._get_segregated(product) if len(self) == 1 else self.browse()
        if place and not (found.parent_path or "").startswith(place.parent_path):
            return place
        return found
