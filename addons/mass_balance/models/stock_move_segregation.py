# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMoveSegregation(models.Model):
    """Physical segregation: no movement is stopped for it, but a mixing is told at once."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.filtered(lambda move: move.state == "done")._tell_mixing()
        return moves

    def _tell_mixing(self) -> None:
        """Tell the manager of what came into a segregated place and does not belong there."""
        for line in self.sudo().move_line_ids:
            place = line.location_dest_id.warehouse_id.mb_segregated_location_id
            if not place or line.product_id.is_mb_segregated:
                continue
            if (line.location_dest_id.parent_path or "").startswith(place.parent_path):
                line.company_id._schedule_mass_balance_activity(
                    line.picking_id or line.product_id.product_tmpl_id,
                    self.env._("Segregated material may be mixed"),
                    self.env._(
                        "%(product)s was put into %(place)s, which is kept for physically "
                        "segregated material. Move it, or stop claiming segregation.",
                        product=line.product_id.display_name,
                        place=line.location_dest_id.display_name,
                    ),
                )
