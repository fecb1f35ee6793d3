# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The readings' table: partitions, append-only in the ORM and in the database, uninstall."""

from psycopg2.errors import RaiseException

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..hooks import uninstall_hook
from ..tools import partition
from .common import SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestReadingTable(ProcessMonitoringCase):
    def partition_of(self, source_ms):
        [[name]] = self.env.execute_query(
            SQL("SELECT tableoid::regclass FROM process_reading WHERE source_ms = %s", source_ms)
        )
        return name

    def test_late_data_goes_to_the_default_partition(self):
        moment = T0 - 4000 * 86_400 * SECOND
        self.feed((moment, 72.6))
        self.assertEqual(self.partition_of(moment), "process_reading_default")
        self.assertEqual(self.get_readings().value, 72.6)

    def test_month_ahead_has_its_partition(self):
        month = partition.months(T0 + 1000 * 86_400 * SECOND, 0)[0]
        created = self.env["process.reading"]._create_partitions(month.start_ms)
        self.assertIn(f"process_reading_{month.suffix}", created)
        self.assertFalse(self.env["process.reading"]._create_partitions(month.start_ms))

    def test_reading_of_today_lies_in_its_month(self):
        cron = self.env.ref("process_monitoring.ir_cron_create_partitions")
        self.assertEqual(cron.code, "model._cron_create_partitions()")
        [[last_ms]] = self.env.execute_query(SQL("SELECT extract(epoch FROM now())::bigint * 1000"))
        self.prepare_months()
        self.feed((last_ms, 72.6))
        suffix = partition.months(last_ms, 0)[0].suffix
        self.assertEqual(self.partition_of(last_ms), f"process_reading_{suffix}")

    def test_month_with_data_in_default_moves_to_its_own(self):
        month, other = partition.months(T0 - 2000 * 86_400 * SECOND, 1)
        moments = (month.start_ms, month.end_ms - 1, other.start_ms)
        self.feed(*[(moment, 72.6) for moment in moments])
        self.feed((month.start_ms, "forward"), sensor="t-valve")
        rows = SQL("SELECT * FROM process_reading WHERE source_ms < %s ORDER BY id", T0)
        before = self.env.execute_query(rows)
        created = self.env["process.reading"]._create_partitions(month.start_ms)
        self.assertNotIn(f"process_reading_{month.suffix}", created)
        self.prepare_months()
        self.assertEqual(self.partition_of(moments[1]), f"process_reading_{month.suffix}")
        self.assertEqual(self.partition_of(moments[2]), f"process_reading_{other.suffix}")
        self.assertEqual(self.env.execute_query(rows), before, "every column as it was")
        self.assertFalse(self.env["process.reading"]._find_late_months())
        self.assertEqual(self.feed(*[(moment, 72.6) for moment in moments]).duplicates, 3)

    @mute_logger("odoo.sql_db")
    def test_moved_month_refuses_changes_as_every_other(self):
        month = partition.months(T0 - 2000 * 86_400 * SECOND, 0)[0]
        self.feed((month.start_ms, 72.6))
        self.prepare_months()
        self.feed((month.start_ms - 3000 * 86_400 * SECOND, 72.6))
        for table in (f"process_reading_{month.suffix}", "process_reading_default"):
            for statement in ("UPDATE %s SET value = 80", "DELETE FROM %s", "TRUNCATE %s"):
                with self.assertRaises(RaiseException), self.cr.savepoint():
                    self.cr.execute(SQL(statement, SQL.identifier(table)))
        self.assertEqual(len(self.get_readings()), 2)

    def test_init_twice(self):
        self.feed((T0, 72.6))
        self.env["process.reading"].init()
        self.assertEqual(len(self.get_readings()), 1)

    def test_orm_reads(self):
        self.feed((T0, 72.6), (T0 + SECOND, 73.0), (T0, "forward"))
        found = self.env["process.reading"].search(
            [
                ("sensor_id", "=", self.sensor.id),
                ("source_time", ">=", "2026-03-02 10:00:01"),
                ("value", ">", 72.9),
            ]
        )
        self.assertEqual(found.mapped("value"), [73.0])
        self.assertEqual(found.value_text, "73 °C")
        groups = self.env["process.reading"]._read_group(
            [("sensor_id", "=", self.sensor.id)], ["sensor_id"], ["__count", "value:avg"]
        )
        self.assertEqual(groups, [(self.sensor, 2, 72.8)])
        self.assertIn("t-temp", found.display_name)

    def test_orm_refuses_everybody(self):
        self.feed((T0, 72.6))
        reading = self.get_readings().sudo()
        with self.assertRaises(UserError):
            reading.write({"value": 80.0})
        with self.assertRaises(UserError):
            reading.unlink()
        with self.assertRaises(UserError):
            self.env["process.reading"].sudo().create({"sensor_id": self.sensor.id})
        with self.assertRaises(UserError):
            reading.value = 80.0

    @mute_logger("odoo.sql_db")
    def test_database_refuses_everybody(self):
        self.feed((T0, 72.6))
        for statement in (
            "UPDATE process_reading SET value = 80",
            "DELETE FROM process_reading",
            "TRUNCATE process_reading",
            "TRUNCATE process_reading_default",
        ):
            with self.assertRaises(RaiseException), self.cr.savepoint():
                self.cr.execute(statement)
        self.assertEqual(self.get_readings().value, 72.6)

    def test_uninstall_leaves_no_table(self):
        tables = SQL(
            "SELECT relname FROM pg_class WHERE relname ~ %s AND relkind IN ('r', 'p', 'S')",
            "^process_reading(_[0-9]{4}_[0-9]{2}|_default|_id_seq|_rollup|_rollup_id_seq|_dirty)?$",
        )
        self.assertTrue(self.env.execute_query(tables))
        savepoint = self.cr.savepoint()
        uninstall_hook(self.env)
        self.assertFalse(self.env.execute_query(tables))
        functions = SQL("SELECT 1 FROM pg_proc WHERE proname = 'process_reading_refuse'")
        self.assertFalse(self.env.execute_query(functions))
        savepoint.rollback()
        savepoint.close(rollback=False)
