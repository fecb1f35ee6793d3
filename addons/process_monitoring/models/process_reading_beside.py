# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from ..tools.sample import QUALITY_GOOD

QUALITY_BEST = 255
# Of each sensor, the readings beside every moment: before it, and after it.
_BESIDE = """
SELECT sensor.id, reading.source_ms, reading.value
  FROM unnest(%(sensors)s::int[]) AS sensor (id)
 CROSS JOIN unnest(%(moments)s::bigint[]) AS moment (ms)
 CROSS JOIN LATERAL (
       (SELECT source_ms, value FROM process_reading
         WHERE sensor_id = sensor.id AND source_ms BETWEEN %(start)s AND moment.ms
           AND quality BETWEEN %(good)s AND %(best)s AND value IS NOT NULL
         ORDER BY source_ms DESC, sequence DESC LIMIT 1)
       UNION ALL
       (SELECT source_ms, value FROM process_reading
         WHERE sensor_id = sensor.id AND source_ms BETWEEN moment.ms AND %(end)s
           AND quality BETWEEN %(good)s AND %(best)s AND value IS NOT NULL
         ORDER BY source_ms, sequence LIMIT 1)) AS reading
"""


class ProcessReading(models.Model):
    """The readings next to a moment: what a difference of a counter needs, however long it ran."""

    _inherit = "process.reading"

    @api.model
    def _find_beside(
        self, sensor_ids: list[int], moments: list[int], start_ms: int, end_ms: int
    ) -> list[tuple[int, int, float]]:
        """Return (sensor id, ms, value) of the usable readings before and after each moment.

        Two look-ups in the index for each sensor and moment, within a window.
        """
        if not sensor_ids or not moments:
            return []
        return self.env.execute_query(
            SQL(
                _BESIDE,
                sensors=sensor_ids,
                moments=moments,
                start=start_ms,
                end=end_ms,
                good=QUALITY_GOOD,
                best=QUALITY_BEST,
            )
        )
