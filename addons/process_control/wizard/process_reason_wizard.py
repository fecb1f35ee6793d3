# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

VERBS = [
    ("hold", "Hold"),
    ("stop", "Stop"),
    ("abort", "Abort"),
    ("reset", "Reset"),
    ("repeat", "Repeat stage"),
    ("deviation", "Record deviation"),
    ("emergency_held", "Emergency hold"),
    ("emergency_stopped", "Emergency stop"),
    ("emergency_aborted", "Emergency abort"),
]


class ProcessReasonWizard(models.TransientModel):
    """Asks why before a verb of the batch that needs a reason; the verb itself checks the role.

    Written by whoever presses the button and gone after a while; the reason lasts in the history.
    """

    _name = "process.reason.wizard"
    _description = "Reason for a batch command"

    production_id = fields.Many2one("mrp.production", required=True, readonly=True)
    run_id = fields.Many2one(related="production_id.process_run_id")
    stage_id = fields.Many2one("process.stage", readonly=True)
    verb = fields.Selection(VERBS, required=True, default="hold")
    reason = fields.Text(required=True)

    def action_apply(self):
        """Give the command with the reason."""
        self.ensure_one()
        run = self.production_id._get_process()
        stage = self.stage_id or run.current_stage_id
        if self.verb == "repeat":
            stage.action_repeat(reason=self.reason)
        elif self.verb == "deviation":
            stage.action_record_deviation(description=self.reason)
        elif self.verb.startswith("emergency_"):
            run.action_emergency(target=self.verb.removeprefix("emergency_"), reason=self.reason)
        else:
            getattr(run, f"action_{self.verb}")(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
