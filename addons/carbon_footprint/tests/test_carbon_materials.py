# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo.fields import Command

from .common import CarbonCase


class TestCarbonMaterials(CarbonCase):
    # -- co-products --

    def test_allocation_by_mass_energy_and_value(self):
        by_products = [(self.gas, 100.0), (self.residue, 20.0)]
        for basis, numerator, denominator in (
            ("mass", 900, 1000),
            ("energy", 900 * 44, 900 * 44 + 100 * 48),
            ("economic", 900 * 2, 900 * 2 + 100 * 0.5),
        ):
            self.rule.allocation_basis = basis
            lot = self.make_lot(self.fossil, f"F-{basis}", 1000.0)
            order = self.make_order([(lot, 1000.0)], by_products=by_products)
            self.env["carbon.meter"].search([]).active = False
            footprint = self.finish(order)
            main = footprint.output_ids.filtered("is_main")
            self.assertEqual((main.numerator, main.denominator), (numerator, denominator), basis)
            waste = footprint.output_ids.filtered("is_residue")
            self.assertEqual((waste.numerator, waste.kg_co2e), (0, 0))
            self.assertAlmostEqual(main.kg_co2e, 640.41464 * numerator / denominator, places=5)
            self.assert_adds_up(footprint)

    def test_allocation_without_a_figure_is_a_gap(self):
        self.rule.allocation_basis = "energy"
        self.gas.lhv = 0
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("Fuel gas lacks its lower heating value", footprint.gap_text)

    # -- lots that carry a value --

    def test_certified_lots_keep_their_own_value(self):
        lots = [self.make_lot(self.bio, f"B{i}", 500.0) for i in (1, 2)]
        self.make_declaration(lots[0], 125.0)
        self.make_declaration(lots[1], 318.0)
        order = self.make_order([(lots[0], 600.0), (lots[1], 400.0)])
        self.count_all(order)
        footprint = self.finish(order)
        materials = footprint.line_ids.filtered(lambda line: line.source == "declaration")
        self.assertEqual(materials.mapped("kg_co2e"), [75.0, 127.2])
        self.assert_adds_up(footprint)

    def test_or_all_take_the_highest(self):
        self.rule.mixed_batches = "highest"
        lots = [self.make_lot(self.bio, f"B{i}", 500.0) for i in (1, 2)]
        self.make_declaration(lots[0], 125.0)
        self.make_declaration(lots[1], 318.0)
        order = self.make_order([(lots[0], 600.0), (lots[1], 400.0)])
        self.count_all(order)
        materials = self.finish(order).line_ids.filtered(lambda line: line.source == "declaration")
        self.assertEqual(materials.mapped("kg_co2e"), [190.8, 127.2])

    def test_declared_per_mj(self):
        lot = self.make_lot(self.bio, "B1", 1000.0)
        self.make_declaration(lot, 12.5, unit="g CO2eq/MJ")
        order = self.make_order([(lot, 1000.0)])
        self.count_all(order)
        line = self.finish(order).line_ids.filtered(lambda line: line.source == "declaration")
        self.assertEqual(line.kg_co2e, 550.0)
        self.assertEqual(line.activity_id.document, "SD-B1")

    def test_declared_value_that_cannot_be_read_is_a_gap(self):
        lot = self.make_lot(self.bio, "B1", 1000.0)
        self.make_declaration(lot, 12.5, unit="kg per barrel")
        order = self.make_order([(lot, 1000.0)])
        self.count_all(order)
        self.assertIn("“kg per barrel”", self.finish(order).gap_text)

    def test_dry_matter_that_is_not_known_is_a_gap(self):
        self.bio.carbon_dry_matter = 0
        lot = self.make_lot(self.bio, "B1", 1000.0)
        self.make_declaration(lot, 125.0)
        order = self.make_order([(lot, 1000.0)])
        self.count_all(order)
        self.assertIn("the dry matter of the product is not known", self.finish(order).gap_text)

    def test_a_declared_zero_is_a_value(self):
        lot = self.make_lot(self.bio, "B1", 1000.0)
        self.make_declaration(lot, 0.0)
        order = self.make_order([(lot, 1000.0)])
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete")
        line = footprint.line_ids.filtered(lambda line: line.source == "declaration")
        self.assertEqual(line.kg_co2e, 0.0)
        self.assertIsNot(line.kg_co2e, False)

    def test_a_lot_made_here_carries_its_own_footprint(self):
        first = self.make_fossil_order()
        self.count_all(first)
        per_kg = self.finish(first).kg_co2e_per_kg
        self.env["carbon.meter"].search([]).active = False
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.gas.product_tmpl_id.id,
                "consumption": "flexible",
                "bom_line_ids": [Command.create({"product_id": self.polymer.id})],
            }
        )
        order = self.env["mrp.production"].create(
            {"product_id": self.gas.id, "bom_id": bom.id, "product_qty": 10}
        )
        facts = self.env["stock.move.line"].new(
            {"product_id": self.polymer.id, "lot_id": first.lot_producing_ids.id, "quantity": 10.0}
        )
        facts.product_uom_id = self.kg
        fact = facts._prepare_carbon_fact(self.rule, order._get_carbon_date())
        self.assertEqual(fact["source"], "batch")
        self.assertEqual(fact["factor"].value, Decimal(repr(per_kg)))
