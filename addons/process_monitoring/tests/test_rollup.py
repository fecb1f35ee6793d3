# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Roll-ups: counted once, late readings too, minimum and maximum never lost (A35)."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase

HOUR = 60 * MINUTE


@tagged("post_install", "-at_install")
class TestRollup(ProcessMonitoringCase):
    def roll_up(self):
        rollups = self.env["process.reading.rollup"]
        while rollups._roll_up():
            pass

    def get_rollups(self, level, sensor=None):
        return self.env["process.reading.rollup"].search(
            [("sensor_id", "=", (sensor or self.sensor).id), ("level", "=", level)],
            order="bucket_ms",
        )

    def test_minute(self):
        self.feed((T0 + 1_500, 72.5), (T0 + 59_999, 73.5))
        self.feed((T0 + 30_000, 75.0))
        self.feed((T0 + MINUTE, 60.0))
        self.roll_up()
        first, second = self.get_rollups("minute")
        self.assertEqual(first.bucket_ms, T0)
        self.assertEqual(str(first.bucket_time), "2026-03-02 10:00:00")
        self.assertEqual((first.reading_count, first.value_count), (3, 3))
        self.assertEqual((first.min_value, first.max_value), (72.5, 75.0))
        self.assertAlmostEqual(first.mean_value, (72.5 + 73.5 + 75.0) / 3)
        self.assertEqual((first.first_value, first.last_value), (72.5, 73.5))
        self.assertEqual((first.first_ms, first.last_ms), (T0 + 1_500, T0 + 59_999))
        self.assertEqual((second.min_value, second.reading_count), (60.0, 1))

    def test_hour_is_what_its_minutes_add_up_to(self):
        values = {T0 + 7_001 * n: 70 + n % 13 / 3 for n in range(1100)}
        self.feed(*values.items())
        self.roll_up()
        hours = self.get_rollups("hour")
        self.assertEqual(len(hours), 3)
        for hour in hours:
            own = [v for ms, v in values.items() if hour.bucket_ms <= ms < hour.bucket_ms + HOUR]
            self.assertEqual((hour.reading_count, hour.value_count), (len(own), len(own)))
            self.assertEqual((hour.min_value, hour.max_value), (min(own), max(own)))
            self.assertAlmostEqual(hour.mean_value, sum(own) / len(own))
            self.assertEqual((hour.first_value, hour.last_value), (own[0], own[-1]))
        minutes = self.get_rollups("minute")
        self.assertEqual(sum(minutes.mapped("reading_count")), 1100)

    def test_late_reading_is_counted(self):
        self.feed(*[(T0 + n * SECOND, 72.6) for n in range(180)])
        self.roll_up()
        self.feed((T0 + 61_500, 71.2))
        self.roll_up()
        self.assertEqual(self.get_rollups("minute").mapped("min_value"), [72.6, 71.2, 72.6])
        self.assertEqual(self.get_rollups("minute").mapped("reading_count"), [60, 61, 60])
        self.assertEqual(self.get_rollups("hour").min_value, 71.2)

    def test_repeated_reading_is_counted_once(self):
        self.feed((T0, 72.6))
        self.roll_up()
        self.feed((T0, 72.6))
        self.assertFalse(self.env["process.reading.rollup"]._roll_up(), "nothing new, no mark")
        self.assertEqual(self.get_rollups("minute").reading_count, 1)

    def test_unusable_values_are_counted_but_no_minimum(self):
        self.feed((T0, 72.6), (T0 + SECOND, 73.0))
        self.feed((T0 + 2 * SECOND, -999.0), quality=0)
        self.feed((T0 + MINUTE, -999.0), quality=0)
        self.roll_up()
        first, second = self.get_rollups("minute")
        self.assertEqual((first.reading_count, first.unusable_count), (3, 1))
        self.assertEqual((first.min_value, first.mean_value), (72.6, 72.8))
        self.assertEqual((second.value_count, second.unusable_count), (0, 1))
        self.assertIs(second.min_value, False, "no value is not 0")

    def test_zero_is_a_value(self):
        self.feed((T0, 0.0))
        self.roll_up()
        self.assertEqual(self.get_rollups("hour").mapped("min_value"), [0.0])
        self.assertIsNot(self.get_rollups("hour").min_value, False)

    def test_states_have_no_numbers(self):
        self.feed((T0, "forward"), sensor="t-valve")
        self.roll_up()
        minute = self.get_rollups("minute", self.valve)
        self.assertEqual((minute.reading_count, minute.value_count), (1, 0))

    def test_a35_dip_of_two_seconds_is_in_the_chart_of_any_length(self):
        """A35: two weeks of one reading a minute, two seconds below the limit in it."""
        sensor_id = self.sensor.id
        self.env.cr.execute(
            SQL(
                """INSERT INTO process_reading (sensor_id, company_id, source_ms, sequence,
                       received_ms, value, quality, origin, verdict)
                   SELECT %s, %s, %s + n * 60000, 0, 0, 72.6, 192, 'test', 'conform'
                     FROM generate_series(0, 20000) AS n""",
                sensor_id,
                self.company.id,
                T0,
            )
        )
        self.env["process.reading.rollup"]._rebuild(T0, T0 + 20001 * MINUTE)
        cycle = self.open_cycle(start_ms=T0 - SECOND)
        dip = T0 + 9_999 * MINUTE + 31_000
        self.feed((dip, 71.3), (dip + SECOND, 71.4))
        reading = self.env["process.reading"]
        for rolled in (False, True):
            if rolled:
                self.roll_up()
            for days in (1, 7, 14):
                start = dip - days * 12 * HOUR
                with self.subTest(days=days, rolled=rolled):
                    points = reading._read_series(sensor_id, start, start + days * 24 * HOUR, 240)
                    self.assertLess(len(points), 243)
                    self.assertEqual(min(point[1] for point in points), 71.3)
                    self.assertEqual([p[1] for p in points if p[3]], [71.3])
        self.assertEqual(cycle.breach_count, 2)

    def test_chart_is_the_same_from_readings_and_from_rollups(self):
        values = {T0 + 1_000 * n: 72 + (n * 7919 % 101) / 50 for n in range(0, 40_000, 9)}
        self.feed(*values.items())
        reading = self.env["process.reading"]
        start, end = T0 + 123_456, T0 + 39_000_500
        before = reading._read_series(self.sensor.id, start, end, 240)
        self.roll_up()
        after = reading._read_series(self.sensor.id, start, end, 240)
        self.assertEqual(before, after)
        inside = [value for ms, value in values.items() if start <= ms <= end]
        self.assertEqual(min(p[1] for p in after), min(inside))
        self.assertEqual(max(p[2] for p in after), max(inside))
        self.assertEqual(after[0][0], min(ms for ms in values if ms >= start))

    def test_chart_shows_nothing_from_before_the_cycle(self):
        """The minute in which a stage starts also holds readings that are not the batch's."""
        self.feed((T0 + 10_000, 20.0), *[(T0 + n * MINUTE + 30_000, 72.6) for n in range(600)])
        self.roll_up()
        cycle = self.open_cycle(start_ms=T0 + 15_000)
        points = cycle.get_chart_data()["points"]
        self.assertEqual(min(point[1] for point in points), 72.6)

    def test_step_without_usable_value(self):
        self.feed((T0, 72.6))
        self.feed((T0 + SECOND, -999.0), quality=0)
        points = self.env["process.reading"]._read_series(self.sensor.id, T0, T0 + 2 * SECOND, 240)
        self.assertEqual(points, [[T0, 72.6, 72.6, False], [T0 + SECOND, None, None, True]])

    def test_scheduled_action(self):
        self.feed((T0, 72.6))
        cron = self.env.ref("process_monitoring.ir_cron_roll_up_readings")
        self.assertEqual(cron.code, "model._cron_roll_up()")

    def test_many_batches_are_taken_in_parts(self):
        for n in range(5):
            self.feed((T0 + n * MINUTE, 72.6))
        rollups = self.env["process.reading.rollup"]
        while rollups._roll_up(marks=2):
            pass
        self.assertEqual(len(self.get_rollups("minute")), 5)
        self.assertEqual(self.get_rollups("hour").reading_count, 5)

    def test_nobody_enters_or_changes_them(self):
        self.feed((T0, 72.6))
        self.roll_up()
        rollup = self.get_rollups("minute").sudo()
        with self.assertRaises(UserError):
            rollup.write({"min_value": 80.0})
        with self.assertRaises(UserError):
            rollup.unlink()
        with self.assertRaises(UserError):
            rollup.create({"sensor_id": self.sensor.id})

    def test_read_by_operators_of_the_company_alone(self):
        self.feed((T0, 72.6))
        self.roll_up()
        found = self.get_rollups("minute").with_user(self.operator)
        self.assertEqual((found.min_value, found.unit_label), (72.6, "°C"))
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = self._create_user(
            "operator", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        rollups = self.env["process.reading.rollup"].with_user(stranger)
        self.assertFalse(rollups.search([("sensor_id", "=", self.sensor.id)]))

    def test_groups_by_day(self):
        self.feed((T0, 72.6), (T0 + HOUR, 71.0))
        self.roll_up()
        groups = self.env["process.reading.rollup"]._read_group(
            [("sensor_id", "=", self.sensor.id), ("level", "=", "hour")],
            ["bucket_time:day"],
            ["min_value:min", "reading_count:sum"],
        )
        self.assertEqual([line[1:] for line in groups], [(71.0, 2)])

    def test_found_by_the_batch(self):
        cycle = self.open_cycle()
        self.feed((T0 - MINUTE, 72.6), (T0, 72.6), (T0 + MINUTE, 72.7))
        cycle._close(T0 + MINUTE)
        self.feed((T0 + 2 * MINUTE, 72.8))
        self.roll_up()
        readings = self.env["process.reading"].with_user(self.operator)
        found = readings.search([("batch", "ilike", "MO/00001")], order="source_ms")
        self.assertEqual(found.mapped("source_ms"), [T0, T0 + MINUTE])
        self.assertEqual(found[0].batch, "MO/00001 Pasteurisation")
        self.assertFalse(readings.search([("batch", "ilike", "MO/99999")]))
        self.assertEqual(self.get_readings()[0].batch, "")
        rollups = self.env["process.reading.rollup"].search(
            [("batch", "ilike", "MO/00001"), ("level", "=", "minute")]
        )
        self.assertEqual(set(rollups.mapped("bucket_ms")), {T0, T0 + MINUTE})
