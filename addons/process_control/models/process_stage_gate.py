# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.clock import now_ms, to_iso

from ..tools import durations, gate


class ProcessStageGate(models.Model):
    """The gate of a stage: everything that must be true before it is complete."""

    _inherit = "process.stage"

    # -- asked from outside -------------------------------------------------------------------

    def evaluate(self):
        """Return what the gate says now, each blocker by name with its record.

        Shape: can_progress, requires_approval, readiness_assessment, quality_assessment,
        time_assessment, available_actions, blockers. The score informs; it opens nothing.
        """
        self.ensure_one()
        self.check_access("read")
        stage = self.sudo()
        verdict = stage._judge()
        counts = stage._count_readings()
        is_running = stage.state == "running"
        return {
            "can_progress": verdict.is_open,
            "requires_approval": any(b.code in gate.APPROVAL_CODES for b in verdict.blockers),
            "readiness_assessment": {
                "ready_for_completion": verdict.is_open or verdict.awaits_only_approval,
                "compliance_status": verdict.compliance,
                "readiness_score": verdict.readiness,
                "blocking_issues": [blocker.message for blocker in verdict.blockers],
            },
            "quality_assessment": {
                "quality_standards_met": not counts["breached"],
                "quality_score": verdict.quality_score,
                "failed_measurements": counts["breached"],
                "critical_failures": counts["critical"],
                "measurements": counts["total"],
            },
            "time_assessment": stage._assess_time(),
            "available_actions": self._get_available_actions(verdict, is_running),
            "blockers": [blocker.as_dict() for blocker in verdict.blockers],
        }

    def _get_available_actions(self, verdict, is_running: bool) -> list[str]:
        actions = []
        if verdict.is_open:
            actions.append("advance_to_next_stage")
        if verdict.awaits_only_approval:
            actions.append("request_approval")
        if self.sudo()._get_reprocess_deviations():
            actions.append("repeat_stage")
        if is_running:
            actions += ["record_deviation", "add_monitoring_log"]
        return actions

    def _assess_time(self) -> dict:
        measured = self._get_measured_ms()
        minimum, maximum = self.plan_stage_id._get_min_ms(), self.plan_stage_id._get_max_ms()
        return {
            "started_at": to_iso(self.start_ms) or None,
            "ended_at": to_iso(self.end_ms) or None,
            "measured_seconds": measured / 1000,
            "minimum_seconds": minimum / 1000,
            "maximum_seconds": maximum / 1000 if maximum else None,
            "time_requirements_met": measured >= minimum and not (maximum and measured > maximum),
        }

    # -- judged -------------------------------------------------------------------------------

    def _judge(self, at_ms: int | None = None) -> gate.Verdict:
        """Return the verdict of the gate, now or at an end that is entered late."""
        self.ensure_one()
        counts = self._count_readings()
        findings = gate.from_dicts(self._gate_blockers(at_ms))
        checks = 4 + 3 * len(self.plan_stage_id.requirement_ids)
        return gate.judge(findings, gate.Counts(counts["conform"], counts["breached"]), checks)

    def _gate_blockers(self, at_ms: int | None = None) -> list[dict]:
        """Return what blocks this attempt: list of dict(code, message, res_model, res_id).

        `at_ms` is the moment it is judged at: now, or an end that is entered late.
        """
        self.ensure_one()
        stage = self.sudo()
        if stage.state == "running":
            closed = []
        else:
            closed = [stage._finding("not_running", stage._get_not_running_message())]
        if stage.state not in ("running", "held"):
            return closed
        return closed + [
            *stage._get_monitoring_findings(at_ms),
            *stage._get_deviation_findings(),
            *stage._get_time_findings(),
            *stage._get_approval_findings(),
        ]

    def _get_not_running_message(self) -> str:
        return self.env._(
            "Stage %(stage)s is %(state)s.",
            stage=self.display_name,
            state=self._get_label("state").lower(),
        )

    def _finding(self, code: str, message: str, record=None) -> dict:
        record = self if record is None else record
        return {
            "code": code,
            "message": message,
            "res_model": record._name,
            "res_id": record.id,
        }

    def _get_monitoring_findings(self, at_ms: int | None) -> list[dict]:
        findings = []
        cycles = self.cycle_ids
        for requirement in self.plan_stage_id.requirement_ids - cycles.requirement_id:
            if requirement.is_mandatory:
                findings.append(
                    self._finding(
                        "missing_reading",
                        self.env._("%s has not been monitored at all.", requirement.name),
                        requirement,
                    )
                )
        return findings + cycles._get_findings(at_ms)

    def _get_deviation_findings(self) -> list[dict]:
        """Own deviations until they are closed; those of other attempts until decided.

        Deviations of the monitoring itself are findings of its cycles already.
        """
        unclosed = self.run_id._get_open_deviations()
        others = unclosed.filtered(lambda d: d.stage_id != self and d.state == "open")
        own = unclosed.filtered(lambda d: d.stage_id == self and not d.cycle_id)
        return [deviation._prepare_blocker() for deviation in own | others]

    def _get_time_findings(self) -> list[dict]:
        measured = self._get_measured_ms()
        minimum, maximum = self.plan_stage_id._get_min_ms(), self.plan_stage_id._get_max_ms()
        if minimum and measured < minimum:
            return [
                self._finding(
                    "min_duration",
                    self.env._(
                        "%(stage)s has been measured for %(measured)s of at least %(minimum)s.",
                        stage=self.display_name,
                        measured=durations.in_words(measured),
                        minimum=durations.in_words(minimum),
                    ),
                )
            ]
        if maximum and measured > maximum and not self._is_overrun_settled():
            return [
                self._finding(
                    "max_duration",
                    self.env._(
                        "%(stage)s has lasted %(measured)s, at most %(maximum)s is allowed. "
                        "Record a deviation and have it closed, or repeat the stage.",
                        stage=self.display_name,
                        measured=durations.in_words(measured),
                        maximum=durations.in_words(maximum),
                    ),
                )
            ]
        return []

    def _format_remaining(self) -> str:
        """Return in words how long the stage still has to be measured; nothing if it need not."""
        self.ensure_one()
        minimum = self.plan_stage_id._get_min_ms()
        remaining = minimum - self._get_measured_ms()
        if not minimum or remaining <= 0:
            return ""
        return self.env._(
            "%(stage)s: %(remaining)s of %(minimum)s still to be measured",
            stage=self.display_name,
            remaining=durations.in_words(remaining),
            minimum=durations.in_words(minimum),
        )

    def _is_overrun_settled(self) -> bool:
        """Somebody recorded the overrun as a deviation of this attempt, and it is closed."""
        recorded = self.deviation_ids.filtered(lambda d: not d.cycle_id)
        return bool(recorded) and all(d.state == "closed" for d in recorded)

    def _get_measured_ms(self) -> int:
        """Return how long the attempt lasted, from its first to its last reading.

        Without any requirement there is nothing to measure by: then from start to end, or now.
        """
        if not self.start_ms:
            return 0
        if not self.plan_stage_id.requirement_ids:
            return (self.end_ms or now_ms()) - self.start_ms
        first = [cycle.first_ms for cycle in self.cycle_ids if cycle.first_ms]
        last = [cycle.last_source_ms for cycle in self.cycle_ids if cycle.last_source_ms]
        return max(last) - min(first) if first and last else 0

    def _count_readings(self) -> dict:
        """Return readings counted by the cycles: conform, breached, critical, total."""
        cycles = self.cycle_ids
        critical = cycles.filtered(lambda c: c.control_class == "ccp")
        return {
            "conform": sum(cycles.mapped("conform_count")),
            "breached": sum(cycles.mapped("breach_count")),
            "critical": sum(critical.mapped("breach_count")),
            "total": sum(cycles.mapped("reading_count")),
        }

    # -- approvals ----------------------------------------------------------------------------

    def _get_approval_findings(self) -> list[dict]:
        """Return one finding for each level that has not been approved yet."""
        findings = []
        for level in self.plan_stage_id.approval_level_ids.sorted(lambda x: (x.sequence, x.id)):
            approval = self._get_approval(level)
            # the state alone would prove nothing; one that nobody granted needs no look
            if approval.state == "approved" and approval._is_granted():
                continue
            findings.append(self._prepare_approval_finding(level, approval))
        return findings

    def _get_approval(self, level):
        """Return the newest request of a level for this attempt."""
        return self.approval_ids.filtered(
            lambda a: a.level_id == level and a.state != "cancelled"
        ).sorted("id")[-1:]

    def _prepare_approval_finding(self, level, approval) -> dict:
        values = {"level": level.name, "role": level._get_role_label()}
        if not approval:
            return self._finding(
                "approval", self.env._("Approval “%(level)s” by %(role)s is missing.", **values)
            )
        if approval.state == "rejected":
            return self._finding(
                "approval_rejected",
                self.env._("Approval “%(level)s” by %(role)s was rejected.", **values),
                approval,
            )
        return self._finding(
            "approval_requested",
            self.env._("Approval “%(level)s” is requested of %(role)s.", **values),
            approval,
        )

    def action_request_approval(self):
        """Ask for the next approval, when nothing but approvals is missing."""
        self.ensure_one()
        self._require_role("operator", "integration")
        stage = self.sudo()
        stage.run_id._lock()
        end_ms = stage._check_end_ms(None)
        verdict = stage._judge(end_ms)
        if verdict.is_open:
            raise UserError(
                self.env._("Stage %s needs no approval now: complete it.", stage.display_name)
            )
        if not verdict.awaits_only_approval:
            stage._refuse_complete(verdict)
        stage._do_end_measuring(end_ms)
        return stage._do_request_approvals()

    def _do_request_approvals(self):
        """Ask the first level that has not been asked; return a notice for the screen."""
        self.ensure_one()
        for level in self.plan_stage_id.approval_level_ids.sorted(lambda x: (x.sequence, x.id)):
            approval = self._get_approval(level)
            if approval and approval._is_granted():
                continue
            if not approval or approval.state == "rejected":
                approval = self.env["process.approval"]._create_request(self, level)
            return approval._prepare_notice()
        return True
