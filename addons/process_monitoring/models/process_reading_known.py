# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from .. import clock
from ..tools.arrays import from_numbers
from ..tools.sample import IngestResult, Sample
from .process_reading_judge import Row


class ProcessReadingKnown(models.Model):
    """What the table already holds under the names of a batch.

    The same reading delivered twice is dropped. Another reading under the same name is not the
    same reading: dropping it in silence would lose it, so it is refused with a reason.
    """

    _inherit = "process.reading"

    @api.model
    def _preview(self, samples: list[Sample]) -> IngestResult:
        """Return what `_ingest` would answer, and store nothing."""
        door = self.sudo()
        rows, rejected = door._examine(samples, clock.now_ms())
        first, again = {}, []
        for row in rows:
            if row.key in first:
                again.append(row)
            first.setdefault(row.key, row)
        stored = door._read_known(list(first))
        given = {key: _facts(row) for key, row in first.items()} | stored
        known = [*(row for key, row in first.items() if key in stored), *again]
        conflicts = _compare(known, given)
        fresh = len(first) - len(stored)
        return IngestResult(fresh, len(known) - len(conflicts), sorted(rejected + conflicts))

    def _find_conflicts(self, known: list[Row]) -> list[tuple[int, str]]:
        """Return (index, reason) of the rows that are not what is stored under their name."""
        return _compare(known, self._read_known([row.key for row in known])) if known else []

    def _read_known(self, keys: list[tuple[int, int, int]]) -> dict[tuple, tuple]:
        """Return value, state and quality of what is stored, by sensor, time and sequence."""
        columns = zip(*keys, strict=True) if keys else ([], [], [])
        query = SQL(
            """
            SELECT known.* FROM unnest(%s::int[], %s::bigint[], %s::bigint[])
                       AS wanted (sensor_id, source_ms, sequence), LATERAL (
                SELECT sensor_id, source_ms, sequence, value, text_value, quality
                  FROM process_reading AS r
                 WHERE r.sensor_id = wanted.sensor_id AND r.source_ms = wanted.source_ms
                   AND r.sequence = wanted.sequence
                 LIMIT 1) AS known
            """,
            *(from_numbers(column) for column in columns),
        )
        return {tuple(line[:3]): tuple(line[3:]) for line in self.env.execute_query(query)}


def _facts(row: Row) -> tuple:
    """Return what two deliveries of one reading have in common."""
    value = None if row.value is None else float(row.value)
    return value, row.sample.text, row.sample.quality


def _compare(rows: list[Row], facts: dict[tuple, tuple]) -> list[tuple[int, str]]:
    return [
        (row.index, _say(facts[row.key]))
        for row in rows
        if row.key in facts and facts[row.key] != _facts(row)
    ]


def _say(stored: tuple) -> str:
    value, text, quality = stored
    shown = text if value is None else f"{value:.10g}"
    return (
        f"Another reading of this sensor, time and sequence is stored already "
        f"({shown}, quality {quality})."
    )
