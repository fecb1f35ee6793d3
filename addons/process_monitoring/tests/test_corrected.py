# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A corrected entry stays legible and counts nowhere (A25): roll-ups, charts, files, last value."""

import csv
import io

from odoo.tests import tagged

from .common import MINUTE, SECOND, T0
from .test_entry import EntryCase


@tagged("post_install", "-at_install")
class TestCorrected(EntryCase):
    def roll_up(self):
        rollups = self.env["process.reading.rollup"]
        while rollups._roll_up():
            pass
        domain = [("sensor_id", "=", self.sensor.id)]
        return {rollup.level: rollup for rollup in rollups.search(domain)}

    def enter_wrongly(self, cycle, **vals):
        """Enter 72.6, then 7.26 by a slip of the comma, and have that answered."""
        self.enter(cycle, "72.6", at_ms=T0 + SECOND)
        wrong = self.enter(cycle, "7.26", at_ms=T0 + 20 * SECOND)
        self.roll_up()
        answer = {"corrects_id": wrong.id, "reason": "slip of the comma", **vals}
        self.enter(cycle, at_ms=T0 + MINUTE, **answer)
        return wrong

    def test_roll_up_of_a_corrected_entry(self):
        self.enter_wrongly(self.open_cycle(self.requirement), value="72.8")
        for level, rollup in self.roll_up().items():
            with self.subTest(level=level):
                self.assertEqual((rollup.min_value, rollup.max_value), (72.6, 72.8))
                self.assertAlmostEqual(rollup.mean_value, 72.7)
                self.assertEqual((rollup.first_value, rollup.last_value), (72.6, 72.8))
                self.assertEqual((rollup.reading_count, rollup.value_count), (3, 2))
                self.assertEqual((rollup.breach_count, rollup.corrected_count), (0, 1))

    def test_roll_up_of_a_withdrawn_entry(self):
        """A withdrawal stores no reading: the minute is counted anew all the same."""
        self.enter_wrongly(self.open_cycle(self.requirement), is_withdrawn=True)
        for level, rollup in self.roll_up().items():
            with self.subTest(level=level):
                self.assertEqual((rollup.min_value, rollup.last_value), (72.6, 72.6))
                self.assertEqual((rollup.breach_count, rollup.corrected_count), (0, 1))

    def test_chart_shows_it_marked_and_apart(self):
        cycle = self.open_cycle(self.requirement)
        self.enter_wrongly(cycle, value="72.8")
        data = cycle.get_chart_data()
        self.assertEqual(
            data["points"],
            [[T0 + SECOND, 72.6, 72.6, False], [T0 + 20 * SECOND, 72.8, 72.8, False]],
        )
        [[moment, value, text]] = data["corrected"]
        self.assertEqual((moment, value), (T0 + 20 * SECOND, 7.26))
        self.assertEqual(text, "7.26 °C corrected to 72.8 °C: slip of the comma")
        [live] = cycle.get_live_values()
        self.assertEqual([value for _ms, value in live["points"]], [72.6, 72.8])

    def test_picture_and_deviation_show_it_too(self):
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter_wrongly(cycle, is_withdrawn=True)
        cycle._evaluate(T0 + 2 * MINUTE)
        self.assertEqual(cycle.breach_count, 0)
        alert = cycle.alert_ids.filtered(lambda a: a.kind == "breach")
        self.assertTrue(alert, "a breach that was seen stays until it is handled")
        picture = alert.deviation_id._get_picture()
        self.assertIn(wrong._say_corrected(), picture)

    def test_chart_of_one_window_has_nothing_of_another(self):
        """Two batches at one measuring point: each shows what was entered for it."""
        mine, other = self.open_cycle(self.requirement), self.open_cycle(self.requirement)
        self.enter(mine, "72.6", at_ms=T0 + SECOND)
        self.enter(other, "95", at_ms=T0 + 2 * SECOND)
        self.assertEqual([point[1] for point in mine.get_chart_data()["points"]], [72.6])
        self.assertEqual([line["points"][0][1] for line in other.get_live_values()], [95.0])
        self.assertEqual(len(mine.export_readings_csv().splitlines()), 2)

    def test_file_says_which_counts(self):
        cycle = self.open_cycle(self.requirement)
        self.enter_wrongly(cycle, value="72.8")
        lines = list(csv.DictReader(io.StringIO(cycle.export_readings_csv())))
        self.assertEqual(
            [(line["value"], line["counts"]) for line in lines],
            [("72.6", "1"), ("7.26", "0"), ("72.8", "1")],
        )
        readings = self.get_readings().with_user(self.operator)
        self.assertEqual(readings.mapped("is_corrected"), [False, True, False])

    def test_sensor_says_what_counts_last(self):
        cycle = self.open_cycle(self.requirement)
        self.enter_wrongly(cycle, is_withdrawn=True)
        self.assertEqual((self.sensor.last_value, self.sensor.last_source_ms), (72.6, T0 + SECOND))
        other = self.open_cycle(self.requirement, T0 + 2 * MINUTE)
        [entry] = cycle.entry_ids.filtered(lambda e: e.state == "effective")
        self.enter(
            cycle, at_ms=T0 + 2 * MINUTE, corrects_id=entry.id, reason="no", is_withdrawn=True
        )
        self.assertIs(self.sensor.last_value, False, "nothing counts: that is not 0")
        self.assertTrue(self.sensor.last_source_ms, "readings are stored: its code stays")
        self.assertFalse(other.entry_ids)

    def test_rebuilt_roll_ups_know_it_too(self):
        """Restored readings are counted as they stand."""
        cycle = self.open_cycle(self.requirement)
        self.enter_wrongly(cycle, value="72.8")
        self.env["process.reading.rollup"]._rebuild(T0, T0 + MINUTE)
        self.assertEqual(self.roll_up()["minute"].min_value, 72.6)
