# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockQuant(models.Model):
    """Stock of a lot that is not free is there, but cannot be reserved."""

    _inherit = "stock.quant"

    def _gather(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None,
                strict=False, qty=0):  # fmt: skip
        """Leave out what is held when a quantity is gathered to reserve it.

        A positive `qty` is passed by the reservation alone; moving and releasing stock must still
        find the quant.
        """
        quants = super()._gather(
            product_id,
            location_id,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            strict=strict,
            qty=qty,
        )
        return quants.filtered(lambda quant: not quant.lot_id.is_held) if qty > 0 else quants

    def _get_available_quantity(self, product_id, location_id, lot_id=None, package_id=None,
                                owner_id=None, strict=False, allow_negative=False):  # fmt: skip
        """Do not count what is held as available; the balance (`allow_negative`) still does."""
        available = super()._get_available_quantity(
            product_id,
            location_id,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            strict=strict,
            allow_negative=allow_negative,
        )
        if allow_negative or product_id.tracking == "none":
            return available
        quants = self.sudo()._gather(
            product_id,
            location_id,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            strict=strict,
        )
        held = {}
        for quant in quants.filtered(lambda q: q.lot_id.is_held):
            free = quant.quantity - quant.reserved_quantity
            held[quant.lot_id] = held.get(quant.lot_id, 0.0) + free
        return max(0.0, available - sum(quantity for quantity in held.values() if quantity > 0))
