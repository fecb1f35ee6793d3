# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.clock import now_ms

from .process_run import clean_text


class ProcessStageRepeat(models.Model):
    """How an attempt is held, goes on or fails, and how the next one is opened."""

    _inherit = "process.stage"

    # -- hold, fail, repeat -------------------------------------------------------------------

    def _do_hold(self, reason: str = "") -> None:
        self._set_state("held", reason=reason, command="hold")
        self.cycle_ids._pause(now_ms())

    def _do_resume(self, reason: str = "") -> None:
        self._set_state("running", reason=reason, command="restart")
        self.cycle_ids._resume(now_ms())

    def _do_fail(self, reason: str = "", transition_type: str = "normal") -> None:
        for stage in self:
            end_ms = stage._get_measured_end_ms() or now_ms()
            stage._do_end("failed", end_ms, transition_type, reason, "fail")

    def _prepare_evidence(self) -> dict:
        """Return what was measured at this attempt, as a signature covers it."""
        self.ensure_one()
        return {
            "readings": self._count_readings(),
            "measured_ms": self._get_measured_ms(),
            "monitoring": [
                {
                    "requirement": cycle.requirement_id.name,
                    "limits": cycle.limits_text or "",
                    "limits_sha256": cycle.limits_hash or "",
                    "readings": cycle.reading_count,
                    "breaches": cycle.breach_count,
                    "min": _number_text(cycle.min_value),
                    "max": _number_text(cycle.max_value),
                }
                for cycle in self.cycle_ids.sorted("id")
            ],
            "deviations": self.deviation_ids.sorted("id").mapped("name"),
        }

    def _check_resume(self) -> None:
        """A held attempt goes on only when nothing decided says it must be repeated."""
        self.ensure_one()
        repeat = self._get_reprocess_deviations()
        if repeat:
            raise UserError(
                self.env._(
                    "Stage %(stage)s must be repeated: %(deviation)s was decided as reprocess. "
                    "Use “Repeat stage”.",
                    stage=self.display_name,
                    deviation=", ".join(repeat.mapped("name")),
                )
            )

    def _is_conforming(self) -> bool:
        """Tell whether everything measured at this attempt was within its critical limits."""
        self.ensure_one()
        return all(
            not cycle.breach_count and (cycle._is_shown() or not cycle._is_mandatory())
            for cycle in self.cycle_ids
        )

    def _get_reprocess_deviations(self):
        """Return decided deviations of this attempt that ask for another one."""
        return self.run_id.deviation_ids.filtered(
            lambda d: d.stage_id == self and d.state == "decided" and d.disposition == "reprocess"
        )

    def _do_repeat(self, reason=None):
        """Freeze this attempt and what came after it; open all of it again."""
        self.ensure_one()
        run = self.run_id
        run._lock()
        self._check_can_repeat()
        is_rollback = self.state == "complete"
        kind = "rollback" if is_rollback else "rework"
        text = clean_text(reason) or ", ".join(self._get_reprocess_deviations().mapped("name"))
        again = run._get_current_stages().filtered(
            lambda s: (
                s == self
                or ((s.sequence, s.id) > (self.sequence, self.id) and s.state != "pending")
            )
        )
        open_stages = again.filtered(lambda s: s.state in ("running", "held"))
        open_stages._do_fail(text, kind)
        attempts = again._open_next_attempts(text, kind)
        if run.state == "held":
            run._do_command("restart", reason=text, transition_type=kind)
        return attempts

    def _check_can_repeat(self) -> None:
        run = self.run_id
        if run.state not in ("running", "held"):
            raise UserError(
                self.env._(
                    "Batch %(run)s is %(state)s: no stage of it can be repeated.",
                    run=run.name,
                    state=run._get_label("state").lower(),
                )
            )
        if not self.is_current or self.state in ("pending", "skipped"):
            raise UserError(
                self.env._(
                    "Stage %s has not been done yet or was already repeated.", self.display_name
                )
            )
        undecided = run._get_open_deviations().filtered(lambda d: d.state == "open")
        if undecided:
            raise UserError(
                self.env._(
                    "Stage %(stage)s cannot be repeated before %(deviations)s is decided.",
                    stage=self.display_name,
                    deviations=", ".join(undecided.mapped("name")),
                )
            )

    def _open_next_attempts(self, reason: str, kind: str):
        vals_list = [stage._prepare_next_attempt(reason) for stage in self]
        for stage in self:
            stage._stamp({"is_current": False})
        attempts = self._create_attempts(vals_list)
        for attempt in attempts:
            attempt.run_id._log_transition(
                "command", "repeat", "", attempt.state, kind, reason, attempt
            )
        return attempts

    def _prepare_next_attempt(self, reason: str) -> dict:
        return {
            "run_id": self.run_id.id,
            "company_id": self.company_id.id,
            "plan_stage_id": self.plan_stage_id.id,
            "name": self.name,
            "sequence": self.sequence,
            "is_ccp": self.is_ccp,
            "attempt": self.attempt + 1,
            "reason": reason,
        }


def _number_text(value) -> str:
    """Return a measured number as text; nothing for no number (a zero is one)."""
    return "" if value is False or value is None else repr(value)
