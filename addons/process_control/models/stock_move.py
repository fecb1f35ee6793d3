# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMove(models.Model):
    """Finished product leaves production only through the wall of its order's process."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Refuse to post finished product of a batch that is not through; quarantine its lots.

        What is destroyed becomes nobody's product: no blocker keeps it in the plant.
        """
        finished = self.filtered(
            lambda move: (
                move.production_id
                and move.state not in ("done", "cancel")
                and move.location_dest_id.usage != "inventory"
            )
        )
        finished.production_id._check_process_wall()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        for order in finished.production_id:
            lots = (finished & order.move_finished_ids).move_line_ids.lot_id
            order.sudo()._do_quarantine(lots)
        return moves

    # -- held lots that are reprocessed or redirected -------------------------------------------

    def _action_assign(self, force_qty=False):
        """An order that carries out a disposition takes the held lots, and no others."""
        own = self.filtered("raw_material_production_id.is_disposition")
        result = super(StockMove, self - own)._action_assign(force_qty=force_qty)
        for move in own:
            move._do_reserve_held()
        return result

    def _do_reserve_held(self) -> None:
        lots = self.sudo().raw_material_production_id.disposition_deviation_ids.lot_ids
        missing = self.product_qty - self.quantity
        quants = self.env["stock.quant"].search(
            [
                ("lot_id", "in", lots.ids),
                ("product_id", "=", self.product_id.id),
                ("location_id", "child_of", self.location_id.id),
            ]
        )
        for quant in quants:
            taken = min(missing, quant.quantity - quant.reserved_quantity)
            if self.product_id.uom_id.compare(taken, 0) <= 0:
                continue
            self.env["stock.move.line"].create(self._prepare_held_line(quant, taken))
            missing -= taken

    def _prepare_held_line(self, quant, quantity: float) -> dict:
        return {
            "move_id": self.id,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_id.uom_id.id,
            "quantity": quantity,
            "lot_id": quant.lot_id.id,
            "package_id": quant.package_id.id,
            "owner_id": quant.owner_id.id,
            "location_id": quant.location_id.id,
            "location_dest_id": self.location_dest_id.id,
        }


class StockMoveLine(models.Model):
    """A held lot may be consumed by the order that carries out what was decided about it."""

    _inherit = "stock.move.line"

    def _is_disposition(self):
        """Every deviation that holds the lot must have sent it into this very order."""
        order = self.sudo().move_id.raw_material_production_id
        decided = order.disposition_deviation_ids.filtered(lambda d: d.state != "open")
        holding = self.sudo().lot_id._get_holding_deviations()
        is_all_decided = bool(holding) and holding <= decided
        return is_all_decided or super()._is_disposition()
