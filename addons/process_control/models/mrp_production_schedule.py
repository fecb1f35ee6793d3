# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import UTC, datetime

from odoo import models

from odoo.addons.process_monitoring.clock import now_ms

ENDED_RUNS = ("complete", "stopped", "aborted")


class MrpProductionSchedule(models.Model):
    """When the stages still to do can run: by calendar and load of their work centres.

    Nothing is booked: each stage gets the first free time of its work centre behind the stage
    before, as a work order would. A stage without a work centre follows at once.
    """

    _inherit = "mrp.production"

    def _prepare_stepper(self):
        """Add to each stage still to do when it can begin and end at the earliest."""
        rows = super()._prepare_stepper()
        slots = self._get_stage_slots()
        return [{**row, **slot} for row, slot in zip(rows, slots, strict=True)] if slots else rows

    def _get_stage_slots(self) -> list[dict]:
        """Return one dictionary for each stage of the stepper; none without work centres."""
        run = self.process_run_id
        steps = self._get_steps()
        has_capacity = any(stage.workcenter_id for stage, _state, _start in steps)
        if not has_capacity or self.state in ("done", "cancel") or run.state in ENDED_RUNS:
            return []
        now = _to_datetime(now_ms())
        moment = max(self.date_start or now, now)
        slots = []
        for stage, state, start_ms in steps:
            slot = {}
            if state in ("planned", "pending"):
                start, moment = stage._get_slot(moment) if moment else (None, None)
                slot = _prepare_slot(start, moment, stage.workcenter_id.name or "")
            elif state in ("running", "held"):
                moment = max(now, _to_datetime(start_ms + stage._get_planned_ms()))
            slots.append(slot)
        return slots

    def _get_steps(self) -> list[tuple]:
        """Return (stage of the plan, state, start) in the order of the stepper."""
        self.ensure_one()
        if self.process_run_id:
            return [
                (stage.plan_stage_id, stage.state, stage.start_ms)
                for stage in self.process_run_id._get_current_stages()
            ]
        stages = self.process_plan_id.sudo().stage_ids.sorted(lambda s: (s.sequence, s.id))
        return [(stage, "planned", 0) for stage in stages]


def _to_datetime(milliseconds: int) -> datetime:
    """Return a moment as Odoo stores it, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None, microsecond=0)


def _prepare_slot(start, end, workcenter: str) -> dict:
    return {
        "workcenter": workcenter,
        "planned_start_ms": start and _to_ms(start),
        "planned_end_ms": end and _to_ms(end),
        "is_without_slot": not start,
    }


def _to_ms(moment: datetime) -> int:
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)
