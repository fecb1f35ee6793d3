# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller

from odoo.addons.rest_api.area import FROM, LIMIT, UNTIL, cursor_of
from odoo.addons.rest_api.inputs import read_cursor, read_limit, read_span, read_time
from odoo.addons.rest_api.problem import ApiProblem

from ..tools.stages_words import unit_code
from .area import AREA, find_stage
from .schemas_sent import MAX_READINGS
from .serialize import reading_json, requirement_json

LOGS = "/processes/<string:process_id>/stages/<string:stage_id>/monitoring-logs"
# the time of a reading in ms, its id
LAST_SEEN = (15, 18)


class Monitoring(Controller):
    """Readings of a stage: delivered by programs or typed by people, and read back."""

    @AREA.endpoint(
        "/processes/<string:process_id>/stages/<string:stage_id>/monitoring-requirements",
        "GET",
        answer="RequirementList",
        tag="Monitoring",
    )
    def list_monitoring_requirements(self, process_id, stage_id, query):
        """Return what the plan wants measured at a stage: by which sensor, how often, how far."""
        stage = find_stage(process_id, stage_id)
        # who may see the batch may see what its plan asks for
        requirements = stage.sudo().plan_stage_id.requirement_ids
        return {"items": [requirement_json(requirement) for requirement in requirements]}

    @AREA.endpoint(LOGS, "POST", body="NewReadings", answer="Ingested", tag="Monitoring")
    def add_monitoring_logs(self, process_id, stage_id, body):
        """Store readings of a running stage; one that cannot be taken is refused on its own.

        Only when every reading was refused is the answer an error (422). A reading is named by
        sensor, time and sequence: delivered twice it is stored once.
        """
        stage = find_stage(process_id, stage_id)
        items = body.get("readings")
        if not isinstance(items, list) or not 1 <= len(items) <= MAX_READINGS:
            raise ApiProblem(422, f"readings must be a list of 1 to {MAX_READINGS} objects.")
        if not all(isinstance(item, dict) for item in items):
            raise ApiProblem(422, "Every reading must be an object.")
        result = stage.action_add_monitoring_logs([self._prepare(item) for item in items])
        if len(result["rejected"]) == len(items):
            raise ApiProblem(422, "No reading could be taken.", rejected=result["rejected"])
        return result

    def _prepare(self, item: dict) -> dict:
        """Return the item with its time in ms; one that is no time is left to the door."""
        measured_at = item.get("measured_at")
        unit = item.get("unit")
        return {
            **item,
            "source_ms": read_time(measured_at) or measured_at,
            "unit": unit_code(unit) if isinstance(unit, str) else unit,
        }

    @AREA.endpoint(
        LOGS,
        "GET",
        answer="ReadingPage",
        query=(FROM, UNTIL, LIMIT, cursor_of(*LAST_SEEN)),
        tag="Monitoring",
    )
    def list_monitoring_logs(self, process_id, stage_id, query):
        """Return the readings in the monitoring windows of a stage, newest first."""
        stage = find_stage(process_id, stage_id)
        limit = read_limit(query)
        readings = stage._search_readings(
            *read_span(query), read_cursor(query, *LAST_SEEN), limit + 1
        )
        some = readings[:limit]
        last = some[-1:]
        more = len(readings) > len(some)
        return {
            "items": [reading_json(reading) for reading in some],
            "next_cursor": f"{last.source_ms}-{last.id}" if more else None,
        }
