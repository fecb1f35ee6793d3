# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A15, A16: no way leads to a done order past its process; a part keeps what holds the whole."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ProcessControlCase

SKIPS = {
    "skip_mo_check": True,
    "skip_consumption": True,
    "skip_backorder": True,
    "skip_immediate": True,
    "skip_expired": True,
    "skip_process": True,
    "force_date": True,
    "install_mode": True,
    "import_file": True,
}


@tagged("post_install", "-at_install")
class TestWall(ProcessControlCase):
    def setUp(self):
        super().setUp()
        self.order = self.create_order()
        self.start_batch(self.order)
        self.order.qty_producing = 100
        self.order.set_qty_producing()

    def assert_blocked(self, call, *args, order=None, **kwargs):
        order = order or self.order
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            call(*args, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotEqual(order.state, "done")
        self.assertFalse(order.lot_producing_ids.product_qty)
        self.assertIn("cannot be done", str(caught.exception))
        return caught.exception

    def test_button_as_every_user(self):
        for user in (
            self.operator,
            self.supervisor,
            self.env.user,
            self.env.ref("base.user_admin"),
        ):
            with self.subTest(user=user.login):
                user.sudo().group_ids += self.env.ref("mrp.group_mrp_manager")
                error = self.assert_blocked(self.order.with_user(user).button_mark_done)
                self.assertIn("Pasteurisation is pending", str(error))

    def test_button_with_context_keys(self):
        for order in (self.order, self.order.sudo()):
            self.assert_blocked(order.with_context(**SKIPS).button_mark_done)

    def test_an_order_that_was_never_initiated(self):
        order = self.create_order()
        order.qty_producing = 100
        order.set_qty_producing()
        error = self.assert_blocked(order.button_mark_done, order=order)
        self.assertIn("has not been initiated", str(error))

    def test_list_action_on_many_orders(self):
        good = self.create_order()
        self.clock += 10
        self.run_through(self.start_batch(good))
        action = self.env.ref("mrp.action_production_order_mark_done").with_context(
            active_model="mrp.production", active_ids=[good.id, self.order.id]
        )
        self.assert_blocked(action.run)
        self.assertNotEqual(good.state, "done")

    def test_state_written(self):
        for order in (self.order, self.order.sudo(), self.order.with_context(**SKIPS)):
            self.assert_blocked(order.write, {"state": "done"})

    def test_state_recomputed_from_moves(self):
        def finish():
            moves = (self.order.move_raw_ids | self.order.move_finished_ids).sudo()
            moves.write({"state": "done"})

        self.assert_blocked(finish)

    def test_inventory_posted(self):
        self.assert_blocked(self.order.sudo()._post_inventory)
        self.assert_blocked(self.order.sudo().with_context(**SKIPS)._post_inventory, True)

    def test_finished_moves_posted_alone(self):
        moves = self.order.sudo().move_finished_ids
        moves.quantity = 100
        moves.picked = True
        self.assert_blocked(moves.with_context(**SKIPS)._action_done)

    def test_named_in_the_context_of_another_order(self):
        good = self.create_order()
        self.clock += 10
        self.run_through(self.start_batch(good))
        good.qty_producing = 100
        good.set_qty_producing()
        self.order.qty_producing = 60
        self.assert_blocked(
            good.with_context(skip_backorder=True, mo_ids_to_backorder=self.order.ids)
            .sudo()
            .button_mark_done
        )

    def test_backorder_wizard(self):
        self.order.qty_producing = 60
        self.order.set_qty_producing()
        wizard = self.env["mrp.production.backorder"].create(
            {
                "mrp_production_ids": [Command.set(self.order.ids)],
                "mrp_production_backorder_line_ids": [
                    Command.create({"mrp_production_id": self.order.id, "to_backorder": True})
                ],
            }
        )
        self.assert_blocked(wizard.action_backorder)
        self.assert_blocked(wizard.action_close_mo)

    def test_consumption_wizard(self):
        wizard = self.env["mrp.consumption.warning"].create(
            {"mrp_production_ids": [Command.set(self.order.ids)]}
        )
        self.assert_blocked(wizard.action_confirm)

    def test_import(self):
        result = self.env["mrp.production"].load([".id", "state"], [[str(self.order.id), "done"]])
        self.assertFalse(result["ids"])
        self.assertIn("cannot be done", result["messages"][0]["message"])
        self.assertNotEqual(self.order.state, "done")

    @mute_logger("odoo.addons.base.models.ir_actions")
    def test_server_action(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "finish",
                "model_id": self.env.ref("mrp.model_mrp_production").id,
                "state": "code",
                "code": "records.sudo().write({'state': 'done'})",
            }
        )
        run = action.with_context(active_model="mrp.production", active_ids=self.order.ids).run
        self.assert_blocked(run)

    def test_flexible_bom_by_cancel(self):
        order = self.order.sudo()
        order.move_raw_ids.quantity = 100
        order.move_raw_ids.picked = True
        order.move_raw_ids._action_done()
        self.assertEqual(order.bom_id.consumption, "flexible")
        # without a finished move Odoo cannot tell "cancelled" from "done", and writes "done"
        self.env.flush_all()
        self.cr.execute(
            "UPDATE stock_move SET production_id = NULL WHERE production_id = %s", [order.id]
        )
        self.env.invalidate_all()
        self.assert_blocked(order.action_cancel)

    def test_created_as_done(self):
        vals = {
            "product_id": self.milk.id,
            "bom_id": self.bom.id,
            "product_qty": 1,
            "product_uom_id": self.milk.uom_id.id,
            "state": "done",
        }
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["mrp.production"].create({**vals, "process_plan_id": False})
            self.env.flush_all()

    def test_serial_products(self):
        self.plan.sudo().product_id.tracking = "lot"
        order = self.create_order(quantity=1)
        order.action_initiate_process()
        self.assert_blocked(order.with_context(**SKIPS).button_mark_done, order=order)

    def test_order_without_a_plan_is_not_affected(self):
        cream = self._create_product("Cream", "t-cream", "lot")
        order = self.env["mrp.production"].create({"product_id": cream.id, "product_qty": 5})
        order.action_confirm()
        order.action_generate_serial()
        order.qty_producing = 5
        order.with_user(self.operator).button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(order.lot_producing_ids.release_state, "none")
        self.assertEqual(order.lot_producing_ids.hold_state, "free")

    # -- leaving the plan away ------------------------------------------------------------------

    def test_the_plan_cannot_be_left_away(self):
        order = self.create_order()
        for user in (self.operator, self.engineer, self.env.user):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                order.with_user(user).write({"process_plan_id": False})
        order = self.create_order(process_plan_id=False)
        self.assertEqual(order.process_plan_id, self.plan)

    def test_the_plan_of_a_running_batch_cannot_be_changed(self):
        other = self._create_plan(code="T-MILK-2", name="Other")
        self._approve(other)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.order.write({"process_plan_id": other.id})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.order.sudo().write({"process_plan_id": False})
        order = self.create_order()
        order.write({"process_plan_id": other.id})
        self.assertEqual(order.process_plan_id, other)

    def test_a_plan_that_does_not_fit_is_refused(self):
        draft = self._create_plan(code="T-DRAFT")
        order = self.create_order()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.write({"process_plan_id": draft.id})
        cream = self._create_product("Cream", "t-cream", "lot")
        other = self._create_plan(code="T-CREAM", product_id=cream.id)
        self._approve(other)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.write({"process_plan_id": other.id})

    def test_an_order_with_a_batch_record_is_not_deleted(self):
        self.order.sudo().action_cancel()
        with self.assertRaises(UserError):
            self.order.sudo().unlink()

    def test_cancel_aborts_the_batch(self):
        run = self.order.process_run_id
        self.order.sudo().action_cancel()
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(run.state, "aborted")

    # -- A16 ------------------------------------------------------------------------------------

    def test_a16_backorder_keeps_revision_and_holds(self):
        order = self.create_order()
        run = self.start_batch(order)
        self.run_through(run)
        draft = self._new_revision(self.plan)
        self._approve(draft)
        self.assertEqual(self.plan.state, "superseded")
        order.qty_producing = 60
        order.set_qty_producing()
        names = {"skip_backorder": True, "mo_ids_to_backorder": order.ids}
        order.sudo().with_context(**names).button_mark_done()
        self.assertEqual(order.state, "done")
        rest = order.production_group_id.production_ids - order
        self.assertEqual(len(rest), 1)
        self.assertEqual(rest.process_plan_id, self.plan)
        self.assertEqual(rest.process_origin_run_id, run.sudo())
        self.assertFalse(rest.process_run_id)
        rest = rest.with_user(self.operator)
        rest.qty_producing = 40
        self.assert_blocked(rest.button_mark_done, order=rest)
        self.clock += 1000
        self.run_through(self.start_batch(rest))
        self.assertEqual(rest.process_run_id.plan_hash, run.plan_hash)
        deviation = run.sudo()._do_open_deviation(run.stage_ids[0], "Found later")
        error = self.assert_blocked(rest.button_mark_done, order=rest)
        self.assertIn(deviation.name, str(error))

    def test_a16_split_keeps_the_revision(self):
        order = self.create_order()
        parts = order.sudo()._split_productions({order.sudo(): [30, 70]})
        self.assertEqual(parts.process_plan_id, self.plan)
        self.assertEqual(len(parts), 2)

    def test_a16_merge_of_different_revisions_is_refused(self):
        first = self.create_order()
        self._approve(self._new_revision(self.plan))
        second = self.create_order()
        self.assertNotEqual(first.process_plan_id, second.process_plan_id)
        with self.assertRaisesRegex(UserError, "different plan revisions"), self.cr.savepoint():
            (first | second).action_merge()
        third = self.create_order()
        merged = self.env["mrp.production"].browse((second | third).sudo().action_merge()["res_id"])
        self.assertEqual(merged.process_plan_id, second.process_plan_id)
        self.assertEqual(merged.product_qty, 200)

    def test_a16_running_orders_and_old_revisions_are_not_merged(self):
        other = self.create_order()
        with self.assertRaises(UserError), self.cr.savepoint():
            (self.order | other).sudo().action_merge()
        first, second = self.create_order(), self.create_order()
        self._approve(self._new_revision(self.plan))
        with self.assertRaisesRegex(UserError, "superseded"), self.cr.savepoint():
            (first | second).sudo().action_merge()

    def _new_revision(self, plan):
        action = plan.with_user(self.engineer).action_new_revision()
        return self.env["process.plan"].browse(action["res_id"])

    # -- lots -----------------------------------------------------------------------------------

    def test_another_lot_of_the_order_is_quarantined_too(self):
        order = self.create_order()
        run = self.start_batch(order)
        self.run_through(run)
        first = order.lot_producing_ids
        other = self.env["stock.lot"].create({"product_id": self.milk.id, "name": "T-OTHER"})
        order.lot_producing_ids = [Command.set(other.ids)]
        self.assertEqual(other.release_state, "quarantine")
        self.assertEqual(run.lot_ids, first | other)

    def test_a_lot_typed_into_the_finished_move_is_quarantined_too(self):
        order = self.create_order()
        self.run_through(self.start_batch(order))
        other = self.env["stock.lot"].create({"product_id": self.milk.id, "name": "T-SMUGGLED"})
        order.qty_producing = 100
        order.set_qty_producing()
        move = order.sudo().move_finished_ids
        move.move_line_ids = [
            Command.clear(),
            Command.create(
                {
                    "product_id": self.milk.id,
                    "lot_id": other.id,
                    "quantity": 100,
                    "product_uom_id": self.milk.uom_id.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            ),
        ]
        order.sudo().button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(other.release_state, "quarantine")
        self.assertIn(other, order.process_run_id.lot_ids)
