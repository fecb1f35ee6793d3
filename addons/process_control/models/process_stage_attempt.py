# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.clock import now_ms

from ..tools import durations


class ProcessStageAttempt(models.Model):
    """How an attempt at a stage begins, ends, is held and is repeated."""

    _inherit = "process.stage"

    # -- start --------------------------------------------------------------------------------

    def _do_start(self, start_ms=None) -> None:
        self.ensure_one()
        self._check_can_start()
        server_ms = now_ms()
        start_ms = self._check_start_ms(start_ms, server_ms)
        self._set_state(
            "running",
            command="start",
            start_ms=start_ms,
            started_at_ms=server_ms,
            started_by_id=self.env.uid,
        )
        subject = f"{self.run_id.production_id.name} {self.display_name}"
        for requirement in self.plan_stage_id.requirement_ids:
            cycle = requirement._open_cycle(start_ms, subject)
            cycle.sudo()._set_stage(self)

    def _check_can_start(self) -> None:
        run = self.run_id
        if run.state != "running":
            raise UserError(
                self.env._(
                    "Batch %(run)s is not running: start or restart it first, then the stage.",
                    run=run.name,
                )
            )
        others = run._get_current_stages() - self
        before = others.filtered(
            lambda s: (
                (s.sequence, s.id) < (self.sequence, self.id)
                and s.state not in ("complete", "skipped")
                or s.state in ("running", "held")
            )
        )
        if before:
            raise UserError(
                self.env._(
                    "Stage %(stage)s cannot start: %(before)s is %(state)s.",
                    stage=self.display_name,
                    before=before[0].display_name,
                    state=before[0]._get_label("state").lower(),
                )
            )

    def _check_start_ms(self, start_ms, server_ms: int) -> int:
        """Return when the attempt started; refuse what cannot have been."""
        earliest = self._get_earliest_start_ms()
        if start_ms is None:
            return max(server_ms, earliest)
        start_ms = self._check_ms(start_ms, server_ms)
        allowed = self.company_id.process_late_entry_min * 60_000
        if server_ms - start_ms > allowed:
            raise UserError(
                self.env._(
                    "The start of stage %(stage)s lies more than %(span)s back. "
                    "A start can be entered late by that much at most.",
                    stage=self.display_name,
                    span=durations.in_words(allowed),
                )
            )
        if start_ms < earliest:
            raise UserError(
                self.env._(
                    "Stage %(stage)s cannot have started at %(start)s: "
                    "the stage or attempt before lasted until %(end)s.",
                    stage=self.display_name,
                    start=durations.utc_text(start_ms),
                    end=durations.utc_text(earliest),
                )
            )
        return start_ms

    def _check_ms(self, value, server_ms: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise UserError(self.env._("A time is given in whole milliseconds since 1970, UTC."))
        if value > server_ms:
            raise UserError(self.env._("A time in the future cannot be entered."))
        return value

    def _get_earliest_start_ms(self) -> int:
        """Return the first moment after what was before in this run, as measured."""
        before = (self.run_id.stage_ids - self).filtered("start_ms")
        return max((stage._get_free_from_ms() for stage in before), default=0)

    def _get_lateness_ms(self) -> int:
        """Return how far the clock of this attempt runs behind the server's: late entries do."""
        return self.started_at_ms - self.start_ms if self.is_late_entry else 0

    def _get_free_from_ms(self) -> int:
        """Return when the next attempt may begin: no reading belongs to two of them."""
        last_ms = self._get_last_reading_ms()
        return last_ms + 1 if last_ms else self.end_ms or self.start_ms

    def _get_last_reading_ms(self) -> int:
        return max((cycle.last_source_ms or 0 for cycle in self.cycle_ids), default=0)

    def _get_measured_end_ms(self) -> int:
        """Return the time of the last reading; without readings, the end that was entered."""
        return self._get_last_reading_ms() or self.end_ms or self.start_ms

    # -- complete -----------------------------------------------------------------------------

    def _do_complete(self, end_ms=None, reason=""):
        self.ensure_one()
        self.run_id._lock()
        self._lock()
        end_ms = self._check_end_ms(end_ms)
        verdict = self._judge(end_ms)
        if verdict.awaits_only_approval:
            self._do_end_measuring(end_ms)
            return self._do_request_approvals()
        if not verdict.is_open:
            self._refuse_complete(verdict)
        self._do_end("complete", end_ms, reason=reason, command="complete")
        self.run_id._try_complete()
        return True

    def _check_end_ms(self, end_ms) -> int:
        """Return when the attempt ended; refuse what cannot have been."""
        server_ms = now_ms()
        last_ms = self._get_measured_end_ms()
        if self.end_ms and end_ms in (None, self.end_ms):
            return self.end_ms
        if end_ms is None:
            return max(server_ms - self._get_lateness_ms(), last_ms)
        if self._check_ms(end_ms, server_ms) < last_ms and self.state == "running":
            raise UserError(
                self.env._(
                    "Stage %(stage)s cannot have ended at %(end)s: it was measured until %(last)s.",
                    stage=self.display_name,
                    end=durations.utc_text(end_ms),
                    last=durations.utc_text(last_ms),
                )
            )
        if self.end_ms:
            raise UserError(
                self.env._(
                    "Stage %(stage)s ended at %(end)s: with that its approval was asked for.",
                    stage=self.display_name,
                    end=durations.utc_text(self.end_ms),
                )
            )
        return end_ms

    def _do_end_measuring(self, end_ms: int) -> None:
        """End what is measured: who approves the stage signs a record that is whole.

        The line may stand or be cleaned while somebody comes to sign; that is no part of it.
        """
        if not self.end_ms:
            self._stamp({"end_ms": end_ms, "ended_at_ms": now_ms(), "ended_by_id": self.env.uid})
        for cycle in self.cycle_ids.filtered(lambda c: c.state == "running"):
            cycle._close(max(end_ms, cycle.start_ms, cycle.last_source_ms or 0))

    def _is_measuring(self) -> bool:
        """Tell whether the attempt goes on, rather than waits for somebody to sign its end."""
        return self.state == "running" and not self.end_ms

    def _get_progress_label(self) -> str:
        """Return the state; of a stage that only waits for its end to be signed, that it does."""
        if self.state != "running" or not self.end_ms:
            return self._get_label("state")
        if "requested" in self.approval_ids.mapped("state"):
            return self.env._("Waits for approval")
        return self.env._("To be completed")

    def _refuse_complete(self, verdict) -> None:
        raise UserError(
            self.env._(
                "Stage %(stage)s cannot be completed:\n%(blockers)s",
                stage=self.display_name,
                blockers="\n".join(f"– {blocker.message}" for blocker in verdict.blockers),
            )
        )

    def _do_end(self, state: str, end_ms: int, transition_type="normal", reason="", command=""):
        """End the attempt and its monitoring; from here on it is frozen."""
        self._do_end_measuring(end_ms)
        self._set_state(state, transition_type, reason, command)
        self.approval_ids.filtered(lambda a: a.state == "requested")._do_cancel()
