# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A19: the confirmation of the flow on site is part of what is signed and hashed."""

from contextlib import contextmanager

from odoo.tests import tagged
from odoo.tools import SQL

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestPlanFlow(ProcessControlCase):
    def test_a19_the_confirmation_of_the_flow_is_part_of_what_is_approved(self):
        plan = self._create_plan(code="T-FLOW")
        drafted = plan._compute_content_hash()
        signature = self._approve(plan)
        self.assertTrue(plan.is_flow_approved)
        self.assertEqual(plan.flow_confirmed_name, self.engineer.name)
        self.assertNotEqual(plan.content_hash, drafted)
        self.assertEqual(signature.content_hash, plan.content_hash)
        self.assertEqual((plan.is_hash_valid, signature.validity), (True, "valid"))
        self.engineer.name = "Renamed since"
        plan.invalidate_recordset()
        self.assertTrue(plan.is_hash_valid, "a later change of the person is none of the plan")
        self.assertNotIn("flow_confirmation", plan._prepare_content(), "no export carries it")
        for column in ("flow_confirmed_name", "flow_hash"):
            with self.tampered(plan, **{column: "somebody else"}):
                self.assertFalse(plan.is_hash_valid)
                self.assertEqual(signature.validity, "changed")
        self.assertEqual((plan.is_hash_valid, signature.validity), (True, "valid"))

    def test_a_plan_approved_before_the_confirmation_was_hashed_stays_valid(self):
        plan = self._create_plan(code="T-OLD")
        before = plan._compute_content_hash()
        self._approve(plan)
        with self.tampered(plan, is_flow_approved=False, content_hash=before):
            self.assertTrue(plan.is_hash_valid)
        copy = self.env["process.plan"].browse(
            plan.with_user(self.engineer).action_new_revision()["res_id"]
        )
        self.assertFalse(copy.flow_confirmed_name or copy.is_flow_approved or copy.flow_hash)

    @contextmanager
    def tampered(self, plan, **values):
        """Write past every guard as an administrator of PostgreSQL could, and take it back."""
        self.env.flush_all()
        columns = [SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()]
        with self.cr.savepoint() as savepoint:
            self.cr.execute("ALTER TABLE process_plan DISABLE TRIGGER USER")
            self.cr.execute(
                SQL("UPDATE process_plan SET %s WHERE id = %s", SQL(", ").join(columns), plan.id)
            )
            self.env.invalidate_all()
            yield
            self.env.invalidate_all()
            savepoint.rollback()
        self.env.invalidate_all()
