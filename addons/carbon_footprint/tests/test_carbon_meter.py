# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.tools.sample import Sample

from .common import CarbonCase


class TestCarbonMeter(CarbonCase):
    def test_unit_follows_sensor_and_factor(self):
        gas = self.env.ref("carbon_footprint.factor_gas_gb_net")
        meter = self._make_meter("Gas", "power", gas)
        self.assertEqual(meter.unit, "kWh_net")
        self.assertEqual(self.meter_power.unit, "kWh")

    def test_another_basis_is_refused_with_a_sentence(self):
        gas = self.env.ref("carbon_footprint.factor_gas_gb_gross")
        with self.assertRaisesRegex(
            ValidationError, "counts by net calorific value, the second by gross calorific value"
        ):
            self._make_meter("Gas", "power", gas, unit="kWh_net")
        with self.assertRaisesRegex(ValidationError, "measures mass, the second energy"):
            self._make_meter("Steam", "steam", self.steam)
        with self.assertRaisesRegex(ValidationError, "are kept in kWh"):
            self._make_meter("Odd", "power", self.power, unit="MWh")

    def test_a_conversion_names_its_source(self):
        with self.assertRaisesRegex(ValidationError, "say where the figure comes from"):
            self.meter_steam.conversion_note = "  "

    def test_a_meter_for_some_products_only(self):
        lot = self.make_lot(self.fossil, "F1", 1000.0)
        order = self.make_order([(lot, 1000.0)])
        self.assertTrue(self.meter_power._is_for(order))
        self.meter_power.product_tmpl_ids = self.gas.product_tmpl_id
        self.assertFalse(self.meter_power._is_for(order))
        self.meter_power.product_tmpl_ids = self.polymer.product_tmpl_id
        self.assertTrue(self.meter_power._is_for(order))
        self.meter_power.workcenter_ids = self.env["mrp.workcenter"].create({"name": "Line 2"})
        self.assertFalse(self.meter_power._is_for(order))

    def test_orders_beside_each_other_share_by_time(self):
        first = self.make_order([(self.make_lot(self.fossil, "F1", 1000.0), 1000.0)])
        second = self.make_order([(self.make_lot(self.fossil, "F2", 1000.0), 1000.0)])
        second.date_start = first.date_start
        self.count_all(first)
        alone = self.finish(first)
        self.assertEqual(self._power(alone).amount, 100.0)
        self.assertEqual(self._power(self.finish(second)).amount, 50.0)
        shared = first.carbon_footprint_id
        self.assertEqual(shared.previous_id, alone)
        self.assertIn("ran beside it", shared.reason)
        activity = self._power(shared).activity_id
        self.assertEqual((activity.amount, activity.share), (50.0, 0.5))
        self.assertEqual(activity.shared_with, second.name)

    def _power(self, footprint):
        return footprint.line_ids.filtered(lambda line: line.name == "Electricity")

    def test_an_order_that_ended_before_shares_nothing(self):
        first = self.make_order(
            [(self.make_lot(self.fossil, "F1", 1000.0), 1000.0)], started_s=9000
        )
        self.finish(first)
        first.date_finished = first.date_start + timedelta(seconds=3000)
        second = self.make_order([(self.make_lot(self.fossil, "F2", 1000.0), 1000.0)])
        self.assertFalse(second._get_carbon_orders_beside(*second._get_carbon_window()))

    def test_what_a_meter_counts_becomes_a_fact(self):
        lot = self.make_lot(self.fossil, "F1", 1000.0)
        order = self.make_order([(lot, 1000.0)])
        self.count_up(order, "power", (10, 1000.0), (3500, 1100.0))
        start_ms, end_ms = order._get_carbon_window()
        facts = self.meter_power._collect_facts(order, start_ms, end_ms)
        self.assertEqual(facts[0]["amount"], 100)
        self.assertEqual(facts[0]["start_reading"], 1000)
        self.assertEqual(
            facts[0]["factor"].value,
            self.power._get_version(order._get_carbon_date())._to_tool().value,
        )

    def test_unusable_readings_do_not_count(self):
        lot = self.make_lot(self.fossil, "F1", 1000.0)
        order = self.make_order([(lot, 1000.0)])
        self.count_up(order, "power", (10, 1000.0), (3500, 1100.0))
        bad_ms = clock.to_ms(order.date_start) + 100_000
        self.env["process.reading"]._ingest([Sample("t1-power", bad_ms, value=0.0, quality=0)])
        facts = self.meter_power._collect_facts(order, *order._get_carbon_window())
        self.assertEqual(facts[0]["amount"], 100)
