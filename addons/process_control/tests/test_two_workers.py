# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two transactions at once (A14, A23): really committed, in a company of their own that stays."""

import threading
import uuid
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

ROLES = ("engineer", "supervisor", "operator", "quality_manager")


@tagged("post_install", "-at_install")
class TestTwoWorkers(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.committed() as env:
            cls.build(env)
        cls.addClassCleanup(cls.retire)

    def setUp(self):
        super().setUp()
        with self.committed(self.users["operator"]) as env:
            order = self.create_order(env)
            order.action_initiate_process()
            order.action_start_process()
            self.run_id = order.process_run_id.id

    @classmethod
    @contextmanager
    def committed(cls, uid=SUPERUSER_ID):
        """Give an environment on a cursor of its own, committed when the block ends."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, uid, {})

    @classmethod
    def build(cls, env):
        """Write a plan whose first stage needs an approval and nothing else."""
        name = f"Two workers {uuid.uuid4().hex[:8]}"
        company = env["res.company"].create({"name": name})
        cls.company_id = company.id
        cls.users = {
            role: new_test_user(
                env,
                f"{role}.{name[-8:]}@example.com",
                groups=f"base.group_user,process_monitoring.group_process_monitoring_{role}",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            ).id
            for role in ROLES
        }
        product = env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "tracking": "lot",
                "company_id": company.id,
            }
        )
        cls.product_id = product.id
        levels = [Command.create({"name": "Shift", "role": "supervisor", "deadline_min": 1})]
        stages = [
            Command.create({"name": "Mix", "sequence": 1, "approval_level_ids": levels}),
            Command.create({"name": "Fill", "sequence": 2}),
        ]
        plans = env(user=cls.users["engineer"])["process.plan"]
        plan = plans.create(
            {"name": name, "code": name, "product_id": product.id, "stage_ids": stages}
        )
        plan.action_submit()
        plan = plan.with_user(cls.users["supervisor"])
        plan._on_signed(plan._create_signature("approve", "", "password"))

    def create_order(self, env):
        order = (
            env["mrp.production"]
            .sudo()
            .with_company(self.company_id)
            .create(
                {"product_id": self.product_id, "product_qty": 1, "company_id": self.company_id}
            )
        )
        order.action_confirm()
        return order.sudo(False)

    @classmethod
    def retire(cls):
        """Nobody of it works or gets mail any more; what is recorded stays, as records do."""
        with cls.committed() as env:
            users = env["res.users"].browse(cls.users.values())
            env["mail.mail"].search([("recipient_ids", "in", users.partner_id.ids)]).unlink()
            runs = env["process.run"].search([("company_id", "=", cls.company_id)])
            for run in runs.with_user(cls.users["supervisor"]):
                run.action_abort(reason="The test is over")
            users.active = False
            env["res.company"].browse(cls.company_id).active = False

    def get_run(self, env):
        return env["process.run"].browse(self.run_id)

    def wait_until_blocked(self, watcher, pid):
        """Return once the other connection waits for a lock of this one."""
        for _attempt in range(600):
            watcher.cr.execute("SELECT cardinality(pg_blocking_pids(%s))", [pid])
            if watcher.cr.fetchone()[0]:
                return
            watcher.cr.rollback()
            threading.Event().wait(0.02)
        self.fail("the second worker never met the first one")

    # -- A14 ------------------------------------------------------------------------------------

    def complete(self, answers, started):
        """Complete the current stage as a request does: retried when the row has changed."""
        with self.committed(self.users["operator"]) as env:
            # the view of this transaction is from before the other one's commit
            stage = self.get_run(env).current_stage_id
            env.cr.execute("SELECT pg_backend_pid()")
            started.append(env.cr.fetchone()[0])
            try:
                answers.append(retrying(stage.action_complete, env))
            except UserError as error:
                env.cr.rollback()
                answers.append(str(error))

    def test_a14_two_completes_at_once_one_wins(self):
        with self.committed(self.users["supervisor"]) as env:
            stage = self.get_run(env).current_stage_id
            stage.with_user(self.users["operator"]).action_complete()
            approval = stage.approval_ids.with_env(env)
            approval._check_may_sign("approve")
            approval._on_signed(approval._create_signature("approve", "", "password"))
        answers, started = [], []
        with self.committed(self.users["operator"]) as env:
            stage = self.get_run(env).current_stage_id
            self.assertTrue(stage.action_complete())
            with mute_logger("odoo.sql_db", "odoo.service.model"):
                other = threading.Thread(target=self.complete, args=(answers, started))
                other.start()
                with self.committed() as watcher:
                    while not started:
                        threading.Event().wait(0.02)
                    self.wait_until_blocked(watcher, started[0])
                env.cr.commit()
                other.join(60)
        (answer,) = answers
        self.assertIn("is complete", answer)
        with self.committed() as env:
            run = self.get_run(env)
            reached = run.transition_ids.filtered(
                lambda t: t.stage_name == "Mix" and t.to_state == "complete"
            )
            self.assertEqual(len(reached), 1, "nothing is written twice")
            self.assertEqual(run.stage_ids.mapped("state"), ["complete", "pending"])

    # -- the deadline ---------------------------------------------------------------------------

    def get_warnings(self, env, approval):
        manager = env["res.users"].browse(self.users["quality_manager"])
        kind = env.ref("mail.mail_activity_data_warning")
        activities = env["mail.activity"].search(
            [
                ("res_model", "=", approval._name),
                ("res_id", "=", approval.id),
                ("activity_type_id", "=", kind.id),
            ]
        )
        mails = env["mail.mail"].search(
            [
                ("model", "=", approval._name),
                ("res_id", "=", approval.id),
                ("recipient_ids", "in", manager.partner_id.ids),
            ]
        )
        return activities, mails

    def miss_deadline(self):
        with self.committed(self.users["operator"]) as env:
            stage = self.get_run(env).current_stage_id
            stage.action_complete()
            approval = stage.approval_ids.sudo()
            approval._stamp({"deadline_ms": approval.requested_at_ms - 1})
            return approval.id

    def test_a_missed_deadline_escalates_once_with_two_workers(self):
        approval_id = self.miss_deadline()
        with self.committed() as one, self.committed() as two:
            # both have found it overdue before either has done anything
            first, second = (env["process.approval"]._get_overdue(2**52) for env in (one, two))
            self.assertIn(approval_id, first.ids)
            self.assertEqual(first.ids, second.ids)
            first = first.browse(approval_id)
            first._do_escalate(first.deadline_ms + 2)
            one.flush_all()
            # the row is taken: the second worker does not wait for it either
            two.cr.rollback()
            two["process.approval"].browse(approval_id)._do_escalate(first.deadline_ms + 3)
            self.assertFalse(self.get_warnings(two, first)[0])
            one.cr.commit()
            # nor after the first one has ended, though the list in hand still names it
            two.cr.commit()
            two["process.approval"].browse(approval_id)._do_escalate(first.deadline_ms + 4)
        with self.committed() as env:
            env["process.approval"]._cron_escalate()
            approval = env["process.approval"].browse(approval_id)
            activities, mails = self.get_warnings(env, approval)
            self.assertEqual(activities.user_id.ids, [self.users["quality_manager"]])
            self.assertEqual((len(activities), len(mails)), (1, 1))
            self.assertEqual(approval.escalated_at_ms, approval.deadline_ms + 2)

    def test_a_missed_deadline_escalates_once_with_two_crons_racing(self):
        approval_id = self.miss_deadline()
        errors = []
        gate = threading.Barrier(2)

        def work():
            try:
                with self.committed() as env:
                    gate.wait(30)
                    retrying(env["process.approval"]._cron_escalate, env)
            except Exception as exc:  # noqa: BLE001 - a thread's error is the test's finding
                errors.append(exc)

        workers = [threading.Thread(target=work) for _number in range(2)]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join(60)
        self.assertFalse(errors)
        with self.committed() as env:
            activities, mails = self.get_warnings(env, env["process.approval"].browse(approval_id))
            self.assertEqual((len(activities), len(mails)), (1, 1))
