# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people see of a cycle: live values, chart, CSV, and the forms in a browser's view."""

import csv
import io

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .. import clock
from .common import SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestDisplay(ProcessMonitoringCase):
    def test_live_values(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6), (T0 + SECOND, 72.3))
        [live] = cycle.with_user(self.operator).get_live_values()
        self.assertEqual(live["name"], "Holding tube outlet")
        self.assertEqual(live["control_class"], "ccp")
        self.assertEqual((live["value"], live["text"], live["unit"]), (72.3, "72.3", "°C"))
        self.assertEqual(live["limits"], "≥ 72.0 °C critical · ≥ 72.5 °C operating")
        self.assertEqual((live["status"], live["last_source_ms"]), ("operating", T0 + SECOND))
        self.assertEqual(live["points"], [[T0, 72.6], [T0 + SECOND, 72.3]])
        self.assertEqual(live["bounds"], [["critical", 72.0], ["operating", 72.5]])
        self.assertIn("ago", live["age"])

    def test_live_value_of_nothing_is_not_zero(self):
        [live] = self.open_cycle().get_live_values()
        self.assertIsNone(live["value"])
        self.assertEqual(live["text"], "–")
        self.assertEqual(live["age"], "no reading yet")

    def test_live_state(self):
        requirement = self._create_requirement("Valve", [], sensor=self.valve)
        cycle = self.open_cycle(requirement)
        self.feed((T0, "divert"), sensor="t-valve")
        [live] = cycle.get_live_values()
        self.assertEqual((live["value"], live["text"], live["limits"]), (None, "divert", ""))

    def test_ages(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        ages = [cycle._format_age(T0 + n * SECOND) for n in (5, 120, 7200, 400_000)]
        self.assertEqual(ages, ["5 s ago", "2 min ago", "2 h ago", "4 days ago"])

    def test_live_values_of_many_cycles_in_few_queries(self):
        cycles = self.env["process.cycle"]
        for _ in range(10):
            cycles |= self.open_cycle(self.ccp.copy())
        self.feed(*[(T0 + n * SECOND, 72.6) for n in range(100)])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            live = cycles.get_live_values()
        self.assertEqual({len(line["points"]) for line in live}, {60})

    def test_live_values_need_access(self):
        cycle = self.open_cycle()
        stranger = self._create_user("operator", name="Clerk")
        stranger.group_ids = self.env.ref("base.group_user")
        with self.assertRaises(AccessError):
            cycle.with_user(stranger).get_live_values()

    def test_chart_keeps_a_short_dip(self):
        cycle = self.open_cycle()
        points = [(T0 + n * SECOND, 72.6) for n in range(3600)]
        points[1800] = (points[1800][0], 71.0)
        self.feed(*points)
        data = cycle.get_chart_data()
        self.assertLess(len(data["points"]), 260)
        self.assertEqual(min(point[1] for point in data["points"]), 71.0)
        self.assertEqual(sum(point[3] for point in data["points"]), 1)

    def test_csv(self):
        cycle = self.open_cycle()
        self.feed((T0, 161.5), unit="degF")
        self.feed((T0 + SECOND, 71.96))
        text = cycle.with_user(self.operator).export_readings_csv()
        first, second = csv.DictReader(io.StringIO(text))
        self.assertEqual(first["value"], repr(129.5 * 5 / 9))
        self.assertEqual((first["raw_value"], first["raw_unit"]), ("161.5", "degF"))
        self.assertEqual(
            (first["source_time"], first["unit"]), ("2026-03-02T10:00:00.000Z", "degC")
        )
        self.assertEqual((second["value"], second["verdict"]), ("71.96", "critical"))
        self.assertEqual(second["limit"], "critical ≥ 72.0 °C")
        self.assertEqual(len(text.splitlines()), cycle.reading_count + 1)

    def test_csv_ends_with_the_cycle(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6), (T0 + SECOND, 72.6))
        cycle._close(T0 + SECOND)
        self.feed((T0 + 2 * SECOND, 72.6))
        self.assertEqual(len(cycle.export_readings_csv().splitlines()), 3)

    def test_times_for_people(self):
        self.assertEqual(clock.to_iso(T0 + 7), "2026-03-02T10:00:00.007Z")
        self.assertEqual(clock.to_ms(clock.to_datetime(T0)), T0)
        self.assertIs(clock.to_datetime(0), False)
        user = self.env(context={"tz": "Europe/Berlin"})
        user.user.tz = False
        self.assertEqual(clock.format_ms(user, T0), "2026-03-02 11:00:00 (UTC+01:00)")

    def test_smart_buttons(self):
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        cycle._evaluate(T0 + SECOND)
        self.assertEqual((cycle.alert_count, cycle.deviation_count), (1, 1))
        for action, model in (
            (cycle.action_view_readings(), "process.reading"),
            (cycle.action_view_alerts(), "process.alert"),
            (cycle.action_view_deviations(), "process.deviation"),
            (self.sensor.action_view_readings(), "process.reading"),
        ):
            self.assertEqual(action["res_model"], model)
            self.assertTrue(self.env[model].search(action["domain"]))
        self.assertEqual(cycle.alert_ids.action_open_deviation()["res_id"], cycle.deviation_ids.id)
        self.assertEqual(cycle.deviation_ids.action_view_lots()["res_model"], "stock.lot")
