# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.audit_chain.fields import BigInt

from ..fields import OptionalFloat
from ..tools import units
from ..tools.series import LEVELS, MINUTE_MS

# How many batches of the door are rolled up in one transaction.
MARKS_AT_ONCE = 2_000

_TABLE = """
CREATE TABLE IF NOT EXISTS process_reading_rollup (
    id bigserial,
    sensor_id integer NOT NULL,
    company_id integer NOT NULL,
    level varchar NOT NULL,
    bucket_ms bigint NOT NULL,
    bucket_time timestamp NOT NULL,
    reading_count integer NOT NULL,
    value_count integer NOT NULL,
    breach_count integer NOT NULL,
    unusable_count integer NOT NULL,
    corrected_count integer NOT NULL,
    min_value double precision,
    max_value double precision,
    mean_value double precision,
    first_value double precision,
    last_value double precision,
    first_ms bigint NOT NULL,
    last_ms bigint NOT NULL,
    UNIQUE (sensor_id, level, bucket_ms)
);
CREATE INDEX IF NOT EXISTS process_reading_rollup_id_index ON process_reading_rollup (id);
CREATE TABLE IF NOT EXISTS process_reading_dirty (
    sensor_ids integer[] NOT NULL,
    minutes bigint[] NOT NULL
);
"""

_COLUMNS = SQL(
    "sensor_id, company_id, level, bucket_ms, bucket_time, reading_count, value_count,"
    " breach_count, unusable_count, corrected_count, min_value, max_value, mean_value,"
    " first_value, last_value, first_ms, last_ms"
)
_OR_REPLACE = SQL(
    """
    ON CONFLICT (sensor_id, level, bucket_ms) DO UPDATE SET
        reading_count = EXCLUDED.reading_count, value_count = EXCLUDED.value_count,
        breach_count = EXCLUDED.breach_count, unusable_count = EXCLUDED.unusable_count,
        corrected_count = EXCLUDED.corrected_count,
        min_value = EXCLUDED.min_value, max_value = EXCLUDED.max_value,
        mean_value = EXCLUDED.mean_value,
        first_value = EXCLUDED.first_value, last_value = EXCLUDED.last_value,
        first_ms = EXCLUDED.first_ms, last_ms = EXCLUDED.last_ms
    """
)


class ProcessReadingRollup(models.Model):
    """What one sensor said in one minute or one hour: how many readings, lowest, highest, mean.

    Minimum, maximum and mean are of usable values only; what was unusable is counted, and so is
    what a person entered and corrected since, of which nothing else counts. Written by a scheduled
    action alone, from the readings themselves: the door marks the minutes it has touched, in the
    transaction of the readings, and a marked minute is counted anew. So a late reading is in it as
    well, and no writer ever waits for another. Nobody enters or changes a roll-up.
    """

    _name = "process.reading.rollup"
    _inherit = ["process.closed.mixin", "process.window.mixin"]
    _description = "Roll-up of readings"
    _auto = False
    _log_access = False
    _order = "bucket_ms desc, level, sensor_id"
    _window_ms = "bucket_ms"

    sensor_id = fields.Many2one("process.sensor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    level = fields.Selection(
        [("minute", "One minute"), ("hour", "One hour")], string="Interval", readonly=True
    )
    bucket_ms = BigInt(string="Start (ms UTC)", readonly=True, aggregator=None)
    bucket_time = fields.Datetime(string="Start", readonly=True)
    reading_count = fields.Integer(string="Readings", readonly=True)
    value_count = fields.Integer(string="Usable values", readonly=True)
    breach_count = fields.Integer(string="Critical breaches", readonly=True)
    unusable_count = fields.Integer(string="Unusable", readonly=True)
    corrected_count = fields.Integer(string="Corrected", readonly=True)
    min_value = OptionalFloat(string="Minimum", readonly=True, aggregator="min", digits=None)
    max_value = OptionalFloat(string="Maximum", readonly=True, aggregator="max", digits=None)
    mean_value = OptionalFloat(string="Mean", readonly=True, aggregator="avg", digits=None)
    first_value = OptionalFloat(readonly=True, aggregator=None, digits=None)
    last_value = OptionalFloat(readonly=True, aggregator=None, digits=None)
    first_ms = BigInt(string="First reading (ms UTC)", readonly=True, aggregator=None)
    last_ms = BigInt(string="Last reading (ms UTC)", readonly=True, aggregator=None)
    unit_label = fields.Char(string="Unit", compute="_compute_unit_label")

    def init(self):
        """Create the table of the roll-ups, and that of the door's marks."""
        self.env.cr.execute(_TABLE)

    @api.depends("sensor_id.parameter_id.unit")
    def _compute_unit_label(self):
        for rollup in self:
            rollup.unit_label = units.label(rollup.sensor_id.parameter_id.unit)

    # -- keep up ------------------------------------------------------------------------------

    @api.model
    def _cron_roll_up(self) -> None:
        """Count the marked minutes anew, and their hours, until no mark is left."""
        cron = self.env["ir.cron"]
        [[waiting]] = self.env.execute_query(SQL("SELECT count(*) FROM process_reading_dirty"))
        cron._commit_progress(remaining=waiting)
        while taken := self._roll_up():
            if not cron._commit_progress(taken):
                break

    @api.model
    def _roll_up(self, marks: int = MARKS_AT_ONCE) -> int:
        """Roll up what some marks of the door name; return how many marks were taken.

        A mark that is committed later than this transaction began is left for the next: its
        readings cannot be seen here either.
        """
        query = SQL(
            """
            WITH taken AS (
                DELETE FROM process_reading_dirty WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM process_reading_dirty LIMIT %s))
                RETURNING sensor_ids, minutes)
            SELECT (SELECT count(*) FROM taken), sensor_id, minute
              FROM taken, unnest(sensor_ids, minutes) AS touched (sensor_id, minute)
             GROUP BY sensor_id, minute
            """,
            marks,
        )
        touched = self.env.execute_query(query)
        if not touched:
            return 0
        self._count_minutes([line[1] for line in touched], [line[2] for line in touched])
        return touched[0][0]

    def _count_minutes(self, sensor_ids: list[int], minutes: list[int]) -> None:
        """Count these minutes (numbers of whole minutes since 1970) of these sensors anew.

        `OFFSET 0`: one look into the index for each minute, however large the table.
        """
        touched = SQL(
            "SELECT * FROM unnest(%s::int[], %s::bigint[]) AS t (sensor_id, minute)",
            sensor_ids,
            minutes,
        )
        readings = SQL(
            """
            (%s) AS touched, LATERAL (
                SELECT * FROM process_reading AS r
                 WHERE r.sensor_id = touched.sensor_id
                   AND r.source_ms >= touched.minute * 60000
                   AND r.source_ms < (touched.minute + 1) * 60000
                OFFSET 0) AS reading
            """,
            touched,
        )
        self.env.cr.execute(self._get_minutes_query(readings))
        self.env.cr.execute(self._get_hours_query(touched))
        self.invalidate_model()

    @api.model
    def _rebuild(self, start_ms: int, end_ms: int) -> None:
        """Count all roll-ups of a stretch anew from the readings, from whole hour to whole hour.

        For readings that did not come through the door, such as restored ones. Where there are no
        readings any more it changes nothing: it never removes a roll-up.
        """
        hour_ms = LEVELS["hour"]
        start_ms = start_ms // hour_ms * hour_ms
        end_ms = -(-end_ms // hour_ms) * hour_ms
        readings = SQL(
            "(SELECT * FROM process_reading WHERE source_ms >= %s AND source_ms < %s) AS reading",
            start_ms,
            end_ms,
        )
        touched = SQL(
            """SELECT sensor_id, bucket_ms / 60000 AS minute FROM process_reading_rollup
                WHERE level = 'minute' AND bucket_ms >= %s AND bucket_ms < %s""",
            start_ms,
            end_ms,
        )
        self.env.cr.execute(self._get_minutes_query(readings))
        self.env.cr.execute(self._get_hours_query(touched))
        self.invalidate_model()

    def _get_minutes_query(self, readings: SQL) -> SQL:
        """Return the statement that counts minutes from readings (named `reading`)."""
        counts = SQL("NOT is_corrected AND verdict <> 'unusable'")
        usable = SQL("CASE WHEN %s THEN value END", counts)
        usable_filter = SQL("FILTER (WHERE %s AND value IS NOT NULL)", counts)
        return SQL(
            """
            INSERT INTO process_reading_rollup (%(columns)s)
            SELECT reading.sensor_id, min(reading.company_id), 'minute',
                   source_ms / 60000 * 60000,
                   to_timestamp(source_ms / 60000 * 60) AT TIME ZONE 'UTC',
                   count(*), count(%(usable)s),
                   count(*) FILTER (WHERE NOT is_corrected AND verdict = 'critical'),
                   count(*) FILTER (WHERE NOT is_corrected AND verdict = 'unusable'),
                   count(*) FILTER (WHERE is_corrected),
                   min(%(usable)s), max(%(usable)s), avg(%(usable)s),
                   (array_agg(value ORDER BY source_ms, sequence) %(filter)s)[1],
                   (array_agg(value ORDER BY source_ms DESC, sequence DESC) %(filter)s)[1],
                   min(source_ms), max(source_ms)
              FROM %(readings)s, LATERAL (SELECT %(corrected)s AS is_corrected) AS standing
             GROUP BY reading.sensor_id, source_ms / 60000
            %(or_replace)s
            """,
            columns=_COLUMNS,
            usable=usable,
            filter=usable_filter,
            readings=readings,
            corrected=self.env["process.reading"]._get_corrected_sql("reading"),
            or_replace=_OR_REPLACE,
        )

    def _get_hours_query(self, touched: SQL) -> SQL:
        """Return the statement that counts, from their minutes, the hours of touched minutes."""
        return SQL(
            """
            INSERT INTO process_reading_rollup (%(columns)s)
            SELECT minute.sensor_id, min(minute.company_id), 'hour', hour.start_ms,
                   to_timestamp(hour.start_ms / 1000) AT TIME ZONE 'UTC',
                   sum(reading_count), sum(value_count), sum(breach_count), sum(unusable_count),
                   sum(corrected_count),
                   min(min_value), max(max_value),
                   sum(mean_value * value_count) / NULLIF(sum(value_count), 0),
                   (array_agg(first_value ORDER BY bucket_ms)
                       FILTER (WHERE first_value IS NOT NULL))[1],
                   (array_agg(last_value ORDER BY bucket_ms DESC)
                       FILTER (WHERE last_value IS NOT NULL))[1],
                   min(first_ms), max(last_ms)
              FROM (SELECT DISTINCT sensor_id, minute / 60 * 3600000 AS start_ms
                      FROM (%(touched)s) AS touched) AS hour, LATERAL (
                SELECT * FROM process_reading_rollup AS known
                 WHERE known.sensor_id = hour.sensor_id AND known.level = 'minute'
                   AND known.bucket_ms >= hour.start_ms
                   AND known.bucket_ms < hour.start_ms + 3600000
                OFFSET 0) AS minute
             GROUP BY minute.sensor_id, hour.start_ms
            %(or_replace)s
            """,
            columns=_COLUMNS,
            touched=touched,
            or_replace=_OR_REPLACE,
        )

    @api.model
    def _find_dirty(self, sensor_id: int, start_ms: int, end_ms: int) -> list[int]:
        """Return the starts of the sensor's minutes that are marked and not counted yet."""
        query = SQL(
            """
            SELECT DISTINCT minute * %s FROM process_reading_dirty,
                   unnest(sensor_ids, minutes) AS touched (sensor_id, minute)
             WHERE sensor_ids @> ARRAY[%s] AND sensor_id = %s AND minute BETWEEN %s AND %s
            """,
            MINUTE_MS,
            sensor_id,
            sensor_id,
            start_ms // MINUTE_MS,
            end_ms // MINUTE_MS,
        )
        return [ms for [ms] in self.env.execute_query(query)]

    # -- refuse -------------------------------------------------------------------------------

    def _refuse(self):
        raise UserError(
            self.env._("Roll-ups are counted from the readings: nobody enters or changes them.")
        )
