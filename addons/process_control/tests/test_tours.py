# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people do in the browser: write and approve a plan, stop a batch in an emergency."""

from odoo.tests import HttpCase, tagged

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestTours(ProcessControlCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.engineer, cls.supervisor, cls.operator):
            user.password = user.login

    def tour(self, action, name, user, record=None):
        path = f"/odoo/action-{action}" + (f"/{record.id}" if record else "")
        self.start_tour(path, name, login=user.login, timeout=120)
        self.env.invalidate_all()

    def test_write_and_approve_a_plan(self):
        action = "process_control.process_plan_action"
        self.tour(action, "process_control_write_plan", self.engineer)
        plan = self.env["process.plan"].search([("process_type", "=", "tour_milk")])
        self.assertEqual(plan.state, "in_review")
        self.assertEqual(plan.stage_ids.mapped("name"), ["Reception", "Filling"])
        self.tour(action, "process_control_approve_plan", self.supervisor, plan)
        self.assertEqual(plan.state, "approved")
        self.assertEqual(plan.approved_by_id, self.supervisor)
        self.assertTrue(plan.is_hash_valid)

    def test_emergency_stop(self):
        order = self.create_order()
        run = self.start_batch(order)
        self.tour(
            "mrp.mrp_production_action", "process_control_emergency_stop", self.operator, order
        )
        self.assertEqual(run.state, "stopped")
        self.assertIn("Steam leak", run.deviation_ids.description)
