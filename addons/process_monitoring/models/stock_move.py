# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

# Where a lot that is not free may go: about the plant. Out of it only as scrap.
KEPT_USAGES = ("internal", "view")


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
            if not lot.is_held or not line._takes_out() or line._is_disposition():
                continue
            raise UserError(
                self.env._(
                    "%(reasons)s It cannot be consumed, delivered or written off (%(product)s, "
                    "from %(origin)s to %(target)s) before that is settled; moving it inside the "
                    "plant and scrapping it are possible.",
                    reasons=" ".join(lot._get_hold_reasons()),
                    product=lot.product_id.display_name,
                    origin=line.location_id.display_name,
                    target=line.location_dest_id.display_name,
                )
            )

    def _takes_out(self) -> bool:
        """Tell whether the line takes product to where the plant no longer holds it.

        Also from the scrap and from a supplier straight to a customer; an inventory count that
        makes a held lot smaller is a way out like any other.
        """
        source, target = self.location_id, self.location_dest_id
        is_kept = target.usage in KEPT_USAGES and (
            not target.company_id or target.company_id == self.company_id
        )
        is_scrapped = target.usage == "inventory" and bool(self.move_id.scrap_id)
        is_moved = source.usage != target.usage or target.usage in KEPT_USAGES
        return self.quantity > 0 and is_moved and not is_kept and not is_scrapped

    def _is_disposition(self) -> bool:
        """Tell whether the line carries out what was decided about its lot; see rooms above."""
        return False

    def write(self, vals):
        """Also refuse it where a line of a done move is changed."""
        done = self.filtered(lambda line: line.state == "done")
        if {"lot_id", "quantity"} & set(vals):
            done._check_change(vals)
        result = super().write(vals)
        if {"lot_id", "quantity", "location_id", "location_dest_id"} & set(vals):
            done._check_lots_free()
        return result

    def _check_change(self, vals: dict) -> None:
        """A held lot gets no other name and does not shrink by editing what brought it in."""
        for line in self:
            lot = line.sudo().lot_id
            if lot.hold_state != "held":
                continue
            is_renamed = "lot_id" in vals and vals["lot_id"] != lot.id
            comes_in = line.location_id.usage not in KEPT_USAGES
            is_less = comes_in and vals.get("quantity", line.quantity) < line.quantity
            if is_renamed or is_less:
                raise UserError(
                    self.env._(
                        "%(reasons)s What is recorded of it (%(reference)s) cannot be changed.",
                        reasons=" ".join(lot._get_hold_reasons()),
                        reference=line.reference or line.move_id.display_name,
                    )
                )
