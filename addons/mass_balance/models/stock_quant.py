# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain


class StockQuant(models.Model):
    """Stock that is reserved: segregated material is picked from where it is kept apart."""

    _inherit = "stock.quant"

    def _get_gather_domain(
        self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False
    ):
        """Leave out what lies elsewhere: what has been mixed is not segregated any more."""
        domain = super()._get_gather_domain(
            product_id, location_id, lot_id, package_id, owner_id, strict
        )
        place = location_id._get_segregated(product_id) if len(location_id) == 1 else None
        if strict or not place:
            return domain
        return Domain(domain) & Domain("location_id", "child_of", place.id)
