# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lethality as a limit (A5): added up as readings come in, judged at the end."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase

# Minutes and °C of a retort: F0 9.2662 by the trapezoid of L.
PROFILE = ((0, 100.0), (5, 115.0), (10, 121.1), (13, 121.1), (18, 100.0))


@tagged("post_install", "-at_install")
class TestLethality(ProcessMonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.f0 = cls._create_lethal("f0", 3.0)

    @classmethod
    def _create_lethal(cls, method, value, **vals):
        return cls.env["process.requirement"].create(
            {
                "name": "Retort",
                "parameter_id": cls.temperature.id,
                "sensor_id": cls.sensor.id,
                "control_class": "ccp",
                "frequency": "continuous",
                "max_gap_s": 300,
                "lethality_method": method,
                "limit_ids": [
                    Command.create(
                        {
                            "kind": "critical",
                            "quantity": "lethality",
                            "operator": "ge",
                            "value": value,
                        }
                    )
                ],
                **vals,
            }
        )

    def profile(self, points=PROFILE):
        return [(T0 + int(minute * MINUTE), celsius) for minute, celsius in points]

    def codes(self, cycle, now_ms):
        return sorted(finding["code"] for finding in cycle._get_findings(now_ms))

    def test_a5_profile(self):
        cycle = self.open_cycle(self.f0)
        self.feed(*self.profile())
        self.assertAlmostEqual(cycle.lethality, 9.2662, 3)
        self.assertFalse(cycle.lethality_gap_ms)
        self.assertEqual(set(self.get_readings().mapped("verdict")), {"unjudged"})
        self.assertFalse(self.codes(cycle, T0 + 18 * MINUTE))
        cycle._close(T0 + 18 * MINUTE)
        self.assertFalse(cycle.alert_ids)
        self.assertTrue(cycle._is_shown())

    def test_a5_in_any_order_and_batch(self):
        points = self.profile()
        for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
            sensor = self._create_sensor(f"retort-{order}", self.temperature)
            requirement = self.f0.copy({"sensor_id": sensor.id})
            cycle = self.open_cycle(requirement)
            for index in order:
                self.feed(points[index], sensor=sensor.code)
            self.assertAlmostEqual(cycle.lethality, 9.2662, 3)
            self.assertFalse(cycle.lethality_gap_ms, order)

    def test_a5_a_gap_inside_is_not_demonstrable(self):
        cycle = self.open_cycle(self.f0)
        points = self.profile()
        self.feed(points[0], points[1], points[3], points[4])
        now_ms = T0 + 18 * MINUTE
        cycle._evaluate(now_ms)
        findings = {f["code"]: f["message"] for f in cycle._get_findings(now_ms)}
        self.assertIn("not_demonstrable", findings)
        self.assertIn(
            "F0 (Tref 121.1 °C, z 10 °C) is not demonstrable", findings["not_demonstrable"]
        )
        self.assertIn("open_deviation", findings, "Monitoring was lost as well")
        self.assertFalse(cycle._is_shown())
        self.feed(points[2])
        self.assertNotIn("not_demonstrable", self.codes(cycle, now_ms), "It came in late")
        self.assertAlmostEqual(cycle.lethality, 9.2662, 3)

    def test_a5_an_unusable_reading_is_a_gap(self):
        cycle = self.open_cycle(self.f0)
        points = self.profile()
        self.feed(*points[:2])
        self.feed(points[2], quality=0)
        self.feed(*points[3:])
        self.assertTrue(cycle.lethality_gap_ms)

    def test_a5_live_value_at_the_gate(self):
        pasteuriser = self._create_lethal("pu", 15.0)
        cycle = self.open_cycle(pasteuriser)
        self.feed((T0, 62.0), (T0 + 5 * MINUTE - SECOND, 62.0))
        [finding] = cycle._get_findings(T0 + 5 * MINUTE)
        self.assertEqual(finding["code"], "lethality")
        self.assertRegex(
            finding["message"], r"PU \(Tref 60 °C, z 7 °C\) is 9\.6\d*, ≥ 15 is required"
        )
        [live] = cycle.get_live_values()
        self.assertIn("so far (wanted: ≥ 15)", live["lethality"])
        self.assertFalse(cycle.alert_ids)

    def test_a5_not_reached_at_the_end_is_a_breach(self):
        cycle = self.open_cycle(self.f0)
        self.feed((T0, 121.1), (T0 + 2 * MINUTE, 121.1))
        cycle._close(T0 + 2 * MINUTE)
        alert = cycle.alert_ids
        self.assertEqual((alert.kind, alert.value, alert.value_unit), ("breach", 2.0, "min"))
        self.assertEqual(cycle.deviation_ids.kind, "breach")
        self.assertEqual(cycle.deviation_ids.window_start_ms, T0)

    def test_a5_fahrenheit_is_the_same_heat(self):
        sensor = self._create_sensor("t-retort-f", self.temperature, unit="degF")
        cycle = self.open_cycle(self.f0.copy({"sensor_id": sensor.id}))
        for moment, celsius in self.profile():
            self.feed((moment, round(celsius * 9 / 5 + 32, 6)), sensor="t-retort-f")
        self.assertAlmostEqual(cycle.lethality, 9.2662, 3)

    def test_a5_only_while_product_flows_forward(self):
        requirement = self.f0.copy(
            {"condition_sensor_id": self.valve.id, "condition_value": "forward"}
        )
        requirement.condition_max_age_s = 36_000
        cycle = self.open_cycle(requirement)
        self.feed((T0, "forward"), (T0 + 4 * MINUTE, "divert"), sensor="t-valve")
        self.feed((T0 + 20 * MINUTE, "forward"), sensor="t-valve")
        self.feed(*[(T0 + n * MINUTE, 121.1) for n in range(23)])
        self.assertAlmostEqual(cycle.lethality, 3.0 + 2.0, 6)
        self.assertFalse(cycle.lethality_gap_ms)

    def test_constants_go_with_the_name_and_are_frozen(self):
        self.assertEqual((self.f0.reference_c, self.f0.z_c), (121.1, 10.0))
        with Form(self.f0) as form:
            form.lethality_method = "other"
            form.reference_c = 80.0
        self.assertEqual((self.f0.reference_c, self.f0.z_c), (80.0, 10.0))
        cycle = self.open_cycle(self.f0)
        self.f0.z_c = 5.0
        self.assertEqual(
            cycle._get_snapshot()["lethality"],
            {"method": "other", "reference_c": "80.0", "z_c": "10.0"},
        )
        self.assertIn("F (Tref 80 °C, z 10 °C) ≥ 3.0 min critical", cycle.limits_text)

    def test_what_cannot_be_added_up_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "computed from a temperature"):
            self._create_lethal("pu", 1.0, parameter_id=self.flow.id, sensor_id=self.flow_sensor.id)
        for vals in ({"frequency": "per_batch"}, {"max_gap_s": 0}, {"z_c": 0.0}):
            with self.subTest(vals=vals), self.assertRaisesRegex(ValidationError, "between them"):
                self._create_lethal("other", 1.0, **{"reference_c": 60.0, "z_c": 7.0, **vals})
