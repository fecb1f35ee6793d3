# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal
from unittest.mock import patch

from odoo.tools import mute_logger

from .common import CarbonCase

STEAM_PER_MMBTU = Decimal("66.398125")  # EPA's gases under AR5


class TestCarbonFootprint(CarbonCase):
    # -- complete --

    def test_order_done_gives_a_figure_from_meters_and_materials(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.gap_text, False)
        self.assertEqual(footprint.state, "complete")
        self.assertEqual(self.line(footprint, "Electricity").kg_co2e, 17.7)
        self.assertEqual(self.line(footprint, "Water").kg_co2e, 0.3826)
        heat = Decimal("50") * Decimal("2.3369") / Decimal("1055.05585262")
        expected = (heat * STEAM_PER_MMBTU).quantize(Decimal("0.000001"))
        self.assertEqual(Decimal(repr(self.line(footprint, "Steam").kg_co2e)), expected)
        naphtha = footprint.line_ids.filtered(lambda line: line.source == "material")
        self.assertEqual(naphtha.kg_co2e, 640.41464)
        self.assertEqual(footprint.kg_co2e_per_kg, round(footprint.product_kg_co2e / 900, 9))
        self.assertEqual(footprint.scope2_kg_co2e, float(Decimal("17.7") + expected))
        self.assert_adds_up(footprint)

    def test_an_activity_opens_down_to_reading_factor_and_source(self):
        order = self.make_fossil_order()
        self.count_all(order)
        activity = self.line(self.finish(order), "Electricity").activity_id
        self.assertEqual((activity.start_reading, activity.end_reading), (1000.0, 1100.0))
        self.assertEqual(activity.amount, 100.0)
        self.assertEqual(activity.sensor_code, "t1-power")
        self.assertEqual(activity.factor_version_id.name, "2025")
        self.assertIn("DEFRA", activity.factor_version_id.source)
        self.assertEqual(activity.end_ms - activity.start_ms, 3_490_000)
        self.assertEqual(
            activity.calculation,
            "100 kWh electricity × 0.177 kg CO2e/kWh electricity = 17.7 kg CO2e",
        )
        steam = self.line(order.carbon_footprint_id, "Steam").activity_id
        self.assertIn("50 kg × 2.3369 = 116.845 MJ heat;", steam.calculation)

    def test_a_lot_and_a_product_know_their_footprint(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        lot = order.lot_producing_ids
        self.assertEqual(lot.carbon_footprint_id, footprint)
        self.assertEqual(lot.carbon_kg_per_kg, footprint.kg_co2e_per_kg)
        self.assertEqual(footprint.lot_ids, lot)
        self.assertEqual(self.polymer.carbon_footprint_count, 1)
        self.assertIn(order, order.search([("carbon_state", "=", "complete")]))
        self.assertIn(footprint, footprint.search([("lot_ids", "in", lot.ids)]))

    # -- incomplete --

    def test_missing_readings_leave_a_gap_and_no_figure(self):
        order = self.make_fossil_order()
        self.count_up(order, "power", (10, 1000.0), (3500, 1100.0))
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("Steam: no reading arrived while the batch ran", footprint.gap_text)
        self.assertIn("Water: no reading arrived", footprint.gap_text)
        for name in ("total_kg_co2e", "product_kg_co2e", "kg_co2e_per_kg", "scope2_kg_co2e"):
            self.assertIs(footprint[name], False, name)
            self.assertIsNone(footprint._snapshot()[name])
        self.assertEqual(footprint.known_kg_co2e, 640.41464 + 17.7)
        self.assertIs(self.line(footprint, "Steam").kg_co2e, False)
        self.assertIs(footprint.output_ids.kg_co2e, False)

    def test_a_counter_that_ran_backwards_gives_no_figure(self):
        order = self.make_fossil_order()
        self.count_all(order)
        self.count_up(order, "power", (1900, 3.0), (2000, 90.0))
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("the counter fell from 1040.5 to 3", footprint.gap_text)

    def test_a_silent_edge_gives_no_figure(self):
        self.meter_power.max_gap_s = 900
        order = self.make_fossil_order()
        self.count_up(order, "power", (1800, 1000.0), (3500, 1100.0))
        self.count_up(order, "steam", (10, 0.0), (3500, 50.0))
        self.count_up(order, "water", (10, 7.5), (3500, 9.5))
        footprint = self.finish(order)
        self.assertIn("1800 s after the start; 900 s are allowed", footprint.gap_text)

    def test_material_without_any_value_is_a_gap(self):
        self.fossil.carbon_factor_id = False
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("the product has no emission factor", footprint.gap_text)

    def test_factor_without_version_for_the_day_is_a_gap(self):
        self.fossil.carbon_factor_id = self.env["carbon.factor"].create(
            {"name": "New", "code": "NEW", "unit": "t", "category": "material"}
        )
        order = self.make_fossil_order()
        self.count_all(order)
        self.assertIn("the factor NEW has no approved version", self.finish(order).gap_text)

    def test_dry_and_wet_mass_do_not_meet(self):
        factor = self.env["carbon.factor"].create({"name": "Dry", "code": "DRY", "unit": "t_dry"})
        self.env["carbon.factor.version"].create(
            {
                "factor_id": factor.id,
                "name": "1",
                "valid_from": "2020-01-01",
                "value": 1.0,
                "source": "s",
                "licence": "l",
            }
        ).action_approve()
        self.fossil.carbon_factor_id = factor
        order = self.make_fossil_order()
        self.count_all(order)
        self.assertIn(
            "the first counts by mass as received, the second by dry mass",
            self.finish(order).gap_text,
        )

    def test_two_gwp_sets_do_not_meet(self):
        self.rule.gwp_set = "AR6"
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("WATER-GB-SUPPLY 2025 is weighed with AR5", footprint.gap_text)
        self.assertIs(self.line(footprint, "Electricity").gap, False)

    def test_a_failure_never_stops_the_order(self):
        order = self.make_fossil_order()
        with (
            patch.object(
                type(order), "_collect_carbon_facts", side_effect=ValueError("broken wire")
            ),
            mute_logger("odoo.addons.carbon_footprint.models.mrp_production"),
        ):
            footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("The calculation failed: see the server's log", footprint.gap_text)
        self.assertNotIn("broken wire", footprint.gap_text, "Customers read this")

    def test_excluded_and_metered_materials(self):
        self.fossil.write({"carbon_treatment": "excluded", "carbon_exclusion_reason": "cut-off"})
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete")
        self.assertFalse(footprint.line_ids.filtered(lambda line: line.source == "material"))
        self.assertEqual(
            footprint._snapshot()["left_out"],
            [{"product": "FOSSIL-NAPHTHA", "treatment": "excluded", "reason": "cut-off"}],
        )

    def test_a_failure_of_the_failure_does_not_stop_it_either(self):
        order = self.make_fossil_order()
        target = type(self.env["carbon.footprint"])
        with (
            patch.object(target, "_create_version", side_effect=ValueError("no chain")),
            mute_logger("odoo.addons.carbon_footprint.models.mrp_production"),
        ):
            self.assertFalse(self.finish(order))
        order.with_user(self.manager).action_carbon_recalculate()
        self.assertEqual(order.carbon_footprint_ids.version, 1)

    def test_without_a_rule_there_is_no_figure(self):
        self.env["carbon.rule"].search([]).active = False
        footprint = self.finish(self.make_fossil_order())
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("No footprint rule applies", footprint.gap_text)

    def test_left_out_without_a_reason_is_a_gap(self):
        self.fossil.carbon_treatment = "excluded"
        order = self.make_fossil_order()
        self.count_all(order)
        self.assertIn("does not say why", self.finish(order).gap_text)

    def test_counted_by_a_meter_counts_once(self):
        self.fossil.carbon_treatment = "metered"
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete")
        self.assertFalse(footprint.line_ids.filtered(lambda line: line.source == "material"))
