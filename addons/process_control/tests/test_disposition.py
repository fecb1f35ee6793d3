# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every disposition is driven to an end of the order (A20); what is made of it is traced (A21)."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestDisposition(ProcessControlCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feed_product = cls._create_product("Animal feed", "t-feed", "lot")
        stock_user = cls.env.ref("mrp.group_mrp_user")
        cls.supervisor.group_ids += stock_user
        cls.operator.group_ids += stock_user

    def break_limit(self, order=None, **vals):
        """Return an order whose pasteurisation failed, and its deviation."""
        order = order or self.create_order(**vals)
        run = self.start_batch(order)
        self.breach(run)
        return order, run.sudo().deviation_ids

    def decide(self, deviation, disposition="reprocess"):
        if disposition == "redirect":
            deviation.with_user(self.quality_manager).write(
                {"disposition": "redirect", "redirect_product_id": self.feed_product.id}
            )
        return super().decide(deviation, disposition)

    def carry_out(self, deviation, **vals):
        deviation = deviation.with_user(self.supervisor)
        action = deviation.action_carry_out()
        wizard = self.env[action["res_model"]].with_user(self.supervisor)
        wizard.with_context(**action["context"]).create(vals).action_apply()

    def get_quantity(self, product, lot=None):
        domain = [("product_id", "=", product.id), ("location_id.usage", "=", "internal")]
        if lot:
            domain.append(("lot_id", "=", lot.id))
        return sum(self.env["stock.quant"].search(domain).mapped("quantity"))

    def finish(self, order):
        """Confirm a linked order, name its lot and mark it done, as the operator does."""
        order = order.with_user(self.operator)
        if order.state == "draft":
            order.action_confirm()
        order.action_assign()
        if not order.lot_producing_ids:
            order.action_generate_serial()
        self.produce(order)
        return order

    # -- reprocess ------------------------------------------------------------------------------

    def test_a20_reprocess_in_the_same_order(self):
        order, deviation = self.break_limit()
        self.decide(deviation)
        self.assertFalse(deviation.disposition_order_ids, "All of it is still in the order")
        run = order.process_run_id.with_user(self.operator)
        stage = self.get_stage(run, "Pasteurisation")
        attempt = stage.browse(stage.action_repeat())
        self.pass_pasteurisation(run, self.start_pasteurisation(run))
        self.assertEqual(attempt.state, "complete")
        self.pass_filling(run)
        self.close(deviation)
        self.produce(order)
        self.assertEqual(order.state, "done")

    def test_a20_reprocess_after_the_batch_was_stopped(self):
        order, deviation = self.break_limit()
        run = order.process_run_id.with_user(self.supervisor)
        run.action_stop(reason="Too late today")
        self.decide(deviation)
        self.assertFalse(deviation.is_product_controlled)
        again = run.browse(run.action_reset(reason="Next morning"))
        order.with_user(self.operator).action_start_process(start_ms=self.clock)
        self.run_through(again.with_user(self.operator))
        self.assertTrue(deviation.is_product_controlled)
        self.close(deviation)
        self.produce(order)
        self.assertEqual(order.state, "done")

    def make_done_with_deviation(self, control_class="ccp"):
        """Return a done order with its lot, and a deviation reported afterwards."""
        order = self.create_order()
        self.run_through(self.start_batch(order))
        self.produce(order)
        self.sign(order.lot_producing_ids, "release", self.quality_manager)
        deviation = (
            self.env["process.deviation"]
            .with_user(self.operator)
            .create(
                {
                    "control_class": control_class,
                    "description": "Thermometer was 0.4 °C too high",
                    "lot_ids": [Command.link(order.lot_producing_ids.id)],
                }
            )
        )
        return order, deviation.sudo()

    def test_a20_reprocess_of_what_left_its_order_is_a_linked_order(self):
        order, deviation = self.make_done_with_deviation()
        lot = order.lot_producing_ids
        self.decide(deviation)
        again = deviation.disposition_order_ids
        self.assertEqual((again.state, again.product_id), ("draft", self.milk))
        self.assertEqual(again.disposition_deviation_ids, deviation)
        self.assertEqual(again.move_raw_ids.product_id, self.milk)
        self.assertEqual(again.product_qty, 100)
        self.assertEqual(again.process_plan_id, self.plan, "Its CCPs must pass again")
        self.assertFalse(deviation.is_product_controlled)
        again.with_user(self.operator).action_confirm()
        again.action_assign()
        self.assertEqual(again.move_raw_ids.move_line_ids.lot_id, lot)
        with self.assertRaisesRegex(UserError, "not been initiated"):
            self.finish(again)
        self.run_through(self.start_batch(again.with_user(self.operator)))
        self.finish(again)
        self.assertEqual(again.state, "done")
        child = again.lot_producing_ids
        self.assertEqual(child.hold_state, "quarantine", "It is not affected any more")
        self.assertEqual(self.get_quantity(self.milk, lot), 0)
        self.assertTrue(deviation.is_product_controlled)
        self.close(deviation)
        self.assertEqual(lot.hold_state, "held", "What comes back of it is not free")
        self.sign(child, "release", self.quality_manager)
        self.assertEqual(child.hold_state, "free")

    def test_a20_linked_order_takes_the_held_lot_and_no_other(self):
        _order, deviation = self.make_done_with_deviation()
        free = self.env["stock.lot"].create({"name": "FREE", "product_id": self.milk.id})
        self.env["stock.quant"]._update_available_quantity(self.milk, self.stock, 500, lot_id=free)
        self.decide(deviation)
        again = deviation.disposition_order_ids
        again.action_confirm()
        again.action_assign()
        self.assertEqual(again.move_raw_ids.move_line_ids.lot_id, deviation.lot_ids)
        self.assertEqual(again.move_raw_ids.quantity, 100)

    def test_a20_another_order_cannot_take_the_held_lot(self):
        order, deviation = self.make_done_with_deviation()
        self.decide(deviation)
        thief = self.env["mrp.production"].create(
            {
                "product_id": self.feed_product.id,
                "product_qty": 100,
                "move_raw_ids": [
                    Command.create({"product_id": self.milk.id, "product_uom_qty": 100})
                ],
            }
        )
        thief.action_confirm()
        thief.action_assign()
        self.assertFalse(thief.move_raw_ids.move_line_ids)
        with self.assertRaisesRegex(UserError, "cannot be written"):
            thief.sudo().write({"disposition_deviation_ids": [Command.link(deviation.id)]})
        thief.move_raw_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": self.milk.id,
                    "quantity": 100,
                    "lot_id": order.lot_producing_ids.id,
                    "location_id": self.stock.id,
                    "location_dest_id": thief.production_location_id.id,
                }
            )
        ]
        thief.move_raw_ids.picked = True
        thief.action_generate_serial()
        with self.assertRaisesRegex(UserError, "is held"):
            self.produce(thief)

    def test_a20_two_deviations_of_one_lot_share_an_order(self):
        order, deviation = self.make_done_with_deviation()
        second = deviation.copy({"lot_ids": [Command.set(order.lot_producing_ids.ids)]})
        self.decide(deviation)
        again = deviation.disposition_order_ids
        again.action_confirm()
        again.action_assign()
        self.run_through(self.start_batch(again.with_user(self.operator)))
        with self.assertRaisesRegex(UserError, second.name), self.cr.savepoint():
            self.finish(again)
        self.decide(second)
        self.assertEqual(second.disposition_order_ids, again)
        self.finish(again)
        self.assertTrue(deviation.is_product_controlled and second.is_product_controlled)

    # -- redirect -------------------------------------------------------------------------------

    def test_a20_redirect_of_a_running_batch_ends_in_the_named_product(self):
        order, deviation = self.break_limit()
        lot = order.lot_producing_ids
        self.decide(deviation, "redirect")
        self.assertEqual(order.process_run_id.state, "stopped", "Nobody goes on with it")
        with self.assertRaisesRegex(UserError, "cannot be done"):
            self.produce(order)
        with self.assertRaises(AccessError):
            deviation.with_user(self.operator).action_carry_out()
        self.carry_out(deviation, made_quantity=90)
        self.assertEqual(order.state, "done")
        self.assertEqual((lot.hold_state, self.get_quantity(self.milk, lot)), ("held", 90))
        linked = deviation.disposition_order_ids
        self.assertEqual((linked.product_id, linked.product_qty), (self.feed_product, 90))
        self.assertFalse(deviation.is_product_controlled)
        self.finish(linked)
        self.assertEqual(linked.state, "done")
        self.assertEqual(self.get_quantity(self.feed_product, linked.lot_producing_ids), 90)
        self.assertEqual(self.get_quantity(self.milk), 0)
        self.assertEqual(linked.lot_producing_ids.hold_state, "free")
        self.close(deviation)
        with self.assertRaises(UserError):
            self.sign(lot, "release", self.quality_manager)

    def test_a20_redirect_of_stock(self):
        order, deviation = self.make_done_with_deviation()
        self.decide(deviation, "redirect")
        self.finish(deviation.disposition_order_ids)
        self.assertEqual(self.get_quantity(self.milk, order.lot_producing_ids), 0)
        self.close(deviation)
        self.assertEqual(deviation.state, "closed")

    def test_cancelled_linked_order_is_opened_again(self):
        _order, deviation = self.make_done_with_deviation()
        self.decide(deviation, "redirect")
        first = deviation.disposition_order_ids
        first.action_cancel()
        self.assertTrue(deviation.is_to_carry_out)
        self.carry_out(deviation)
        self.finish(deviation.disposition_order_ids - first)
        self.assertTrue(deviation.is_product_controlled)

    # -- destroy --------------------------------------------------------------------------------

    def test_a20_destroy_of_a_running_batch_scraps_its_lot(self):
        order, deviation = self.break_limit()
        lot = order.lot_producing_ids
        self.decide(deviation, "destroy")
        run = order.process_run_id.with_user(self.operator)
        with self.assertRaises(UserError):
            run.action_restart()
        self.assertFalse(deviation.is_product_controlled)
        self.carry_out(deviation)
        self.assertEqual(order.state, "done")
        self.assertEqual(self.get_quantity(self.milk, lot), 0)
        self.assertEqual(deviation.scrap_ids.scrap_qty, 100)
        self.assertEqual(deviation.scrap_ids.lot_id, lot)
        self.assertEqual(
            deviation.scrap_ids.scrap_reason_tag_ids.name, "Destroyed after a deviation"
        )
        self.close(deviation)
        self.assertEqual((deviation.state, lot.hold_state), ("closed", "held"))

    def test_a20_destroy_where_nothing_was_made_cancels_the_order(self):
        order, deviation = self.break_limit()
        self.decide(deviation, "destroy")
        self.carry_out(deviation, made_quantity=0)
        self.assertEqual(order.state, "cancel")
        self.close(deviation)
        self.assertEqual(deviation.state, "closed")

    def test_a20_destroy_of_product_without_lots(self):  # pylint: disable=missing-return
        juice = self._create_product("Juice", "t-juice", "lot")
        bom = self.bom.copy({"product_tmpl_id": juice.product_tmpl_id.id, "product_id": juice.id})
        self._approve(self._create_plan(code="T-JUICE", product_id=juice.id))
        juice.tracking = "none"  # a plan wants lots; somebody took them away later
        order, deviation = self.break_limit(product_id=juice.id, bom_id=bom.id)
        deviation.with_user(self.quality_manager).write(
            {"disposition": "redirect", "redirect_product_id": self.feed_product.id}
        )
        with self.assertRaisesRegex(UserError, "not tracked by lots"), self.cr.savepoint():
            super().decide(deviation, "redirect")
        self.decide(deviation, "destroy")
        self.carry_out(deviation)
        self.assertEqual(order.state, "done")
        self.assertEqual(self.get_quantity(juice), 0)
        self.close(deviation)

    def test_given_up_order_waits_for_what_is_not_decided(self):
        order, deviation = self.break_limit()
        stage = self.get_stage(order.process_run_id, "Pasteurisation")
        stage.action_record_deviation(description="Seal was open")
        other = order.process_run_id.sudo().deviation_ids - deviation
        self.decide(deviation, "destroy")
        with self.assertRaisesRegex(UserError, other.name), self.cr.savepoint():
            self.carry_out(deviation)
        self.decide(other, "destroy")
        self.carry_out(deviation)
        self.close(deviation)
        self.close(other)
        self.assertEqual(order.state, "done")

    def test_another_lot_of_a_given_up_order_is_held_too(self):
        order, deviation = self.break_limit()
        self.decide(deviation, "destroy")
        other = self.env["stock.lot"].create({"name": "CLEAN", "product_id": self.milk.id})
        order.sudo().lot_producing_ids = other
        self.assertIn(other, deviation.lot_ids)
        self.carry_out(deviation)
        self.assertEqual(self.get_quantity(self.milk, other), 0)

    # -- release --------------------------------------------------------------------------------

    def test_a20_oprp_released_with_evidence_ends_the_order(self):
        requirement = self.plan.stage_ids.requirement_ids.filtered(lambda r: r.name == "Flow in")
        order = self.create_order()
        run = self.start_batch(order)
        deviation = run.sudo()._do_open_deviation(
            self.get_stage(run, "Reception").sudo(), f"{requirement.name}: seal broken", "oprp"
        )
        attachments = self.env["ir.attachment"].with_user(self.quality_manager)
        attachment = attachments.create({"name": "analysis.pdf", "raw": b"%PDF"})
        deviation.with_user(self.quality_manager).write(
            {
                "disposition": "release",
                "disposition_reason": "Levels are met",
                "release_evidence": "c",
                "evidence_attachment_ids": [Command.link(attachment.id)],
                "cause_category": "man",
                "cause": "Driver",
                "correction": "Sampled",
                "prevention": "Seal is checked at the gate",
            }
        )
        colleague = self._create_user("quality_manager", name="Second manager")
        self.sign(deviation, "disposition", colleague)
        self.close(deviation)
        self.run_through(run)
        self.produce(order)
        self.assertEqual(order.state, "done")

    # -- A21 --------------------------------------------------------------------------------------

    def test_a21_what_was_made_of_it_is_held_too(self):
        order = self.create_order()
        self.run_through(self.start_batch(order))
        self.produce(order)
        lot = order.lot_producing_ids
        self.sign(lot, "release", self.quality_manager)
        cheese = self.env["mrp.production"].create(
            {
                "product_id": self.feed_product.id,
                "product_qty": 10,
                "move_raw_ids": [
                    Command.create({"product_id": self.milk.id, "product_uom_qty": 100})
                ],
            }
        )
        cheese.action_confirm()
        self.finish(cheese)
        deviation = self.env["process.deviation"].create(
            {"control_class": "ccp", "lot_ids": [Command.link(lot.id)]}
        )
        self.assertEqual(deviation.lot_ids, lot + cheese.lot_producing_ids)
        self.assertEqual(cheese.lot_producing_ids.hold_state, "held")
