# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Alerts nobody answers are passed on once for each level, as their policy says (A23)."""

import psycopg2

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestAlertEscalation(ProcessMonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls._create_user("food_safety_leader")
        cls.policy = cls.env.ref("process_monitoring.process_alert_policy_ccp")

    def raise_alert(self, value=71.0, **vals):
        requirement = self._create_requirement(
            "Limits", [("critical", "ge", 72.0), ("operating", "ge", 72.5)], **vals
        )
        cycle = self.open_cycle(requirement)
        self.feed((T0, value))
        cycle._evaluate(T0 + SECOND)
        return cycle.alert_ids

    def escalate(self, alert, minutes):
        self.env["process.alert"]._escalate(alert.waiting_ms + minutes * MINUTE)

    def get_mails(self, alert):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "process.alert"),
                ("res_id", "=", alert.id),
                ("subject", "like", "Not acknowledged"),
            ]
        )

    def test_a23_supervisor_after_15_leader_after_60(self):
        alert = self.raise_alert()
        self.escalate(alert, 14)
        self.assertFalse(alert.notice_ids)
        self.escalate(alert, 15)
        self.assertEqual(alert.escalation_level, 1)
        self.assertIn(self.supervisor, alert.activity_ids.user_id)
        self.assertIn(self.supervisor.partner_id, self.get_mails(alert).recipient_ids)
        self.assertNotIn(self.leader, alert.activity_ids.user_id)
        self.escalate(alert, 59)
        self.assertEqual(alert.escalation_level, 1)
        self.escalate(alert, 60)
        self.assertEqual(alert.escalation_level, 2)
        self.assertIn(self.leader, alert.activity_ids.user_id)
        self.assertEqual(alert.notice_ids.sorted("level").mapped("level"), [1, 2])
        self.assertEqual(alert.notice_ids[0].ways, "activity, e-mail")

    def test_a23_reruns_tell_nobody_twice(self):
        alert = self.raise_alert()
        for minutes in (61, 61, 62):
            self.escalate(alert, minutes)
        self.assertEqual(len(alert.notice_ids), 2)
        users = alert.activity_ids.mapped("user_id")
        self.assertEqual(len(alert.activity_ids), len(users), "One activity for each")
        mails = self.get_mails(alert)
        self.assertEqual(len(mails), sum(len(notice.user_ids) for notice in alert.notice_ids))

    @mute_logger("odoo.sql_db")
    def test_a23_database_refuses_a_second_notice_of_a_level(self):
        alert = self.raise_alert()
        self.escalate(alert, 15)
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            alert.notice_ids.copy()
            self.env.flush_all()

    def test_a23_acknowledged_is_quiet_and_not_closed(self):
        alert = self.raise_alert()
        self.escalate(alert, 15)
        alert.with_user(self.operator).action_acknowledge()
        self.assertFalse(alert.activity_ids, "Somebody is at it: nobody else need be")
        self.escalate(alert, 61)
        self.assertEqual((alert.state, alert.escalation_level), ("acknowledged", 1))
        self.assertEqual(alert.deviation_id.state, "open")

    def test_a23_breach_that_is_over_still_wants_an_answer(self):
        alert = self.raise_alert()
        self.feed(*((T0 + n * SECOND, 72.6) for n in range(1, 5)))
        alert.cycle_id._evaluate(T0 + 6 * SECOND)
        self.assertTrue(alert.cleared_ms)
        self.escalate(alert, 15)
        self.assertEqual(alert.escalation_level, 1)

    def test_times_roles_and_ways_are_data(self):
        self.policy.step_ids = [
            Command.clear(),
            Command.create(
                {
                    "level": 1,
                    "after_min": 5,
                    "group_id": self.env.ref(
                        "process_monitoring.group_process_monitoring_engineer"
                    ).id,
                    "is_by_email": False,
                }
            ),
        ]
        alert = self.raise_alert()
        self.escalate(alert, 5)
        self.assertIn(self.engineer, alert.notice_ids.user_ids)
        self.assertFalse(self.get_mails(alert))

    def test_own_policy_of_a_company_goes_first(self):
        own = self.policy.copy({"company_id": self.company.id})
        own.step_ids[0].after_min = 3
        alert = self.raise_alert()
        self.escalate(alert, 3)
        self.assertEqual(alert.escalation_level, 1)

    def test_operating_alerts_only_where_the_policy_says_so(self):
        alert = self.raise_alert(72.3)
        self.escalate(alert, 61)
        self.assertFalse(alert.escalation_level)
        self.policy.is_for_all_limits = True
        self.escalate(alert, 61)
        self.assertEqual(alert.escalation_level, 2)

    def test_nobody_has_the_role(self):
        self.env["res.users"].search(
            [("group_ids", "in", self.policy.step_ids[1].group_id.id)]
        ).group_ids -= self.policy.step_ids[1].group_id
        alert = self.raise_alert()
        self.escalate(alert, 60)
        last = alert.notice_ids.sorted("level")[-1]
        self.assertIn(self.quality_manager, last.user_ids, "It never goes to nobody")

    def test_sms_through_the_gateway_and_who_has_no_number(self):
        self.policy.step_ids[1].is_by_sms = True
        self.leader.partner_id.phone = "+4915112345678"
        second = self._create_user("food_safety_leader", name="No telephone")
        alert = self.raise_alert()
        self.escalate(alert, 60)
        sms = self.env["sms.sms"].search([("partner_id", "=", self.leader.partner_id.id)])
        self.assertEqual(len(sms), 1)
        self.assertIn("breaks the limit", sms.body)
        last = alert.notice_ids.sorted("level")[-1]
        self.assertIn("No telephone has no telephone number", last.remark)
        self.assertIn(second, last.user_ids)

    def test_levels_come_one_after_the_other(self):
        with self.assertRaises(ValidationError):
            self.policy.step_ids[1].after_min = 10
            self.policy._check_steps()

    def test_notice_never_changes(self):
        alert = self.raise_alert()
        self.escalate(alert, 15)
        with self.assertRaises(UserError):
            alert.notice_ids.sudo().write({"level": 3})
        with self.assertRaises(UserError):
            alert.notice_ids.sudo().unlink()
