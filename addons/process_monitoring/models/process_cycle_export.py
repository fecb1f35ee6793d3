# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import io

from odoo import models
from odoo.tools import SQL

from .. import clock

CSV_COLUMNS = (
    "cycle",
    "sensor",
    "source_time",
    "source_ms",
    "sequence",
    "value",
    "unit",
    "raw_value",
    "raw_unit",
    "text",
    "quality",
    "verdict",
    "counts",
    "limit",
    "received_ms",
    "origin",
    "judged_with",
)


class ProcessCycleExport(models.Model):
    """The readings of a cycle as a file, with every digit."""

    _inherit = "process.cycle"

    def action_export_readings(self):
        """Download the readings of this cycle."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/process_monitoring/cycle/{self.id}/readings.csv",
            "target": "download",
        }

    def export_readings_csv(self) -> str:
        """Return all readings of the cycles as CSV, with every digit, in order of time.

        A reading that two cycles look at is in it once for each of them; what a person entered for
        one of them only there. `counts` is 0 for an entry that a newer one answers.
        """
        self.check_access("read")
        target = io.StringIO()
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(CSV_COLUMNS)
        for cycle in self.sudo():
            writer.writerows(cycle._iter_csv_lines())
        return target.getvalue()

    def _iter_csv_lines(self):
        self.ensure_one()
        query = SQL(
            """
            SELECT source_ms, sequence, value, raw_value, raw_unit, text_value, quality, verdict,
                   NOT %s, limit_ref, received_ms, origin, basis
              FROM process_reading AS said
             WHERE sensor_id = %s AND source_ms >= %s AND (%s = 0 OR source_ms <= %s)
               AND (cycle_id IS NULL OR cycle_id = %s)
             ORDER BY source_ms, sequence
            """,
            self.env["process.reading"]._get_corrected_sql("said"),
            self.sensor_id.id or 0,
            self.start_ms,
            self.end_ms,
            self.end_ms,
            self.id,
        )
        head = [self.display_name, self.sensor_id.code or ""]
        for ms, sequence, value, raw_value, *rest in self.env.execute_query(query):
            raw_unit, text, quality, verdict, counts, limit, received_ms, origin, basis = rest
            yield [
                *head,
                clock.to_iso(ms),
                ms,
                sequence,
                "" if value is None else repr(value),
                self.unit or "",
                "" if raw_value is None else repr(raw_value),
                raw_unit or "",
                text or "",
                quality,
                verdict,
                int(counts),
                limit or "",
                received_ms,
                origin,
                basis or "",
            ]
