# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import ValidationError

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

    def test_unusable_readings_do_not_count(self):
        lot = self.make_lot(self.fossil, "F1", 1000.0)
        order = self.make_order([(lot, 1000.0)])
        self.read(order, "power", (10, 1000.0), (3500, 1100.0))
        start_ms, end_ms = order._get_carbon_window()
        facts = self.meter_power._collect_facts(order, start_ms, end_ms)
        self.assertEqual(facts[0]["amount"], 100)
        self.assertEqual(facts[0]["start_reading"], 1000)
        self.assertEqual(
            facts[0]["factor"].value,
            self.power._get_version(order._get_carbon_date())._to_tool().value,
        )
