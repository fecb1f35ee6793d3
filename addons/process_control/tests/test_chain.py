# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The main job: breach, hold, blocked order, decision, attempt 2, release, done."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import GOOD, ProcessControlCase


@tagged("post_install", "-at_install")
class TestChain(ProcessControlCase):
    def test_a_good_batch_is_done(self):
        order = self.create_order()
        self.assertEqual(order.process_plan_id, self.plan)
        run = self.start_batch(order)
        lot = order.lot_producing_ids
        self.assertEqual(len(lot), 1)
        self.assertEqual(lot.release_state, "quarantine")
        self.assertEqual(lot.hold_state, "quarantine")
        self.run_through(run)
        self.assertEqual(run.state, "complete")
        self.assertEqual(set(run.stage_ids.mapped("state")), {"complete"})
        self.sign(lot, "release", self.quality_manager)
        self.assertEqual(lot.release_state, "released")
        self.assertEqual(lot.hold_state, "free")
        self.produce(order)
        self.assertEqual(order.state, "done")
        self.assertEqual(lot.release_state, "released")
        self.assertEqual(lot.product_qty, 100)

    def test_breach_holds_blocks_and_is_reprocessed(self):
        order = self.create_order()
        run = self.start_batch(order)
        stage = self.breach(run)
        deviation = run.sudo().deviation_ids
        self.assertEqual(len(deviation), 1)
        self.assertEqual(deviation.stage_id, stage)
        self.assertEqual(run.state, "held")
        self.assertEqual(stage.state, "held")
        self.assertEqual(deviation.lot_ids, order.lot_producing_ids)
        self.assertEqual(order.lot_producing_ids.hold_state, "held")
        with self.assertRaisesRegex(UserError, deviation.name):
            self.produce(order)
        verdict = stage.evaluate()
        self.assertFalse(verdict["can_progress"])
        self.assertEqual(verdict["quality_assessment"]["critical_failures"], 2)
        self.assertIn("open_deviation", {b["code"] for b in verdict["blockers"]})
        with self.assertRaisesRegex(UserError, "not decided"):
            run.action_restart()
        with self.assertRaisesRegex(UserError, "decided"):
            stage.with_user(self.supervisor).action_repeat(reason="again")

        self.decide(deviation)
        with self.assertRaisesRegex(UserError, "must be repeated"):
            run.action_restart()
        attempt = stage.browse(stage.action_repeat())
        self.assertEqual(attempt.attempt, 2)
        self.assertEqual(run.state, "running")
        self.assertEqual(stage.state, "failed")
        frozen = stage.read()[0]
        self.assertFalse(deviation.is_product_controlled)
        attempt.action_start(start_ms=self.clock)
        self.deliver(*[GOOD] * 8)
        self.complete_ccp(attempt)
        self.clock += 1000
        self.assertEqual(attempt.state, "complete")
        self.assertTrue(deviation.is_product_controlled)
        self.pass_filling(run)
        self.assertEqual(run.state, "running", "complete only when the deviation is closed")
        with self.assertRaisesRegex(UserError, "not closed"):
            self.produce(order)
        self.close(deviation)
        self.assertEqual(deviation.state, "closed")
        self.assertEqual(run.state, "complete")
        self.assertEqual(stage.read()[0], frozen, "attempt 1 stays as it was")
        self.assertEqual(order.lot_producing_ids.hold_state, "quarantine")
        self.sign(order.lot_producing_ids, "release", self.quality_manager)
        self.produce(order)
        self.assertEqual(order.state, "done")

    def test_released_lot_is_delivered_and_a_quarantined_one_is_not(self):
        order = self.create_order()
        self.run_through(self.start_batch(order))
        self.produce(order)
        self.assertEqual(order.state, "done")
        lot = order.lot_producing_ids
        customers = self.env.ref("stock.stock_location_customers")
        move = self.env["stock.move"].create(
            {
                "product_id": self.milk.id,
                "product_uom_qty": 10,
                "location_id": self.stock.id,
                "location_dest_id": customers.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertFalse(move.move_line_ids, "nothing is reserved of a lot in quarantine")
        self.sign(lot, "release", self.quality_manager)
        move._action_assign()
        self.assertEqual(move.move_line_ids.lot_id, lot)

    def test_release_takes_a_complete_batch_and_another_person(self):
        order = self.create_order()
        run = self.start_batch(order)
        lot = order.lot_producing_ids
        with self.assertRaisesRegex(UserError, "not complete"):
            self.sign(lot, "release", self.quality_manager)
        self.run_through(run)
        with self.assertRaises(AccessError):
            self.sign(lot, "release", self.supervisor)
        self.operator.group_ids += self.env.ref(
            "process_monitoring.group_process_monitoring_quality_manager"
        )
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.sign(lot, "release", self.operator)
        self.assertEqual(lot.release_state, "quarantine")

    def test_deviation_of_an_oprp_released_with_evidence_lets_the_stage_go_on(self):
        self.assertTrue(self.plan.is_hash_valid)
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        ids = stage.action_record_deviation(description="Seal of the tanker was broken")
        deviation = self.env["process.deviation"].browse(ids)
        self.deliver(900.0, sensor="t-flow")
        with self.assertRaisesRegex(UserError, deviation.name):
            stage.action_complete()
        self.assertEqual(deviation.reported_by_id, self.operator)
        self.assertEqual(deviation.lot_ids, run.lot_ids)
