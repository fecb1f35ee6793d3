# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Alerts: states, answers, escalation once for each level (A23)."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.process_alert import TRANSITIONS
from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestAlerts(ProcessMonitoringCase):
    def breach(self):
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        cycle._evaluate(T0 + SECOND)
        return cycle.alert_ids

    def operating(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.3))
        cycle._evaluate(T0 + SECOND)
        return cycle.alert_ids

    def test_message_names_value_limit_and_time(self):
        alert = self.breach()
        self.assertEqual(
            alert.message,
            "Holding tube outlet: 71 °C breaks the limit (critical ≥ 72.0 °C), "
            "since 2026-03-02 10:00:00 (UTC+00:00).",
        )
        alert_in_berlin = alert.with_user(self.operator)
        self.operator.tz = "Europe/Berlin"
        alert_in_berlin.invalidate_recordset()
        self.assertIn("11:00:00 (UTC+01:00)", alert_in_berlin.message)

    def test_acknowledge_is_not_closure(self):
        alert = self.operating()
        alert.with_user(self.operator).action_acknowledge()
        self.assertEqual(alert.state, "acknowledged")
        self.assertEqual(alert.acknowledged_by_id, self.operator)
        self.assertTrue(alert.acknowledged_at_ms)
        with self.assertRaises(AccessError):
            alert.with_user(self.operator).action_resolve()
        alert.with_user(self.supervisor).action_resolve()
        self.assertEqual((alert.state, alert.resolved_by_id), ("resolved", self.supervisor))

    def test_all_transitions(self):
        states = ("open", "acknowledged", "resolved")
        alert = self.operating()
        for old in states:
            for new in states:
                alert._stamp({"state": old})
                if (old, new) in TRANSITIONS:
                    alert._move_to(new, {})
                    self.assertEqual(alert.state, new)
                else:
                    with self.assertRaises(UserError):
                        alert._move_to(new, {})
                    self.assertEqual(alert.state, old)

    def test_acknowledged_operating_alert_settles_when_it_is_over(self):
        alert = self.operating()
        alert.with_user(self.operator).action_acknowledge()
        alert.cycle_id._evaluate(T0 + 2 * SECOND)
        self.assertEqual(alert.state, "acknowledged", "It still lasts")
        self.feed((T0 + 3 * SECOND, 72.6), (T0 + 4 * SECOND, 72.6))
        alert.cycle_id._evaluate(T0 + 5 * SECOND)
        self.assertEqual(alert.state, "acknowledged", "Two good readings may be a swing")
        self.feed((T0 + 6 * SECOND, 72.6))
        alert.cycle_id._evaluate(T0 + 7 * SECOND)
        self.assertEqual(alert.state, "resolved")

    def test_flapping_is_one_alert(self):
        alert = self.operating()
        cycle = alert.cycle_id
        for n in range(1, 9):
            self.feed((T0 + n * SECOND, 72.6 if n % 2 else 72.3))
            cycle._evaluate(T0 + n * SECOND + 1)
        self.assertEqual(cycle.alert_ids, alert)
        self.assertEqual((alert.occurrence_count, alert.flap_count), (5, 4))
        self.assertFalse(alert.cleared_ms)

    def test_swings_between_two_evaluations_are_counted(self):
        alert = self.operating()
        self.feed(*((T0 + n * SECOND, 72.6 if n % 2 else 72.3) for n in range(1, 9)))
        alert.cycle_id._evaluate(T0 + 9 * SECOND)
        self.assertEqual((alert.occurrence_count, alert.flap_count), (5, 4))

    def test_worst_and_last_value_are_kept(self):
        alert = self.operating()
        self.feed((T0 + SECOND, 72.1), (T0 + 2 * SECOND, 72.4))
        alert.cycle_id._evaluate(T0 + 3 * SECOND)
        self.assertEqual(alert.value, 72.1)
        self.feed((T0 + 4 * SECOND, 72.45))
        alert.cycle_id._evaluate(T0 + 5 * SECOND)
        self.assertEqual((alert.value, alert.last_value), (72.1, 72.45))

    def test_cleared_by_time_of_good_readings(self):
        policy = self.env.ref("process_monitoring.process_alert_policy_ccp")
        policy.write({"clear_good_count": 0, "clear_dead_s": 5})
        alert = self.operating()
        for second, is_cleared in ((4, False), (5, True)):
            self.feed((T0 + second * SECOND, 72.6))
            alert.cycle_id._evaluate(T0 + second * SECOND)
            self.assertEqual(bool(alert.cleared_ms), is_cleared)

    def test_a3_operating_swings_never_hide_a_critical_breach(self):
        alert = self.operating()
        alert.with_user(self.operator).action_acknowledge()
        self.feed((T0 + SECOND, 72.6), (T0 + 2 * SECOND, 71.9), (T0 + 3 * SECOND, 72.3))
        alert.cycle_id._evaluate(T0 + 4 * SECOND)
        breach = alert.cycle_id.alert_ids - alert
        self.assertEqual((breach.kind, breach.state, breach.value), ("breach", "open", 71.9))
        self.assertTrue(breach.deviation_id)

    def test_a8_an_alert_goes_to_the_role_that_evaluates(self):
        """A8: the evaluator whom the plan names; the supervisors where it names no role."""
        for text, user in (
            ("quality_manager", self.quality_manager),
            ("Quality manager or deputy", self.quality_manager),
            ("Engineer of the line", self.engineer),
            ("whoever is there", self.supervisor),
            (False, self.supervisor),
        ):
            with self.subTest(text=text):
                self.ccp.evaluator_role = text
                self.assertEqual(self.ccp._get_evaluators(self.company) & user, user)
        self.ccp.evaluator_role = "Engineer"
        alert = self.operating()
        self.assertIn(self.engineer, alert.activity_ids.user_id)
        self.assertNotIn(self.supervisor, alert.activity_ids.user_id)

    def test_a8_the_evaluator_is_named_in_the_language_of_the_plant(self):
        """A8: a plan may say QS-Leiter, where German is spoken."""
        self.env["res.lang"]._activate_lang("de_DE")
        group = self.env.ref("process_monitoring.group_process_monitoring_quality_manager")
        group.with_context(lang="de_DE").name = "QS-Leiter"
        self.ccp.evaluator_role = "QS-Leiterin oder Vertretung"
        evaluators = self.ccp._get_evaluators(self.company)
        self.assertIn(self.quality_manager, evaluators)
        self.assertNotIn(self.supervisor, evaluators)

    def test_a3_operating_limit_is_a_task_and_no_hold(self):
        alert = self.operating()
        self.assertEqual(alert.activity_ids.user_id & self.supervisor, self.supervisor)
        self.assertFalse(alert.cycle_id.deviation_ids)

    def test_acknowledged_breach_that_comes_back_is_raised_again(self):
        alert = self.breach()
        alert.with_user(self.operator).action_acknowledge("Valve checked")
        self.assertEqual(alert.acknowledge_note, "Valve checked")
        with self.assertRaises(UserError):
            alert.with_user(self.operator).acknowledge_note = "Something else"
        cycle = alert.cycle_id
        self.feed(*((T0 + n * SECOND, 72.6) for n in range(1, 4)))
        cycle._evaluate(T0 + 4 * SECOND)
        self.assertTrue(alert.cleared_ms)
        self.assertEqual(alert.state, "acknowledged", "The deviation keeps it")
        self.feed((T0 + 5 * SECOND, 71.0))
        cycle._evaluate(T0 + 6 * SECOND)
        self.assertEqual((alert.state, alert.round), ("open", 2))
        self.assertFalse(alert.acknowledged_by_id)
        self.env["process.alert"]._escalate(T0 + 6 * SECOND + 15 * MINUTE)
        self.assertEqual(alert.escalation_level, 1, "Its minutes count from the second raising")

    def test_alert_that_ended_with_its_window_is_over(self):
        alert = self.operating()
        alert.with_user(self.operator).action_acknowledge()
        self.feed((T0 + SECOND, 72.6))
        alert.cycle_id._evaluate(T0 + 2 * SECOND)
        alert.cycle_id._close(T0 + 3 * SECOND)
        self.env["process.alert"]._find_over()._clear_over(T0 + 4 * SECOND)
        self.assertEqual(alert.state, "resolved")

    def test_alert_of_an_open_deviation_cannot_be_resolved(self):
        alert = self.breach()
        with self.assertRaisesRegex(UserError, alert.deviation_id.name):
            alert.with_user(self.quality_manager).action_resolve()

    def test_missed_monitoring_needs_a_word(self):
        requirement = self._create_requirement("I", [("critical", "ge", 1)], frequency="interval")
        cycle = self.open_cycle(requirement)
        cycle._evaluate(T0 + 36 * MINUTE)
        alert = cycle.alert_ids.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "Write down"):
            alert.action_resolve()
        alert.resolution = "Measured by hand at 10:32, 72.8 °C, see log sheet 14."
        alert.action_resolve()
        self.assertEqual(alert.state, "resolved")
        with self.assertRaises(UserError):
            alert.resolution = "Something else"

    def test_facts_cannot_be_edited(self):
        alert = self.breach()
        for user in (self.env.user, self.operator, self.quality_manager):
            with self.assertRaises(UserError):
                alert.with_user(user).write({"state": "resolved"})
            with self.assertRaises(UserError):
                alert.with_user(user).write({"value": 72.0})
        with self.assertRaises(UserError):
            alert.sudo().unlink()
