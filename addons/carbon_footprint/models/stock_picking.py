# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class StockPicking(models.Model):
    """A receipt or a delivery with the way it took, leg by leg."""

    _inherit = "stock.picking"

    carbon_transport_ids = fields.One2many(
        "carbon.transport", "picking_id", string="Way of the goods"
    )

    def _action_done(self):
        """Calculate the orders anew whose lots went out, where the way was entered before."""
        result = super()._action_done()
        self.filtered("carbon_transport_ids")._refresh_carbon_orders()
        return result

    def _refresh_carbon_orders(self) -> None:
        """Calculate the finished orders anew that consumed or made what the transfers moved."""
        done = self.filtered(lambda picking: picking.state == "done")
        lots = done.move_line_ids.lot_id
        if not lots:
            return
        # whoever receives and delivers need not be one who sees orders
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search([("lot_id", "in", lots.ids), ("state", "=", "done")])
        )
        orders = lines.move_id.raw_material_production_id | lines.move_id.production_id
        finished = orders.filtered(lambda order: order.state == "done")
        finished._make_carbon_footprints(self.env._("the way of its lots was entered"))
