# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A24: two levels by two people, never by who asked, never by ticking an activity."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.process_monitoring.clock import now_ms

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCase):
    def test_two_levels_by_two_people(self):
        notice = self.reach_gate()
        self.assertEqual(notice["tag"], "display_notification")
        self.assertEqual(self.stage.state, "running")
        first = self.get_approvals()
        self.assertEqual((first.role, first.state), ("supervisor", "requested"))
        self.assertEqual(first.requested_by_id, self.operator)
        todo = first.activity_ids.user_id
        self.assertLessEqual(self.supervisor | self.second_supervisor, todo)
        self.assertNotIn(self.operator, todo)
        self.assertEqual(len(todo), len(first.activity_ids))

        signature = self.sign(first, "approve", self.supervisor)
        self.assertEqual(signature.signer_name, self.supervisor.name)
        self.assertTrue(signature.is_valid)
        self.assertEqual(first.state, "approved")
        self.assertFalse(first.activity_ids)
        second = self.get_approvals() - first
        self.assertEqual((second.role, second.requested_by_id), ("quality_manager", self.operator))
        self.stage.action_complete()
        self.assertEqual(self.stage.state, "running")
        self.assertEqual(len(self.get_approvals()), 2, "asking again asks nobody twice")
        self.sign(second, "approve", self.quality_manager)
        self.assertEqual(self.stage.evaluate()["blockers"], [])
        self.stage.action_complete()
        self.assertEqual(self.stage.state, "complete")

    def test_not_before_all_else_is_in_order(self):
        with self.assertRaisesRegex(UserError, "no valid reading"):
            self.stage.action_complete()
        self.assertFalse(self.get_approvals())

    def test_who_asked_cannot_approve(self):
        self.reach_gate(self.supervisor)
        approval = self.get_approvals()
        self.assertNotIn(self.supervisor, approval.activity_ids.user_id)
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.sign(approval, "approve", self.supervisor)
        self.sign(approval, "approve", self.second_supervisor)

    def test_one_person_cannot_fill_two_levels(self):
        self.reach_gate()
        self.sign(self.get_approvals(), "approve", self.both)
        second = self.get_approvals()[1]
        self.assertNotIn(self.both, second.activity_ids.user_id)
        with self.assertRaisesRegex(AccessError, "another person"):
            self.sign(second, "approve", self.both)

    def test_the_role_is_needed(self):
        self.reach_gate()
        for user in (self.operator, self.engineer, self.quality_manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.sign(self.get_approvals(), "approve", user)

    def test_marking_the_activity_done_approves_nothing(self):
        self.reach_gate()
        approval = self.get_approvals()
        for activity in approval.activity_ids:
            activity.with_user(activity.user_id).action_feedback(feedback="ok")
        self.assertEqual(approval.state, "requested")
        self.assertFalse(approval._is_granted())
        self.assertEqual(
            {b["code"] for b in self.stage.evaluate()["blockers"]},
            {"approval", "approval_requested"},
        )

    def test_rejection_needs_a_reason_and_blocks(self):
        self.reach_gate()
        approval = self.get_approvals()
        with self.assertRaisesRegex(UserError, "reason"), self.cr.savepoint():
            self.sign(approval, "reject", self.supervisor)
        self.sign(approval, "reject", self.supervisor, "Tank was not rinsed")
        self.assertEqual(approval.state, "rejected")
        codes = [b["code"] for b in self.stage.evaluate()["blockers"]]
        self.assertIn("approval_rejected", codes)
        self.assertFalse(self.stage.evaluate()["can_progress"])

    def test_the_state_alone_grants_nothing(self):
        self.reach_gate()
        approval = self.get_approvals().sudo()
        approval._stamp({"state": "approved"})
        self.assertFalse(approval._is_granted())
        self.assertFalse(self.stage.evaluate()["can_progress"])

    def test_a_changed_request_invalidates_the_signature(self):
        self.reach_gate()
        approval = self.get_approvals().sudo()
        signature = self.sign(approval, "approve", self.supervisor)
        self.assertTrue(approval._is_granted())
        approval._stamp({"evidence": "{}"})
        signature.invalidate_recordset()
        self.assertFalse(signature.is_valid)
        self.assertFalse(approval._is_granted())

    def test_a_new_attempt_needs_new_approvals(self):
        self.reach_gate()
        self.sign(self.get_approvals(), "approve", self.supervisor)
        attempt = self.stage.browse(
            self.stage.with_user(self.supervisor).action_repeat(reason="Wrong tank")
        )
        self.assertEqual(set(self.get_approvals().mapped("state")), {"approved", "cancelled"})
        self.assertFalse(attempt.approval_ids)

    def test_a_missed_deadline_escalates_once(self):
        self.reach_gate()
        approval = self.get_approvals().sudo()
        approval._stamp({"deadline_ms": now_ms() - 1})
        self.escalate()
        warned = approval.activity_ids.filtered(lambda a: a.user_id == self.quality_manager)
        self.assertEqual(len(warned), 1)
        self.assertTrue(approval.escalated_at_ms)
        self.escalate()
        again = approval.activity_ids.filtered(lambda a: a.user_id == self.quality_manager)
        self.assertEqual(again, warned)

    def test_two_persons_at_one_level(self):
        plan = self._create_plan(code="T-MILK-2")
        plan.stage_ids[0].with_user(self.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "role": "supervisor", "minimum": 2})
        ]
        self._approve(plan)
        self.stage = self.get_stage(
            self.start_batch(self.create_order(process_plan_id=plan.id)), "Reception"
        )
        self.reach_gate()
        approval = self.get_approvals()
        self.sign(approval, "approve", self.supervisor)
        self.assertEqual(approval.state, "requested")
        with self.assertRaises(AccessError):
            self.sign(approval, "approve", self.supervisor)
        self.sign(approval, "approve", self.second_supervisor)
        self.assertEqual(approval.state, "approved")
