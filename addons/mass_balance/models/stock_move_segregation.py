# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMoveSegregation(models.Model):
    """Physical segregation: reserved apart; no movement is stopped, a mixing is told at once."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = moves.filtered(lambda move: move.state == "done")
        done._tell_mixing()
        done._tell_unsegregated()
        return moves

    def _update_reserved_quantity_vals(
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True
    ):
        """Of an order that makes segregated product, reserve segregated lots alone."""
        order = self.raw_material_production_id
        if lot_id or not order._takes_segregated(self.product_id):
            return super()._update_reserved_quantity_vals(
                need, location_id, lot_id, package_id, owner_id, strict
            )
        vals, taken = [], 0
        quants = self.env["stock.quant"]._gather(
            self.product_id, location_id, None, package_id, owner_id, strict
        )
        for quant in quants.filtered(lambda quant: quant.lot_id.is_mb_lot_segregated):
            if self.product_uom.compare(taken, need) >= 0:
                break
            place = quant.location_id, quant.lot_id, quant.package_id, quant.owner_id
            more, quantity = super()._update_reserved_quantity_vals(
                need - taken, *place, strict=True
            )
            vals += more
            taken += quantity
        return vals, taken

    def _tell_unsegregated(self) -> None:
        """Tell the manager that an order consumed something else: its product is not segregated."""
        for move in self.sudo():
            order = move.raw_material_production_id
            if not order._takes_segregated(move.product_id):
                continue
            lines = move.move_line_ids.filtered(lambda line: line.quantity)
            mixed = lines.filtered(lambda line: not line.lot_id.is_mb_lot_segregated)
            if mixed:
                order.company_id._schedule_mass_balance_activity(
                    order,
                    self.env._("Segregation is lost"),
                    self.env._(
                        "%(order)s was to be physically segregated and consumed %(lots)s, which is "
                        "not. What it made cannot be declared as segregated.",
                        order=order.name,
                        lots=", ".join(mixed.lot_id.mapped("name")) or move.product_id.display_name,
                    ),
                )

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
