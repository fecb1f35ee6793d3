# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The order says who does what next, and how long its stage has lasted."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import GOOD, ProcessControlCase


@tagged("post_install", "-at_install")
class TestNext(ProcessControlCase):
    def assert_next(self, order, role, text, verb=""):
        order.invalidate_recordset()
        found = order.with_user(self.operator).process_next
        self.assertEqual((found["role"], found["verb"]), (role, verb))
        self.assertIn(text, found["text"])
        # the large button is for who may press it
        self.assertEqual(found["is_mine"], role == "Operator")
        return found

    def test_from_start_to_release(self):
        order = self.create_order()
        self.assert_next(order, "Operator", "Initiate", "action_initiate_process")
        order.action_initiate_process()
        self.assert_next(order, "Operator", "Start the process", "action_start_process")
        order.action_start_process(start_ms=self.clock)
        run = order.process_run_id.with_user(self.operator)
        self.assert_next(order, "Operator", "Flow in")
        self.deliver(900.0, sensor="t-flow")
        self.assert_next(order, "Operator", "Reception", "action_process_complete_stage")
        self.pass_reception(run)
        self.assert_next(order, "Operator", "Pasteurisation", "action_process_start_stage")
        run.action_pause()
        self.assert_next(order, "Operator", "Resume", "action_process_resume")
        run.action_resume()
        self.pass_pasteurisation(run)
        self.pass_filling(run)
        self.assert_next(order, "Operator", "Mark the order as done")
        self.produce(order)
        found = self.assert_next(order, "Quality manager", order.lot_producing_ids.name)
        self.assertEqual(found["res_model"], "stock.lot")
        self.sign(order.lot_producing_ids, "release", self.quality_manager)
        order.invalidate_recordset()
        self.assertFalse(order.process_next)

    def test_held_decided_repeated(self):
        order = self.create_order()
        run = self.start_batch(order)
        self.breach(run)
        deviation = run.sudo().deviation_ids
        found = self.assert_next(order, "Quality manager", deviation.name)
        self.assertEqual((found["res_model"], found["res_id"]), (deviation._name, deviation.id))
        self.decide(deviation)
        self.assert_next(order, "Operator", "Repeat", "action_process_repeat_stage")
        order.action_process_repeat_stage()
        self.assert_next(order, "Operator", "attempt 2", "action_process_start_stage")
        self.clock += 1000
        self.pass_pasteurisation(run)
        self.pass_filling(run)
        self.assert_next(order, "Quality manager", f"Close deviation {deviation.name}")

    def test_stopped(self):
        order = self.create_order()
        run = self.start_batch(order)
        run.with_user(self.supervisor).action_stop(reason="End of the shift")
        self.assert_next(order, "Supervisor", "run again")

    def test_an_approval_is_next(self):
        plan = self._create_plan(code="T-MILK-NEXT")
        plan.stage_ids[0].with_user(self.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "sequence": 1, "role": "supervisor"})
        ]
        self._approve(plan)
        order = self.create_order(process_plan_id=plan.id)
        run = self.start_batch(order)
        self.deliver(900.0, sensor="t-flow")
        self.assert_next(order, "Operator", "Reception", "action_process_complete_stage")
        stage = self.get_stage(run, "Reception")
        stage.action_complete()
        found = self.assert_next(order, "Supervisor", "Shift")
        self.assertEqual(found["res_id"], stage.approval_ids.id)
        self.assertTrue(order.with_user(self.supervisor).process_next["is_mine"])

    def test_the_time_is_what_was_measured(self):
        """No minimum is reached by the clock on the wall."""
        order = self.create_order()
        run = self.start_batch(order)
        self.pass_reception(run)
        self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 4)
        now = order.get_process_now()
        self.assertEqual(
            now["time"], {"ms": 30_000, "min_ms": 60_000, "max_ms": 0, "is_ticking": False}
        )
        codes = [blocker["code"] for blocker in now["blockers"]]
        self.assertEqual(codes, ["min_duration", "approval", "stage"])
        self.assertEqual(now["next"]["verb"], "", "nobody is invited to complete what is closed")
        mark = now["mark"]
        self.deliver(*[GOOD] * 4)
        order.invalidate_recordset()
        now = order.get_process_now()
        self.assertEqual((now["time"]["ms"], now["mark"]), (70_000, mark))
        self.assertEqual(now["next"]["verb"], "action_process_complete_stage")
        self.complete_ccp(self.get_stage(run, "Pasteurisation"))
        order.invalidate_recordset()
        self.assertNotEqual(order.get_process_now()["mark"], mark)
        self.assertFalse(order.process_time)

    def test_an_order_without_a_plan_has_no_next_step(self):
        product = self._create_product("Cream", "t-cream", "lot")
        order = self.env["mrp.production"].create({"product_id": product.id, "product_qty": 5})
        self.assertFalse(order.process_next)
