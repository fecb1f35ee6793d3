# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.audit_chain.tools import chain
from odoo.addons.process_monitoring.clock import to_iso
from odoo.addons.process_monitoring.tools import units

from ..tools import durations


class ProcessRunRecord(models.Model):
    """The batch record: what a batch was, attempt by attempt, as it is printed."""

    _inherit = "process.run"

    def _prepare_batch_record(self) -> dict:
        """Return the content of the batch record as texts; the same batch gives the same hash,
        whoever prints it: it is that of the content in the source language.
        """
        self.ensure_one()
        self.check_access("read")
        content = self.sudo()._prepare_record_content()
        source = self.sudo().with_context(lang=None)._prepare_record_content()
        return {**content, "hash": chain.digest(source)}

    def _prepare_record_content(self) -> dict:
        return {
            "run": self.name,
            "facts": self._prepare_record_facts(),
            "stages": [stage._prepare_record() for stage in self._get_recorded_stages()],
            "approvals": [
                approval._prepare_record() for approval in self.stage_ids.approval_ids.sorted("id")
            ],
            "devices": self._prepare_record_devices(),
            "entries": self._prepare_record_entries(),
            "deviations": [d._prepare_record() for d in self.deviation_ids.sorted("id")],
            "signatures": self._prepare_record_signatures(),
            "history": self._prepare_record_history(),
        }

    def _get_recorded_stages(self):
        """Return the attempts in the order of the record."""
        return self.stage_ids.sorted(lambda s: (s.sequence, s.plan_stage_id.id, s.attempt))

    def _prepare_record_facts(self) -> list[list[str]]:
        plan = self.plan_id
        zone = self.company_id.partner_id.tz or "UTC"
        counts = [stage._count_readings() for stage in self.stage_ids]
        return [
            [self.env._("Plant"), self.company_id.name],
            [self.env._("Clock of the plant"), zone],
            [self.env._("Manufacturing order"), self.production_id.name],
            [self.env._("Product"), self.product_id.display_name],
            [self.env._("Lots"), ", ".join(self.lot_ids.sorted("id").mapped("name"))],
            [self.env._("Plan"), f"{plan.code} {plan.name}"],
            [self.env._("Plan revision"), f"{plan.revision}, {plan._get_label('state').lower()}"],
            [self.env._("Plan approved"), self._prepare_plan_approval(zone)],
            [self.env._("Plan hash (SHA-256)"), self.plan_hash],
            [self.env._("State"), self._get_label("state")],
            [self.env._("Initiated by"), self.initiated_by_id.name or ""],
            [self.env._("Started"), durations.plant_text(self.start_ms, zone)],
            [self.env._("Ended"), durations.plant_text(self.end_ms, zone)],
            [
                self.env._("Readings"),
                self.env._(
                    "%(total)s, of which %(breached)s outside a limit",
                    total=sum(count["total"] for count in counts),
                    breached=sum(count["breached"] for count in counts),
                ),
            ],
            [self.env._("Notes at the start"), self.start_notes or ""],
        ]

    def _prepare_plan_approval(self, zone: str) -> str:
        plan = self.plan_id
        if not plan.approved_at_ms:
            return self.env._("not approved")
        return f"{plan.approved_by_id.name}, {durations.plant_text(plan.approved_at_ms, zone)}"

    def _prepare_record_signatures(self) -> list[dict]:
        signatures = self.env["audit.signature"].sudo().search(self._get_signature_domain())
        return [
            {
                "document": signature.res_name,
                "name": signature.signer_name,
                "time": durations.utc_text(signature.signed_at_ms),
                "meaning": signature.meaning_label,
                "reason": signature.reason or "",
                "method": dict(signature._fields["method"]._description_selection(self.env))[
                    signature.method
                ],
                "sha256": signature.content_hash,
                "validity": self.env._("valid")
                if signature.is_valid
                else self.env._("changed since"),
            }
            for signature in signatures.sorted(lambda s: (s.signed_at_ms, s.id))
        ]

    def _prepare_record_history(self) -> list[dict]:
        return [
            {
                "time": durations.utc_text(line.at_ms),
                "stage": f"{line.stage_name} #{line.attempt}" if line.stage_name else "",
                "command": line.command or "",
                "state": line.to_state if line.kind == "state" else "",
                "type": line.transition_type,
                "reason": line.reason or "",
                "by": line.user_name or "",
            }
            for line in self.transition_ids.sorted("id")
        ]

    def _prepare_compliance_report(self) -> dict:
        """Return the record as the API gives it, with the verdict on top."""
        self.ensure_one()
        record = self._prepare_batch_record()
        run = self.sudo()
        blockers = run._get_release_blockers()
        counts = [stage._count_readings() for stage in run.stage_ids]
        return {
            "process_id": run.id,
            "batch_id": run.production_id.id,
            "name": run.name,
            "state": run.state,
            "compliant": not blockers,
            "blocking_issues": [blocker["message"] for blocker in blockers],
            "blockers": blockers,
            "plan": {
                "code": run.plan_id.code,
                "revision": run.plan_id.revision,
                "sha256": run.plan_hash,
                "state": run.plan_id.state,
            },
            "started_at": to_iso(run.start_ms) or None,
            "ended_at": to_iso(run.end_ms) or None,
            "measurements": sum(count["total"] for count in counts),
            "critical_failures": sum(count["critical"] for count in counts),
            "record": record,
        }


class ProcessStageRecord(models.Model):
    """What the batch record says about one attempt."""

    _inherit = "process.stage"

    def _prepare_record(self) -> dict:
        self.ensure_one()
        return {
            "name": self.display_name,
            "attempt": self.attempt,
            "is_ccp": self.is_ccp,
            "state": self._get_label("state"),
            "start": self.start_utc,
            "end": self.end_utc,
            "late": durations.utc_text(self.started_at_ms) if self.is_late_entry else "",
            "measured": durations.in_words(self._get_measured_ms()),
            "by": ", ".join((self.started_by_id | self.ended_by_id).mapped("name")),
            "reason": self.reason or "",
            "cycles": [
                {
                    "name": cycle.requirement_id.name,
                    "sensor": cycle.sensor_id.code or "",
                    "limits": cycle.limits_text or "",
                    "readings": cycle.reading_count,
                    "conforming": cycle.conform_count,
                    "breaches": cycle.breach_count,
                    "min": self._get_figure(cycle, "min_value"),
                    "max": self._get_figure(cycle, "max_value"),
                }
                for cycle in self.cycle_ids.sorted("id")
            ],
            "gaps": [
                f"{durations.utc_text(alert.source_ms)} {alert.message}"
                for alert in self.cycle_ids.alert_ids.sorted("id")
            ],
        }

    def _get_figure(self, cycle, name: str) -> str:
        # unrounded, as it was compared: 71.96 does not become 72.0 on paper
        if cycle[name] is False:
            return ""
        return f"{cycle[name]!r} {units.label(cycle.unit)}".strip()


class ProcessApprovalRecord(models.Model):
    """What the batch record says about one level of approval: asked, delegated, decided."""

    _inherit = "process.approval"

    def _prepare_record(self) -> list[list[str]]:
        self.ensure_one()
        rows = [
            [self.env._("Approval"), f"{self.level_id.name}: {self._get_label('state')}"],
            [self.env._("Stage"), self.stage_id.display_name],
            [
                self.env._("Level, role, persons"),
                f"{self.level}, {self._get_label('role')}, {self.minimum}",
            ],
            [
                self.env._("Requested"),
                f"{durations.utc_text(self.requested_at_ms)}, {self.requested_by_id.name}",
            ],
            [self.env._("Deadline"), durations.utc_text(self.deadline_ms)],
            [self.env._("Escalated"), durations.utc_text(self.escalated_at_ms)],
        ]
        for delegation in self.delegation_ids.sorted("id"):
            text = f"{durations.utc_text(delegation.at_ms)}, {delegation.display_name}"
            rows.append([self.env._("Delegated"), f"{text}: {delegation.reason}"])
        rows.append([self.env._("Decided"), durations.utc_text(self.decided_at_ms)])
        return [row for row in rows if row[1]]


class ProcessDeviationRecord(models.Model):
    """What the batch record says about one deviation."""

    _inherit = "process.deviation"

    def _prepare_record(self) -> list[list[str]]:
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        classes = dict(self._fields["control_class"]._description_selection(self.env))
        return [
            [self.env._("Deviation"), f"{self.name}: {states[self.state]}"],
            [self.env._("Stage"), self.stage_id.display_name or ""],
            [self.env._("Class"), classes.get(self.control_class)],
            [self.env._("What happened"), self.description or ""],
            [
                self.env._("Affected from – to"),
                f"{durations.utc_text(self.window_start_ms)} – "
                f"{durations.utc_text(self.window_end_ms)}",
            ],
            [self.env._("Lots"), ", ".join(self.lot_ids.sorted("id").mapped("name"))],
            [self.env._("Cause"), self.cause or ""],
            [self.env._("Correction"), self.correction or ""],
            [self.env._("Prevention"), self.prevention or ""],
            [
                self.env._("Disposition"),
                f"{self._get_disposition_label()} {self.disposition_reason or ''}".strip(),
            ],
        ]
