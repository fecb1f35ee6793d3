# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.clock import now_ms

from .process_run import clean_text


class MrpProductionProcess(models.Model):
    """The batch of an order: how it is opened, and its verbs one click away."""

    _inherit = "mrp.production"

    # -- initiate -----------------------------------------------------------------------------

    def action_initiate_process(self):
        """Open the batch of each order: its run with all stages, its lot in quarantine.

        Returns the ids of the runs.
        """
        self._require_role("operator", "engineer", "integration")
        runs = self.env["process.run"]
        for production in self.sudo():
            production._check_can_initiate(production.process_plan_id)
            runs |= production._do_initiate(production.process_plan_id)
        return runs.ids

    def _check_can_initiate(self, plan) -> None:
        self.ensure_one()
        self._lock()
        if self.state not in ("confirmed", "progress", "to_close"):
            raise UserError(
                self.env._(
                    "Order %s is not confirmed or already ended: no process can begin.", self.name
                )
            )
        run = self.process_run_id
        if run:
            raise UserError(
                self.env._(
                    "The process of order %(order)s has already been initiated as %(run)s.",
                    order=self.name,
                    run=run.name,
                )
            )
        if not plan:
            raise UserError(
                self.env._(
                    "There is no approved plan for %s. A process engineer writes one, "
                    "somebody else approves it.",
                    self.product_id.display_name,
                )
            )

    def _do_initiate(self, plan):
        """Create the run of a plan with its stages, and the lot it makes."""
        self.ensure_one()
        run = self.env["process.run"]._create_run(self._prepare_run(plan))
        self.env["process.stage"]._create_attempts(
            [
                self._prepare_stage(run, stage)
                for stage in plan.stage_ids.sorted(lambda s: (s.sequence, s.id))
            ]
        )
        run.invalidate_recordset(["stage_ids"])
        run._log_transition("state", "initiate", "", "idle")
        self.invalidate_recordset(["process_run_ids", "process_run_id", "process_state"])
        if self.product_tracking == "lot" and not self.lot_producing_ids:
            self.lot_producing_ids = [Command.create(self._prepare_stock_lot_values())]
        else:
            self._do_quarantine(self.lot_producing_ids)
        return run

    def _prepare_run(self, plan) -> dict:
        number = max(self.process_run_ids.mapped("number"), default=0) + 1
        return {
            "name": self.env["ir.sequence"]
            .with_company(self.company_id)
            .next_by_code("process.run"),
            "production_id": self.id,
            "plan_id": plan.id,
            "plan_hash": plan.content_hash or plan._compute_content_hash(),
            "number": number,
            "company_id": self.company_id.id,
            "initiated_by_id": self.env.uid,
            "initiated_at_ms": now_ms(),
        }

    def _prepare_stage(self, run, plan_stage) -> dict:
        return {
            "run_id": run.id,
            "company_id": run.company_id.id,
            "plan_stage_id": plan_stage.id,
            "name": plan_stage.name,
            "sequence": plan_stage.sequence,
            "is_ccp": plan_stage.is_ccp,
        }

    def _do_quarantine(self, lots) -> None:
        """Keep the lots this order makes in quarantine, if it follows a plan."""
        self.ensure_one()
        if self.process_run_id:
            lots._do_quarantine(self.process_run_id)

    # -- verbs of the batch, for the form and for other programs --------------------------------

    def action_start_process(self, start_ms=None, notes=None):
        """Start the batch and its first stage."""
        return self._get_process().action_start(start_ms=start_ms, notes=notes)

    def action_process_start_stage(self, start_ms=None):
        """Start the next stage."""
        return self._get_process_stage().action_start(start_ms=start_ms)

    def action_process_complete_stage(self, end_ms=None):
        """Complete the running stage, if its gate is open."""
        return self._get_process_stage().action_complete(end_ms=end_ms)

    def action_process_repeat_stage(self, reason=None):
        """Open another attempt of the current stage."""
        return self._get_process_stage().action_repeat(reason=reason)

    def action_process_command(self, command=None, reason=None):
        """Give one of the batch commands: pause, resume, hold, restart, stop, abort, reset."""
        verbs = ("pause", "resume", "hold", "restart", "stop", "abort", "reset")
        if command not in verbs:
            raise UserError(
                self.env._("“%s” is not a command of a batch.", clean_text(command)[:40])
            )
        return getattr(self._get_process(), f"action_{command}")(reason=reason)

    def action_process_pause(self):
        """Pause the batch."""
        return self._get_process().action_pause()

    def action_process_resume(self):
        """Go on after a pause."""
        return self._get_process().action_resume()

    def action_process_restart(self):
        """Go on after a hold."""
        return self._get_process().action_restart()

    def _get_step_names(self) -> list[str]:
        """Return what the steps of the batch are called, in order, each once."""
        self.ensure_one()
        stages = self.process_run_ids.stage_ids.sorted(lambda s: (s.sequence, s.attempt))
        steps = stages or self.process_plan_id.stage_ids or self.workorder_ids
        return list(dict.fromkeys(steps.mapped("name")))

    def _get_process(self):
        self.ensure_one()
        self.check_access("read")
        run = self.process_run_id
        if not run:
            raise UserError(
                self.env._("The process of order %s has not been initiated.", self.name)
            )
        return run

    def _get_process_stage(self):
        stage = self._get_process().current_stage_id
        if not stage:
            raise UserError(self.env._("Every stage of order %s is through.", self.name))
        return stage
