# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A held lot: not reserved, not consumed, not delivered; moved inside, scrapped (part of A21)."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SECOND, T0
from .test_deviation import DeviationCase


@tagged("post_install", "-at_install")
class TestLotHold(DeviationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = warehouse.lot_stock_id
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Blocked shelf", "location_id": cls.stock.id}
        )
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.production = cls.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.milk = cls.env["product.product"].create(
            {"name": "Milk", "is_storable": True, "tracking": "lot"}
        )
        cls.lot, cls.free_lot = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.milk.id} for name in ("LOT-1", "LOT-2")]
        )
        cls.put(cls.lot, 100)

    @classmethod
    def put(cls, lot, quantity):
        cls.env["stock.quant"]._update_available_quantity(cls.milk, cls.stock, quantity, lot_id=lot)

    def hold(self, lot=None, **vals):
        lots = self.lot if lot is None else lot
        cycles = type(self.env["process.cycle"])
        with patch.object(cycles, "_get_affected_lots", lambda cycle: lots):
            return self.open_deviation(**vals)

    def create_move(self, target, quantity=10, lot=None, source=None):
        move = self.env["stock.move"].create(
            {
                "product_id": self.milk.id,
                "product_uom": self.milk.uom_id.id,
                "product_uom_qty": quantity,
                "location_id": (source or self.stock).id,
                "location_dest_id": target.id,
            }
        )
        move._action_confirm()
        if lot:
            move.move_line_ids = [
                (5,),
                (
                    0,
                    0,
                    {
                        "product_id": self.milk.id,
                        "lot_id": lot.id,
                        "quantity": quantity,
                        "location_id": (source or self.stock).id,
                        "location_dest_id": target.id,
                    },
                ),
            ]
            move.picked = True
        return move

    def on_hand(self, lot, location):
        quants = self.env["stock.quant"].search(
            [("lot_id", "=", lot.id), ("location_id", "=", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def test_deviation_holds_the_lot_and_says_so(self):
        self.assertEqual(self.lot.hold_state, "free")
        deviation = self.hold()
        self.assertEqual(deviation.lot_ids, self.lot)
        self.assertEqual(self.lot.hold_state, "held")
        self.assertTrue(self.lot.is_held)
        self.assertEqual(
            self.lot._get_hold_reasons(), [f"Lot LOT-1 is held by deviation {deviation.name}."]
        )
        held = self.env["stock.lot"].search([("is_held", "=", True)])
        self.assertIn(self.lot, held)
        self.assertNotIn(self.free_lot, held)

    def test_not_reserved(self):
        self.hold()
        self.assertEqual(self.env["stock.quant"]._get_available_quantity(self.milk, self.stock), 0)
        move = self.create_move(self.customers)
        move._action_assign()
        self.assertFalse(move.move_line_ids)
        self.put(self.free_lot, 30)
        move._action_assign()
        self.assertEqual(move.move_line_ids.lot_id, self.free_lot)
        self.assertEqual(move.quantity, 10)

    def test_reserved_only_what_is_free(self):
        self.put(self.free_lot, 4)
        self.hold()
        move = self.create_move(self.customers)
        move._action_assign()
        self.assertEqual((move.move_line_ids.lot_id, move.quantity), (self.free_lot, 4))

    def test_delivery_is_refused_in_a_sentence(self):
        move = self.create_move(self.customers, lot=self.lot)
        deviation = self.hold()
        with self.assertRaises(UserError) as caught:
            move._action_done()
        self.assertIn("LOT-1", str(caught.exception))
        self.assertIn(deviation.name, str(caught.exception))
        self.assertEqual(self.on_hand(self.lot, self.stock), 100)

    def test_delivery_is_refused_to_superuser_and_any_context(self):
        move = self.create_move(self.customers, lot=self.lot).sudo()
        self.hold()
        context = {"is_scrap": True, "skip_expired": True, "force": True}
        with self.assertRaises(UserError):
            move.with_context(**context)._action_done()

    def test_consumption_is_refused(self):
        move = self.create_move(self.production, lot=self.lot)
        self.hold()
        with self.assertRaises(UserError):
            move._action_done()

    def test_reserved_before_the_hold_is_refused_too(self):
        move = self.create_move(self.customers)
        move._action_assign()
        self.assertEqual(move.move_line_ids.lot_id, self.lot)
        self.hold()
        move.picked = True
        with self.assertRaises(UserError):
            move._action_done()

    def test_move_inside_the_plant_is_possible(self):
        self.hold()
        move = self.create_move(self.shelf, lot=self.lot)
        move._action_done()
        self.assertEqual(move.state, "done")
        self.assertEqual(self.on_hand(self.lot, self.shelf), 10)
        self.assertEqual(self.lot.hold_state, "held", "The hold goes with the lot")

    def test_scrap_is_possible(self):
        self.hold()
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.milk.id,
                "lot_id": self.lot.id,
                "scrap_qty": 100,
                "location_id": self.stock.id,
            }
        )
        scrap.do_scrap()
        self.assertEqual(scrap.state, "done")
        self.assertEqual(self.on_hand(self.lot, self.stock), 0)

    def test_receipt_into_stock_is_possible(self):
        self.hold()
        move = self.create_move(self.stock, source=self.production)
        move.move_line_ids.lot_id = self.lot
        move.picked = True
        move._action_done()
        self.assertEqual(move.state, "done")

    def test_changed_line_of_a_done_delivery(self):
        self.put(self.free_lot, 10)
        move = self.create_move(self.customers, lot=self.free_lot)
        move._action_done()
        self.hold()
        with self.assertRaises(UserError):
            move.move_line_ids.lot_id = self.lot

    def test_held_until_closed(self):
        deviation = self.hold(control_class="oprp")
        self.release(deviation)
        self.assertEqual(self.lot.hold_state, "held", "Decided is not closed")
        self.sign(deviation, "close", self.quality_manager)
        self.assertEqual(self.lot.hold_state, "free")
        move = self.create_move(self.customers, lot=self.lot)
        move._action_done()
        self.assertEqual(move.state, "done")

    def test_a20_destroy_scraps_what_is_left_wherever_it_lies(self):
        deviation = self.hold()
        self.create_move(self.shelf, lot=self.lot, quantity=30)._action_done()
        self.decide(deviation, "destroy")
        self.assertEqual(deviation.on_hand_quantity, 100)
        self.analyse(deviation)
        with self.assertRaisesRegex(UserError, "not under control"):
            self.sign(deviation, "close", self.quality_manager)
        with self.assertRaises(AccessError):
            deviation.with_user(self.operator).action_carry_out()
        self.carry_out(deviation)
        self.assertEqual(deviation.on_hand_quantity, 0)
        self.assertEqual(sum(deviation.scrap_ids.mapped("scrap_qty")), 100)
        self.assertEqual(set(deviation.scrap_ids.mapped("state")), {"done"})
        with self.assertRaisesRegex(UserError, "nothing to carry out"):
            deviation.with_user(self.supervisor).action_carry_out()
        self.sign(deviation, "close", self.quality_manager)
        self.assertEqual(self.lot.hold_state, "held", "What comes back of it is still held")

    def carry_out(self, deviation):
        action = deviation.with_user(self.supervisor).action_carry_out()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.supervisor)
            .with_context(**action["context"])
            .create({})
        )
        wizard.action_apply()

    # -- A21, the rarer ways ----------------------------------------------------------------------

    def test_a21_scrap_undone_carries_the_hold_and_goes_nowhere_else(self):
        deviation = self.hold()
        self.decide(deviation, "destroy")
        self.carry_out(deviation)
        scrapped = deviation.scrap_ids.scrap_location_id
        back = self.create_move(self.stock, lot=self.lot, source=scrapped)
        back._action_done()
        self.assertEqual(self.lot.hold_state, "held")
        with self.assertRaises(UserError):
            self.create_move(self.customers, lot=self.lot, source=scrapped)._action_done()

    def test_a21_inventory_count_does_not_write_it_off(self):
        self.hold()
        quant = self.env["stock.quant"].search(
            [("lot_id", "=", self.lot.id), ("location_id", "=", self.stock.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 0
        with self.assertRaisesRegex(UserError, "written off"):
            quant.action_apply_inventory()
        quant.inventory_quantity = 120
        quant.action_apply_inventory()
        self.assertEqual(self.on_hand(self.lot, self.stock), 120, "More of it is held too")

    def test_a21_lot_keeps_its_name_product_and_company(self):
        self.hold()
        other = self.milk.copy()
        for vals in ({"name": "LOT-FREE"}, {"product_id": other.id}, {"company_id": False}):
            if self.lot.company_id or "company_id" not in vals:
                with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "is held"):
                    self.lot.sudo().write(vals)
        self.lot.write({"name": "LOT-1", "note": "<p>Seen</p>"})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.lot.sudo().unlink()

    def test_a21_record_of_what_brought_it_in_is_not_edited(self):
        receipt = self.create_move(self.stock, lot=self.free_lot, source=self.production)
        receipt._action_done()
        self.hold(self.free_lot)
        line = receipt.move_line_ids
        for vals in ({"lot_id": self.lot.id}, {"quantity": 1}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "cannot be changed"):
                line.sudo().write(vals)

    def test_a21_transit_and_another_company_are_out(self):
        self.hold()
        transit = self.env["stock.location"].create({"name": "Lorry", "usage": "transit"})
        with self.assertRaises(UserError):
            self.create_move(transit, lot=self.lot)._action_done()

    def test_a21_package_takes_the_hold_along(self):
        self.hold()
        move = self.create_move(self.shelf, lot=self.lot)
        move.move_line_ids.result_package_id = self.env["stock.package"].create({"name": "PAL-1"})
        move._action_done()
        quant = self.env["stock.quant"].search([("package_id.name", "=", "PAL-1")])
        self.assertEqual(quant.lot_id.hold_state, "held")

    def test_a21_lots_made_of_it_are_held(self):
        """Also those made before it was held, step by step."""
        grandchild = self.env["stock.lot"].create({"name": "LOT-C", "product_id": self.milk.id})
        for parent, child in ((self.lot, self.free_lot), (self.free_lot, grandchild)):
            consumed = self.create_move(self.production, lot=parent, quantity=10)
            consumed._action_done()
            made = self.create_move(self.stock, lot=child, source=self.production)
            made._action_done()
            made.move_line_ids.consume_line_ids = consumed.move_line_ids
        deviation = self.hold()
        self.assertEqual(deviation.lot_ids, self.lot + self.free_lot + grandchild)
        self.assertEqual(grandchild.hold_state, "held")

    def test_a21_what_was_delivered_before_is_told(self):
        self.create_move(self.customers, lot=self.lot, quantity=40)._action_done()
        deviation = self.hold()
        self.assertEqual((deviation.shipped_quantity, deviation.on_hand_quantity), (40, 60))

    def test_lots_are_added_and_never_taken_off(self):
        deviation = self.hold()
        deviation.lot_ids += self.free_lot
        self.assertEqual(self.free_lot.hold_state, "held")
        with self.assertRaisesRegex(UserError, "disposition"):
            deviation.lot_ids -= self.lot
        with self.assertRaises(UserError):
            deviation.sudo().write({"lot_ids": [(5,)]})

    def test_lot_is_not_freed_by_writing_on_it(self):
        self.hold()
        for vals in ({"hold_state": "free"}, {"deviation_ids": [(5,)]}):
            with self.assertRaisesRegex(UserError, "not typed|cannot be written"):
                self.lot.sudo().write(vals)
        self.assertEqual(self.lot.hold_state, "held")
        born = self.env["stock.lot"].create(
            {"name": "LOT-9", "product_id": self.milk.id, "hold_state": "held"}
        )
        self.assertEqual(born.hold_state, "free")

    def test_lots_found_later_join(self):
        deviation = self.hold()
        cycles = type(self.env["process.cycle"])
        both = self.lot + self.free_lot
        with patch.object(cycles, "_get_affected_lots", lambda cycle: both):
            self.feed((T0 + 4 * SECOND, 70.0))
            deviation.cycle_id._evaluate(T0 + 5 * SECOND)
        self.assertEqual(deviation.lot_ids, both)

    def test_copy_of_a_lot_carries_no_deviation(self):
        self.hold()
        self.assertFalse(self.lot.copy({"name": "LOT-3"}).deviation_ids)
