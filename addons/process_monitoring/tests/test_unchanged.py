# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule A10: a connected source that reports changes only and is silent is no gap."""

from odoo.tests import tagged

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestUnchanged(ProcessMonitoringCase):
    def note(self, at_ms, *codes):
        self.env["process.sensor"]._note_unchanged(list(codes or ["t-temp"]), at_ms)

    def kinds(self, cycle):
        return sorted(cycle.alert_ids.mapped("kind"))

    def test_a10_online_and_unchanged_is_no_gap(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        self.note(T0 + MINUTE)
        cycle._evaluate(T0 + MINUTE + 5 * SECOND)
        self.assertFalse(cycle.alert_ids)
        self.assertFalse(cycle._get_findings(T0 + MINUTE + 5 * SECOND))
        self.feed((T0 + MINUTE + SECOND, 72.7))
        cycle._evaluate(T0 + MINUTE + 6 * SECOND)
        self.assertFalse(cycle.alert_ids, "no gap in the source times either")

    def test_a10_not_heard_of_any_more_is_a_gap_from_then(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        self.note(T0 + MINUTE)
        cycle._evaluate(T0 + MINUTE + 11 * SECOND)
        self.assertEqual(self.kinds(cycle), ["stale"])
        self.assertEqual(cycle.alert_ids.source_ms, T0 + MINUTE)
        self.assertEqual(cycle.deviation_ids.window_start_ms, T0, "from the last good reading")

    def test_a10_without_word_of_the_source_silence_is_a_gap(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        cycle._evaluate(T0 + MINUTE)
        self.assertEqual(self.kinds(cycle), ["stale"])

    def test_a10_dead_source_is_unusable_though_it_was_connected(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        self.note(T0 + 30 * SECOND)
        self.feed((T0 + 31 * SECOND, 72.6), quality=500)
        self.note(T0 + 60 * SECOND)
        cycle._evaluate(T0 + 61 * SECOND)
        self.assertIn("unusable", self.kinds(cycle))
        findings = {f["code"]: f for f in cycle._get_findings(T0 + 61 * SECOND)}
        finding = findings["unusable"]
        self.assertNotIn("10:01:00", finding["message"], "it was not valid until the note")

    def test_a10_value_that_held_at_the_start_is_judged_from_the_start(self):
        self.feed((T0 - 5 * MINUTE, 71.5))
        cycle = self.open_cycle()
        self.note(T0 + SECOND)
        self.assertEqual((cycle.reading_count, cycle.last_source_ms), (1, T0))
        cycle._evaluate(T0 + 2 * SECOND)
        self.assertEqual(self.kinds(cycle), ["breach"])
        self.note(T0 + 3 * SECOND)
        self.assertEqual(cycle.reading_count, 1)

    def test_a10_bad_value_is_not_carried_into_the_start(self):
        self.feed((T0 - 5 * MINUTE, 72.6), quality=0)
        cycle = self.open_cycle()
        self.note(T0 + SECOND)
        self.assertFalse(cycle.reading_count)

    def test_a4_state_of_a_connected_valve_stays_known(self):
        self.ccp.write({"condition_sensor_id": self.valve.id, "condition_value": "forward"})
        self.feed((T0 - MINUTE, "divert"), sensor="t-valve")
        cycle = self.open_cycle()
        self.note(T0 + 5 * MINUTE, "t-valve")
        self.feed((T0 + 4 * MINUTE, 70.0), (T0 + 5 * MINUTE, 70.0), (T0 + 7 * MINUTE, 70.0))
        verdicts = [reading.verdict for reading in self.get_readings()]
        self.assertEqual(verdicts, ["not_applicable", "not_applicable", "critical"])
        self.assertTrue(cycle.breach_count)

    def test_only_sensors_that_are_monitored_are_noted(self):
        self.note(T0)
        self.assertFalse(self.sensor.unchanged_ms)
        self.open_cycle()
        self.note(T0 + SECOND)
        self.note(T0)
        self.assertEqual(self.sensor.unchanged_ms, T0 + SECOND, "never back")
