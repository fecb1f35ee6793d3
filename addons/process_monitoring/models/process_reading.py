# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..fields import OptionalFloat
from ..tools import partition, units

VERDICTS = [
    ("conform", "Conforms"),
    ("operating", "Operating limit"),
    ("quality", "Quality limit"),
    ("critical", "Critical limit"),
    ("not_applicable", "Not applicable"),
    ("unusable", "Unusable"),
    ("unjudged", "Not judged"),
]
MONTHS_AHEAD = 3

# The order of the columns is that of the door's insert.
_TABLE = """
CREATE SEQUENCE IF NOT EXISTS process_reading_id_seq;
CREATE TABLE IF NOT EXISTS process_reading (
    id bigint NOT NULL DEFAULT nextval('process_reading_id_seq'),
    sensor_id integer NOT NULL,
    company_id integer NOT NULL,
    source_ms bigint NOT NULL,
    sequence bigint NOT NULL,
    received_ms bigint NOT NULL,
    value double precision,
    raw_value double precision,
    raw_unit varchar,
    text_value varchar,
    quality integer NOT NULL,
    origin varchar NOT NULL,
    verdict varchar NOT NULL,
    limit_ref varchar,
    cycle_id integer,
    basis varchar,
    UNIQUE (sensor_id, source_ms, sequence)
) PARTITION BY RANGE (source_ms);
CREATE INDEX IF NOT EXISTS process_reading_id_index ON process_reading (id);
CREATE TABLE IF NOT EXISTS process_reading_default PARTITION OF process_reading DEFAULT;
CREATE OR REPLACE FUNCTION process_reading_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Readings are never changed or deleted (% on %).', TG_OP, TG_TABLE_NAME;
END $$;
DROP TRIGGER IF EXISTS process_reading_append_only ON process_reading;
CREATE TRIGGER process_reading_append_only BEFORE UPDATE OR DELETE
    ON process_reading FOR EACH ROW EXECUTE FUNCTION process_reading_refuse();
DROP TRIGGER IF EXISTS process_reading_no_truncate ON process_reading;
CREATE TRIGGER process_reading_no_truncate BEFORE TRUNCATE
    ON process_reading FOR EACH STATEMENT EXECUTE FUNCTION process_reading_refuse();
DROP TRIGGER IF EXISTS process_reading_no_truncate ON process_reading_default;
CREATE TRIGGER process_reading_no_truncate BEFORE TRUNCATE
    ON process_reading_default FOR EACH STATEMENT EXECUTE FUNCTION process_reading_refuse();
"""


class ProcessReading(models.Model):
    """What one sensor said at one time, converted into its parameter's unit, with a verdict.

    Written by `_ingest` alone (see process_reading_door.py), in bulk; a reading is named by
    sensor, source time and sequence, and a second one of the same name is dropped. Nothing of it
    ever changes: the ORM refuses it to everyone, a trigger refuses it to SQL. The table is
    partitioned by month, with a DEFAULT partition for what no month was prepared for.
    """

    _name = "process.reading"
    _inherit = ["process.closed.mixin", "process.window.mixin"]
    _description = "Process reading"
    _auto = False
    _log_access = False
    _order = "source_ms desc, sequence desc"
    # Odoo takes a model without a plain table for one that is missing; a query it takes as it is.
    _table_query = SQL("SELECT * FROM process_reading")

    sensor_id = fields.Many2one("process.sensor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source_ms = BigInt(string="Source time (ms UTC)", readonly=True, aggregator=None)
    source_time = fields.Datetime(
        string="Measured at", compute="_compute_times", search="_search_source_time"
    )
    received_ms = BigInt(string="Received (ms UTC)", readonly=True, aggregator=None)
    received_time = fields.Datetime(
        string="Received at", compute="_compute_times", search="_search_received_time"
    )
    sequence = BigInt(readonly=True, aggregator=None)
    value = OptionalFloat(
        readonly=True, aggregator="avg", digits=None, help="In the canonical unit, unrounded."
    )
    value_text = fields.Char(string="Reading", compute="_compute_value_text")
    unit = fields.Selection(related="sensor_id.parameter_id.unit")
    raw_value = OptionalFloat(string="Value as delivered", readonly=True, aggregator=None)
    raw_unit = fields.Char(string="Unit as delivered", readonly=True)
    text_value = fields.Char(string="State", readonly=True)
    quality = fields.Integer(readonly=True, aggregator=None)
    origin = fields.Char(readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    limit_ref = fields.Char(string="Limit broken", readonly=True)
    cycle_id = fields.Many2one(
        "process.cycle",
        string="Entered for",
        readonly=True,
        help="The one monitoring window that a person entered it for; empty: all of its sensor.",
    )
    basis = fields.Char(
        string="Judged with",
        readonly=True,
        help="What other sensors said at that time, as it was known when the reading came in.",
    )

    def init(self):
        """Create the partitioned table, its guards and the months to come."""
        self.env.cr.execute(_TABLE)
        self._create_partitions(clock.now_ms())

    @api.model
    def _create_partitions(self, now_ms: int) -> list[str]:
        """Create the partitions of this month and the next; return the new ones' names."""
        return self._ensure_months(partition.months(now_ms, MONTHS_AHEAD))

    @api.model
    def _ensure_months(self, months: list[partition.Month]) -> list[str]:
        """Create the partitions of months that have none; return the new ones' names.

        A month of which readings already lie in the DEFAULT partition gets its own in the night.
        """
        created = []
        for month in months:
            table = f"process_reading_{month.suffix}"
            if self._is_partition_needed(table, month):
                self._create_partition(table, month)
                created.append(table)
        return created

    def _is_partition_needed(self, table: str, month: partition.Month) -> bool:
        [[is_there, is_in_default]] = self.env.execute_query(
            SQL(
                """
                SELECT to_regclass(%s) IS NOT NULL,
                       EXISTS (SELECT FROM process_reading_default
                                WHERE source_ms >= %s AND source_ms < %s)
                """,
                table,
                month.start_ms,
                month.end_ms,
            )
        )
        return not is_there and not is_in_default

    def _create_partition(self, table: str, month: partition.Month) -> None:
        name = SQL.identifier(table)
        self.env.cr.execute(
            SQL(
                "CREATE TABLE %s PARTITION OF process_reading FOR VALUES FROM (%s) TO (%s)",
                name,
                month.start_ms,
                month.end_ms,
            )
        )
        self._guard_partition(name)

    def _guard_partition(self, name: SQL) -> None:
        """Refuse TRUNCATE: unlike that of changes, this refusal is not taken from the table."""
        self.env.cr.execute(
            SQL(
                """CREATE TRIGGER process_reading_no_truncate BEFORE TRUNCATE ON %s
                   FOR EACH STATEMENT EXECUTE FUNCTION process_reading_refuse()""",
                name,
            )
        )

    @api.model
    def _cron_create_partitions(self):
        """Prepare the months to come."""
        self._create_partitions(clock.now_ms())

    @api.depends("source_ms", "received_ms")
    def _compute_times(self):
        for reading in self:
            reading.source_time = clock.to_datetime(reading.source_ms)
            reading.received_time = clock.to_datetime(reading.received_ms)

    def _search_source_time(self, operator, value):
        return clock.search_datetime("source_ms", operator, value)

    def _search_received_time(self, operator, value):
        return clock.search_datetime("received_ms", operator, value)

    @api.depends("value", "text_value")
    def _compute_value_text(self):
        for reading in self:
            if reading.value is False:
                reading.value_text = reading.text_value or ""
            else:
                reading.value_text = f"{reading.value:.10g} {units.label(reading.unit)}".strip()

    @api.depends("sensor_id", "source_ms")
    def _compute_display_name(self):
        for reading in self:
            when = clock.format_ms(self.env, reading.source_ms)
            reading.display_name = f"{reading.sensor_id.code} {when}"

    def _refuse(self):
        """Readings come through the door alone, where they are checked and judged."""
        raise UserError(
            self.env._(
                "Readings are what the sensors said: they are not entered, changed or deleted "
                "here. A wrong reading is answered by a new one."
            )
        )
