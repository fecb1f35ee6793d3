# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo.exceptions import AccessError, UserError

from .common import CarbonCase


class TestCarbonRed(CarbonCase):
    def make(self, **vals):
        return (
            self.env["carbon.red.result"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Delivery",
                    "pathway": "FAME-SOY",
                    "delivered_on": "2026-03-01",
                    "plant_start": "2014-01-01",
                    **vals,
                }
            )
        )

    def state(self, **vals):
        result = self.make(**vals)
        result.action_state()
        return result

    def test_rule_23_soy_default_with_a_plant_of_2014_is_exactly_half(self):
        result = self.state()
        self.assertEqual((result.total, result.saving, result.threshold), (47.0, 0.5, 0.5))
        self.assertEqual((result.is_met, result.kind), (True, "default"))
        self.assertEqual(result.comparator_value, 94.0)
        self.assertEqual(result.factor_versions, "RED II values of FAME-SOY")
        self.assertEqual((result.stated_by_id, result.findings), (self.manager, False))

    def test_rule_23_plant_of_2021(self):
        own = {"pathway": False, "plant_start": "2021-03-01", "eec": 21.0, "ep": 9.9}
        self.assertTrue(self.state(**own, etd=2.0).is_met)
        missed = self.state(**own, etd=2.1)
        self.assertEqual((missed.total, missed.is_met, missed.kind), (33.0, False, "actual"))
        self.assertEqual(round(missed.saving * 100, 2), 64.89)

    def test_tv3_the_comparator_is_stored_with_the_result(self):
        terms = {"eec": 28.9101383453053, "ep": 21.68578790540817, "etd": 1.4371120830499982}
        before = self.state(pathway=False, delivered_on="2021-06-30", **terms)
        after = self.state(pathway=False, delivered_on="2021-07-01", **terms)
        self.assertEqual((before.comparator_value, after.comparator_value), (83.8, 94.0))
        self.assertAlmostEqual(before.total, 52.03303833376347, 9)
        self.assertEqual(round(before.saving, 10), 0.3790806881)
        self.assertEqual(round(after.saving, 10), 0.4464570390)

    def test_tv5_and_other_uses(self):
        result = self.state(pathway=False, eec=10.0, ep=20.0, etd=1.8)
        self.assertEqual((result.total, round(result.saving * 100, 2)), (31.8, 66.17))
        heat = self.state(pathway=False, eec=10.0, ep=20.0, etd=1.8, use="heat")
        self.assertEqual((heat.comparator_value, heat.saving), (80.0, 0.6025))

    def test_disaggregated_values_and_doubts(self):
        result = self.state(eec=14.0)
        self.assertEqual((result.kind, result.total), ("disaggregated", 39.8))
        self.assertIn("warn: eec is 14.0", result.findings)
        residue = self.make(pathway="FAME-UCO")
        self.assertEqual(residue.feedstock_kind, "residue")

    def test_what_is_refused(self):
        for vals, words in (
            ({"pathway": False, "eec": 1.0, "ep": 1.0}, "etd is not known"),
            ({"ep": 0.0}, "ep is 0.0"),
            ({"eec": 0.0}, "eec is 0 for a crop"),
            ({"el": 3.0}, "Land-use change emits"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.make(**vals).action_state()

    def test_a_stated_result_never_changes(self):
        result = self.state()
        with self.assertRaisesRegex(UserError, "is frozen"):
            result.ep = 1.0
        with self.assertRaisesRegex(UserError, "is frozen"):
            result.action_state()
        with self.assertRaisesRegex(UserError, "is frozen"):
            result.sudo().unlink()
        with self.assertRaisesRegex(UserError, "are not typed"):
            self.make().total = 1.0
        self.assertFalse(self.make(total=1.0, state="stated").total)
        copy = result.copy()
        self.assertEqual((copy.state, copy.total, copy.stated_by_id.id), ("draft", False, False))

    def test_who_may_state(self):
        draft = self.make()
        with self.assertRaises(AccessError):
            draft.with_user(self.worker).action_state()
        self.assertEqual(draft.with_user(self.auditor).name, "Delivery")
        with self.assertRaises(AccessError):
            draft.with_user(self.stranger).read(["name"])

    def test_actual_values_from_a_footprint(self):
        self.rule.allocation_basis = "energy"
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.count_all(order)
        footprint = self.finish(order)
        result = self.make(pathway=False, footprint_id=footprint.id, etd=1.0)
        result.action_take_from_footprint()
        terms = footprint._get_red_terms()
        self.assertEqual(sum(terms.values()), Decimal(repr(footprint.product_kg_co2e)))
        self.assertEqual(result.eec, float(terms["eec"] * 1000 / (900 * 44)))
        self.assertEqual(result.etd, 1.0)
        result.action_state()
        self.assertEqual((result.kind, result.gwp_set), ("actual", "AR5"))
        self.assertIn("EL-GB-GRID 2025", result.factor_versions)
        self.rule.allocation_basis = "mass"
        order.with_user(self.manager).action_carbon_recalculate()
        draft = self.make(footprint_id=order.carbon_footprint_id.id)
        with self.assertRaisesRegex(UserError, "another basis than energy"):
            draft.action_take_from_footprint()
