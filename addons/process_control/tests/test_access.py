# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Nobody forges a record by RPC: every role, every model, every context key; companies apart."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import ProcessControlCase

CONTEXT = {
    "install_mode": True,
    "import_file": True,
    "tracking_disable": True,
    "mail_notrack": True,
    "skip_mo_check": True,
    "default_state": "approved",
    "su": True,
    "bin_size": True,
}
RECORDS = ("process.run", "process.stage", "process.transition", "process.approval")


@tagged("post_install", "-at_install")
class TestRoleAttacks(ProcessControlCase):
    def setUp(self):
        super().setUp()
        self.batch = self.start_batch()
        self.auditor = self.env["res.users"].create(
            {
                "name": "Auditor",
                "login": "test-auditor",
                "group_ids": [
                    Command.link(self.env.ref("audit_chain.group_audit_chain_auditor").id)
                ],
            }
        )
        admin = self.env.ref("base.user_admin")
        self.users = (
            self.operator,
            self.supervisor,
            self.engineer,
            self.quality_manager,
            self.integration,
            self.auditor,
            admin,
        )

    def rpc(self, user, model, method, *args, **kwargs):
        """Call as the external API does, with a context full of keys."""
        kwargs["context"] = CONTEXT
        return call_kw(self.env(user=user)[model], method, args, kwargs)

    def assert_refused(self, user, model, method, *args):
        with (
            self.subTest(user=user.login, model=model, method=method, args=args),
            self.assertRaises(UserError),
            self.cr.savepoint(),
        ):
            self.rpc(user, model, method, *args)
            self.env.flush_all()

    def get_record(self, model):
        if model == "process.approval":
            stage = self.batch.sudo().stage_ids[0]
            draft = self._create_plan(code=f"T-A-{self.env['process.plan'].search_count([])}")
            level = self.env["process.plan.approval"].create(
                {"plan_stage_id": draft.stage_ids[0].id, "name": "L"}
            )
            return self.env[model]._create_request(stage, level)
        return self.env[model].search([("company_id", "=", self.company.id)], limit=1)

    def test_no_role_writes_creates_or_deletes_a_record_of_the_batch(self):
        changes = {
            "process.run": [{"state": "complete"}, {"plan_hash": "x"}, {"lot_ids": [(5,)]}],
            "process.stage": [{"state": "complete"}, {"start_ms": 1}, {"is_current": False}],
            "process.transition": [{"user_name": "Somebody"}, {"to_state": "complete"}],
            "process.approval": [{"state": "approved"}, {"requested_by_id": 1}],
        }
        for model in RECORDS:
            record = self.get_record(model)
            copied = record.sudo().copy_data()[0]
            for user in self.users:
                for vals in changes[model]:
                    self.assert_refused(user, model, "write", record.ids, vals)
                self.assert_refused(user, model, "create", [copied])
                self.assert_refused(user, model, "unlink", record.ids)
                self.assert_refused(user, model, "copy", record.ids)

    def test_not_even_the_superuser(self):
        for model in RECORDS:
            record = self.get_record(model).sudo().with_context(**CONTEXT)
            with self.assertRaises(UserError), self.cr.savepoint():
                record.write({record._fields.get("state") and "state" or "to_state": "complete"})
            with self.assertRaises(UserError), self.cr.savepoint():
                record.unlink()
            if model != "process.transition":
                with self.assertRaises(UserError), self.cr.savepoint():
                    self.env[model].sudo().create(record.copy_data()[0])

    def test_signatures_are_not_created_by_rpc(self):
        approval = self.get_record("process.approval")
        vals = {
            "res_model": "process.approval",
            "res_id": approval.id,
            "res_name": approval.name,
            "user_id": self.supervisor.id,
            "signer_name": self.supervisor.name,
            "signer_login": self.supervisor.login,
            "signed_at_ms": 1,
            "meaning": "approve",
            "meaning_label": "x",
            "method": "password",
            "content_hash": "x",
        }
        for user in self.users:
            self.assert_refused(user, "audit.signature", "create", [vals])
        self.assertFalse(approval._is_granted())

    def test_private_methods_are_not_called_by_rpc(self):
        for method in ("_stamp", "_do_command", "_try_complete", "_create_run"):
            with self.assertRaisesRegex(Exception, "[Pp]rivate"):
                call_kw(
                    self.env(user=self.supervisor)["process.run"],
                    method,
                    [self.batch.ids, {"state": "complete"}],
                    {},
                )

    def test_lots_are_not_released_by_rpc(self):
        lot = self.batch.lot_ids
        for user in (*self.users, self.env.user):
            for vals in (
                {"release_state": "released"},
                {"hold_state": "free"},
                {"process_run_ids": [Command.clear()]},
            ):
                self.assert_refused(user, "stock.lot", "write", lot.ids, vals)
        for release_state in ("released", "quarantine"):
            self.assert_refused(
                self.operator,
                "stock.lot",
                "create",
                [{"product_id": self.milk.id, "name": "x", "release_state": release_state}],
            )
        self.assertEqual(lot.hold_state, "quarantine")

    def test_orders_are_not_untied_by_rpc(self):
        order = self.batch.production_id
        for user in (self.operator, self.supervisor, self.env.ref("base.user_admin")):
            user.group_ids += self.env.ref("mrp.group_mrp_manager")
            for vals in (
                {"process_origin_run_id": self.batch.id},
                {"process_plan_id": False},
                {"state": "done"},
                {"process_run_ids": [Command.clear()]},
            ):
                self.assert_refused(user, "mrp.production", "write", order.ids, vals)

    def test_cycles_keep_their_attempt(self):
        cycle = self.batch.sudo().stage_ids.cycle_ids
        with self.assertRaises(UserError):
            cycle.write({"stage_id": False})

    def test_verbs_ask_for_the_role_also_in_superuser_mode(self):
        clerk = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "test-clerk",
                "group_ids": [Command.link(self.env.ref("mrp.group_mrp_user").id)],
            }
        )
        stage = self.batch.stage_ids[0]
        verbs = [
            (self.batch, "action_pause", {}),
            (self.batch, "action_hold", {"reason": "x"}),
            (self.batch, "action_stop", {"reason": "x"}),
            (self.batch, "action_abort", {"reason": "x"}),
            (self.batch, "action_emergency", {"reason": "x"}),
            (stage, "action_complete", {}),
            (stage, "action_repeat", {"reason": "x"}),
            (stage, "action_record_deviation", {"description": "x"}),
            (self.create_order(), "action_initiate_process", {}),
        ]
        for record, verb, kwargs in verbs:
            for su in (False, True):
                with (
                    self.subTest(verb=verb, su=su),
                    self.assertRaises(AccessError),
                    self.cr.savepoint(),
                ):
                    getattr(record.with_user(clerk).sudo(su), verb)(**kwargs)

    def test_who_reads(self):
        for user in self.users[:-1]:
            for model in (*RECORDS, "process.plan", "process.plan.stage", "process.plan.approval"):
                self.assertTrue(self.env(user=user)[model].has_access("read"), (user.login, model))
        for model in ("process.plan", *RECORDS):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.env(user=self.auditor)[model].has_access(operation))

    def test_the_auditor_opens_the_order(self):
        form = self.env.ref("mrp.mrp_production_form_view")
        order = self.batch.production_id
        for user in (self.auditor, self.operator, self.engineer):
            view = self.env["mrp.production"].with_user(user).get_view(form.id, "form")
            self.assertIn("process_stepper", view["arch"])
            values = order.with_user(user).read(["process_stepper", "process_blockers"])[0]
            self.assertEqual(len(values["process_stepper"]), 3)


@tagged("post_install", "-at_install")
class TestCompanies(ProcessControlCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other plant"})
        cls.stranger = cls._create_user(
            "supervisor", company_id=cls.other.id, company_ids=[Command.set(cls.other.ids)]
        )

    def test_another_company_sees_nothing(self):
        run = self.start_batch()
        self.get_stage(run, "Reception").action_record_deviation(description="x")
        for model in (
            "process.plan",
            "process.plan.stage",
            "process.run",
            "process.stage",
            "process.transition",
            "process.deviation",
        ):
            self.assertTrue(self.env(user=self.operator)[model].search([]), model)
            self.assertFalse(self.env(user=self.stranger)[model].search([]), model)

    def test_another_company_moves_nothing(self):
        order = self.create_order()
        run = self.start_batch(order)
        for record, verb in (
            (run, "action_pause"),
            (run.stage_ids[0], "action_complete"),
            (self.create_order(), "action_initiate_process"),
        ):
            with self.assertRaises(AccessError):
                getattr(record.with_user(self.stranger), verb)()

    def test_plans_of_another_company_are_not_found(self):
        order = self.create_order()
        self.assertEqual(order.process_plan_id.company_id, order.company_id)
        self.assertNotIn(self.stranger, self.plan._get_approvers())
