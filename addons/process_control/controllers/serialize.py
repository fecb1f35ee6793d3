# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How the records of a batch look in the API; times are ISO 8601, UTC."""

from odoo.addons.process_monitoring.clock import to_iso, to_ms


def batch_json(order) -> dict:
    """Return one manufacturing order."""
    order = order.sudo()
    run, plan = order.process_run_id, order.process_plan_id
    return {
        "batch_id": order.id,
        "name": order.name,
        "state": order.state,
        "product": {
            "code": order.product_id.default_code or None,
            "name": order.product_id.name,
        },
        "quantity": order.product_qty,
        "unit": order.product_uom_id.name,
        "lots": run.lot_ids.sorted("id").mapped("name"),
        "planned_start": to_iso(to_ms(order.date_start)) if order.date_start else None,
        "plan": {"code": plan.code, "revision": plan.revision, "state": plan.state}
        if plan
        else None,
        "process_id": run.id or None,
        "process_state": run.state or None,
    }


def requirement_json(requirement) -> dict:
    """Return one thing to be measured at a stage, in the unit of its parameter."""
    frequency = requirement.frequency
    return {
        "name": requirement.name,
        "parameter": requirement.parameter_id.code,
        "unit": requirement.unit or None,
        "sensor": requirement.sensor_id.code or None,
        "control_class": requirement.control_class,
        "is_mandatory": requirement.is_mandatory,
        "frequency": frequency,
        "interval_seconds": requirement.interval_s if frequency == "interval" else None,
        "max_gap_seconds": requirement.max_gap_s if frequency == "continuous" else None,
        "limits": [
            {
                "kind": limit.kind,
                "operator": limit.operator,
                "value": limit.value,
                "unit": limit.unit or None,
            }
            for limit in requirement.limit_ids._sort_by_severity()
        ],
    }


def stage_json(stage) -> dict:
    """Return one attempt at a stage."""
    return {
        "stage_id": stage.id,
        "name": stage.name,
        "sequence_order": stage.sequence,
        "attempt": stage.attempt,
        "is_current": stage.is_current,
        "is_critical_control_point": stage.is_ccp,
        "state": stage.state,
        "started_at": to_iso(stage.start_ms) or None,
        "start_entered_at": to_iso(stage.started_at_ms) or None,
        "ended_at": to_iso(stage.end_ms) or None,
        "reason": stage.reason or None,
    }


def process_json(run, with_stages: bool = True) -> dict:
    """Return one batch process."""
    run = run.sudo()
    plan = run.plan_id
    data = {
        "process_id": run.id,
        "batch_id": run.production_id.id,
        "batch": run.production_id.name,
        "name": run.name,
        "state": run.state,
        "process_type": plan.process_type or None,
        "plan": {
            "code": plan.code,
            "revision": plan.revision,
            "sha256": run.plan_hash,
            "state": plan.state,
            "for_this_batch_only": plan.is_one_off,
        },
        "lots": run.lot_ids.sorted("id").mapped("name"),
        "current_stage_id": run.current_stage_id.id or None,
        "started_at": to_iso(run.start_ms) or None,
        "ended_at": to_iso(run.end_ms) or None,
    }
    if with_stages:
        data["stages"] = [stage_json(stage) for stage in run._get_current_stages()]
    return data


def deviation_json(deviation) -> dict:
    """Return one deviation of a batch."""
    deviation = deviation.sudo()
    return {
        "deviation_id": deviation.id,
        "name": deviation.name,
        "stage_id": deviation.stage_id.id or None,
        "control_class": deviation.control_class,
        "kind": deviation.kind,
        "severity": deviation.severity,
        "description": deviation.description or "",
        "state": deviation.state,
        "disposition": deviation.disposition or None,
        "window_start": to_iso(deviation.window_start_ms) or None,
        "window_end": to_iso(deviation.window_end_ms) or None,
        "lots": deviation.lot_ids.sorted("id").mapped("name"),
    }


def transition_json(line) -> dict:
    """Return one line of the history."""
    return {
        "sequence": line.chain_sequence,
        "at": to_iso(line.at_ms),
        "stage_id": line.stage_id.id or None,
        "stage": line.stage_name or None,
        "attempt": line.attempt or None,
        "kind": line.kind,
        "command": line.command or None,
        "from_state": line.from_state or None,
        "to_state": line.to_state or None,
        "transition_type": line.transition_type,
        "reason": line.reason or None,
        "user": line.user_name,
        "sha256": line.entry_hash,
    }


def signature_json(signature) -> dict:
    """Return one signature; it is given in the web client only."""
    return {
        "signature_id": signature.id,
        "document": signature.res_name,
        "signer": signature.signer_name,
        "signed_at": to_iso(signature.signed_at_ms),
        "meaning": signature.meaning,
        "meaning_text": signature.meaning_label,
        "reason": signature.reason or None,
        "validity": signature.validity,
        "content_sha256": signature.content_hash,
        "sha256": signature.entry_hash,
    }


def approval_json(approval) -> dict:
    """Return one request for an approval."""
    return {
        "approval_id": approval.id,
        "stage_id": approval.stage_id.id,
        "level": approval.level,
        "role": approval.role,
        "minimum": approval.minimum,
        "state": approval.state,
        "requested_by": approval.sudo().requested_by_id.name,
        "requested_at": to_iso(approval.requested_at_ms),
        "deadline": to_iso(approval.deadline_ms) or None,
    }


def alert_json(alert) -> dict:
    """Return one alert."""
    alert = alert.sudo()
    return {
        "alert_id": alert.id,
        "process_id": alert.cycle_id.stage_id.run_id.id or None,
        "stage_id": alert.cycle_id.stage_id.id or None,
        "kind": alert.kind,
        "severity": alert.severity,
        "control_class": alert.control_class or None,
        "state": alert.state,
        "message": alert.message or "",
        "requirement": alert.requirement_id.name or None,
        "sensor": alert.sensor_id.code or None,
        "worst_value": None if alert.value is False else alert.value,
        "limit": alert.limit_ref or None,
        "occurrences": alert.occurrence_count,
        "came_back": alert.flap_count,
        "passed_on_level": alert.escalation_level,
        "deviation_id": alert.deviation_id.id or None,
        "began_at": to_iso(alert.source_ms) or None,
        "raised_at": to_iso(alert.raised_ms) or None,
        "ended_at": to_iso(alert.ended_ms) or None,
        "acknowledged_by": alert.acknowledged_by_id.name or None,
        "acknowledged_at": to_iso(alert.acknowledged_at_ms) or None,
        "acknowledge_note": alert.acknowledge_note or None,
        "resolved_by": alert.resolved_by_id.name or None,
        "resolved_at": to_iso(alert.resolved_at_ms) or None,
        "resolution": alert.resolution or None,
    }


def reading_json(reading) -> dict:
    """Return one reading: in the canonical unit, and as it was delivered."""
    return {
        "reading_id": reading.id,
        "sensor": reading.sensor_id.code,
        "measured_at": to_iso(reading.source_ms),
        "received_at": to_iso(reading.received_ms),
        "sequence": reading.sequence,
        "value": None if reading.value is False else reading.value,
        "unit": reading.unit or None,
        "text": reading.text_value or None,
        "raw_value": None if reading.raw_value is False else reading.raw_value,
        "raw_unit": reading.raw_unit or None,
        "quality": reading.quality,
        "verdict": reading.verdict,
        "is_corrected": reading.is_corrected,
        "limit": reading.limit_ref or None,
        "origin": reading.origin,
    }
