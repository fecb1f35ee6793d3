# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A24: delegation is logged, and opens no way around the four eyes."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from odoo.addons.audit_chain.tools import chain
from odoo.addons.process_monitoring.clock import now_ms

from .approval_common import ApprovalCase

ACTIVITY = "process_control.mail_activity_type_approval"


@tagged("post_install", "-at_install")
class TestDelegation(ApprovalCase):
    def setUp(self):
        super().setUp()
        self.reach_gate()
        self.approval = self.get_approvals()

    def delegate(self, by, to, reason="On the night shift", approval=None):
        return (approval or self.approval).with_user(by).action_delegate(to.id, reason=reason)

    def assert_refused(
        self, by, to, words="cannot decide|not yours|have asked|already approved", **kwargs
    ):
        with (
            self.subTest(by=by.login, to=to.login),
            self.assertRaisesRegex(UserError, words),
            self.cr.savepoint(),
        ):
            self.delegate(by, to, **kwargs)

    def use_plan(self, **vals):
        """Go on with an approval of a plan whose only level is as given."""
        plan = self._create_plan(code=f"T-D-{vals.get('delegation')}-{vals.get('minimum')}")
        plan.stage_ids[0].with_user(self.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "role": "supervisor", **vals})
        ]
        self._approve(plan)
        run = self.start_batch(self.create_order(process_plan_id=plan.id))
        self.stage = self.get_stage(run, "Reception")
        self.reach_gate()
        self.approval = self.get_approvals()

    def tasks(self, user):
        return self.approval.sudo().activity_ids.filtered(
            lambda a: a.user_id == user and a.activity_type_id == self.env.ref(ACTIVITY)
        )

    # -- what it does ---------------------------------------------------------------------------

    def test_a24_the_delegate_gets_the_task_and_decides(self):
        deadline_ms = self.approval.deadline_ms
        wizard = self.approval.with_user(self.supervisor).action_ask_delegate()
        with Form(
            self.env[wizard["res_model"]]
            .with_user(self.supervisor)
            .with_context(**wizard["context"])
        ) as form:
            self.assertIn(self.second_supervisor, form.candidate_ids)
            self.assertNotIn(self.supervisor, form.candidate_ids)
            form.to_user_id = self.second_supervisor
            form.reason = "On the night shift"
        form.record.action_apply()
        self.assertFalse(self.tasks(self.supervisor))
        self.assertEqual(len(self.tasks(self.second_supervisor)), 1)
        self.assertIn("On the night shift", self.tasks(self.second_supervisor).note)
        self.assertEqual(self.approval.deadline_ms, deadline_ms, "the deadline does not restart")
        self.assertFalse(self.approval.with_user(self.supervisor).is_mine)
        self.assertTrue(self.approval.with_user(self.second_supervisor).is_mine)
        self.sign(self.approval, "approve", self.second_supervisor)
        self.assertEqual(self.approval.state, "approved")
        self.assertFalse(self.approval.sudo().activity_ids)

    def test_a24_the_delegation_is_logged_thrice(self):
        self.delegate(self.supervisor, self.second_supervisor, "Am ill")
        delegation = self.approval.delegation_ids
        self.assertEqual(
            (delegation.from_user_id, delegation.to_user_id, delegation.reason),
            (self.supervisor, self.second_supervisor, "Am ill"),
        )
        self.assertLessEqual(abs(now_ms() - delegation.at_ms), 60_000)
        lines = self.env[delegation._name].export_chain_jsonl(self.company.id).splitlines()
        self.assertTrue(chain.verify(chain.parse_lines(lines)).ok)
        self.assertIn('"reason":"Am ill"', lines[-1].replace('": "', '":"').replace("\\", ""))
        history = self.run_record.sudo().transition_ids.filtered(
            lambda t: t.command == "delegate_approval"
        )
        self.assertEqual(history.user_id, self.supervisor)
        for words in (self.supervisor.name, self.second_supervisor.name, "Am ill"):
            self.assertIn(words, history.reason)
            self.assertIn(words, self.approval.message_ids[0].body)

    def test_the_delegator_has_given_it_away(self):
        self.delegate(self.supervisor, self.second_supervisor)
        for meaning in ("approve", "reject"):
            with self.assertRaisesRegex(AccessError, "not yours any more"), self.cr.savepoint():
                self.sign(self.approval, meaning, self.supervisor, "why")
        self.assert_refused(self.supervisor, self.both)

    # -- what it refuses ------------------------------------------------------------------------

    def test_a_reason_is_needed(self):
        for reason in ("", "  ", None):
            self.assert_refused(self.supervisor, self.second_supervisor, "reason", reason=reason)
        self.assertFalse(self.approval.delegation_ids)

    def test_not_to_who_asked_nor_to_oneself_nor_without_the_role(self):
        for user in (self.operator, self.supervisor, self.engineer, self.quality_manager):
            self.assert_refused(self.supervisor, user)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.second_supervisor.sudo().write(
            {"company_id": elsewhere.id, "company_ids": [Command.set(elsewhere.ids)]}
        )
        self.assert_refused(self.supervisor, self.second_supervisor)
        self.both.active = False
        self.assert_refused(self.supervisor, self.both)

    def test_only_who_may_decide_delegates(self):
        for user in (self.operator, self.engineer, self.quality_manager, self.integration):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.delegate(user, self.second_supervisor)

    def test_a24_back_and_in_circles_is_refused(self):
        self.delegate(self.supervisor, self.second_supervisor)
        self.assert_refused(self.second_supervisor, self.supervisor)
        self.delegate(self.second_supervisor, self.both)
        for user in (self.supervisor, self.second_supervisor):
            self.assert_refused(self.both, user)
        self.sign(self.approval, "approve", self.both)
        self.assertEqual(self.approval.state, "approved")

    def test_a24_one_person_fills_no_two_levels_through_a_delegate(self):
        # "both" could fill either level: through a delegate at the first one he still cannot
        self.delegate(self.both, self.second_supervisor)
        self.sign(self.approval, "approve", self.second_supervisor)
        second = self.get_approvals() - self.approval
        self.assertNotIn(self.both, second.activity_ids.user_id)
        with self.assertRaisesRegex(AccessError, "through a delegate"), self.cr.savepoint():
            self.sign(second, "approve", self.both)
        self.assert_refused(self.quality_manager, self.both, approval=second)
        self.sign(second, "approve", self.quality_manager)

    def test_a24_whoever_signed_one_level_is_no_delegate_of_another(self):
        self.sign(self.approval, "approve", self.both)
        second = self.get_approvals() - self.approval
        self.assert_refused(self.quality_manager, self.both, approval=second)

    def test_an_unused_delegation_bars_nobody(self):
        self.delegate(self.both, self.second_supervisor)
        self.sign(self.approval, "approve", self.supervisor)
        second = self.get_approvals() - self.approval
        self.sign(second, "approve", self.both)
        self.assertEqual(second.state, "approved")

    def test_it_ends_with_the_decision(self):
        self.delegate(self.supervisor, self.second_supervisor)
        self.sign(self.approval, "reject", self.second_supervisor, "Tank was not rinsed")
        self.assert_refused(self.second_supervisor, self.both, "nothing to decide")
        # what is asked anew is asked of everybody again
        self.stage.action_complete()
        again = self.get_approvals() - self.approval
        self.assertFalse(again.delegation_ids)
        self.sign(again, "approve", self.supervisor)
        self.assertEqual(again.state, "approved")

    # -- what the plan says ---------------------------------------------------------------------

    def test_the_plan_can_forbid_it(self):
        self.use_plan(delegation="none")
        self.assertFalse(self.approval.with_user(self.supervisor).is_delegable)
        self.assert_refused(self.supervisor, self.second_supervisor, "plan does not allow")

    def test_the_plan_can_open_it_to_every_role(self):
        self.use_plan(delegation="any")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.sign(self.approval, "approve", self.quality_manager)
        for user in (self.integration, self.operator, self.env.ref("base.public_user")):
            self.assert_refused(self.supervisor, user)
        self.delegate(self.supervisor, self.quality_manager)
        self.assertIn(self.quality_manager, self.approval._get_eligible_users())
        self.sign(self.approval, "approve", self.quality_manager)
        self.assertEqual(self.approval.state, "approved")

    def test_the_delegation_is_hashed_with_the_plan(self):
        level = self.approval_plan.stage_ids.approval_level_ids[0]
        self.assertEqual(level._prepare_content()["delegation"], "role")
        with self.assertRaises(UserError):
            level.with_user(self.engineer).delegation = "any"

    def test_enough_people_have_to_be_left(self):
        level = self.env["res.users"]._get_process_users(
            "group_process_monitoring_supervisor", self.company
        )
        self.use_plan(minimum=len(level - self.operator))
        self.assert_refused(self.supervisor, self.second_supervisor, "too few")

    # -- forged ---------------------------------------------------------------------------------

    def test_a24_a_delegation_is_not_forged_by_rpc(self):
        vals = {
            "approval_id": self.approval.id,
            "company_id": self.company.id,
            "from_user_id": self.supervisor.id,
            "from_name": self.supervisor.name,
            "to_user_id": self.operator.id,
            "to_name": self.operator.name,
            "reason": "x",
            "at_ms": 1,
        }
        self.delegate(self.supervisor, self.second_supervisor)
        delegation = self.approval.delegation_ids
        users = (self.operator, self.supervisor, self.engineer, self.env.ref("base.user_admin"))
        for user in users:
            for model, method, args in (
                (delegation._name, "create", [vals]),
                (delegation._name, "write", [delegation.ids, {"to_user_id": self.operator.id}]),
                (delegation._name, "unlink", [delegation.ids]),
                (
                    self.approval._name,
                    "write",
                    [self.approval.ids, {"delegation_ids": [Command.create(vals)]}],
                ),
                (
                    self.approval._name,
                    "write",
                    [self.approval.ids, {"delegation_ids": [Command.delete(delegation.id)]}],
                ),
            ):
                with (
                    self.subTest(user=user.login, model=model, method=method),
                    self.assertRaises(UserError),
                    self.cr.savepoint(),
                ):
                    call_kw(
                        self.env(user=user)[model],
                        method,
                        args,
                        {"context": {"install_mode": True, "default_approval_id": 1}},
                    )
                    self.env.flush_all()
        with self.assertRaises(UserError), self.cr.savepoint():
            delegation.sudo().create(vals)
        self.assertEqual(self.approval.delegation_ids, delegation)
        self.assertEqual(delegation.to_user_id, self.second_supervisor)
