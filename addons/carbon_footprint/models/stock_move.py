# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMove(models.Model):
    """Step 12 of the way of the data: what a finished order consumed becomes a footprint."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Calculate the footprint of orders that are done now; never in the way of the move."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        orders = moves.raw_material_production_id | moves.production_id
        done = orders.filtered(lambda order: order.state == "done")
        if done:
            done._make_carbon_footprints(self.env._("the order is done"))
        return moves
