# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo.exceptions import AccessError, ValidationError

from ..tools import uncertainty
from .common import CarbonCase


class TestCarbonAspects(CarbonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.green = cls._make_factor("EL-GREEN", "kWh", 0.02)

    @classmethod
    def _make_factor(cls, code, unit, value, scope="2", **vals):
        factor = cls.env["carbon.factor"].create(
            {"name": code, "code": code, "unit": unit, "scope": scope, "category": "electricity"}
        )
        cls.env["carbon.factor.version"].create(
            {
                "factor_id": factor.id,
                "name": "2025",
                "valid_from": "2025-01-01",
                "value": value,
                "source": "Supplier's disclosure",
                "licence": "contract",
                **vals,
            }
        ).action_approve()
        return factor

    def make_instrument(self, covers, factor, **vals):
        return self.env["carbon.instrument"].create(
            {
                "name": f"Contract for {covers.code}",
                "document": "C-2025-17",
                "covers_factor_id": covers.id,
                "factor_id": factor.id,
                "valid_from": "2025-01-01",
                "valid_to": "2099-12-31",
                "company_id": self.company.id,
                **vals,
            }
        )

    # -- scope 2 twice --

    def test_market_based_beside_location_based(self):
        self.make_instrument(self.power, self.green)
        self.make_instrument(self.steam, self.steam, kind="location")
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.count_all(order)
        footprint = self.finish(order)
        lines = {line.name: line for line in footprint.line_ids}
        power = lines["Electricity"].activity_id
        self.assertEqual((power.kg_co2e, power.market_kg_co2e), (17.7, 2.0))
        self.assertIn("EL-GREEN 2025", power.market_name)
        self.assertIn("C-2025-17", power.market_name)
        self.assertEqual(footprint.market_gap_text, False)
        # 900 kg of 1000 kg are product: 0.9 of 2 kWh-kg and of the steam
        steam = Decimal(repr(lines["Steam"].product_kg_co2e))
        market = Decimal(repr(footprint.scope2_market_kg_co2e))
        self.assertEqual(market, Decimal("1.8") + steam)
        difference = Decimal(repr(footprint.product_kg_co2e)) - Decimal(
            repr(footprint.market_kg_co2e)
        )
        self.assertEqual(difference, Decimal("15.93") - Decimal("1.8"))
        self.assert_adds_up(footprint)
        self.assertEqual(
            footprint._snapshot()["market_kg_co2e"],
            str(
                market
                + sum(
                    Decimal(repr(line.product_kg_co2e))
                    for line in footprint.line_ids
                    if line.scope != "2"
                )
            ).rstrip("0"),
        )

    def test_no_instrument_is_no_market_based_figure(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete")
        self.assertIs(footprint.market_kg_co2e, False)
        self.assertIn("Electricity: no contractual instrument covers it", footprint.market_gap_text)

    def test_an_instrument_out_of_date_covers_nothing(self):
        self.make_instrument(self.power, self.green, valid_to="2025-02-01")
        order = self.make_fossil_order()
        self.count_all(order)
        self.assertIn("Electricity: no contractual", self.finish(order).market_gap_text)

    def test_an_instrument_is_for_bought_energy_of_the_same_basis(self):
        with self.assertRaisesRegex(ValidationError, "does not belong to scope 2"):
            self.make_instrument(self.water, self.water)
        with self.assertRaisesRegex(ValidationError, "cannot stand in for"):
            self.make_instrument(self.steam, self.green)

    def test_who_may_write_instruments(self):
        instrument = self.make_instrument(self.power, self.green)
        self.assertEqual(instrument.with_user(self.auditor).document, "C-2025-17")
        instrument.with_user(self.manager).note = "checked"
        with self.assertRaises(AccessError):
            instrument.with_user(self.worker).note = "mine"
        with self.assertRaises(AccessError):
            instrument.with_user(self.stranger).read(["note"])

    # -- biogenic carbon --

    def test_biogenic_carbon_stays_apart_and_is_never_netted(self):
        self.fossil.carbon_factor_id = self._make_factor(
            "BIO", "t", 100.0, "3", biogenic_removed=3100.0, biogenic_emitted=50.0
        )
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.biogenic_removed_kg, 2790.0)
        self.assertEqual(footprint.biogenic_emitted_kg, 45.0)
        self.assertEqual(self.line(footprint, "Fossil naphtha").product_kg_co2e, 90.0)
        self.assertIn("Electricity", footprint.biogenic_note)
        self.assertNotIn("Fossil naphtha", footprint.biogenic_note)
        self.assert_adds_up(footprint)

    def test_a_biogenic_figure_has_no_sign(self):
        with self.assertRaisesRegex(Exception, "without a sign|biogenic_sign"), self.cr.savepoint():
            self._make_factor("NEG", "t", 1.0, "3", biogenic_removed=-1.0)

    # -- uncertainty --

    def test_uncertainty_by_data_quality(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        scores = uncertainty.SCORES
        spread = uncertainty.combined(scores["measured"], scores["default"])
        rows = [(Decimal(repr(line.product_kg_co2e)), spread) for line in footprint.line_ids]
        self.assertEqual(footprint.gsd, float(uncertainty.propagate(rows)))
        self.assertGreater(footprint.gsd, 1)

    def test_a_better_pedigree_makes_a_surer_figure(self):
        poor = self._make_factor("POOR", "t", 640.0, "3", pedigree="5;5;5;5;5")
        good = self._make_factor("GOOD", "t", 640.0, "3", pedigree="1;1;1;1;1")
        order = self.make_fossil_order()
        self.count_all(order)
        self.finish(order)
        spreads = []
        for factor in (poor, good):
            self.fossil.carbon_factor_id = factor
            order.with_user(self.manager).action_carbon_recalculate()
            spreads.append(order.carbon_footprint_id.gsd)
        self.assertGreater(spreads[0], spreads[1])
        with self.assertRaisesRegex(ValidationError, "is no pedigree"):
            self._make_factor("BAD", "t", 1.0, "3", pedigree="1;2;9;1;1")

    # -- opened --

    def test_a_tree_opens_through_the_batches_it_consumed(self):
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.count_all(order)
        first = self.finish(order)
        second = self.make_second(order, self._make_product("Film", tracking="lot"))
        self.assertEqual(second.state, "complete", second.gap_text)
        rows = second._get_tree_rows()
        leaves = [row for row in rows if row["is_leaf"]]
        total = sum(Decimal(row["kg_co2e"]) for row in leaves)
        self.assertEqual(total, Decimal(repr(second.product_kg_co2e)))
        self.assertEqual(Decimal(rows[0]["kg_co2e"]), total)
        self.assertEqual(max(row["level"] for row in rows), 3)
        self.assertIn("Fossil naphtha", {row["name"] for row in rows if row["level"] == 2})
        self.assertIn("ch4", {row["name"] for row in leaves})
        batch = self.line(second, "Polypropylene").activity_id
        self.assertEqual(batch.source_output_id.footprint_id, first)
        terms = second._get_red_terms()
        self.assertEqual(sum(terms.values()), total)
        self.assertEqual(set(terms), {"eec", "ep"})
