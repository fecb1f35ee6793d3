# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo.http import Controller

from odoo.addons.rest_api.area import LIMIT, Query
from odoo.addons.rest_api.inputs import milliseconds, read_limit, read_time
from odoo.addons.rest_api.problem import ApiProblem
from odoo.addons.rest_api.schemas import MOMENT

from ..tools.stages_words import unit_code
from .area import AREA, find_stage
from .schemas_sent import MAX_READINGS
from .serialize import reading_json

LOGS = "/processes/<string:process_id>/stages/<string:stage_id>/monitoring-logs"
CURSOR_PATTERN = "^([0-9]{1,15})-([0-9]{1,18})$"
FROM = Query("from", MOMENT, "Measured then or later.")
UNTIL = Query("until", MOMENT, "Measured before.")
CURSOR = Query(
    "cursor", {"type": "string", "pattern": CURSOR_PATTERN}, "next_cursor of the page before."
)


class Monitoring(Controller):
    """Readings of a stage: delivered by programs or typed by people, and read back."""

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
        query=(FROM, UNTIL, LIMIT, CURSOR),
        tag="Monitoring",
    )
    def list_monitoring_logs(self, process_id, stage_id, query):
        """Return the readings in the monitoring windows of a stage, newest first."""
        stage = find_stage(process_id, stage_id)
        query = {**query, **self._read_span(query)}
        cursor = query.get("cursor")
        found = cursor and re.fullmatch(CURSOR_PATTERN, cursor, re.ASCII)
        if cursor is not None and not found:
            raise ApiProblem(422, "cursor must be one that an earlier page gave.")
        limit = read_limit(query)
        readings = stage._search_readings(
            query["from"],
            query["until"],
            tuple(map(int, found.groups())) if found else None,
            limit + 1,
        )
        some = readings[:limit]
        last = some[-1:]
        more = len(readings) > len(some)
        return {
            "items": [reading_json(reading) for reading in some],
            "next_cursor": f"{last.source_ms}-{last.id}" if more else None,
        }

    def _read_span(self, query: dict) -> dict:
        """Return from and until in ms; in a query milliseconds come as text."""
        span = {}
        for key in ("from", "until"):
            value = query.get(key)
            if value and re.fullmatch(r"[0-9]{1,14}", value):
                value = int(value)
            # a plus sign that was not escaped arrives as a space
            elif value:
                value = value.replace(" ", "+")
            span[key] = milliseconds({key: value}, key)
        return span
