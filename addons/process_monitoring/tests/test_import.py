# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Historians' files: checked first, imported through the door, never twice."""

import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models import process_reading_import_work as work
from .common import MINUTE, SECOND, T0, ProcessMonitoringCase

LONG = (
    "Zeitstempel;Messstelle;Wert;Einheit\n"
    "02.03.2026 11:00:00;t-temp;72,4;°C\n"
    "02.03.2026 11:00:01;t-temp;161,6;°F\n"
    "02.03.2026 11:00:02;t-temp;x;°C\n"
    "02.03.2026 11:00:03;nobody;1;\n"
    "31.02.2026 11:00:03;t-temp;1;\n"
    "02.03.2026 11:00:00;t-temp;72,4;°C\n"
    "02.03.2026 11:00:00;t-temp;60,0;°C\n"
    "02.03.2026 11:00:04;t-valve;forward;\n"
)


@tagged("post_install", "-at_install")
class TestImport(ProcessMonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer.tz = "Europe/Berlin"

    def load(self, text, user=None, encoding="utf-8", **vals):
        return (
            self.env["process.reading.import"]
            .with_user(user or self.engineer)
            .create(
                {
                    "name": "export.csv",
                    "file": base64.b64encode(text.encode(encoding)),
                    **vals,
                }
            )
        )

    def test_guesses(self):
        record = self.load(LONG, encoding="cp1252")
        self.assertEqual((record.delimiter, record.decimal), ("semicolon", ","))
        self.assertEqual((record.time_format, record.tz), ("dmy", "Europe/Berlin"))
        self.assertEqual((record.encoding, record.line_count), ("cp1252", 8))
        roles = ["time", "sensor", "value", "unit"]
        self.assertEqual(record.column_ids.mapped("role"), roles)
        self.assertEqual(record.column_ids[2].sample, "72,4")

    def test_check_stores_nothing_and_says_what_will_be(self):
        record = self.load(LONG)
        record.action_check()
        self.assertFalse(self.get_readings())
        self.assertEqual(record.state, "checked")
        counts = (record.stored_count, record.duplicate_count, record.refused_count)
        self.assertEqual(counts, (3, 1, 4))
        numbers = [line.split(":")[0] for line in record.findings.splitlines()]
        self.assertEqual(numbers, ["4", "5", "6", "8"])
        record.action_import()
        self.assertEqual(
            counts, (record.stored_count, record.duplicate_count, record.refused_count)
        )

    def test_import_and_again(self):
        cycle = self.open_cycle()
        record = self.load(LONG)
        record.action_check()
        record.action_import()
        self.assertEqual((record.state, record.position, record.progress), ("done", 8, 100))
        self.assertEqual(self.get_readings().mapped("value"), [72.4, 72.0])
        self.assertEqual(self.get_readings()[0].source_ms, T0)
        self.assertEqual(self.get_readings()[0].origin, "file:export.csv")
        self.assertEqual(self.get_readings(self.valve).text_value, "forward")
        self.assertEqual(cycle.reading_count, 2)
        again = self.load(LONG)
        again.action_check()
        again.action_import()
        self.assertEqual((again.stored_count, again.duplicate_count), (0, 4))
        self.assertEqual(len(self.get_readings()), 2)

    def test_refused_lines_come_back_with_their_reasons(self):
        record = self.load(LONG)
        record.action_check()
        record.action_import()
        text = base64.b64decode(record.refused_file).decode()
        header, *lines = text.splitlines()
        self.assertEqual(header, "Zeitstempel;Messstelle;Wert;Einheit;line;reason")
        self.assertEqual(len(lines), 4)
        self.assertTrue(lines[0].startswith("02.03.2026 11:00:02;t-temp;x;°C;4;"))
        # put right, the same file is imported again: its columns are still known
        right = text.replace(";x;", ";72,9;")
        second = self.load(right)
        second.action_check()
        self.assertEqual(second.stored_count, 1)

    def test_whole_number_that_no_float_is_equal_to(self):
        text = "time,sensor,value\n2026-03-02T10:00:00Z,t-flow,9007199254740993\n"
        record = self.load(text)
        record.action_check()
        self.assertEqual((record.stored_count, record.refused_count), (0, 1))
        self.assertIn("would be kept as 9007199254740992", record.findings)

    def test_one_column_a_sensor(self):
        text = "time,t-temp [°F],t-flow,other\n2026-03-02T10:00:00Z,161.6,5000,x\n"
        record = self.load(text)
        roles = ["time", "series", "series", "ignore"]
        self.assertEqual(record.column_ids.mapped("role"), roles)
        self.assertEqual(record.column_ids[1].sensor_id, self.sensor)
        record.action_check()
        record.action_import()
        self.assertEqual(self.get_readings().value, 72.0)
        self.assertEqual(self.get_readings(self.flow_sensor).value, 5000.0)

    def test_day_and_month_that_could_be_either_are_asked_for(self):
        text = "time;sensor;value\n03/02/2026 11:00:00;t-temp;1,5\n"
        record = self.load(text)
        self.assertFalse(record.time_format)
        with self.assertRaises(UserError):
            record.action_check()
        record.time_format = "mdy"
        record.action_check()
        record.action_import()
        self.assertEqual(self.get_readings().source_ms, T0)

    def test_hour_that_is_twice(self):
        """The hour that comes twice is refused, or resolved by the person's choice."""
        text = "time;sensor;value\n2025-10-26 02:30:00;t-temp;1\n2025-03-30 02:30:00;t-temp;1\n"
        record = self.load(text)
        record.action_check()
        self.assertEqual(record.refused_count, 2)
        record.ambiguous_time = "second"
        self.assertEqual(record.state, "draft", "read otherwise, it is checked again")
        record.action_check()
        self.assertEqual((record.stored_count, record.refused_count), (1, 1))
        record.action_import()
        self.assertEqual(self.get_readings().source_ms, 1761442200000)

    def test_columns_are_corrected(self):
        record = self.load("when;where;what\n2026-03-02 11:00:00;t-temp;72,4\n")
        with self.assertRaises(UserError):
            record.action_check()
        for column, role in zip(record.column_ids, ("time", "sensor", "value"), strict=True):
            column.role = role
        record.write({"time_format": "iso", "decimal": ","})
        record.action_check()
        self.assertEqual(record.stored_count, 1)
        record.column_ids[2].role = "series"
        self.assertEqual(record.state, "draft")
        with self.assertRaises(UserError):
            record.action_check()

    def test_long_file_is_imported_in_parts_in_the_background(self):
        lines = [f"2026-03-02T{10 + n // 60}:{n % 60:02}:00Z,t-temp,{n}" for n in range(50)]
        record = self.load("\n".join(["time,sensor,value", *lines]))
        record.action_check()
        with patch.object(work, "LONG", 10), patch.object(work, "LINES_AT_ONCE", 20):
            record.action_import()
            self.assertEqual((record.state, record.position), ("running", 0))
            parts = 0
            while record._do_part():
                parts += 1
        self.assertEqual((parts, record.state, record.stored_count), (3, "done", 50))
        cron = self.env.ref("process_monitoring.ir_cron_import_readings")
        self.assertEqual(cron.code, "model._cron_import()")

    def test_import_goes_on_where_it_was(self):
        lines = [f"{T0 + n * SECOND},t-temp,{n}" for n in range(50)]
        record = self.load("\n".join(["time,sensor,value", *lines]))
        record.action_check()
        with patch.object(work, "LONG", 10), patch.object(work, "LINES_AT_ONCE", 20):
            record.action_import()
            record._do_part()
            self.assertEqual(record.position, 20)
            # the part was stored, the note of it was lost: nothing is stored twice
            record._stamp({"position": 0, "stored_count": 0})
            while record._do_part():
                pass
        self.assertEqual((record.stored_count, record.duplicate_count), (30, 20))
        self.assertEqual(len(self.get_readings()), 50)

    def test_history_gets_months_of_its_own(self):
        record = self.load("time,sensor,value\n2019-05-02T10:00:00Z,t-temp,1\n")
        record.action_check()
        record.action_import()
        self.env.cr.execute(
            "SELECT tableoid::regclass::text FROM process_reading WHERE sensor_id = %s",
            [self.sensor.id],
        )
        self.assertEqual(self.env.cr.fetchall(), [("process_reading_2019_05",)])

    def test_empty_file(self):
        for text in ("", "time,sensor,value\n", "\n\n"):
            with self.assertRaises(UserError):
                self.load(text)

    def test_who(self):
        for user in (self.operator, self.supervisor):
            with self.assertRaises(AccessError):
                self.load(LONG, user=user)
        record = self.load(LONG)
        for vals in ({"state": "done"}, {"stored_count": 5}, {"position": 3}):
            with self.assertRaises(UserError):
                record.write(vals)
            with self.assertRaises(UserError):
                self.load(LONG, **vals)
        with self.assertRaises(UserError):
            record.sudo().unlink()
        with self.assertRaises(UserError):
            record.action_import()
        record.action_check()
        record.action_import()
        with self.assertRaises(UserError):
            record.decimal = "."
        with self.assertRaises(UserError):
            record.column_ids[0].role = "ignore"

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        self._create_sensor("t-other", self.temperature, company_id=other.id)
        record = self.load(f"time,sensor,value\n{T0},t-other,1\n{T0 + MINUTE},t-temp,1\n")
        record.action_check()
        self.assertEqual((record.stored_count, record.refused_count), (1, 1))
        stranger = self._create_user(
            "engineer", company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        self.assertFalse(self.env["process.reading.import"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            record.with_user(stranger).read(["name"])
