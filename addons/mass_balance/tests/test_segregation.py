# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Physical segregation: put away apart, picked from there, a mixing is told."""

from odoo.exceptions import ValidationError

from .common import MassBalanceCase


class TestSegregation(MassBalanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tank = cls.env["stock.location"].create(
            {"name": "Tank 7", "location_id": cls.warehouse.lot_stock_id.id, "usage": "internal"}
        )
        cls.warehouse.mb_segregated_location_id = cls.tank
        cls.bio.is_mb_segregated = True

    def put_away(self, product, place):
        return place._get_putaway_strategy(product)

    def stock(self, product, place, lot):
        batch = self.env["stock.lot"].create(
            {"name": lot, "product_id": product.id, "company_id": self.company.id}
        )
        self.env["stock.quant"]._update_available_quantity(product, place, 50, lot_id=batch)

    def test_it_is_put_away_apart(self):
        stock = self.warehouse.lot_stock_id
        self.assertEqual(self.put_away(self.bio, stock), self.tank)
        self.assertEqual(self.put_away(self.fossil, stock), stock)
        shelf = self.env["stock.location"].create(
            {"name": "Valve 2", "location_id": self.tank.id, "usage": "internal"}
        )
        self.assertEqual(self.put_away(self.bio, shelf), shelf)

    def test_it_is_picked_from_there_alone(self):
        stock = self.warehouse.lot_stock_id
        self.stock(self.bio, stock, "BN-MIXED")
        quants = self.env["stock.quant"]
        self.assertEqual(quants._get_available_quantity(self.bio, stock), 0)
        self.stock(self.bio, self.tank, "BN-APART")
        self.assertEqual(quants._get_available_quantity(self.bio, stock), 50)
        picking = self.sell(60, product=self.bio)
        self.assertEqual(picking.move_line_ids.lot_id.name, "BN-APART")
        self.assertEqual(picking.move_ids.quantity, 50)

    def test_other_products_are_picked_as_ever(self):
        stock = self.warehouse.lot_stock_id
        self.stock(self.fossil, stock, "FN-1")
        self.assertEqual(self.env["stock.quant"]._get_available_quantity(self.fossil, stock), 50)

    def test_a_mixing_is_told_and_nothing_is_stopped(self):
        picking = self.make_receipt(10, product=self.fossil, lot="FN-9")
        picking.move_ids.move_line_ids.location_dest_id = self.tank
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertIn("may be mixed", "".join(picking.activity_ids.mapped("summary")))

    def test_the_place_is_one_of_its_own(self):
        for place in (self.warehouse.lot_stock_id, self.env.ref("stock.stock_location_customers")):
            with self.assertRaisesRegex(ValidationError, "place of its own"):
                self.warehouse.mb_segregated_location_id = place

    def test_products_are_classified(self):
        self.assertEqual(self.bio.mb_class, "biomass")
        self.assertEqual(self.fossil.mb_class, "none")
        self.assertFalse(self.polymer.mb_class)
        self.bio.mb_category = "circular"
        self.assertEqual(self.bio.mb_class, "other")


class TestSegregatedOrder(MassBalanceCase):
    """An order claims its product by physical segregation: only segregated lots may go in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bom.bom_line_ids.filtered(lambda line: line.product_id == cls.fossil).unlink()

    def receive_as(self, option, lot):
        declaration = self.receive_certified(number=f"SD-{lot}", lot=lot)
        declaration._stamp(chain_of_custody=option)
        return self.lot(lot)

    def order(self, option="physical_segregation"):
        return self.env["mrp.production"].create(
            {
                "product_id": self.polymer.id,
                "bom_id": self.bom.id,
                "product_qty": 1700,
                "company_id": self.company.id,
                "mb_chain_of_custody": option,
            }
        )

    def test_it_reserves_segregated_lots_alone(self):
        self.receive_as("mass_balance", "BN-1")
        apart = self.receive_as("physical_segregation", "BN-2")
        order = self.order()
        order.action_confirm()
        order.action_assign()
        [move] = order.move_raw_ids
        self.assertEqual(move.move_line_ids.lot_id, apart)
        self.assertEqual((move.quantity, move.state), (100, "partially_available"))
        usual = self.order("mass_balance")
        usual.action_confirm()
        usual.action_assign()
        self.assertEqual(usual.move_raw_ids.move_line_ids.lot_id.name, "BN-1")

    def test_what_was_consumed_decides_what_may_be_stated(self):
        apart = self.receive_as("physical_segregation", "BN-1")
        self.produce({apart: 100})
        made = self.lot("PP-1", self.polymer)
        self.assertTrue(made.is_mb_lot_segregated)
        record = self.deliver(10)
        record._stamp(chain_of_custody="physical_segregation")
        self.assertFalse([text for text in record._get_paper_blockers() if "segregation" in text])
        apart.mb_declaration_id._stamp(chain_of_custody="mass_balance")
        made.invalidate_recordset()
        self.assertFalse(made.is_mb_lot_segregated)
        self.assertIn("PP-1 was not received as segregated", record._get_paper_blockers()[-1])

    def test_another_lot_by_hand_is_told_and_ends_the_claim(self):
        mixed = self.receive_as("mass_balance", "BN-1")
        order = self.produce({mixed: 100}, done=False)
        order.mb_chain_of_custody = "physical_segregation"
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertIn("Segregation is lost", order.activity_ids.mapped("summary"))
        self.assertFalse(order.lot_producing_ids.is_mb_lot_segregated)
