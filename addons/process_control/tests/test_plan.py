# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A18, A19: who approves a plan, what it lacks, and that nothing of it changes afterwards."""

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import plan_trigger
from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestPlanApproval(ProcessControlCase):
    def test_approved_by_somebody_else(self):
        plan = self._create_plan(code="T-NEW")
        with self.assertRaisesRegex(UserError, "Only a plan in review"):
            self.sign(plan, "approve", self.supervisor)
        plan.with_user(self.engineer).action_submit()
        todo = plan.activity_ids.user_id
        self.assertIn(self.supervisor, todo)
        self.assertNotIn(self.engineer, todo)
        self.engineer.group_ids += self.env.ref(
            "process_monitoring.group_process_monitoring_supervisor"
        )
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.sign(plan, "approve", self.engineer)
        with self.assertRaises(AccessError):
            self.sign(plan, "approve", self.operator)
        signature = self.sign(plan, "approve", self.supervisor)
        self.assertEqual(plan.state, "approved")
        self.assertEqual(plan.approved_by_id, self.supervisor)
        self.assertEqual(plan.approved_at_ms, signature.signed_at_ms)
        self.assertTrue(signature.is_valid)
        self.assertTrue(plan.is_hash_valid)
        self.assertFalse(plan.activity_ids)

    def test_only_a_signature_approves(self):
        plan = self._create_plan(code="T-NEW")
        plan.with_user(self.engineer).action_submit()
        for user in (self.engineer, self.supervisor, self.env.user):
            with self.assertRaises(UserError), self.cr.savepoint():
                plan.with_user(user).write({"state": "approved"})
        for vals in ({"state": "approved"}, {"content_hash": "x"}, {"revision": 7}):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._create_plan(code="T-OTHER", **vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["process.plan"].with_context(default_state="approved").create(
                self._prepare_plan(code="T-OTHER")
            )
        plan.activity_ids.with_user(self.supervisor)[:1].action_done()
        self.assertEqual(plan.state, "in_review")

    def test_the_author_is_stamped(self):
        plan = self._create_plan(code="T-NEW", author_id=self.supervisor.id)
        self.assertEqual(plan.author_id, self.engineer)
        with self.assertRaises(UserError):
            plan.with_user(self.engineer).author_id = self.supervisor

    def test_in_review_nothing_is_edited(self):
        plan = self._create_plan(code="T-NEW")
        plan.with_user(self.engineer).action_submit()
        with self.assertRaisesRegex(UserError, "back to draft"):
            plan.with_user(self.engineer).name = "Other"
        plan.with_user(self.engineer).action_back_to_draft()
        plan.with_user(self.engineer).name = "Other"

    # -- A19 ------------------------------------------------------------------------------------

    def test_a19_incomplete_plans_say_why(self):
        cases = {
            "hazard": "the hazard is missing",
            "hazard_decision": "decision about the hazard",
            "limit_rationale": "rationale",
            "validation": "validation",
            "monitoring_method": "method",
            "correction": "correction",
            "responsible_role": "responsible",
            "evaluator_role": "evaluates",
            "record_kept": "record",
            "sensor_id": "sensor",
            "max_gap_s": "maximum gap",
        }
        for name, word in cases.items():
            with self.subTest(missing=name):
                plan = self._create_plan(code=f"T-{name}")
                plan.stage_ids[1].requirement_ids.write({name: False})
                self.assertIn(word, plan.incomplete_reasons)
                with self.assertRaisesRegex(UserError, word):
                    plan.with_user(self.engineer).action_submit()

    def test_a19_blanks_say_nothing(self):
        plan = self._create_plan(code="T-NEW")
        plan.stage_ids[1].requirement_ids.validation = " \n "
        self.assertIn("validation", plan.incomplete_reasons)

    def test_a19_the_flow_is_confirmed_on_site(self):
        plan = (
            self.env["process.plan"]
            .with_user(self.engineer)
            .create(self._prepare_plan(code="T-NEW"))
        )
        with self.assertRaisesRegex(UserError, "not been confirmed on site"):
            plan.action_submit()
        with self.assertRaises(AccessError), self.cr.savepoint():
            plan.with_user(self.operator).action_confirm_flow()
        for vals in ({"flow_hash": plan._compute_flow_hash()}, {"flow_confirmed_at_ms": 1}):
            with self.assertRaises(UserError), self.cr.savepoint():
                plan.write(vals)
        plan.action_confirm_flow()
        self.assertEqual(plan.flow_confirmed_by_id, self.engineer)
        self.assertFalse(plan.incomplete_reasons)
        changes = (
            {"stage_ids": [Command.create({"name": "Cooling", "sequence": 40})]},
            {"stage_ids": [Command.update(plan.stage_ids[0].id, {"sequence": 99})]},
            {"stage_ids": [Command.update(plan.stage_ids[0].id, {"name": "Intake"})]},
            {"stage_ids": [Command.delete(plan.stage_ids[2].id)]},
        )
        for vals in changes:
            with self.subTest(vals=vals), self.cr.savepoint() as savepoint:
                plan.write(vals)
                self.assertFalse(plan.is_flow_confirmed)
                with self.assertRaisesRegex(UserError, "not been confirmed on site"):
                    plan.action_submit()
                savepoint.rollback()
                self.env.invalidate_all()
        plan.action_submit()
        self._approve(plan)
        with self.assertRaisesRegex(UserError, "confirmed before"):
            plan.with_user(self.engineer).action_confirm_flow()
        copy = plan.browse(plan.action_new_revision()["res_id"])
        self.assertFalse(copy.is_flow_confirmed, "a new revision is walked anew")

    def test_a19_ccp_without_critical_limit(self):
        plan = self._create_plan(code="T-NEW")
        plan.stage_ids[1].requirement_ids.limit_ids.filtered(
            lambda limit: limit.kind == "critical"
        ).unlink()
        with self.assertRaisesRegex(UserError, "critical limit"):
            plan.with_user(self.engineer).action_submit()

    def test_a19_stage_and_class_agree(self):
        plan = self._create_plan(code="T-NEW")
        plan.stage_ids[0].is_ccp = True
        plan.stage_ids[1].is_ccp = False
        reasons = plan.incomplete_reasons
        self.assertIn("no requirement of it is of class CCP", reasons)
        self.assertIn("not marked as CCP", reasons)

    def test_a19_no_stages_no_product_no_lots(self):
        plan = self._create_plan(code="T-NEW", stage_ids=[], product_id=False)
        self.assertIn("no stages", plan.incomplete_reasons)
        self.assertIn("neither a product", plan.incomplete_reasons)
        untracked = self._create_product("Water", "t-water", "none")
        plan = self._create_plan(code="T-NEW-2", product_id=untracked.id)
        self.assertIn("not tracked by lots", plan.incomplete_reasons)

    def test_what_becomes_incomplete_in_review_is_not_approved(self):
        plan = self._create_plan(code="T-NEW")
        plan.with_user(self.engineer).action_submit()
        self.milk.tracking = "none"
        with self.assertRaisesRegex(UserError, "not tracked"):
            self.sign(plan, "approve", self.supervisor)

    def test_a_stage_that_cannot_be(self):
        stage = self._create_plan(code="T-NEW").stage_ids[1]
        with self.assertRaises(ValidationError), self.cr.savepoint():
            stage.is_skippable = True
        with self.assertRaises(ValidationError), self.cr.savepoint():
            stage.max_duration = 5
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            stage.min_duration = -1
            self.env.flush_all()

    # -- revisions ------------------------------------------------------------------------------

    def test_a_new_revision_supersedes_and_running_batches_keep_theirs(self):
        run = self.start_batch()
        action = self.plan.with_user(self.engineer).action_new_revision()
        draft = self.env["process.plan"].browse(action["res_id"])
        self.assertEqual((draft.code, draft.revision), (self.plan.code, 2))
        self.assertEqual(draft.previous_id, self.plan)
        self.assertEqual(draft.author_id, self.engineer)
        content, copied = self.plan._prepare_content(), draft._prepare_content()
        self.assertEqual({**content, "revision": 2}, copied)
        with self.assertRaisesRegex(UserError, "not approved yet"):
            self.plan.with_user(self.engineer).action_new_revision()
        draft.stage_ids[1].requirement_ids.limit_ids[0].with_user(self.engineer).value = 72.1
        self._approve(draft)
        self.assertEqual(self.plan.state, "superseded")
        self.assertEqual(draft.state, "approved")
        self.assertNotEqual(draft.content_hash, self.plan.content_hash)
        self.assertEqual(run.plan_id, self.plan)
        self.assertEqual(run.plan_hash, self.plan._compute_content_hash())
        self.run_through(run)
        self.assertEqual(run.state, "complete")
        self.assertEqual(self.create_order().process_plan_id, draft)

    def test_the_hash_is_that_of_the_content_and_of_nothing_else(self):
        french = self.plan.with_context(lang="fr_FR", active_test=True)
        self.assertEqual(french._compute_content_hash(), self.plan.content_hash)
        self.plan.message_post(body="A remark")
        self.plan.invalidate_recordset()
        self.assertTrue(self.plan.is_hash_valid)

    def test_a_draft_can_be_copied_and_deleted(self):
        plan = self._create_plan(code="T-NEW")
        copy = plan.with_user(self.engineer).copy()
        self.assertNotEqual(copy.code, plan.code)
        self.assertEqual(copy.revision, 1)
        self.assertEqual(len(copy.stage_ids.requirement_ids.limit_ids), 2)
        plan.with_user(self.engineer).unlink()


@tagged("post_install", "-at_install")
class TestPlanIsFrozen(ProcessControlCase):
    def get_parts(self):
        """Return (record, a change) for each kind of row of the approved plan."""
        stage = self.plan.stage_ids[1]
        requirement = stage.requirement_ids
        return [
            (self.plan, {"name": "Other"}),
            (self.plan, {"product_id": False}),
            (self.plan, {"state": "draft"}),
            (self.plan, {"content_hash": "0" * 64}),
            (self.plan, {"stage_ids": [Command.clear()]}),
            (stage, {"min_duration": 1}),
            (stage, {"is_ccp": False}),
            (stage, {"requirement_ids": [Command.clear()]}),
            (requirement, {"is_mandatory": False}),
            (requirement, {"active": False}),
            (requirement, {"plan_stage_id": False}),
            (requirement.limit_ids[0], {"value": 60.0}),
            (requirement.limit_ids[0], {"kind": "quality"}),
        ]

    def test_a18_write_is_refused_to_everyone(self):
        for record, vals in self.get_parts():
            for user in (self.engineer, self.supervisor, self.env.user):
                for su in (False, True):
                    with (
                        self.subTest(record=record, vals=vals, user=user.login, su=su),
                        self.assertRaises(UserError),
                        self.cr.savepoint(),
                    ):
                        record.with_user(user).sudo(su or user == self.env.user).with_context(
                            install_mode=True, import_file=True, tracking_disable=True
                        ).write(vals)
                        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(self.plan.is_hash_valid)

    def test_a18_unlink_is_refused_to_everyone(self):
        stage = self.plan.stage_ids[1]
        requirement = stage.requirement_ids
        for record in (self.plan, stage, requirement, requirement.limit_ids):
            for user in (self.engineer, self.env.user):
                with self.assertRaises(UserError), self.cr.savepoint():
                    record.with_user(user).sudo().unlink()

    def test_a18_nothing_is_added(self):
        stage = self.plan.stage_ids[1]
        attempts = [
            ("process.plan.stage", {"plan_id": self.plan.id, "name": "More"}),
            ("process.plan.approval", {"plan_stage_id": stage.id, "name": "More"}),
            ("process.requirement", {**self._prepare_ccp(), "plan_stage_id": stage.id}),
            (
                "process.limit",
                {
                    "requirement_id": stage.requirement_ids.id,
                    "kind": "critical",
                    "operator": "le",
                    "value": 60,
                },
            ),
        ]
        for model, vals in attempts:
            with self.subTest(model=model), self.assertRaises(UserError), self.cr.savepoint():
                self.env[model].sudo().create(vals)
        with self.assertRaisesRegex(UserError, "cannot be changed"), self.cr.savepoint():
            self.env["process.plan.stage"].sudo().with_context(default_plan_id=self.plan.id).create(
                {"name": "More"}
            )

    def test_a18_nothing_is_moved_in(self):
        draft = self._create_plan(code="T-NEW")
        with self.assertRaises(UserError), self.cr.savepoint():
            draft.stage_ids[0].sudo().plan_id = self.plan
        with self.assertRaises(UserError), self.cr.savepoint():
            draft.stage_ids[0].requirement_ids.sudo().plan_stage_id = self.plan.stage_ids[0]

    def test_a18_import(self):
        result = self.env["process.limit"].load(
            [".id", "value"], [[str(self.plan.stage_ids[1].requirement_ids.limit_ids[0].id), "60"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("cannot be changed", result["messages"][0]["message"])

    @mute_logger("odoo.addons.base.models.ir_actions")
    def test_a18_server_action(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "raise the limit",
                "model_id": self.env.ref("process_control.model_process_plan").id,
                "state": "code",
                "code": "records.sudo().stage_ids.write({'min_duration': 0})",
            }
        )
        with self.assertRaises(UserError):
            action.with_context(active_model="process.plan", active_ids=self.plan.ids).run()

    @mute_logger("odoo.sql_db")
    def test_a18_sql(self):
        self.env.flush_all()
        stage = self.plan.stage_ids[1]
        requirement = stage.requirement_ids
        statements = [
            ("UPDATE process_plan SET name = 'x' WHERE id = %s", self.plan.id),
            ("UPDATE process_plan SET state = 'draft' WHERE id = %s", self.plan.id),
            (
                "UPDATE process_plan SET state = 'superseded', name = 'x' WHERE id = %s",
                self.plan.id,
            ),
            ("UPDATE process_plan_stage SET min_duration = 0 WHERE id = %s", stage.id),
            ("UPDATE process_plan_stage SET plan_id = NULL WHERE id = %s", stage.id),
            ("DELETE FROM process_plan_stage WHERE id = %s", stage.id),
            ("UPDATE process_requirement SET is_mandatory = false WHERE id = %s", requirement.id),
            (
                "UPDATE process_requirement SET plan_stage_id = NULL WHERE id = %s",
                requirement.id,
            ),
            ("DELETE FROM process_requirement WHERE id = %s", requirement.id),
            ("UPDATE process_limit SET value = 60 WHERE requirement_id = %s", requirement.id),
            ("DELETE FROM process_limit WHERE requirement_id = %s", requirement.id),
            (
                "INSERT INTO process_limit (requirement_id, kind, operator, value)"
                " VALUES (%s, 'critical', 'le', 60)",
                requirement.id,
            ),
        ]
        for statement, value in statements:
            with (
                self.subTest(statement=statement),
                self.assertRaises(psycopg2.errors.IntegrityConstraintViolation),
                self.cr.savepoint(),
            ):
                self.cr.execute(statement, [value])

    def test_a_free_requirement_stays_free(self):
        self.ccp.is_mandatory = False
        self.ccp.limit_ids[0].value = 71.0
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.ccp.is_mandatory, self.ccp.limit_ids[0].value), (False, 71.0))

    def test_uninstall_leaves_no_trigger(self):
        self.env.flush_all()
        plan_trigger.drop_all(self.cr)
        self.cr.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%plan_frozen'")
        self.assertEqual(self.cr.fetchone()[0], 0)

    def test_an_attempt_is_logged(self):
        before = self.env["audit.record"].search_count([("event", "=", "plan.change_refused")])
        with self.assertRaises(UserError):
            self.plan.with_user(self.engineer).name = "Other"
        # the line is written when the transaction ends, by a cursor of its own
        self.assertTrue(self.cr.postrollback._funcs)
        self.assertEqual(
            self.env["audit.record"].search_count([("event", "=", "plan.change_refused")]), before
        )
