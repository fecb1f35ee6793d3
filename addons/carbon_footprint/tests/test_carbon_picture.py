# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .common import CarbonCase


class TestCarbonPicture(CarbonCase):
    def _make(self):
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.count_all(order)
        return order, self.finish(order)

    def test_picture_and_table_add_up_to_the_figure(self):
        order, footprint = self._make()
        drawn = order.get_carbon_picture()
        steps = drawn["steps"]
        self.assertEqual(
            [step["key"] for step in steps], ["raw_material", "processing", "coproduct"]
        )
        self.assertAlmostEqual(steps[-1]["end"], footprint.product_kg_co2e, places=6)
        self.assertAlmostEqual(drawn["product"], footprint.product_kg_co2e, places=6)
        self.assertAlmostEqual(drawn["total"], footprint.total_kg_co2e, places=6)
        into = sum(b["kg"] for b in drawn["bands"] if b["target"].startswith("stage:"))
        out = sum(b["kg"] for b in drawn["bands"] if b["source"].startswith("stage:"))
        self.assertAlmostEqual(into, footprint.total_kg_co2e, places=6)
        self.assertAlmostEqual(out, footprint.total_kg_co2e, places=6)
        self.assertIn("Fuel gas", " ".join(node["label"] for node in drawn["nodes"]))

    def test_a_click_finds_the_leaves(self):
        order, footprint = self._make()
        drawn = order.get_carbon_picture()
        lines = self.env[drawn["model"]].search([*drawn["domain"], ("stage", "=", "processing")])
        self.assertEqual(set(lines.mapped("name")), {"Electricity", "Steam", "Water"})
        line = self.line(footprint, "Electricity")
        found = self.env["process.reading"].search(line.action_view_readings()["domain"])
        self.assertEqual(found.mapped("sensor_id"), self.sensors["power"])
        self.assertEqual(len(found), 3)

    def test_lot_and_product_show_the_same(self):
        order, footprint = self._make()
        lot = order.lot_producing_ids
        self.assertEqual(lot.get_carbon_picture(), order.get_carbon_picture())
        product = self.polymer.product_tmpl_id.with_user(self.worker).get_carbon_picture()
        self.assertEqual(
            [step["kg"] for step in product["steps"]],
            [step["kg"] for step in order.get_carbon_picture()["steps"]],
        )
        self.assertEqual(product["per_kg"], footprint.product_kg_co2e / footprint.quantity_kg)
        self.assertTrue(self.env[product["model"]].search(product["domain"]))

    def test_an_incomplete_footprint_is_drawn_as_what_is_known(self):
        order = self.make_fossil_order()
        footprint = self.finish(order)
        drawn = order.get_carbon_picture()
        self.assertEqual(drawn["state"], "incomplete")
        self.assertFalse(drawn["product"])
        self.assertEqual(len(drawn["gaps"]), 3)
        self.assertEqual(drawn["nodes"][-1]["label"], "Known so far")
        self.assertAlmostEqual(drawn["total"], footprint.known_kg_co2e, places=6)
        self.assertFalse(self.polymer.product_tmpl_id.get_carbon_picture())
        self.assertFalse(self.make_lot(self.bio, "BOUGHT").get_carbon_picture())
