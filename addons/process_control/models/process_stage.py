# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring.clock import now_ms

from ..tools import durations
from .process_run import clean_text

STATES = [
    ("pending", "Pending"),
    ("running", "Running"),
    ("held", "Held"),
    ("complete", "Complete"),
    ("failed", "Failed"),
    ("skipped", "Skipped"),
]
TRANSITIONS = frozenset(
    {
        ("pending", "running"),
        ("pending", "failed"),
        ("pending", "skipped"),
        ("running", "held"),
        ("running", "complete"),
        ("running", "failed"),
        ("held", "running"),
        ("held", "failed"),
    }
)
ENDED = ("complete", "failed", "skipped")
# A start that was entered this much after the fact is a late entry and shown as one.
LATE_MS = 60_000


class ProcessStage(models.Model):
    """One attempt at one stage of a batch.

    An attempt is opened, started, and ends as complete, failed or skipped; from then on it is
    frozen and stays in the record. Repeating a stage opens attempt n+1. Its states move by the
    verbs below alone, each move is a line of the hashed history, and no one edits it by hand.
    """

    _name = "process.stage"
    _inherit = ["process.role.mixin", "audit.signable.mixin"]
    _description = "Stage of a batch"
    _order = "run_id desc, sequence, attempt, id"

    run_id = fields.Many2one(
        "process.run", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    plan_stage_id = fields.Many2one(
        "process.plan.stage", required=True, readonly=True, ondelete="restrict", index=True
    )
    name = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True, aggregator=None)
    attempt = fields.Integer(default=1, readonly=True, aggregator=None)
    is_current = fields.Boolean(string="Latest attempt", default=True, readonly=True)
    is_ccp = fields.Boolean(string="CCP", readonly=True)
    state = fields.Selection(STATES, default="pending", required=True, readonly=True, index=True)
    start_ms = BigInt(string="Start (ms UTC)", readonly=True, aggregator=None)
    started_at_ms = BigInt(
        string="Start entered (ms UTC)",
        readonly=True,
        aggregator=None,
        help="The server's time when the start was entered.",
    )
    end_ms = BigInt(string="End (ms UTC)", readonly=True, aggregator=None)
    ended_at_ms = BigInt(string="End entered (ms UTC)", readonly=True, aggregator=None)
    start_utc = fields.Char(string="Started (UTC)", compute="_compute_texts")
    end_utc = fields.Char(string="Ended (UTC)", compute="_compute_texts")
    is_late_entry = fields.Boolean(string="Late entry", compute="_compute_texts")
    started_by_id = fields.Many2one("res.users", readonly=True)
    ended_by_id = fields.Many2one("res.users", readonly=True)
    reason = fields.Text(string="Why this attempt", readonly=True)
    cycle_ids = fields.One2many("process.cycle", "stage_id", string="Monitoring", readonly=True)
    approval_ids = fields.One2many("process.approval", "stage_id", readonly=True)
    deviation_ids = fields.One2many("process.deviation", "stage_id", readonly=True)
    transition_ids = fields.One2many("process.transition", "stage_id", readonly=True)
    blockers = fields.Json(compute="_compute_blockers", string="What blocks the gate")

    _unique_attempt = models.UniqueIndex("(run_id, plan_stage_id, attempt)")

    # -- fields -------------------------------------------------------------------------------

    @api.depends("name", "attempt")
    def _compute_display_name(self):
        for stage in self:
            stage.display_name = (
                self.env._("%(name)s, attempt %(attempt)s", name=stage.name, attempt=stage.attempt)
                if stage.attempt > 1
                else stage.name
            )

    @api.depends("start_ms", "started_at_ms", "end_ms")
    def _compute_texts(self):
        for stage in self:
            stage.start_utc = durations.utc_text(stage.start_ms)
            stage.end_utc = durations.utc_text(stage.end_ms)
            stage.is_late_entry = stage.started_at_ms - stage.start_ms > LATE_MS

    @api.depends("state")
    def _compute_blockers(self):
        for stage in self:
            stage.blockers = stage._gate_blockers() if stage.state in ("running", "held") else []

    def _get_state_label(self) -> str:
        return dict(STATES)[self.state]

    # -- guards -------------------------------------------------------------------------------

    def _get_stamped_fields(self):
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store and name != "id" and not name.startswith(("write_", "create_"))
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Attempts are opened by the batch, never by hand."""
        raise AccessError(self.env._("The stages of a batch come from its plan; none is created."))

    @api.model
    def _create_attempts(self, vals_list: list[dict]):
        return super().create(vals_list)

    def unlink(self):
        """An attempt is a record of what happened: refuse, whoever asks."""
        if self:
            self._log_refused("process.unlink_refused", {})
            raise UserError(self.env._("The record of a stage cannot be deleted."))
        return super().unlink()

    def _set_state(self, state: str, transition_type="normal", reason="", command="", **vals):
        """Move along TRANSITIONS and append to the history."""
        for stage in self:
            stage._lock()
            if (stage.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "Stage %(stage)s is %(state)s and cannot become %(wanted)s.",
                        stage=stage.display_name,
                        state=stage._get_state_label().lower(),
                        wanted=dict(STATES)[state].lower(),
                    )
                )
            before = stage.state
            stage._stamp({"state": state, **vals})
            stage.run_id._log_transition(
                "state", command, before, state, transition_type, clean_text(reason), stage
            )

    # -- verbs --------------------------------------------------------------------------------

    def action_start(self, start_ms=None):
        """Start this attempt and its monitoring, now or at a time entered late.

        :param start_ms: when it started, in ms UTC; at most the company's "late entry" span ago,
            not before the stage before was done. Both this and the server's time are kept.
        """
        self._require_role("operator", "integration")
        for stage in self.sudo():
            stage._do_start(start_ms)
        return True

    def action_complete(self, end_ms=None):
        """Complete this attempt if its gate is open; otherwise say what blocks it.

        When only approvals are missing they are requested, and a notice says of whom.

        :param end_ms: when it ended, in ms UTC; not before its last reading, not in the future.
        """
        self.ensure_one()
        self._require_role("operator", "integration")
        return self.sudo()._do_complete(end_ms)

    def action_repeat(self, reason=None):
        """Open attempt n+1 of this stage; the attempt made so far stays as it is.

        An operator may when a deviation of it was decided as "reprocess"; otherwise it is a
        rework, which takes a supervisor and a reason. Later stages are opened again with it.
        """
        self.ensure_one()
        self._require_role("operator", "supervisor", "integration")
        stage = self.sudo()
        if not stage._get_reprocess_deviations():
            self._require_role("supervisor")
            if not clean_text(reason):
                raise UserError(
                    self.env._("Give a reason for the rework: it goes into the batch record.")
                )
        return stage._do_repeat(reason).ids

    def action_record_deviation(self, description=None):
        """Record something about this attempt that no sensor saw."""
        self.ensure_one()
        self._require_role("operator", "integration")
        if not clean_text(description):
            raise UserError(self.env._("Describe the deviation."))
        stage = self.sudo()
        control_class = "ccp" if stage.is_ccp else "prp"
        return stage.run_id._do_open_deviation(stage, clean_text(description), control_class).ids

    def action_skip(self):
        """Open the signing window for skipping a stage that the plan allows to skip."""
        self.ensure_one()
        self._check_may_sign("skip")
        return self.with_context(default_meaning="skip").action_open_signature()

    def action_view_cycles(self):
        """Open the monitoring windows of this attempt."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Monitoring of %s", self.display_name),
            "res_model": "process.cycle",
            "view_mode": "list,form",
            "domain": [("stage_id", "=", self.id)],
        }

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
                    state=before[0]._get_state_label().lower(),
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

    def _do_complete(self, end_ms=None):
        self.ensure_one()
        self.run_id._lock()
        self._lock()
        server_ms = now_ms()
        last_ms = self._get_measured_end_ms()
        if end_ms is None:
            end_ms = max(server_ms - self._get_lateness_ms(), last_ms)
        elif self._check_ms(end_ms, server_ms) < last_ms and self.state == "running":
            raise UserError(
                self.env._(
                    "Stage %(stage)s cannot have ended at %(end)s: it was measured until %(last)s.",
                    stage=self.display_name,
                    end=durations.utc_text(end_ms),
                    last=durations.utc_text(last_ms),
                )
            )
        verdict = self._judge(end_ms)
        if verdict.awaits_only_approval:
            return self._do_request_approvals()
        if not verdict.is_open:
            self._refuse_complete(verdict)
        self._do_end("complete", end_ms, command="complete")
        self.run_id._try_complete()
        return True

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
        self._stamp({"end_ms": end_ms, "ended_at_ms": now_ms(), "ended_by_id": self.env.uid})
        for cycle in self.cycle_ids.filtered(lambda c: c.state == "running"):
            cycle._close(max(end_ms, cycle.start_ms, cycle.last_source_ms or 0))
        self._set_state(state, transition_type, reason, command)
        self.approval_ids.filtered(lambda a: a.state == "requested")._do_cancel()

    # -- hold, fail, repeat -------------------------------------------------------------------

    def _do_hold(self, reason: str = "") -> None:
        self._set_state("held", reason=reason, command="hold")

    def _do_resume(self, reason: str = "") -> None:
        self._set_state("running", reason=reason, command="restart")
        # silence during the hold was not monitoring that failed
        self.cycle_ids.filtered(lambda c: c.state == "running").write(
            {"listening_since_ms": now_ms()}
        )

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
            not cycle.breach_count and (_is_shown(cycle) or not cycle._is_mandatory())
            for cycle in self.cycle_ids
        )

    def _get_reprocess_deviations(self):
        """Return decided deviations of this attempt that ask for another one."""
        return self.deviation_ids.filtered(
            lambda d: d.state == "decided" and d.disposition == "reprocess"
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
                    state=dict(run._fields["state"].selection)[run.state].lower(),
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


def _number_text(value) -> str:
    """Return a measured number as text; nothing for no number (a zero is one)."""
    return "" if value is False or value is None else repr(value)


def _is_shown(cycle) -> bool:
    """Tell whether a window shows what it is for: conformity, or a recording without limits."""
    has_limits = bool(cycle._get_snapshot()["limits"])
    return bool(cycle.conform_count if has_limits else cycle.last_usable_ms)
