# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class ProcessCycle(models.Model):
    """A monitoring window of a stage attempt: what it finds holds the batch."""

    _inherit = "process.cycle"

    stage_id = fields.Many2one(
        "process.stage", readonly=True, ondelete="restrict", index="btree_not_null", copy=False
    )
    run_id = fields.Many2one(related="stage_id.run_id", string="Batch process")

    def write(self, vals):
        """The attempt a window belongs to is set when it opens and never changes."""
        if "stage_id" in vals and self:
            raise UserError(
                self.env._(
                    "Monitoring %s belongs to the attempt it was opened for.", self[0].display_name
                )
            )
        return super().write(vals)

    def _set_stage(self, stage) -> bool:
        """Tie a window that was just opened to its attempt."""
        self.ensure_one()
        return super().write({"stage_id": stage.id})

    def _get_deviations(self):
        """They are among the batch's, which whoever asks has read before."""
        if not self.stage_id:
            return super()._get_deviations()
        return self.stage_id.run_id.deviation_ids.filtered(lambda d: d.cycle_id == self)

    def _hold(self, deviation):
        """Hold the running stage and its batch; the order is blocked by both."""
        result = super()._hold(deviation)
        for cycle in self.sudo().filtered("stage_id"):
            cycle.stage_id.run_id._do_hold_for(deviation, cycle.stage_id)
        return result

    def _get_affected_lots(self):
        """The whole lot of the batch is affected: it has no smaller part that is known."""
        return super()._get_affected_lots() | self.sudo().stage_id.run_id.lot_ids

    def _get_retention_months(self):
        """The plan revision the batch ran with may state a longer term than the company."""
        plan = self.sudo().stage_id.run_id.plan_id
        return max(super()._get_retention_months(), plan.retention_months)

    def get_live_values(self):
        """Add, once for each running stage, how much of its minimum is still to be measured."""
        values = super().get_live_values()
        told = self.env["process.stage"]
        for cycle, line in zip(self.sudo(), values, strict=True):
            stage = cycle.stage_id
            is_first = stage.state == "running" and stage not in told
            line["remaining"] = stage._format_remaining() if is_first else ""
            told |= stage
        return values
