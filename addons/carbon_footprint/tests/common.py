# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A polymer line with three meters, and orders that run on it."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.tools.sample import Sample


class CarbonCase(TransactionCase):
    """Fixtures: products (bio and fossil naphtha, polymer, fuel gas, residue), meters, users.

    `make_order` confirms an order that began an hour ago, `count_up` puts counter readings into it,
    `finish` marks it done. Times are seconds after the order's start.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env.company
        cls.kg = cls.env.ref("uom.product_uom_kgm")
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.rule = cls.env.ref("carbon_footprint.carbon_rule_default")
        cls.power = cls.env.ref("carbon_footprint.factor_el_gb_grid")
        cls.steam = cls.env.ref("carbon_footprint.factor_steam_us")
        cls.water = cls.env.ref("carbon_footprint.factor_water_gb_supply")
        cls.naphtha_factor = cls.env.ref("carbon_footprint.factor_naphtha_gb_wtt")
        cls._make_users()
        cls._make_products()
        cls._make_meters()

    @classmethod
    def _make_users(cls):
        cls.manager = new_test_user(
            cls.env,
            "carbon_manager",
            groups="mass_balance.group_mass_balance_manager",
        )
        cls.auditor = new_test_user(
            cls.env, "carbon_auditor", groups="audit_chain.group_audit_chain_auditor"
        )
        cls.worker = new_test_user(
            cls.env, "carbon_worker", groups="mrp.group_mrp_user,stock.group_stock_user"
        )
        cls.other_company = cls.env["res.company"].create({"name": "Other plant"})
        cls.stranger = new_test_user(
            cls.env,
            "carbon_stranger",
            groups="mass_balance.group_mass_balance_manager",
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )

    @classmethod
    def _make_product(cls, name, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "default_code": name.upper().replace(" ", "-"),
                "is_storable": True,
                "uom_id": cls.kg.id,
                **vals,
            }
        )

    @classmethod
    def _make_products(cls):
        cls.bio = cls._make_product(
            "Bio naphtha",
            tracking="lot",
            is_mb_material=True,
            mb_material="Bio-naphtha",
            mb_category="bio",
            mb_group="naphtha",
            carbon_dry_matter=100.0,
            lhv=44.0,
        )
        cls.fossil = cls._make_product(
            "Fossil naphtha",
            tracking="lot",
            is_mb_material=True,
            mb_material="Naphtha",
            mb_category="fossil",
            mb_group="naphtha",
            carbon_factor_id=cls.naphtha_factor.id,
            lhv=44.0,
        )
        cls.polymer = cls._make_product(
            "Polypropylene",
            tracking="lot",
            is_mb_material=True,
            mb_material="PP",
            carbon_dry_matter=100.0,
            lhv=44.0,
            list_price=2.0,
        )
        cls.gas = cls._make_product("Fuel gas", lhv=48.0, list_price=0.5)
        cls.residue = cls._make_product("Residue", mb_output_kind="residue")

    @classmethod
    def _make_meters(cls):
        cls.sensors = {}
        for code, unit in (("power", "kWh"), ("steam", "kg"), ("water", "m3")):
            parameter = cls.env["process.parameter"].create(
                {"name": f"Counter {code}", "code": f"T-{code}", "kind": "counter", "unit": unit}
            )
            cls.sensors[code] = cls.env["process.sensor"].create(
                {"name": code, "code": f"t1-{code}", "parameter_id": parameter.id}
            )
        cls.meter_power = cls._make_meter("Electricity", "power", cls.power)
        cls.meter_water = cls._make_meter("Water", "water", cls.water)
        cls.meter_steam = cls._make_meter(
            "Steam",
            "steam",
            cls.steam,
            converted_unit="MJ_heat",
            conversion=2.3369,
            conversion_note="Steam tables, 10 bar saturated, feed water of 105 degrees",
        )

    @classmethod
    def _make_meter(cls, name, sensor, factor, **vals):
        return cls.env["carbon.meter"].create(
            {
                "name": name,
                "sensor_id": cls.sensors[sensor].id,
                "factor_id": factor.id,
                "max_gap_s": 4000,
                **vals,
            }
        )

    # -- orders -------------------------------------------------------------------------------

    def make_lot(self, product, name, quantity=0.0):
        """Return a lot, in stock with a quantity."""
        lot = self.env["stock.lot"].create(
            {"name": name, "product_id": product.id, "company_id": self.company.id}
        )
        if quantity:
            self.env["stock.quant"]._update_available_quantity(
                product, self.warehouse.lot_stock_id, quantity, lot_id=lot
            )
        return lot

    def make_order(self, consumed, made=900.0, by_products=(), started_s=3600, makes=None):
        """Confirm an order; `consumed` are (lot, kg), `by_products` (product, kg)."""
        product = makes or self.polymer
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": made,
                "product_uom_id": self.kg.id,
                "consumption": "flexible",
                "bom_line_ids": [
                    Command.create({"product_id": lot.product_id.id, "product_qty": kg})
                    for lot, kg in consumed
                ],
                "byproduct_ids": [
                    Command.create({"product_id": product.id, "product_qty": kg})
                    for product, kg in by_products
                ],
            }
        )
        order = self.env["mrp.production"].create(
            {"product_id": product.id, "bom_id": bom.id, "product_qty": made}
        )
        order.action_confirm()
        order.date_start = fields.Datetime.now() - timedelta(seconds=started_s)
        order.qty_producing = made
        order.lot_producing_ids = self.make_lot(product, f"PP-{order.name}")
        for move, (lot, kg) in zip(order.move_raw_ids, consumed, strict=True):
            move.move_line_ids.unlink()
            line = {"product_id": lot.product_id.id, "lot_id": lot.id, "quantity": kg}
            places = {
                "location_id": move.location_id.id,
                "location_dest_id": move.location_dest_id.id,
            }
            move.write({"move_line_ids": [Command.create(line | places)], "picked": True})
        for move in order.move_byproduct_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        return order

    def count_up(self, order, sensor, *values):
        """Put (seconds after the start, counter) readings of a sensor."""
        start_ms = clock.to_ms(order.date_start)
        samples = [
            Sample(f"t1-{sensor}", start_ms + seconds * 1000, sequence=number, value=value)
            for number, (seconds, value) in enumerate(values)
        ]
        result = self.env["process.reading"]._ingest(samples)
        self.assertFalse(result.rejected)

    def count_all(self, order):
        """Let the three meters count 100 kWh, 50 kg of steam and 2 m3."""
        self.count_up(order, "power", (10, 1000.0), (1800, 1040.5), (3500, 1100.0))
        self.count_up(order, "steam", (10, 0.0), (3500, 50.0))
        self.count_up(order, "water", (10, 7.5), (3500, 9.5))

    def finish(self, order):
        """Mark the order done and return its footprint."""
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        order.invalidate_recordset()
        return order.carbon_footprint_id

    def make_declaration(self, lot, value=None, unit="kgCO2eq/dry-ton", number=None):
        """Give a lot an incoming declaration, with a GHG value unless it is None."""
        supplier = self.env["res.partner"].create({"name": "Supplier"})
        declaration = self.env["sustainability.declaration"].create(
            {
                "direction": "in",
                "number": number or f"SD-{lot.name}",
                "partner_id": supplier.id,
                "product_id": lot.product_id.id,
                "quantity": 1000.0,
                "quantity_unit": "kg",
                "ghg_value": value or 0.0,
                "ghg_unit": unit,
                "ghg_type": False if value is None else "actual",
            }
        )
        lot._set_declaration(declaration)
        return declaration

    def make_second(self, order, product):
        """A batch of 290 kg from 300 kg of another one, and power by a bill."""
        meters = self.meter_power | self.meter_steam | self.meter_water
        meters.product_tmpl_ids = self.polymer.product_tmpl_id
        second = self.make_order([(order.lot_producing_ids, 300.0)], made=290.0, makes=product)
        self.env["carbon.activity"].create(
            {
                "production_id": second.id,
                "name": "Power by bill",
                "amount": 33.3,
                "unit": "kWh",
                "factor_id": self.power.id,
            }
        )
        return self.finish(second)

    # -- what came out --------------------------------------------------------------------------

    def make_fossil_order(self, **vals):
        lot = self.make_lot(self.fossil, "F1", 1000.0)
        return self.make_order([(lot, 1000.0)], **vals)

    def line(self, footprint, name):
        return footprint.line_ids.filtered(lambda line: line.name == name)

    def assert_adds_up(self, footprint):
        """Leaves, product, scopes and outputs close, to the last digit, in the snapshot too."""
        content = footprint._snapshot()
        activities = content["activities"]
        figures = {name: Decimal(content[name]) for name in ("total_kg_co2e", "product_kg_co2e")}
        self.assertEqual(sum(Decimal(a["kg_co2e"]) for a in activities), figures["total_kg_co2e"])
        product = sum(Decimal(a["product_kg_co2e"]) for a in activities)
        self.assertEqual(product, figures["product_kg_co2e"])
        scopes = sum(Decimal(content[f"scope{scope}_kg_co2e"]) for scope in "123")
        self.assertEqual(scopes, figures["product_kg_co2e"])
        outputs = sum(Decimal(o["kg_co2e"]) for o in content["outputs"])
        self.assertEqual(outputs, figures["total_kg_co2e"])
        stored = sum(Decimal(repr(line.product_kg_co2e)) for line in footprint.line_ids)
        self.assertEqual(stored, figures["product_kg_co2e"])
        self.assertEqual(float(figures["product_kg_co2e"]), footprint.product_kg_co2e)
