# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.clock import now_ms


class ProcessStageSkip(models.Model):
    """A stage is skipped by the signature of a supervisor, where the plan allows it."""

    _inherit = "process.stage"

    # -- skip, by signature -------------------------------------------------------------------

    def _get_signature_content(self):
        run = self.run_id
        return {
            "batch": run.name,
            "order": run.production_id.name,
            "plan_sha256": run.plan_hash,
            "stage": self.name,
            "attempt": self.attempt,
        }

    def _get_signature_meanings(self):
        return {"skip": self.env._("This stage is skipped, as the plan allows.")}

    def _check_may_sign(self, meaning):
        self.ensure_one()
        self._require_role("supervisor")
        stage = self.sudo()
        if not stage.plan_stage_id.is_skippable or stage.is_ccp:
            raise UserError(
                self.env._("The plan does not allow to skip stage %s.", stage.display_name)
            )
        if stage.state != "pending" or not stage.is_current:
            raise UserError(
                self.env._("Stage %s has already begun: it cannot be skipped.", stage.display_name)
            )
        stage._check_can_start()

    def _on_signed(self, signature):
        stage = self.sudo()
        server_ms = now_ms()
        stage._set_state(
            "skipped",
            "skip",
            signature.reason,
            "skip",
            start_ms=server_ms,
            end_ms=server_ms,
            started_at_ms=server_ms,
            ended_at_ms=server_ms,
            ended_by_id=self.env.uid,
        )
        stage.run_id._do_open_deviation(
            stage,
            self.env._("Stage skipped: %s", signature.reason or self.env._("no reason given")),
        )
        stage.run_id._try_complete()
