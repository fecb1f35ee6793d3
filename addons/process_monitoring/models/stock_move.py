# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

# Where a lot that is not free may go: about the plant, or out of stock as scrap.
ALLOWED_USAGES = ("internal", "view", "inventory")


class StockMove(models.Model):
    """Every way of consuming and delivering ends here, so here a held lot is stopped."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Refuse to take a lot that is not free out of stock, whoever asks."""
        lines = self.filtered(lambda m: m.state not in ("done", "cancel")).move_line_ids
        lines.filtered("picked")._check_lots_free()
        return super()._action_done(cancel_backorder=cancel_backorder)


class StockMoveLine(models.Model):
    """The line names the lot; a line of a done move moves stock when it is changed."""

    _inherit = "stock.move.line"

    def _check_lots_free(self) -> None:
        """Raise UserError if a line takes a lot out that is held or in quarantine."""
        for line in self:
            lot = line.sudo().lot_id
            if not lot.is_held or not line._takes_out():
                continue
            raise UserError(
                self.env._(
                    "%(reasons)s It cannot be consumed or delivered (%(product)s, from %(origin)s "
                    "to %(target)s) before that is settled; moving it inside the plant and "
                    "scrapping it are possible.",
                    reasons=" ".join(lot._get_hold_reasons()),
                    product=lot.product_id.display_name,
                    origin=line.location_id.display_name,
                    target=line.location_dest_id.display_name,
                )
            )

    def _takes_out(self) -> bool:
        """Tell whether the line takes stock of ours to where we no longer hold it."""
        source, target = self.location_id, self.location_dest_id
        is_ours = source.usage in ("internal", "transit")
        is_kept = target.usage in ALLOWED_USAGES and (
            not target.company_id or target.company_id == self.company_id
        )
        return is_ours and self.quantity > 0 and not is_kept

    def write(self, vals):
        """Also refuse it where a line of a done move is changed."""
        result = super().write(vals)
        if {"lot_id", "quantity", "location_id", "location_dest_id"} & set(vals):
            self.filtered(lambda line: line.state == "done")._check_lots_free()
        return result
