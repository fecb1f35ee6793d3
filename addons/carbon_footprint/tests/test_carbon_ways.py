# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What reaches a footprint beside bills: ways in and out, scrap, a meter shared by mass."""

from decimal import Decimal

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from .common import CarbonCase


class TestCarbonWays(CarbonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.meter_power | cls.meter_steam | cls.meter_water).active = False
        cls.truck = cls._make_factor("TRUCK", "tkm", 0.1, "transport")
        cls.landfill = cls._make_factor("LANDFILL", "t", 9.0, "waste")
        cls.supplier = cls.env["res.partner"].create({"name": "Supplier of ways"})

    @classmethod
    def _make_factor(cls, code, unit, value, category):
        factor = cls.env["carbon.factor"].create(
            {"name": code.title(), "code": code, "unit": unit, "category": category}
        )
        version = cls.env["carbon.factor.version"].create(
            {
                "factor_id": factor.id,
                "name": "1",
                "valid_from": "2020-01-01",
                "value": value,
                "source": "Test",
                "licence": "Test",
            }
        )
        version.sudo().with_user(cls.env.ref("base.user_root")).action_approve()
        return factor

    def _move(self, lot, quantity, code, km=0.0):
        """Receive or deliver a quantity of a lot, a way entered before; return the transfer."""
        stock = self.warehouse.lot_stock_id
        outside = self.env.ref(
            "stock.stock_location_suppliers" if code == "in" else "stock.stock_location_customers"
        )
        places = (outside, stock) if code == "in" else (stock, outside)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse[f"{code}_type_id"].id,
                "partner_id": self.supplier.id,
                "location_id": places[0].id,
                "location_dest_id": places[1].id,
            }
        )
        line = {
            "product_id": lot.product_id.id,
            "lot_id": lot.id,
            "quantity": quantity,
            "picking_id": picking.id,
            "location_id": places[0].id,
            "location_dest_id": places[1].id,
        }
        self.env["stock.move"].create(
            {
                "product_id": lot.product_id.id,
                "product_uom_qty": quantity,
                "picking_id": picking.id,
                "location_id": places[0].id,
                "location_dest_id": places[1].id,
                "move_line_ids": [Command.create(line)],
                "picked": True,
            }
        )
        if km:
            self._leg(picking, km)
        picking._action_done()
        self.assertEqual(picking.state, "done")
        return picking

    def _leg(self, picking, km, **vals):
        return self.env["carbon.transport"].create(
            {"picking_id": picking.id, "factor_id": self.truck.id, "distance_km": km, **vals}
        )

    def _ways(self, order, category):
        lines = order.carbon_footprint_id.line_ids
        return lines.filtered(lambda line: line.activity_id.category == category)

    def test_the_way_in_goes_with_what_was_consumed(self):
        lot = self.make_lot(self.fossil, "FW1")
        near, far = self._move(lot, 500.0, "in"), self._move(lot, 1500.0, "in")
        self._leg(near, 100.0)
        self._leg(far, 300.0, document="CMR 7")
        order = self.make_order([(lot, 1000.0)])
        footprint = self.finish(order)
        ways = self._ways(order, "transport_in")
        # 1 t, a quarter of it over 100 km and three quarters over 300 km
        self.assertEqual(ways.mapped("amount"), [25.0, 225.0])
        self.assertEqual(ways.mapped("kg_co2e"), [2.5, 22.5])
        self.assertEqual(set(ways.activity_id.mapped("stage")), {"transport_in"})
        self.assertIn("CMR 7", ways[1].activity_id.document)
        self.assert_adds_up(footprint)

    def test_the_way_out_goes_with_what_was_delivered_and_may_be_corrected(self):
        order = self.make_fossil_order()
        before = self.finish(order)
        self.assertFalse(self._ways(order, "transport_out"))
        picking = self._move(order.lot_producing_ids, 300.0, "out")
        leg = self._leg(picking, 200.0)
        order.invalidate_recordset()
        way = self._ways(order, "transport_out")
        self.assertEqual((way.amount, way.kg_co2e), (60.0, 6.0))
        self.assertEqual(way.activity_id.stage, "distribution")
        self.assertEqual(order.carbon_footprint_id.previous_id, before)
        leg.distance_km = 100.0
        order.invalidate_recordset()
        self.assertEqual(self._ways(order, "transport_out").amount, 30.0)
        self.assertEqual(way.amount, 60.0)
        leg.unlink()
        order.invalidate_recordset()
        self.assertFalse(self._ways(order, "transport_out"))
        self.assertEqual(order.carbon_footprint_id.total_kg_co2e, before.total_kg_co2e)

    def test_a_way_entered_before_the_goods_leave_counts_as_they_leave(self):
        order = self.make_fossil_order()
        self.finish(order)
        self._move(order.lot_producing_ids, 450.0, "out", km=20.0)
        order.invalidate_recordset()
        self.assertEqual(self._ways(order, "transport_out").amount, 9.0)

    def test_who_enters_a_way_and_what_weighs_it(self):
        order = self.make_fossil_order()
        self.finish(order)
        picking = self._move(order.lot_producing_ids, 300.0, "out")
        leg = self._leg(picking, 200.0)
        self.assertTrue(leg.with_user(self.worker).has_access("write"))
        self.assertTrue(leg.with_user(self.auditor).has_access("read"))
        self.assertFalse(leg.with_user(self.auditor).has_access("write"))
        with self.assertRaises(AccessError):
            leg.with_user(self.stranger).read(["distance_km"])
        with self.assertRaisesRegex(ValidationError, "measures transport, the second energy"):
            leg.factor_id = self.power

    def _scrap(self, order, lot, quantity):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": lot.product_id.id,
                "scrap_qty": quantity,
                "lot_id": lot.id,
                "production_id": order.id,
                "location_id": self.warehouse.lot_stock_id.id,
            }
        )
        scrap.do_scrap()
        order.invalidate_recordset()

    def test_scrap_of_the_product_is_waste_and_no_output(self):
        order = self.make_fossil_order()
        before = self.finish(order)
        self.polymer.carbon_waste_factor_id = self.landfill
        self._scrap(order, order.lot_producing_ids, 100.0)
        footprint = order.carbon_footprint_id
        self.assertEqual(footprint.output_ids.mapped("quantity_kg"), [800.0])
        self.assertEqual(self._ways(order, "waste").kg_co2e, 0.9)
        total = Decimal(repr(before.total_kg_co2e)) + Decimal("0.9")
        self.assertEqual(Decimal(repr(footprint.total_kg_co2e)), total)
        self.assertEqual(order._get_carbon_units(), 800.0)
        self.assert_adds_up(footprint)

    def test_scrapped_material_was_bought_and_is_treated(self):
        lot = self.make_lot(self.fossil, "FS1", 1100.0)
        order = self.make_order([(lot, 1000.0)])
        before = self.finish(order)
        self.fossil.carbon_waste_factor_id = self.landfill
        self._scrap(order, lot, 100.0)
        footprint = order.carbon_footprint_id
        bought = self.line(footprint, "Fossil naphtha")
        self.assertEqual(sorted(bought.mapped("amount")), [100.0, 1000.0])
        scrapped = bought.activity_id.filtered(lambda activity: activity.amount == 100.0)
        self.assertFalse(scrapped.is_feedstock)
        self.assertEqual(self._ways(order, "waste").kg_co2e, 0.9)
        self.assertEqual(footprint.output_ids.mapped("quantity_kg"), [900.0])
        self.assertGreater(footprint.total_kg_co2e, before.total_kg_co2e)

    def test_scrap_that_nothing_weighs_is_a_gap(self):
        order = self.make_fossil_order()
        self.finish(order)
        self._scrap(order, order.lot_producing_ids, 100.0)
        self.assertEqual(order.carbon_footprint_id.state, "incomplete")
        self.assertIn("no emission factor as waste", order.carbon_gap_text)

    def _destroy(self, *lots):
        """Carry out a signed disposition to destroy lots; the signing has its own tests."""
        deviation = self.env["process.deviation"].create(
            {"control_class": "oprp", "description": "Off-spec", "company_id": self.company.id}
        )
        deviation._add_lots(self.env["stock.lot"].union(*lots))
        deviation._stamp({"disposition": "destroy"})
        deviation._do_carry_out()
        return deviation

    def test_a20_what_a_disposition_destroys_is_waste_of_its_batch_once(self):
        order = self.make_fossil_order()
        before = self.finish(order)
        self.polymer.carbon_waste_factor_id = self.landfill
        bought = self.make_lot(self.fossil, "F-BAD", 50.0)
        self._scrap(order, order.lot_producing_ids, 100.0)
        self._move(order.lot_producing_ids, 400.0, "out").button_validate()
        deviation = self._destroy(order.lot_producing_ids, bought)
        order.invalidate_recordset()
        footprint = order.carbon_footprint_id
        self.assertEqual(sum(deviation.scrap_ids.mapped("scrap_qty")), 450.0)
        self.assertEqual(deviation.scrap_ids.production_id, order)
        self.assertEqual(sorted(self._ways(order, "waste").mapped("kg_co2e")), [0.9, 3.6])
        self.assertEqual(footprint.output_ids.mapped("quantity_kg"), [400.0])
        self.assertEqual(self.line(footprint, "Fossil naphtha").mapped("amount"), [1000.0])
        wasted = Decimal(repr(footprint.total_kg_co2e)) - Decimal(repr(before.total_kg_co2e))
        self.assertEqual(wasted, Decimal("4.5"), "500 kg of product, each kg once")
        untouched = deviation.scrap_ids.filtered(lambda scrap: scrap.lot_id == bought)
        self.assertFalse(untouched.production_id, "bought material is waste of no batch")

    def test_a_meter_is_shared_by_the_mass_of_the_batches(self):
        self.meter_power.write({"active": True, "allocation": "mass"})
        orders = [
            self.make_order([(self.make_lot(self.fossil, f"FM{made}", 1000.0), 1000.0)], made=made)
            for made in (900.0, 300.0)
        ]
        orders[1].date_start = orders[0].date_start
        self.count_up(orders[0], "power", (10, 1000.0), (3500, 1100.0))
        for order in orders:
            self.finish(order)
            order.date_finished = orders[0].date_finished
        orders[0]._make_carbon_footprints("both are done")
        orders[1]._make_carbon_footprints("both are done")
        lines = [self.line(order.carbon_footprint_id, "Electricity") for order in orders]
        self.assertEqual([line.amount for line in lines], [75.0, 25.0])
        self.assertEqual(lines[0].activity_id.allocation_rule, "mass")
        self.assertIn("by the mass", lines[0].activity_id.allocation_note)
