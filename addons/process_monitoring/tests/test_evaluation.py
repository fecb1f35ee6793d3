# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The scheduled half: what readings break becomes alerts and deviations, each once."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestEvaluation(ProcessMonitoringCase):
    def alerts(self, cycle):
        return sorted(cycle.alert_ids.mapped("kind"))

    # -- A3, A6 ---------------------------------------------------------------------------------

    def test_a3_operating_limit_is_an_alert_and_no_hold(self):
        cycle = self.open_cycle()
        with patch.object(type(cycle), "_hold", autospec=True) as hold:
            self.feed((T0, 72.6), (T0 + SECOND, 72.3))
            cycle._evaluate(T0 + 2 * SECOND)
            hold.assert_not_called()
        self.assertEqual(self.alerts(cycle), ["operating"])
        self.assertEqual(cycle.alert_ids.value, 72.3)
        self.assertFalse(cycle.deviation_ids)
        self.assertFalse(cycle._get_findings(T0 + 2 * SECOND))

    def test_a3_critical_limit_is_a_deviation_and_a_hold(self):
        cycle = self.open_cycle()
        with patch.object(type(cycle), "_hold", autospec=True) as hold:
            self.feed((T0, 72.6), (T0 + SECOND, 71.8))
            cycle._evaluate(T0 + 2 * SECOND)
            cycle._evaluate(T0 + 3 * SECOND)
            self.assertEqual(hold.call_count, 1)
            self.assertEqual(hold.call_args.args[1], cycle.deviation_ids)
        deviation = cycle.deviation_ids
        self.assertEqual(len(deviation), 1)
        self.assertEqual((deviation.control_class, deviation.kind), ("ccp", "breach"))
        self.assertEqual(deviation.state, "open")
        self.assertIn("71.8 °C", deviation.description)
        self.assertEqual(cycle.alert_ids.deviation_id, deviation)

    def test_quality_class_never_opens_a_deviation(self):
        requirement = self._create_requirement(
            "Quality", [("critical", "ge", 72.0)], control_class="quality"
        )
        cycle = self.open_cycle(requirement)
        self.feed((T0, 60.0))
        cycle._evaluate(T0 + SECOND)
        self.assertEqual(self.alerts(cycle), ["breach"])
        self.assertFalse(cycle.deviation_ids)

    def test_oprp_opens_a_deviation_but_holds_nothing(self):
        requirement = self._create_requirement(
            "OPRP", [("critical", "ge", 72.0)], control_class="oprp"
        )
        cycle = self.open_cycle(requirement)
        with patch.object(type(cycle), "_hold", autospec=True) as hold:
            self.feed((T0, 60.0))
            cycle._evaluate(T0 + SECOND)
            hold.assert_not_called()
        self.assertEqual(len(cycle.deviation_ids), 1)

    def test_a6_window_from_last_good_to_next_good(self):
        requirement = self._create_requirement(
            "A6", [("critical", "ge", 72.0)], frequency="interval", interval_s=1800
        )
        cycle = self.open_cycle(requirement)
        good, bad, again = T0, T0 + 30 * MINUTE, T0 + 47 * MINUTE
        self.feed((good, 72.4), (bad, 71.5))
        cycle._evaluate(bad + SECOND)
        deviation = cycle.deviation_ids
        self.assertEqual((deviation.window_start_ms, deviation.window_end_ms), (good, 0))
        self.assertFalse(deviation.is_parameter_in_limits)
        self.feed((again, 72.6))
        cycle._evaluate(again + SECOND)
        self.assertEqual((deviation.window_start_ms, deviation.window_end_ms), (good, again))
        self.assertTrue(deviation.is_parameter_in_limits)

    def test_a6_without_a_good_reading_the_window_starts_with_the_cycle(self):
        cycle = self.open_cycle()
        self.feed((T0 + SECOND, 70.0))
        cycle._evaluate(T0 + 2 * SECOND)
        self.assertEqual(cycle.deviation_ids.window_start_ms, T0)

    def test_short_dip_between_two_evaluations_is_not_lost(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6), (T0 + SECOND, 71.9), (T0 + 2 * SECOND, 72.6))
        cycle._evaluate(T0 + 3 * SECOND)
        deviation = cycle.deviation_ids
        self.assertEqual(
            (deviation.window_start_ms, deviation.window_end_ms), (T0, T0 + 2 * SECOND)
        )
        self.assertEqual(cycle.status, "ok")
        self.assertTrue(cycle.alert_ids.ended_ms)

    def test_one_deviation_while_the_breach_lasts(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        for n in range(1, 21):
            self.feed((T0 + n * SECOND, 72.0 - n / 10))
            cycle._evaluate(T0 + n * SECOND + 1)
        self.assertEqual((len(cycle.deviation_ids), len(cycle.alert_ids)), (1, 1))
        self.assertEqual(cycle.alert_ids.occurrence_count, 20)
        self.feed((T0 + 21 * SECOND, 72.6))
        cycle._evaluate(T0 + 22 * SECOND)
        self.assertEqual(cycle.deviation_ids.window_end_ms, T0 + 21 * SECOND)
        self.assertEqual(cycle.deviation_ids.last_bad_ms, T0 + 20 * SECOND)

    def test_diverted_flow_does_not_end_the_window(self):
        requirement = self._create_requirement(
            "FDD",
            [("critical", "ge", 72.0)],
            condition_sensor_id=self.valve.id,
            condition_value="forward",
        )
        cycle = self.open_cycle(requirement)
        self.feed((T0, "forward"), (T0 + 2 * SECOND, "divert"), sensor="t-valve")
        self.feed((T0, 72.6), (T0 + SECOND, 71.0), (T0 + 3 * SECOND, 73.0))
        cycle._evaluate(T0 + 4 * SECOND)
        self.assertEqual(cycle.deviation_ids.window_end_ms, 0)
        self.assertEqual(cycle.status, "breach")
        self.feed((T0 + 5 * SECOND, "forward"), sensor="t-valve")
        self.feed((T0 + 6 * SECOND, 73.0))
        cycle._evaluate(T0 + 7 * SECOND)
        self.assertEqual(cycle.deviation_ids.window_end_ms, T0 + 6 * SECOND)

    def test_late_breach_of_a_closed_cycle(self):
        cycle = self.open_cycle()
        self.feed((T0 + SECOND, 72.6), (T0 + 3 * SECOND, 72.6))
        cycle._close(T0 + 4 * SECOND)
        self.feed((T0 + 2 * SECOND, 71.0))
        cycle._evaluate(T0 + MINUTE)
        deviation = cycle.deviation_ids
        self.assertEqual(
            (deviation.window_start_ms, deviation.window_end_ms),
            (T0 + SECOND, T0 + 3 * SECOND),
        )

    def test_window_of_a_closed_cycle_ends_in_the_next_one(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6), (T0 + SECOND, 71.0))
        cycle._close(T0 + 2 * SECOND)
        deviation = cycle.deviation_ids
        other = self._create_requirement("Other", [("quality", "le", 90.0)], control_class="prp")
        self.open_cycle(other, T0 + 3 * SECOND)
        self.feed((T0 + 4 * SECOND, 80.0))
        cycle._evaluate(T0 + 5 * SECOND)
        self.assertEqual(deviation.window_end_ms, 0, "Nobody looked at the critical limit")
        again = self.open_cycle(start_ms=T0 + 6 * SECOND)
        self.feed((T0 + 7 * SECOND, 73.0))
        again._evaluate(T0 + 8 * SECOND)
        self.assertEqual(deviation.window_end_ms, T0 + 7 * SECOND)

    # -- people ---------------------------------------------------------------------------------

    def test_activities_of_a_deviation(self):
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        cycle._evaluate(T0 + SECOND)
        cycle._evaluate(T0 + 2 * SECOND)
        users = cycle.deviation_ids.activity_ids.user_id
        self.assertIn(self.quality_manager, users)
        self.assertIn(self.supervisor, users)
        self.assertNotIn(self.operator, users)
        count = len(cycle.deviation_ids.activity_ids)
        self.assertEqual(count, len(users), "One activity for each of them")

    def test_activities_stay_in_the_company(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = self._create_user(
            "quality_manager", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        cycle._evaluate(T0 + SECOND)
        self.assertNotIn(stranger, cycle.deviation_ids.activity_ids.user_id)

    def test_activities_are_not_switched_off_by_context(self):
        cycle = self.open_cycle().with_context(mail_activity_automation_skip=True)
        self.feed((T0, 71.0))
        cycle._evaluate(T0 + SECOND)
        self.assertTrue(cycle.deviation_ids.activity_ids)

    def test_opening_is_in_the_audit_chain(self):
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        cycle._evaluate(T0 + SECOND)
        records = self.env["audit.record"].search([("event", "=", "deviation.open")])
        record = records.filtered(lambda r: r.res_id == cycle.deviation_ids.id)
        self.assertEqual(len(record), 1)
        self.assertIn(cycle.limits_hash, record.details)

    # -- the scheduled action -------------------------------------------------------------------

    def test_scheduled_action(self):
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        self.env["process.cycle"].flush_model()
        with self.enter_registry_test_mode():
            cron = self.env.ref("process_monitoring.ir_cron_evaluate_cycles")
            cron.method_direct_trigger()
        self.assertIn("breach", cycle.alert_ids.mapped("kind"))
        self.assertFalse(cycle.is_evaluation_due)

    def test_conflict_is_tried_again(self):
        cycle = self.open_cycle()
        cycles = type(cycle)
        with (
            patch.object(cycles, "_evaluate", side_effect=SerializationFailure),
            patch.object(cycles, "_trigger_evaluation", autospec=True) as trigger,
            patch.object(self.env.cr, "rollback") as rollback,
        ):
            cycle._evaluate_safely()
        trigger.assert_called_once()
        rollback.assert_called_once()

    @mute_logger("odoo.addons.process_monitoring.models.process_cycle_rounds")
    def test_one_broken_cycle_does_not_stop_the_others(self):
        cycle = self.open_cycle()
        with (
            patch.object(type(cycle), "_evaluate", side_effect=ValueError),
            patch.object(self.env.cr, "rollback") as rollback,
        ):
            cycle._evaluate_safely()
        rollback.assert_called_once()
