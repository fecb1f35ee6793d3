# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import random
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import CarbonCase


class TestCarbonScenario(CarbonCase):
    def make_footprints(self):
        """One footprint with a co-product and residue, one of a consumed batch."""
        order = self.make_fossil_order(by_products=[(self.gas, 100.7), (self.residue, 3.0)])
        self.count_up(order, "power", (10, 1000.0), (3500, 1100.123))
        self.count_up(order, "steam", (10, 0.0), (3500, 50.7))
        self.count_up(order, "water", (10, 7.5), (3500, 9.513))
        self.finish(order)
        film = self._make_product("Film", tracking="lot")
        second = self.make_second(order, film)
        return order.carbon_footprint_id, second

    def ask(self, footprints, **vals):
        scenario = (
            self.env["carbon.scenario"]
            .with_user(self.manager)
            .create({"name": "What if", "product_ids": footprints.product_id.ids, **vals})
        )
        scenario.action_calculate()
        return scenario

    def new_version(self, factor, value, **vals):
        return self.env["carbon.factor.version"].create(
            {
                "factor_id": factor.id,
                "name": "2027",
                "valid_from": "2027-01-01",
                "value": value,
                "source": "s",
                "licence": "l",
                **vals,
            }
        )

    def test_nothing_different_recomputes_what_is_stored_to_the_last_digit(self):
        first, second = self.make_footprints()
        scenario = self.ask(first | second)
        results = {result.footprint_id: result for result in scenario.result_ids}
        for footprint in (first, second):
            result = results[footprint]
            self.assertEqual((result.state, result.gap), ("complete", False))
            self.assertEqual(result.kg_co2e, footprint.product_kg_co2e)
            self.assertEqual(result.difference_kg_co2e, 0.0)
            self.assertEqual(result.kg_co2e_per_kg, footprint.kg_co2e_per_kg)
        self.assertEqual((scenario.result_count, scenario.incomplete_count), (2, 0))

    def test_another_factor_is_what_a_recalculation_would_give(self):
        first, _second = self.make_footprints()
        before = first._snapshot()
        version = self.new_version(self.power, 0.1234567)
        result = self.ask(first, version_ids=version.ids).result_ids
        self.assertEqual(version.state, "draft")
        self.assertEqual(first._snapshot(), before)
        version.write({"valid_from": "2026-01-01"})
        version.action_approve()
        first.production_id.with_user(self.manager).action_carbon_recalculate()
        recalculated = first.production_id.carbon_footprint_id
        self.assertNotEqual(recalculated, first)
        self.assertEqual(result.kg_co2e, recalculated.product_kg_co2e)
        self.assertEqual(result.before_kg_co2e, first.product_kg_co2e)
        difference = Decimal(repr(result.kg_co2e)) - Decimal(repr(result.before_kg_co2e))
        self.assertEqual(Decimal(repr(result.difference_kg_co2e)), difference)

    def test_many_at_once_are_what_each_is_alone_whatever_the_amounts(self):
        """Random entries and a random factor: the bulk pass and the calculation of one order."""
        draw = random.Random(20261123)
        orders = self.env["mrp.production"]
        for name in ("F1", "F2", "F3"):
            lot = self.make_lot(self.fossil, name, 1000.0)
            parts = [(self.gas, draw.randint(1, 400_000) / 1000)]
            order = self.make_order([(lot, 1000.0)], by_products=draw.choice([[], parts]))
            if not orders:
                self.count_all(order)  # one counter for all: they run beside each other
            self.env["carbon.activity"].create(
                [
                    {
                        "production_id": order.id,
                        "name": f"Entry {number}",
                        "amount": draw.choice([1e-3, 1.0, 1e4]) * draw.randint(1, 999_999) / 1000,
                        "unit": "kWh",
                        "factor_id": self.power.id,
                    }
                    for number in range(10)
                ]
            )
            self.finish(order)
            orders |= order
        footprints = orders.carbon_footprint_id
        self.assertEqual(set(footprints.mapped("state")), {"complete"})
        version = self.new_version(self.power, draw.randint(1, 10**9) / 10**9)
        results = self.ask(footprints, version_ids=version.ids).result_ids
        asked = {result.footprint_id.production_id: result for result in results}
        version.write({"valid_from": "2026-01-01"})
        version.action_approve()
        orders.with_user(self.manager).action_carbon_recalculate()
        for order in orders:
            alone = order.carbon_footprint_id
            self.assertGreater(alone.version, 1)
            self.assertEqual(asked[order].kg_co2e, alone.product_kg_co2e)
            self.assertEqual(asked[order].kg_co2e_per_kg, alone.kg_co2e_per_kg)

    def test_another_set_without_gases_is_a_gap_and_no_figure(self):
        first, _second = self.make_footprints()
        result = self.ask(first, gwp_set="AR6").result_ids
        self.assertEqual(result.state, "incomplete")
        self.assertIs(result.kg_co2e, False)
        self.assertIn("does not state the gases", result.gap)

    def test_an_incomplete_footprint_has_no_what_if(self):
        order = self.make_fossil_order()
        footprint = self.finish(order)
        result = self.ask(footprint).result_ids
        self.assertEqual((result.state, result.kg_co2e), ("incomplete", False))
        self.assertIn("itself is incomplete", result.gap)

    def test_what_is_asked_and_answered_is_frozen(self):
        first, _second = self.make_footprints()
        scenario = self.ask(first)
        self.assertEqual(scenario.calculated_by_id, self.manager)
        with self.assertRaisesRegex(UserError, "Duplicate it"):
            scenario.action_calculate()
        with self.assertRaisesRegex(UserError, "is frozen"):
            scenario.name = "Other"
        with self.assertRaisesRegex(UserError, "is frozen"):
            scenario.result_ids.unlink()
        with self.assertRaisesRegex(UserError, "made by calculating"):
            self.env["carbon.scenario.result"].create({"scenario_id": scenario.id})
        draft = scenario.copy()
        self.assertEqual((draft.state, draft.calculated_by_id.id), ("draft", False))
        with self.assertRaisesRegex(UserError, "stamps who asked"):
            draft.write({"state": "calculated"})

    def test_who_may_ask(self):
        first, _second = self.make_footprints()
        scenario = self.ask(first)
        self.assertEqual(scenario.with_user(self.auditor).result_ids.footprint_id, first)
        with self.assertRaises(AccessError):
            scenario.with_user(self.stranger).read(["name"])
        with self.assertRaises(AccessError):
            scenario.result_ids.with_user(self.stranger).read(["gap"])
        with self.assertRaises(AccessError):
            scenario.copy().with_user(self.worker).action_calculate()

    def test_one_version_for_each_factor(self):
        versions = self.new_version(self.power, 0.1) | self.new_version(self.power, 0.2)
        with self.assertRaisesRegex(ValidationError, "one version for each factor"):
            self.env["carbon.scenario"].create({"name": "S", "version_ids": versions.ids})
