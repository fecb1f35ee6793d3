# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.mass_balance.tests.common import MassBalanceCase

UNIT = "kgCO2eq/dry-ton"


@tagged("post_install", "-at_install")
class TestDeclaredValue(MassBalanceCase):
    """100 kg bio and 900 kg fossil naphtha, 100 kWh: 850 kg polymer and 50 kg C4, by mass."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.bio | cls.polymer).write({"carbon_dry_matter": 100.0})
        cls.fossil.carbon_factor_id = cls.env.ref("carbon_footprint.factor_naphtha_gb_wtt")
        cls.own.has_ghg_addon = True
        cls.bom.product_uom_id = cls.polymer.uom_id

    def receive_both(self, value=320.0, unit=UNIT, **values):
        ghg = {"ghg_value": value, "ghg_unit": unit, "ghg_type": "actual"} if value else {}
        self.receive_certified(**ghg, **values)
        self.receive(900, product=self.fossil, lot="FN-1")

    def make_polymer(self, **values):
        lots = {self.lot("BN-1"): 100, self.lot("FN-1", self.fossil): 900}
        order = self.produce(lots, done=False, **values)
        self.env["carbon.activity"].create(
            {
                "name": "Power by bill",
                "production_id": order.id,
                "company_id": self.company.id,
                "amount": 100.0,
                "unit": "kWh",
                "factor_id": self.env.ref("carbon_footprint.factor_el_gb_grid").id,
            }
        )
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def test_the_value_is_that_of_a_product_made_from_the_declared_feedstock(self):
        self.receive_both()
        order = self.make_polymer()
        self.assertFalse(order.carbon_footprint_id.gap_text)
        declaration = self.deliver(50)
        self.assertEqual(declaration.ghg_type, "actual")
        self.assertEqual(declaration.ghg_unit, UNIT)
        # (0.32 x 1000 kg + 17.7 kg) x 850/900 / 850 kg = 0.375222... kg CO2e for one kg
        self.assertEqual(to_decimal(declaration.ghg_value, 6), to_decimal("375.222222", 6))
        self.assertFalse(declaration.carbon_gap)

    def test_without_the_add_on_no_value_is_declared(self):
        self.own.has_ghg_addon = False
        self.receive_both()
        self.make_polymer()
        declaration = self.deliver(50)
        self.assertFalse(declaration.ghg_type)
        self.assertFalse(declaration.carbon_gap)

    def test_of_several_incoming_values_the_highest(self):
        self.receive_both(quantity=60, lot="BN-1")
        self.receive_certified(
            40, "SD-2", "BN-2", ghg_value=450.0, ghg_unit=UNIT, ghg_type="actual"
        )
        lots = {self.lot("BN-1"): 60, self.lot("BN-2"): 40, self.lot("FN-1", self.fossil): 900}
        order = self.produce(lots)
        own = order.carbon_footprint_id.line_ids.filtered(lambda x: x.source == "declaration")
        self.assertEqual(own.mapped("kg_co2e"), [19.2, 18.0])
        declaration = self.deliver(85)
        self.assertEqual(to_decimal(declaration.ghg_value, 6), to_decimal("500", 6))

    def test_a_source_without_value_gives_none_and_says_so(self):
        self.receive_both(value=None)
        self.bio.carbon_factor_id = self.fossil.carbon_factor_id
        self.make_polymer()
        declaration = self.deliver(50)
        self.assertFalse(declaration.ghg_type)
        self.assertIn("declaration SD-1 carries no value", declaration.carbon_gap)

    def test_an_unknown_unit_gives_none_and_says_so(self):
        self.receive_both(unit="kg per barrel")
        self.make_polymer()
        declaration = self.deliver(50)
        self.assertFalse(declaration.ghg_type)
        self.assertIn("SD-1", declaration.carbon_gap)

    def test_a_missing_reading_gives_none_and_says_so(self):
        self.receive_both()
        parameter = self.env["process.parameter"].create(
            {"name": "Counter", "code": "T-kwh", "kind": "counter", "unit": "kWh"}
        )
        sensor = self.env["process.sensor"].create(
            {
                "name": "Power",
                "code": "t-kwh",
                "parameter_id": parameter.id,
                "company_id": self.company.id,
            }
        )
        self.env["carbon.meter"].create(
            {
                "name": "Power meter",
                "sensor_id": sensor.id,
                "company_id": self.company.id,
                "factor_id": self.env.ref("carbon_footprint.factor_el_gb_grid").id,
            }
        )
        order = self.make_polymer()
        self.assertEqual(order.carbon_footprint_id.state, "incomplete")
        declaration = self.deliver(50)
        self.assertFalse(declaration.ghg_type)
        self.assertIn("Power meter: no reading arrived", declaration.carbon_gap)

    def test_a_product_without_dry_matter_gives_none_and_says_so(self):
        self.polymer.carbon_dry_matter = 0
        self.receive_both()
        self.make_polymer()
        self.assertIn("lacks its dry matter", self.deliver(50).carbon_gap)

    def test_two_gwp_sets_are_not_added(self):
        self.env.ref("carbon_footprint.carbon_rule_default").declared_gwp_set = "AR4"
        self.receive_both()
        order = self.make_polymer()
        self.assertEqual(order.carbon_footprint_id.state, "incomplete")
        self.assertIn("weighed with AR4", order.carbon_footprint_id.gap_text)
        self.assertIn("two GWP sets are not added", self.deliver(50).carbon_gap)

    def test_material_that_is_passed_on_keeps_its_value(self):
        self.receive_both()
        declaration = self.deliver(30, product=self.bio)
        self.assertEqual(to_decimal(declaration.ghg_value, 6), to_decimal("320", 6))

    def test_a_late_reading_changes_a_draft_when_it_is_drawn_again(self):
        self.receive_both(value=None)
        self.make_polymer()
        declaration = self.deliver(50)
        source = declaration.sudo().entry_ids.source_declaration_id
        self.assertEqual(source.number, "SD-1")
        self.assertFalse(declaration.ghg_type)
        declaration.with_user(self.manager).action_draw()
        self.assertFalse(declaration.ghg_type)
