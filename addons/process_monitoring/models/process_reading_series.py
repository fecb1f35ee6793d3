# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import SQL

from ..tools import series


class ProcessReadingSeries(models.Model):
    """The readings of one sensor over time, as many points as a chart can show.

    Two queries, whatever the length of the stretch and the size of the table. `OFFSET 0` holds
    PostgreSQL to one look into the index for each segment: left to itself it may read everything
    the sensor ever said and throw away what lies outside.
    """

    _inherit = "process.reading"

    def _read_series(
        self, sensor_id: int, start_ms: int, end_ms: int, points: int, cycle_id: int = 0
    ) -> list[list]:
        """Return [[ms, minimum, maximum, is_bad], …] in equal steps from start to end (included).

        Minimum and maximum are of usable values, None where a step has none; a step without a
        number is left out. `is_bad`: a critical limit was broken or a reading was unusable. What a
        newer entry answers is in none of it. With `cycle_id`, the window people enter readings
        for, what was entered for others is left out: few as they are, they are read one by one.
        """
        end_ms += 1
        step_ms = series.get_step_ms(start_ms, end_ms, points)
        if self.env["process.reading.archive"]._find_sealed(start_ms, end_ms):
            # of archived readings the roll-ups are left: whole minutes
            step_ms = max(step_ms, series.MINUTE_MS)
            start_ms = start_ms // series.MINUTE_MS * series.MINUTE_MS
            end_ms = -(-end_ms // series.MINUTE_MS) * series.MINUTE_MS
            cycle_id = 0
        level = series.RAW if cycle_id else series.choose_level(step_ms)
        rollups = self.env["process.reading.rollup"]
        dirty = [] if level == series.RAW else rollups._find_dirty(sensor_id, start_ms, end_ms)
        segments = series.split(start_ms, end_ms, level, dirty)
        raw = [segment for segment in segments if segment.level == series.RAW]
        rolled = [segment for segment in segments if segment.level != series.RAW]
        query = SQL(
            """
            SELECT min(ms), min(low), max(high), bool_or(is_bad) FROM (%s UNION ALL %s) AS part
             GROUP BY (ms - %s) / %s ORDER BY 1
            """,
            self._get_raw_query(sensor_id, raw, cycle_id),
            self._get_rolled_query(sensor_id, rolled),
            start_ms // step_ms * step_ms,
            step_ms,
        )
        return [list(line) for line in self.env.execute_query(query)]

    def _get_raw_query(self, sensor_id: int, segments: list, cycle_id: int) -> SQL:
        return SQL(
            """
            SELECT source_ms AS ms,
                   CASE WHEN verdict <> 'unusable' THEN value END AS low,
                   CASE WHEN verdict <> 'unusable' THEN value END AS high,
                   verdict IN ('critical', 'unusable') AS is_bad
              FROM unnest(%s::bigint[], %s::bigint[]) AS segment (start_ms, end_ms), LATERAL (
                SELECT source_ms, value, verdict FROM process_reading AS said
                 WHERE sensor_id = %s AND source_ms >= segment.start_ms
                   AND source_ms < segment.end_ms
                   AND (value IS NOT NULL OR verdict = 'unusable')
                   AND (%s = 0 OR cycle_id IS NULL OR cycle_id = %s)
                   AND NOT %s
                OFFSET 0) AS reading
            """,
            [segment.start_ms for segment in segments],
            [segment.end_ms for segment in segments],
            sensor_id,
            cycle_id,
            cycle_id,
            self._get_corrected_sql("said"),
        )

    def _get_rolled_query(self, sensor_id: int, segments: list) -> SQL:
        return SQL(
            """
            SELECT first_ms, min_value, max_value, breach_count + unusable_count > 0
              FROM unnest(%s::varchar[], %s::bigint[], %s::bigint[])
                       AS segment (level, start_ms, end_ms), LATERAL (
                SELECT * FROM process_reading_rollup AS known
                 WHERE known.sensor_id = %s AND known.level = segment.level
                   AND known.bucket_ms >= segment.start_ms AND known.bucket_ms < segment.end_ms
                   AND (value_count > 0 OR unusable_count > 0)
                OFFSET 0) AS rollup
            """,
            [segment.level for segment in segments],
            [segment.start_ms for segment in segments],
            [segment.end_ms for segment in segments],
            sensor_id,
        )
