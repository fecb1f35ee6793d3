# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MrpProduction(models.Model):
    """The line an order ended at, and the units it gave."""

    _inherit = "mrp.production"

    def _get_carbon_line(self):
        """Return the work center of the last work order; without any, of the last stage."""
        self.ensure_one()
        if self.workorder_ids:
            return self.workorder_ids[-1].workcenter_id
        return self.process_run_ids.stage_ids.plan_stage_id.workcenter_id[-1:]

    def _get_carbon_units(self) -> float:
        """Return how much of the product was made and not scrapped, in its own unit of measure."""
        self.ensure_one()
        made = self.move_finished_ids.filtered(lambda move: move.state == "done")
        scrapped = self._get_carbon_scraps() & self.all_move_ids
        made, scrapped = (
            moves.move_line_ids.filtered(lambda line: line.product_id == self.product_id)
            for moves in (made, scrapped)
        )
        return sum(made.mapped("quantity_product_uom")) - sum(
            scrapped.mapped("quantity_product_uom")
        )
