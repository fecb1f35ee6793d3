# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class ProcessReadingCorrected(models.Model):
    """Readings of entries that a newer entry answers: they stay legible, and count no more.

    Neither the reading nor the entry changes: whether one counts follows from whether an entry
    names it as wrong. Only what people entered can be corrected, so that a sensor's reading costs
    no look at the entries.
    """

    _inherit = "process.reading"

    is_corrected = fields.Boolean(
        string="Corrected",
        compute="_compute_is_corrected",
        help="A newer entry says that it was wrong: it stays legible and counts no more.",
    )

    def _compute_is_corrected(self):
        entered = self.filtered("cycle_id")
        query = SQL(
            "SELECT id FROM process_reading AS reading WHERE id = ANY(%s) AND %s",
            entered.ids,
            self._get_corrected_sql("reading"),
        )
        corrected = {line[0] for line in self.env.execute_query(query)} if entered else set()
        for reading in self:
            reading.is_corrected = reading.id in corrected

    def _find_corrections(self, readings) -> set[int]:
        """Return the ids of those that took the place of a wrong entry."""
        entered = readings.filtered(lambda r: r.cycle_id and r.sequence)
        if not entered:
            return set()
        query = SQL(
            """
            SELECT reading.id FROM process_reading AS reading
              JOIN process_entry AS entry
                ON entry.cycle_id = reading.cycle_id AND entry.sensor_id = reading.sensor_id
               AND entry.measured_ms = reading.source_ms AND entry.sequence = reading.sequence
             WHERE reading.id = ANY(%s) AND entry.kind = 'correction'
            """,
            entered.ids,
        )
        return {number for [number] in self.env.execute_query(query)}

    def _get_corrected_sql(self, alias: str) -> SQL:
        """Return the condition under which a row of the readings' table counts no more."""
        return SQL(
            """
            CASE WHEN %(row)s.cycle_id IS NULL THEN FALSE ELSE EXISTS (
                SELECT 1 FROM process_entry AS wrong
                  JOIN process_entry AS newer ON newer.corrects_id = wrong.id
                 WHERE wrong.cycle_id = %(row)s.cycle_id
                   AND wrong.sensor_id = %(row)s.sensor_id
                   AND wrong.measured_ms = %(row)s.source_ms
                   AND wrong.sequence = %(row)s.sequence) END
            """,
            row=SQL.identifier(alias),
        )

    def _note_corrected(self, sensor, moment_ms: int) -> None:
        """Have the roll-ups count a minute anew, and the sensor say what it last said that counts.

        A correction does so by its own reading; a withdrawal has none.
        """
        self.env.cr.execute(
            SQL(
                "INSERT INTO process_reading_dirty (sensor_ids, minutes) VALUES (%s, %s::bigint[])",
                [sensor.id],
                [moment_ms // 60_000],
            )
        )
        if sensor.last_source_ms != moment_ms:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE process_sensor AS sensor
                   SET last_source_ms = COALESCE(newest.source_ms, sensor.last_source_ms),
                       last_value = newest.value, last_text = newest.text_value,
                       last_quality = newest.quality, last_origin = newest.origin
                  FROM (SELECT %s AS id) AS wanted LEFT JOIN LATERAL (
                    SELECT * FROM process_reading AS reading
                     WHERE sensor_id = wanted.id AND NOT %s
                     ORDER BY source_ms DESC, sequence DESC LIMIT 1) AS newest ON TRUE
                 WHERE sensor.id = wanted.id
                """,
                sensor.id,
                self._get_corrected_sql("reading"),
            )
        )
        sensor.invalidate_recordset()
