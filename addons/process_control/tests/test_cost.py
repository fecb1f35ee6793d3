# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the process tab costs when an order is opened."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import GOOD, ProcessControlCase

ALLOWED = 1.3


@tagged("post_install", "-at_install")
class TestCost(ProcessControlCase):
    """The base is the same order, its form without any field of the process."""

    def assert_cheap(self, order):
        for user in (self.operator, self.supervisor, self.engineer):
            plain, whole = self.count_form_queries(order, user)
            self.assertLessEqual(whole, ALLOWED * plain, f"{whole} queries, plain {plain}")

    def test_the_process_tab_is_cheap_while_a_stage_runs(self):
        order = self.create_begun_order()
        run = self.start_batch(order)
        self.pass_reception(run)
        self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 4)
        self.assert_cheap(order)

    def test_the_process_tab_is_cheap_when_the_batch_is_held(self):
        order = self.create_begun_order()
        stage = self.breach(self.start_batch(order))
        self.decide(stage.deviation_ids)
        self.assert_cheap(order)

    def test_the_process_tab_is_cheap_when_an_approval_is_asked_for(self):
        plan = self._create_plan(code="T-MILK-COST")
        plan.stage_ids[1].with_user(self.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "sequence": 1, "role": "supervisor"})
        ]
        self._approve(plan)
        order = self.create_begun_order(process_plan_id=plan.id)
        run = self.start_batch(order)
        self.pass_reception(run)
        stage = self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 8)
        stage.action_complete()
        self.assertEqual(stage.approval_ids.state, "requested")
        self.assert_cheap(order)

    def test_the_process_tab_is_cheap_before_and_after(self):
        order = self.create_begun_order()
        self.assert_cheap(order)
        self.run_through(self.start_batch(order))
        self.assert_cheap(order)
