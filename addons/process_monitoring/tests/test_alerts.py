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
        self.feed((T0 + 3 * SECOND, 72.6))
        alert.cycle_id._evaluate(T0 + 4 * SECOND)
        self.assertEqual(alert.state, "resolved")

    def test_flapping_is_one_alert(self):
        alert = self.operating()
        cycle = alert.cycle_id
        for n in range(1, 9):
            self.feed((T0 + n * SECOND, 72.6 if n % 2 else 72.3))
            cycle._evaluate(T0 + n * SECOND + 1)
        self.assertEqual(cycle.alert_ids, alert)
        self.assertEqual(alert.occurrence_count, 5)

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

    def test_a23_escalation(self):
        alert = self.breach()
        escalate = self.env["process.alert"]._escalate
        escalate(alert.raised_ms + 14 * MINUTE)
        self.assertEqual(alert.escalation_level, 0)
        escalate(alert.raised_ms + 15 * MINUTE)
        self.assertEqual(alert.escalation_level, 1)
        self.assertIn(self.supervisor.partner_id, alert.message_ids.partner_ids)
        self.assertNotIn(self.quality_manager.partner_id, alert.message_ids.partner_ids)
        escalate(alert.raised_ms + 60 * MINUTE)
        self.assertEqual(alert.escalation_level, 2)
        self.assertIn(self.quality_manager.partner_id, alert.message_ids.partner_ids)

    def test_a23_once_for_each_level(self):
        alert = self.breach()
        activities = len(alert.deviation_id.activity_ids)
        for _ in range(3):
            self.env["process.alert"]._escalate(alert.raised_ms + 61 * MINUTE)
        messages = alert.message_ids.filtered(lambda m: "passed on" in (m.body or ""))
        self.assertEqual(len(messages), 2)
        self.assertEqual(len(alert.deviation_id.activity_ids), activities, "Nobody is asked twice")

    def test_a23_acknowledged_is_not_escalated(self):
        alert = self.breach()
        alert.with_user(self.operator).action_acknowledge()
        self.env["process.alert"]._escalate(alert.raised_ms + 61 * MINUTE)
        self.assertEqual(alert.escalation_level, 0)

    def test_a23_times_are_settings_of_the_company(self):
        self.company.process_escalate_supervisor_min = 5
        alert = self.breach()
        self.env["process.alert"]._escalate(alert.raised_ms + 5 * MINUTE)
        self.assertEqual(alert.escalation_level, 1)

    def test_operating_alerts_are_not_escalated(self):
        alert = self.operating()
        self.env["process.alert"]._escalate(alert.raised_ms + 61 * MINUTE)
        self.assertEqual(alert.escalation_level, 0)

    def test_last_level_by_sms(self):
        self.company.process_escalate_by_sms = True
        self.quality_manager.partner_id.phone = "+4915112345678"
        alert = self.breach()
        self.env["process.alert"]._escalate(alert.raised_ms + 61 * MINUTE)
        sms = self.env["sms.sms"].search([("partner_id", "=", self.quality_manager.partner_id.id)])
        self.assertTrue(sms)
