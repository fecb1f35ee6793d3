# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.clock import now_ms

from ..tools import isa88
from .process_run import clean_text


class ProcessRunCommand(models.Model):
    """What a command does to a batch, and what stands between it and Complete."""

    _inherit = "process.run"

    # -- commands -----------------------------------------------------------------------------

    def _action_command(self, command: str, reason, *roles: str) -> bool:
        self._require_role(*roles)
        for run in self.sudo():
            run._do_command(command, reason=reason)
        return True

    def _do_command(self, command: str, reason=None, transition_type: str = "normal") -> None:
        """Give a command: log it, pass through its states and let the stages follow."""
        self.ensure_one()
        self._lock()
        path = isa88.path(command, self.state)
        if path is None:
            self._refuse_command(command)
        text = clean_text(reason)
        before = self.state
        self._log_transition("command", command, before, path[0], transition_type, text)
        for state in path:
            self._log_transition("state", command, before, state, transition_type, text)
            before = state
        vals = {"state": path[-1]}
        if path[-1] in isa88.ENDED:
            vals["end_ms"] = now_ms()
        self._stamp(vals)
        self._on_state_reached(path[-1], text)

    def _on_state_reached(self, state: str, reason: str) -> None:
        """Let the open stages follow the batch."""
        stages = self._get_current_stages()
        if state == "held":
            stages.filtered(lambda s: s.state == "running")._do_hold(reason)
        elif state == "running":
            stages.filtered(lambda s: s.state == "held")._do_resume(reason)
        elif state in ("stopped", "aborted"):
            stages.filtered(lambda s: s.state in ("running", "held"))._do_fail(reason)

    def _refuse_command(self, command: str) -> None:
        allowed = ", ".join(self._get_label("state", state) for state in isa88.states_for(command))
        raise UserError(
            self.env._(
                "Batch %(run)s is %(state)s: the command “%(command)s” cannot be given. "
                "It is possible when the batch is: %(allowed)s.",
                run=self.name,
                state=self._get_label("state"),
                command=command,
                allowed=allowed,
            )
        )

    def _check_restart(self) -> None:
        for run in self:
            undecided = run._get_open_deviations().filtered(lambda d: d.state == "open")
            if undecided:
                raise UserError(
                    self.env._(
                        "Batch %(run)s cannot go on: %(deviations)s is not decided yet. "
                        "A quality manager decides it.",
                        run=run.name,
                        deviations=", ".join(undecided.mapped("name")),
                    )
                )
            for stage in run._get_current_stages().filtered(lambda s: s.state == "held"):
                stage._check_resume()

    def _check_reset(self) -> None:
        if self != self.production_id.process_run_id:
            raise UserError(
                self.env._("Order %s already has a newer run.", self.production_id.name)
            )
        if self.production_id.state in ("done", "cancel"):
            raise UserError(
                self.env._(
                    "Order %s is done or cancelled: it cannot run again.", self.production_id.name
                )
            )

    def _require_reason(self, reason) -> None:
        if not clean_text(reason):
            raise UserError(self.env._("Give a reason: it goes into the record of the batch."))

    # -- inside -------------------------------------------------------------------------------

    def _do_hold_for(self, deviation, stage) -> None:
        """Stop a batch because of what monitoring found; what has ended cannot be stopped."""
        self.ensure_one()
        if isa88.path("hold", self.state):
            self._do_command("hold", reason=deviation.name)
        elif self.state == "held" and stage.state == "running":
            stage._do_hold(deviation.name)

    def _do_abort_for_cancel(self) -> None:
        """The order was cancelled: end what runs; what never began just stays idle."""
        for run in self:
            if isa88.path("abort", run.state) and run.state != "stopped":
                run._do_command("abort", reason=self.env._("The order was cancelled."))

    def _get_operators(self):
        """Return everybody whose hand moved the batch: they cannot release its lots."""
        transitions = self.sudo().transition_ids.filtered(lambda t: t.kind == "command")
        stages = self.sudo().stage_ids
        return transitions.user_id | stages.started_by_id | stages.ended_by_id

    def _get_current_stages(self):
        """Return the latest attempt of each plan stage, in order."""
        return self.stage_ids.filtered("is_current").sorted(lambda s: (s.sequence, s.id))

    def _get_open_deviations(self):
        return self.deviation_ids.filtered(lambda deviation: deviation.state != "closed")

    def _try_complete(self) -> None:
        """Reach Complete by itself: every stage is through and no deviation is open."""
        for run in self.filtered(lambda r: r.state == "running"):
            if run._get_completion_blockers():
                continue
            run._lock()
            if run.state != "running":
                continue
            run._log_transition("state", "done", run.state, "complete")
            run._stamp({"state": "complete", "end_ms": now_ms()})
            run.message_post(body=self.env._("The batch is complete."))

    def _get_completion_blockers(self) -> list[dict]:
        """Return why the batch is not complete, in words, with the record to look at."""
        self.ensure_one()
        blockers = []
        for stage in self._get_current_stages():
            if stage.state not in ("complete", "skipped"):
                message = self.env._(
                    "Stage %(stage)s is %(state)s.",
                    stage=stage.display_name,
                    state=stage._get_label("state").lower(),
                )
                blockers.append(self._blocker("stage", message, stage))
        for deviation in self._get_open_deviations():
            blockers.append(deviation._prepare_blocker())
        return blockers

    def _get_release_blockers(self) -> list[dict]:
        """Return why the order cannot be done and its lots not be released: the whole wall."""
        self.ensure_one()
        return self._get_progress_blockers() + self._get_hash_blockers()

    def _get_progress_blockers(self) -> list[dict]:
        """Return the wall without recomputing the plan's hash, which PostgreSQL guards besides."""
        blockers = self._get_completion_blockers()
        if self.state != "complete":
            message = self.env._(
                "Batch %(run)s is %(state)s, not complete.",
                run=self.name,
                state=self._get_label("state").lower(),
            )
            blockers.insert(0, self._blocker("run", message))
        plan = self.plan_id
        if plan.state not in ("approved", "superseded"):
            message = self.env._(
                "Plan %s has not been approved by somebody else.", plan.display_name
            )
            blockers.append(self._blocker("plan", message, plan))
        return blockers

    def _get_wall_blockers(self) -> list[dict]:
        """Return what stands between the order and done.

        A batch that was given up by a signed disposition is never complete: its order is finished
        into a lot that stays held, unless something is not decided yet.
        """
        if not self.is_given_up:
            return self._get_progress_blockers()
        undecided = self.deviation_ids.filtered(lambda deviation: deviation.state == "open")
        return [deviation._prepare_blocker() for deviation in undecided]

    def _get_hash_blockers(self) -> list[dict]:
        plan = self.plan_id
        if plan._compute_content_hash() == self.plan_hash:
            return []
        message = self.env._(
            "The content of plan %s is not the one the batch began with.", plan.display_name
        )
        return [self._blocker("plan_hash", message, plan)]

    def _blocker(self, code: str, message: str, record=None) -> dict:
        record = self if record is None else record
        return {
            "code": code,
            "message": message,
            "res_model": record._name,
            "res_id": record.id,
        }

    def _do_open_deviation(self, stage, description: str, control_class: str = "prp"):
        """Open a deviation that no sensor saw: an emergency, a skip, a stage that took too long."""
        return (
            self.env["process.deviation"]
            .sudo()
            .create(
                {
                    "company_id": self.company_id.id,
                    "stage_id": stage.id,
                    "run_id": self.id,
                    "control_class": control_class,
                    "kind": "other",
                    "severity": "major",
                    "description": description,
                    "reported_by_id": self.env.uid,
                }
            )
        )

    def _log_transition(
        self,
        kind: str,
        command: str,
        from_state: str,
        to_state: str,
        transition_type: str = "normal",
        reason: str = "",
        stage=None,
    ) -> None:
        """Append one line to the hashed history."""
        self.ensure_one()
        self.env["process.transition"].sudo().create(
            {
                "company_id": self.company_id.id,
                "run_id": self.id,
                "stage_id": stage.id if stage else False,
                "stage_name": stage.name if stage else False,
                "attempt": stage.attempt if stage else 0,
                "kind": kind,
                "command": command,
                "from_state": from_state,
                "to_state": to_state,
                "transition_type": transition_type,
                "reason": reason,
                "user_id": self.env.uid,
                "user_name": self.env.user.name,
                "at_ms": now_ms(),
            }
        )
