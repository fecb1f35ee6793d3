# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Limits as the plan means them: bounds that stand together (A1–A3), conditions (A4), and the
holding time beside the temperature (A5), in whatever order readings come in."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


class LimitsCase(ProcessMonitoringCase):
    def kinds(self, cycle):
        return sorted(cycle.alert_ids.mapped("kind"))

    def verdicts(self):
        return self.get_readings().mapped("verdict")

    def conditional(self, **vals):
        return self._create_requirement(
            "FDD",
            [("critical", "ge", 72.0)],
            condition_sensor_id=self.valve.id,
            condition_value="forward",
            max_gap_s=600,
            **vals,
        )

    def held(self, limits=(("critical", "ge", 72.0), ("critical", "ge", 15.0, "holding_time"))):
        return self.env["process.requirement"].create(
            {
                "name": "Heat treatment",
                "parameter_id": self.temperature.id,
                "sensor_id": self.sensor.id,
                "control_class": "ccp",
                "frequency": "continuous",
                "max_gap_s": 600,
                "flow_sensor_id": self.flow_sensor.id,
                "tube_volume_l": 4.7917,
                "limit_ids": [
                    Command.create(
                        {
                            "kind": kind,
                            "operator": operator,
                            "value": value,
                            "quantity": quantity[0] if quantity else "value",
                        }
                    )
                    for kind, operator, value, *quantity in limits
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestBounds(LimitsCase):
    def test_a1_bounds_that_no_value_keeps(self):
        with self.assertRaisesRegex(ValidationError, "no value keeps both “≥ 72.0 °C critical”"):
            self._create_requirement("X", [("critical", "ge", 72.0), ("critical", "le", 70.0)])

    def test_a1_bounds_in_two_units_are_compared_in_one(self):
        with self.assertRaisesRegex(ValidationError, "no value keeps both"):
            self._create_requirement(
                "X", [("critical", "ge", 72.0), ("critical", "le", 150.0, {"unit": "degF"})]
            )
        self._create_requirement(
            "Y", [("critical", "ge", 72.0), ("critical", "le", 170.0, {"unit": "degF"})]
        )

    def test_a3_a_warning_beyond_the_critical_limit(self):
        with self.assertRaisesRegex(ValidationError, "never be heard of"):
            self._create_requirement("X", [("critical", "ge", 72.0), ("operating", "ge", 71.5)])

    def test_two_bounds_of_a_kind_in_one_direction(self):
        with self.assertRaisesRegex(ValidationError, "same kind in the same direction"):
            self._create_requirement("X", [("critical", "ge", 72.0), ("critical", "gt", 73.0)])

    def test_a_bound_that_is_added_later(self):
        with self.assertRaises(ValidationError):
            self.env["process.limit"].create(
                {
                    "requirement_id": self.ccp.id,
                    "kind": "quality",
                    "operator": "le",
                    "value": 60.0,
                }
            )

    def test_bounds_are_moved_together_in_one_form(self):
        low, high = self.ccp.limit_ids._sort_by_severity()
        with Form(self.ccp) as form:
            with form.limit_ids.edit(self.ccp.limit_ids.ids.index(low.id)) as line:
                line.value = 80.0
            with form.limit_ids.edit(self.ccp.limit_ids.ids.index(high.id)) as line:
                line.value = 81.0
        self.assertEqual((low.value, high.value), (80.0, 81.0))

    def test_a_bound_that_is_edited_on_its_own_is_checked_with_the_transaction(self):
        self.ccp.limit_ids._sort_by_severity()[0].value = 99.0
        with self.assertRaisesRegex(ValidationError, "never be heard of"):
            self.env.cr.flush()
        self.env.cr.precommit.clear()

    def test_holding_time_needs_a_tube(self):
        with self.assertRaisesRegex(ValidationError, "sensor of the flow"):
            self.held().flow_sensor_id = False
        with self.assertRaisesRegex(ValidationError, "sensor of the flow"):
            self.held().flow_sensor_id = self._create_sensor("t-temp-2", self.temperature)
        with self.assertRaisesRegex(ValidationError, "volume"):
            self.held().tube_volume_l = 0

    def test_holding_time_has_the_unit_of_a_time(self):
        requirement = self.held()
        limit = requirement.limit_ids.filtered(lambda line: line.quantity == "holding_time")
        self.assertEqual(limit.unit, "s")
        self.assertIn("holding time ≥ 15.0 s critical", requirement.limits_text)
        with self.assertRaisesRegex(ValidationError, "compared with holding time"):
            limit.unit = "degC"
        limit.write({"unit": "min", "value": 0.25})
        self.assertEqual(limit._prepare_snapshot()["canonical"], "15.0")

    def test_a2_boundary_by_the_plan(self):
        exclusive = self._create_requirement("gt", [("critical", "gt", 72.0)])
        self.open_cycle(exclusive)
        self.feed((T0, 72.0), (T0 + SECOND, 72.00000000000001))
        self.assertEqual(self.verdicts(), ["critical", "conform"])


@tagged("post_install", "-at_install")
class TestConditional(LimitsCase):
    def test_a4_state_known_unknown_and_stale(self):
        cycle = self.open_cycle(self.conditional(condition_max_age_s=60))
        self.feed((T0 + SECOND, 70.2))
        self.feed((T0 + 2 * SECOND, "divert"), sensor="t-valve")
        self.feed((T0 + 3 * SECOND, 70.2), (T0 + 63 * SECOND, 70.2))
        self.assertEqual(self.verdicts(), ["critical", "not_applicable", "critical"])
        self.assertEqual(
            self.get_readings().mapped("basis"),
            ["t-valve = ?", "t-valve = divert", "t-valve = ?"],
        )
        self.assertEqual(cycle.breach_count, 2)

    def test_a4_state_of_bad_quality_is_unknown(self):
        self.open_cycle(self.conditional())
        self.feed((T0, "divert"), sensor="t-valve", quality=0)
        self.feed((T0 + SECOND, 70.2))
        self.assertEqual(self.verdicts(), ["critical"])

    def test_a4_changes_between_readings_in_one_batch(self):
        self.open_cycle(self.conditional())
        self.feed(
            (T0, "forward"),
            (T0 + 3 * SECOND, "divert"),
            (T0 + 6 * SECOND, "forward"),
            sensor="t-valve",
        )
        moments = [T0 + n * SECOND for n in range(8)]
        self.feed(*[(moment, 70.2) for moment in reversed(moments)])
        expected = ["critical"] * 3 + ["not_applicable"] * 3 + ["critical"] * 2
        self.assertEqual(self.verdicts(), expected)

    def test_a4_forward_that_comes_late_is_a_breach(self):
        cycle = self.open_cycle(self.conditional())
        self.feed((T0, "divert"), sensor="t-valve")
        self.feed((T0 + SECOND, 70.2), (T0 + 2 * SECOND, 70.2), (T0 + 9 * SECOND, 73.0))
        cycle._evaluate(T0 + 10 * SECOND)
        self.assertFalse(cycle.deviation_ids)
        self.feed((T0 + 2 * SECOND, "forward"), sensor="t-valve")
        cycle._evaluate(T0 + 11 * SECOND)
        self.assertEqual(self.kinds(cycle), ["breach"])
        deviation = cycle.deviation_ids
        self.assertEqual(deviation.window_start_ms, T0, "No reading before it showed it good")
        self.assertEqual(deviation.window_end_ms, T0 + 9 * SECOND)
        self.assertEqual(cycle.breach_count, 1)
        self.assertEqual(cycle.alert_ids.occurrence_count, 1)

    def test_a4_divert_that_comes_late_changes_the_figures_and_keeps_the_record(self):
        cycle = self.open_cycle(self.conditional())
        self.feed((T0, "forward"), sensor="t-valve")
        self.feed((T0 + SECOND, 73.0), (T0 + 3 * SECOND, 70.2))
        cycle._evaluate(T0 + 4 * SECOND)
        self.assertEqual(cycle.breach_count, 1)
        self.feed((T0 + 2 * SECOND, "divert"), sensor="t-valve")
        cycle._evaluate(T0 + 5 * SECOND)
        self.assertEqual((cycle.breach_count, cycle.breach_since_ms), (0, 0))
        self.assertEqual(self.verdicts()[-1], "critical", "As it was judged when it came in")
        self.assertEqual(cycle.deviation_ids.state, "open", "People decide what was opened")

    def test_a4_late_states_end_in_the_same_figures(self):
        """Readings and states in time, or in any other order: the same figures."""
        states = [(T0, "forward"), (T0 + 4 * SECOND, "divert"), (T0 + 8 * SECOND, "forward")]
        values = [(T0 + n * SECOND, 73.0 - n % 4) for n in range(12)]
        figures = []
        for order in ("in time", "late states", "backwards"):
            sensors = [
                self._create_sensor(f"{order}-{name}", parameter)
                for name, parameter in (("temp", self.temperature), ("valve", self.position))
            ]
            requirement = self.conditional(sensor=sensors[0])
            requirement.condition_sensor_id = sensors[1]
            cycle = self.open_cycle(requirement)
            feeds = [(values, sensors[0]), (states, sensors[1])]
            if order == "in time":
                feeds.reverse()
            for points, sensor in feeds:
                points = list(reversed(points)) if order == "backwards" else points
                for point in points:
                    self.feed(point, sensor=sensor.code)
            cycle._evaluate(T0 + MINUTE)
            figures.append(
                cycle.read(
                    ["conform_count", "breach_count", "last_good_ms", "breach_since_ms", "status"]
                    + ["last_value", "last_verdict", "min_value", "max_value", "reading_count"],
                )[0]
            )
            self.assertEqual(len(cycle.deviation_ids), 1)
        for found in figures:
            found.pop("id")
        self.assertEqual(figures[0], figures[1])
        self.assertEqual(figures[0], figures[2])

    def test_a4_a_replay_changes_nothing(self):
        cycle = self.open_cycle(self.conditional())
        for _ in range(2):
            self.feed((T0, "forward"), (T0 + 5 * SECOND, "divert"), sensor="t-valve")
            self.feed((T0 + SECOND, 70.2), (T0 + 6 * SECOND, 70.2))
            cycle._evaluate(T0 + 7 * SECOND)
        self.assertEqual((cycle.reading_count, cycle.breach_count), (2, 1))
        self.assertEqual(cycle.alert_ids.occurrence_count, 1)
        self.assertEqual(len(cycle.deviation_ids), 1)


@tagged("post_install", "-at_install")
class TestHoldingTime(LimitsCase):
    def feed_flow(self, *points):
        self.feed(*points, sensor="t-flow")

    def test_a5_breach_although_the_temperature_conforms(self):
        cycle = self.open_cycle(self.held())
        self.feed_flow((T0, 1150.0), (T0 + 2 * SECOND, 1214.8))
        self.feed((T0 + SECOND, 72.5), (T0 + 3 * SECOND, 72.5))
        cycle._evaluate(T0 + 4 * SECOND)
        self.assertEqual(self.verdicts(), ["conform", "critical"])
        bad = self.get_readings()[-1]
        self.assertIn("holding time ≥ 15.0 s", bad.limit_ref)
        self.assertEqual(bad.basis, "t-flow = 1214.8 l/h; 4.7917 l / (1214.8 l/h × 1) = 14.2 s")
        alert = cycle.alert_ids
        self.assertAlmostEqual(alert.value, 14.2, 2)
        self.assertIn("14.2000", f"{alert.value:.4f}")
        self.assertRegex(alert.message, r"14\.\d+ s breaks the limit \(critical holding time ≥ 15")
        self.assertEqual(cycle.deviation_ids.kind, "breach")

    def test_a5_flow_in_another_unit(self):
        flow = self._create_sensor("t-flow-m3", self.flow_sensor.parameter_id, unit="m3/h")
        requirement = self.held()
        requirement.flow_sensor_id = flow
        self.open_cycle(requirement)
        self.feed((T0, 1.2148), sensor="t-flow-m3")
        self.feed((T0 + SECOND, 72.5))
        self.assertEqual(self.verdicts(), ["critical"])

    def test_a5_unknown_flow_is_no_evidence(self):
        cycle = self.open_cycle(self.held())
        self.feed((T0 + SECOND, 72.5))
        self.feed_flow((T0 + 2 * SECOND, 1150.0))
        self.feed((T0 + 13 * SECOND, 72.5))
        self.assertEqual(self.verdicts(), ["unusable", "unusable"], "None, then older than 10 s")
        codes = {finding["code"] for finding in cycle._get_findings(T0 + 14 * SECOND)}
        self.assertEqual(codes, {"missing_reading"})

    def test_a5_flow_that_comes_late(self):
        cycle = self.open_cycle(self.held())
        self.feed_flow((T0, 1150.0))
        self.feed((T0 + SECOND, 72.5), (T0 + 3 * SECOND, 72.5), (T0 + 5 * SECOND, 72.5))
        self.feed_flow((T0 + 4 * SECOND, 1150.0))
        self.assertEqual(cycle.breach_count, 0)
        self.feed_flow((T0 + 2 * SECOND, 1214.8))
        cycle._evaluate(T0 + 6 * SECOND)
        self.assertEqual((cycle.breach_count, cycle.conform_count), (1, 2))
        self.assertEqual(cycle.deviation_ids.window_start_ms, T0 + SECOND)
        self.assertEqual(cycle.deviation_ids.window_end_ms, T0 + 5 * SECOND)

    def test_a5_the_factor_of_the_fastest_particle(self):
        requirement = self.held()
        requirement.velocity_factor = 2.0
        self.open_cycle(requirement)
        self.feed_flow((T0, 1150.0))
        self.feed((T0 + SECOND, 72.5))
        self.assertEqual(self.verdicts(), ["critical"], "7.5 s in laminar flow")

    def test_a5_settings_are_frozen_with_the_cycle(self):
        requirement = self.held()
        cycle = self.open_cycle(requirement)
        requirement.tube_volume_l = 400.0
        self.feed_flow((T0, 1214.8))
        self.feed((T0 + SECOND, 72.5))
        self.assertEqual(self.verdicts(), ["critical"])
        self.assertEqual(cycle._get_snapshot()["holding"]["volume_l"], "4.7917")
