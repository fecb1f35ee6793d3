# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""JSON Schemas of what the API answers; a member that is not named here is never sent."""

from odoo.addons.process_monitoring.models.process_alert import ALERT_KINDS, SEVERITIES
from odoo.addons.process_monitoring.models.process_deviation import DISPOSITIONS
from odoo.addons.process_monitoring.models.process_reading import VERDICTS
from odoo.addons.process_monitoring.models.process_requirement import CONTROL_CLASSES
from odoo.addons.rest_api.schemas import (
    BOOL,
    COUNT,
    ID,
    NUMBER,
    SHA256,
    TEXT,
    TIME,
    enum,
    exact,
    null,
    paged,
    ref,
    some,
)

from ..models.process_approval import STATES as APPROVAL_STATES
from ..models.process_plan_approval import ROLES
from ..models.process_stage import STATES as STAGE_STATES
from ..tools import isa88


def _codes(selection: list) -> dict:
    return enum(*(code for code, _label in selection))


_PLAN = {"code": TEXT, "revision": COUNT, "sha256": SHA256, "state": TEXT}
_STAGE = {
    "stage_id": ID,
    "name": TEXT,
    "sequence_order": {"type": "integer"},
    "attempt": {"type": "integer", "minimum": 1},
    "is_current": BOOL,
    "is_critical_control_point": BOOL,
    "state": _codes(STAGE_STATES),
    "started_at": null(TIME),
    "start_entered_at": null(TIME),
    "ended_at": null(TIME),
    "reason": null(TEXT),
}
_PROCESS = {
    "process_id": ID,
    "batch_id": ID,
    "batch": TEXT,
    "name": TEXT,
    "state": enum(*isa88.STATES),
    "process_type": null(TEXT),
    "plan": exact(**_PLAN, for_this_batch_only=BOOL),
    "lots": some(TEXT),
    "current_stage_id": null(ID),
    "started_at": null(TIME),
    "ended_at": null(TIME),
}
_BLOCKER = exact(code=TEXT, message=TEXT, res_model=TEXT, res_id={"type": "integer"})
_EVALUATION = {
    "process_id": ID,
    "stage_id": ID,
    "can_progress": BOOL,
    "requires_approval": BOOL,
    "readiness_assessment": exact(
        ready_for_completion=BOOL,
        compliance_status=enum("compliant", "incomplete", "non_compliant"),
        readiness_score={"type": "integer", "minimum": 0, "maximum": 100},
        blocking_issues=some(TEXT),
    ),
    "quality_assessment": exact(
        quality_standards_met=BOOL,
        quality_score=null({**NUMBER, "minimum": 0, "maximum": 100}),
        failed_measurements=COUNT,
        critical_failures=COUNT,
        measurements=COUNT,
    ),
    "time_assessment": exact(
        started_at=null(TIME),
        ended_at=null(TIME),
        measured_seconds=NUMBER,
        minimum_seconds=NUMBER,
        maximum_seconds=null(NUMBER),
        time_requirements_met=BOOL,
    ),
    "available_actions": some(
        enum(
            "advance_to_next_stage",
            "request_approval",
            "repeat_stage",
            "record_deviation",
            "add_monitoring_log",
        )
    ),
    "blockers": some(ref("Blocker")),
}
_ALERT = {
    "alert_id": ID,
    "process_id": null(ID),
    "stage_id": null(ID),
    "kind": _codes(ALERT_KINDS),
    "severity": _codes(SEVERITIES),
    "control_class": null(_codes(CONTROL_CLASSES)),
    "state": enum("open", "acknowledged", "resolved"),
    "message": TEXT,
    "requirement": null(TEXT),
    "sensor": null(TEXT),
    "worst_value": null(NUMBER),
    "limit": null(TEXT),
    "occurrences": COUNT,
    "came_back": COUNT,
    "passed_on_level": COUNT,
    "deviation_id": null(ID),
    "began_at": null(TIME),
    "raised_at": null(TIME),
    "ended_at": null(TIME),
    "acknowledged_by": null(TEXT),
    "acknowledged_at": null(TIME),
    "acknowledge_note": null(TEXT),
    "resolved_by": null(TEXT),
    "resolved_at": null(TIME),
    "resolution": null(TEXT),
}
_DEVIATION = {
    "deviation_id": ID,
    "name": TEXT,
    "stage_id": null(ID),
    "control_class": _codes(CONTROL_CLASSES),
    "kind": enum(*(code for code, _label in ALERT_KINDS), "other"),
    "severity": _codes(SEVERITIES),
    "description": TEXT,
    "state": enum("open", "decided", "closed"),
    "disposition": null(_codes(DISPOSITIONS)),
    "window_start": null(TIME),
    "window_end": null(TIME),
    "lots": some(TEXT),
}
_TRANSITION = {
    "sequence": COUNT,
    "at": TIME,
    "stage_id": null(ID),
    "stage": null(TEXT),
    "attempt": null(COUNT),
    "kind": enum("command", "state"),
    "command": null(TEXT),
    "from_state": null(TEXT),
    "to_state": null(TEXT),
    "transition_type": TEXT,
    "reason": null(TEXT),
    "user": TEXT,
    "sha256": SHA256,
}
_SIGNED = {
    "signature_id": ID,
    "document": TEXT,
    "signer": TEXT,
    "signed_at": TIME,
    "meaning": TEXT,
    "meaning_text": TEXT,
    "reason": null(TEXT),
    "validity": enum("valid", "changed", "gone"),
    "content_sha256": SHA256,
    "sha256": SHA256,
}
_APPROVAL = {
    "approval_id": ID,
    "stage_id": ID,
    "level": {"type": "integer"},
    "role": _codes(ROLES),
    "minimum": COUNT,
    "state": _codes(APPROVAL_STATES),
    "requested_by": TEXT,
    "requested_at": TIME,
    "deadline": null(TIME),
}
_READING = {
    "reading_id": ID,
    "sensor": TEXT,
    "measured_at": TIME,
    "received_at": TIME,
    "sequence": COUNT,
    "value": null(NUMBER),
    "unit": null(TEXT),
    "text": null(TEXT),
    "raw_value": null(NUMBER),
    "raw_unit": null(TEXT),
    "quality": COUNT,
    "verdict": _codes(VERDICTS),
    "is_corrected": {**BOOL, "description": "A newer entry answers it: it counts no more."},
    "limit": null(TEXT),
    "origin": TEXT,
}
_PAIRS = some(some(TEXT))
_SIGNATURE = ("document", "name", "time", "meaning", "reason", "method", "validity")
_LINE = ("time", "stage", "command", "state", "type", "reason", "by")
_RECORDED_STAGE = ("name", "state", "start", "end", "late", "measured", "by", "reason")
_CYCLE = ("name", "sensor", "limits", "min", "max")
_CALIBRATION = ("calibration", "certificate", "by", "at", "valid_until", "found", "left")
_DEVICE = ("device", "name", *_CALIBRATION, "validity")
_TYPED = ("number", "what", "value", "verdict", "measured", "entered", "by", "late")
_ENTRY = (*_TYPED, "kind", "corrects", "state", "reason")
_RECORD = {
    "run": TEXT,
    "facts": _PAIRS,
    "stages": some(
        exact(
            **dict.fromkeys(_RECORDED_STAGE, TEXT),
            attempt=COUNT,
            is_ccp=BOOL,
            cycles=some(
                exact(
                    **dict.fromkeys(_CYCLE, TEXT), readings=COUNT, conforming=COUNT, breaches=COUNT
                )
            ),
            gaps=some(TEXT),
        )
    ),
    "approvals": some(_PAIRS),
    "devices": some(exact(**dict.fromkeys(_DEVICE, TEXT))),
    "entries": some(exact(**dict.fromkeys(_ENTRY, TEXT))),
    "deviations": some(_PAIRS),
    "signatures": some(exact(**dict.fromkeys(_SIGNATURE, TEXT), sha256=SHA256)),
    "history": some(exact(**dict.fromkeys(_LINE, TEXT))),
    "hash": SHA256,
}
_REJECTED = some(exact(index=COUNT, reason=TEXT))

RETURNED = {
    "Stage": exact(**_STAGE),
    "StageList": exact(items=some(ref("Stage"))),
    "ProcessSummary": exact(**_PROCESS),
    "ProcessPage": paged("ProcessSummary"),
    "Process": exact(**_PROCESS, stages=some(ref("Stage"))),
    "NewProcess": exact(**_PROCESS, stages=some(ref("Stage")), assumptions=some(TEXT)),
    "Blocker": _BLOCKER,
    "Evaluation": exact(**_EVALUATION),
    "Moved": exact(
        transition_type=TEXT,
        stage=ref("Stage"),
        next_stage=null(ref("Stage")),
        process=ref("ProcessSummary"),
    ),
    "ComplianceReport": exact(
        process_id=ID,
        batch_id=ID,
        name=TEXT,
        state=enum(*isa88.STATES),
        compliant=BOOL,
        blocking_issues=some(TEXT),
        blockers=some(ref("Blocker")),
        plan=exact(**_PLAN),
        started_at=null(TIME),
        ended_at=null(TIME),
        measurements=COUNT,
        critical_failures=COUNT,
        record=exact(**_RECORD),
    ),
    "Deviation": exact(**_DEVIATION),
    "DeviationPage": paged("Deviation"),
    "HistoryLine": exact(**_TRANSITION),
    "TransitionPage": paged("HistoryLine"),
    "Signature": exact(**_SIGNED),
    "HistoryEntry": exact(
        at=TIME,
        kind=enum("command", "state", "deviation", "signature"),
        transition=null(ref("HistoryLine")),
        deviation=null(ref("Deviation")),
        signature=null(ref("Signature")),
    ),
    "HistoryPage": paged("HistoryEntry"),
    "Approval": exact(**_APPROVAL),
    "ApprovalList": exact(items=some(ref("Approval"))),
    "ApprovalPage": paged("Approval"),
    "Alert": exact(**_ALERT),
    "AlertPage": paged("Alert"),
    "Reading": exact(**_READING),
    "ReadingPage": paged("Reading"),
    "Ingested": exact(stored=COUNT, duplicates=COUNT, rejected=_REJECTED),
}
PROBLEM = {"blockers": some(ref("Blocker")), "rejected": _REJECTED}
