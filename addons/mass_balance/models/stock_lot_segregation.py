# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class StockLotSegregation(models.Model):
    """A lot is physically segregated by what it is made of, never by what somebody says of it.

    A received lot is when its incoming declaration names that option. A lot made here is when all
    the material of the books that its orders consumed is, lot by lot.
    """

    _inherit = "stock.lot"

    is_mb_lot_segregated = fields.Boolean(
        string="Segregated by its inputs",
        compute="_compute_is_mb_lot_segregated",
        compute_sudo=True,
        help="Received under physical segregation, or made of nothing else.",
    )

    def _compute_is_mb_lot_segregated(self):
        for lot in self:
            lot.is_mb_lot_segregated = lot._is_segregated(self.browse())

    def _is_segregated(self, above) -> bool:
        """Follow the lot to what was received; `above` are the lots on the way, against circles."""
        self.ensure_one()
        declaration = self.mb_declaration_id
        if declaration:
            is_named = declaration.chain_of_custody == "physical_segregation"
            return is_named and declaration.state != "cancelled"
        consumed = self._get_consumed_material()
        above |= self
        return bool(consumed) and all(
            line.lot_id and line.lot_id not in above and line.lot_id._is_segregated(above)
            for line in consumed
        )

    def _get_consumed_material(self):
        """Return what the orders that made the lot consumed of the materials of the books."""
        made = self.env["stock.move.line"].search(
            [
                ("lot_id", "=", self.id),
                ("state", "=", "done"),
                ("move_id.production_id", "!=", False),
                ("location_id.usage", "=", "production"),
            ]
        )
        moves = made.move_id.production_id.move_raw_ids
        done = moves.filtered(lambda m: m.state == "done" and m.product_id.is_mb_material)
        return done.move_line_ids.filtered("quantity")
