# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMove(models.Model):
    """Finished product leaves production only through the wall of its order's process."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Refuse to post finished product of a batch that is not through; quarantine its lots."""
        finished = self.filtered(
            lambda move: move.production_id and move.state not in ("done", "cancel")
        )
        finished.production_id._check_process_wall()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        for order in finished.production_id:
            lots = (finished & order.move_finished_ids).move_line_ids.lot_id
            order.sudo()._do_quarantine(lots)
        return moves
