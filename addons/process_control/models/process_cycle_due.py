# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain


class ProcessCycleDue(models.Model):
    """Due measurements of a batch: by work centre, and by the label of the order or its lot."""

    _inherit = "process.cycle"

    workcenter_id = fields.Many2one(
        related="stage_id.plan_stage_id.workcenter_id", string="Work centre", store=True, index=True
    )
    production_id = fields.Many2one(related="run_id.production_id", string="Order")

    @api.model
    def _get_barcode_domain(self, barcode):
        """Add the order, what it makes, and the work centre."""
        found = Domain(super()._get_barcode_domain(barcode))
        found |= Domain("workcenter_id.code", "=", barcode)
        # names of orders and lots lead to entries, whoever may see the orders themselves
        runs = self.env["process.run"].sudo()
        named = Domain("production_id.name", "=", barcode) | Domain("lot_ids.name", "=", barcode)
        return found | Domain("run_id", "in", runs.search(named).ids)
