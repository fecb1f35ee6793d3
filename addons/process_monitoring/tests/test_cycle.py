# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The cycle itself: frozen facts, figures, findings for the gate."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestCycle(ProcessMonitoringCase):
    def codes(self, cycle, now_ms):
        return sorted(finding["code"] for finding in cycle._get_findings(now_ms))

    def test_figures(self):
        cycle = self.open_cycle()
        self.assertEqual(cycle.status, "waiting")
        self.assertIs(cycle.min_value, False)
        self.feed((T0 + SECOND, 72.6), (T0 + 2 * SECOND, 73.1), (T0 + 3 * SECOND, 72.3))
        self.assertEqual((cycle.reading_count, cycle.conform_count), (3, 2))
        self.assertEqual((cycle.min_value, cycle.max_value), (72.3, 73.1))
        self.assertEqual((cycle.first_ms, cycle.last_source_ms), (T0 + SECOND, T0 + 3 * SECOND))
        self.assertEqual((cycle.status, cycle.last_value), ("operating", 72.3))

    def test_zero_degrees_are_a_figure(self):
        cycle = self.open_cycle()
        self.feed((T0, 0.0))
        self.assertEqual(cycle.max_value, 0.0)
        self.assertIsNot(cycle.max_value, False)

    def test_breach_status_and_since(self):
        cycle = self.open_cycle()
        self.feed((T0, 71.0), (T0 + SECOND, 71.5))
        self.assertEqual((cycle.status, cycle.breach_since_ms), ("breach", T0))
        self.feed((T0 + 2 * SECOND, 72.6))
        self.assertEqual((cycle.status, cycle.breach_since_ms), ("ok", 0))

    def test_state_sensor(self):
        requirement = self._create_requirement("Valve", [], sensor=self.valve)
        cycle = self.open_cycle(requirement)
        self.feed((T0, "forward"), sensor="t-valve")
        self.assertEqual((cycle.last_text, cycle.status), ("forward", "ok"))

    def test_frozen_for_the_superuser_too(self):
        cycle = self.open_cycle().sudo()
        for name, value in (
            ("limits_snapshot", "{}"),
            ("limits_hash", "0"),
            ("start_ms", T0 + 1),
            ("sensor_id", self.flow_sensor.id),
            ("control_class", "quality"),
        ):
            with self.subTest(field=name), self.assertRaises(UserError):
                cycle.write({name: value})
        with self.assertRaises(UserError):
            cycle.unlink()

    def test_closed_cycle_takes_no_more_readings(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        cycle._close(T0 + SECOND)
        self.feed((T0 + 2 * SECOND, 60.0))
        self.assertEqual((cycle.state, cycle.reading_count), ("closed", 1))

    def test_no_findings_when_all_is_well(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        self.assertEqual(self.codes(cycle, T0 + SECOND), [])

    def test_findings_of_a_breach_stay(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6), (T0 + SECOND, 71.0), (T0 + 2 * SECOND, 72.6))
        self.assertEqual(self.codes(cycle, T0 + 3 * SECOND), ["breach"], "Before the evaluation")
        cycle._evaluate(T0 + 3 * SECOND)
        findings = cycle._get_findings(T0 + 3 * SECOND)
        self.assertEqual(
            sorted(finding["code"] for finding in findings), ["breach", "open_deviation"]
        )
        deviation = cycle.deviation_ids
        named = next(f for f in findings if f["code"] == "open_deviation")
        self.assertEqual((named["res_model"], named["res_id"]), (deviation._name, deviation.id))
        self.assertIn(deviation.name, named["message"])

    def test_finding_of_no_reading(self):
        cycle = self.open_cycle()
        self.assertEqual(self.codes(cycle, T0 + SECOND), ["missing_reading"])
        self.feed((T0, 72.6), quality=0)
        self.assertEqual(self.codes(cycle, T0 + SECOND), ["missing_reading"])

    def test_finding_of_silence(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        self.assertEqual(self.codes(cycle, T0 + 11 * SECOND), ["stale"])

    def test_finding_of_bad_quality(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        self.feed((T0 + SECOND, 72.6), quality=0)
        self.assertEqual(self.codes(cycle, T0 + 2 * SECOND), ["unusable"])

    def test_optional_requirement_has_only_breaches(self):
        requirement = self._create_requirement(
            "Optional", [("critical", "ge", 72.0)], is_mandatory=False
        )
        cycle = self.open_cycle(requirement)
        self.assertEqual(self.codes(cycle, T0 + MINUTE), [])
        self.feed((T0, 60.0))
        self.assertEqual(self.codes(cycle, T0 + SECOND), ["breach"])

    def test_quality_limits_keep_nobody(self):
        requirement = self._create_requirement(
            "Colour", [("critical", "ge", 72.0)], control_class="quality"
        )
        cycle = self.open_cycle(requirement)
        self.feed((T0, 60.0))
        self.assertEqual(self.codes(cycle, T0 + SECOND), [])
