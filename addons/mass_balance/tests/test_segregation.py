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
