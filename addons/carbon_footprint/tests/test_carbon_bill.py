# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bills are divided between the batches of their period, and nothing of them is lost."""

from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from .common import CarbonCase


class TestCarbonBill(CarbonCase):
    def setUp(self):
        super().setUp()
        (self.meter_power | self.meter_steam | self.meter_water).active = False
        self.orders = [
            self.make_order(
                [(self.make_lot(self.fossil, f"F{number}", 1000.0), 1000.0)],
                made=made,
                started_s=started_s,
            )
            for number, (made, started_s) in enumerate([(900.0, 7200), (300.0, 3600), (50.0, 1800)])
        ]
        self.footprints = [self.finish(order) for order in self.orders]
        # only these three, whatever else ran in the database
        self.product = self.polymer.product_tmpl_id

    def _bill(self, amount=100.0, rule="time", **vals):
        line = {
            "name": "Compressed air",
            "factor_id": self.power.id,
            "amount": amount,
            "unit": "kWh",
            "rule": rule,
            "product_tmpl_ids": [Command.set(self.product.ids)],
        }
        day = self.orders[0]._get_carbon_date()
        return (
            self.env["carbon.bill"]
            .with_user(self.manager)
            .create(
                {
                    "name": "B-1",
                    "period_start": day.replace(day=1),
                    "period_end": day,
                    "line_ids": [Command.create(line | vals)],
                }
            )
        )

    def _shares(self, bill):
        return self.env["carbon.activity"].search(
            [("bill_line_id", "in", bill.line_ids.ids), ("is_current", "=", True)], order="id"
        )

    def test_shares_add_up_to_the_last_digit_by_every_rule(self):
        for rule in ("time", "mass", "batch"):
            bill = self._bill(100.000001, rule)
            bill.action_divide()
            shares = self._shares(bill)
            self.assertEqual(len(shares), 3, rule)
            total = sum(Decimal(repr(share.amount)) for share in shares)
            self.assertEqual(total, Decimal("100.000001"), rule)
            self.assertIn("of the bill between 3 batches", shares[0].allocation_note)
            self.assertEqual(set(shares.mapped("allocation_rule")), {rule})

    def test_by_mass(self):
        bill = self._bill(1250.0, "mass")
        bill.action_divide()
        self.assertEqual(self._shares(bill).mapped("amount"), [900.0, 300.0, 50.0])

    def test_footprints_take_their_shares_in_and_give_them_back(self):
        bill = self._bill(1250.0, "mass")
        bill.action_divide()
        order = self.orders[0]
        self.env["carbon.running"]._refresh(order)
        footprint = order.carbon_footprint_id
        self.assertEqual(footprint.previous_id, self.footprints[0])
        line = self.line(footprint, "Compressed air")
        self.assertEqual((line.amount, line.kg_co2e), (900.0, 159.3))
        self.assertEqual(line.activity_id.document, bill._get_reference())
        self.assert_adds_up(footprint)
        with self.assertRaisesRegex(UserError, "withdraw that"):
            line.activity_id.action_withdraw()
        bill.action_withdraw()
        self.assertFalse(self._shares(bill))
        self.env["carbon.running"]._refresh(order)
        self.assertFalse(self.line(order.carbon_footprint_id, "Compressed air"))
        self.assertEqual(line.kg_co2e, 159.3)

    def test_what_is_divided_does_not_change(self):
        bill = self._bill()
        bill.action_divide()
        self.assertEqual(bill.divided_by_id, self.manager)
        for change in (
            lambda: bill.write({"period_end": "2030-01-01"}),
            lambda: bill.line_ids.write({"amount": 1}),
            lambda: bill.line_ids.unlink(),
            lambda: bill.unlink(),
            lambda: bill.action_divide(),
        ):
            with self.assertRaises(UserError):
                change()
        with self.assertRaisesRegex(UserError, "stamped by its buttons"):
            bill.state = "draft"

    def test_what_cannot_be_divided_says_why(self):
        bill = self._bill()
        bill.write({"period_start": "2001-01-01", "period_end": "2001-01-31"})
        with self.assertRaisesRegex(UserError, "no batch ran in the period"):
            bill.action_divide()
        gross = self.env.ref("carbon_footprint.factor_gas_gb_gross")
        with self.assertRaisesRegex(ValidationError, "first counts by net calorific value"):
            self._bill(factor_id=gross.id, unit="kWh_net")

    def test_a_meter_that_counts_the_same_is_named(self):
        self.meter_power.active = True
        self.assertIn("Electricity", self._bill().counted_twice)

    def test_what_stores_issued_becomes_lines(self):
        place = self.env["stock.location"].create(
            {"name": "Cleaning", "usage": "inventory", "company_id": self.company.id}
        )
        soda = self._make_product("Soda", carbon_factor_id=self.naphtha_factor.id)
        move = self.env["stock.move"].create(
            {
                "product_id": soda.id,
                "product_uom_qty": 12.5,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": place.id,
            }
        )
        move._action_confirm()
        move.write({"quantity": 12.5, "picked": True})
        move._action_done()
        bill = self._bill()
        bill.write({"kind": "stock", "location_dest_id": place.id})
        bill.sudo().action_take_from_stock()
        self.assertEqual((bill.line_ids.amount, bill.line_ids.unit), (12.5, "kg"))
        soda.carbon_factor_id = False
        with self.assertRaisesRegex(UserError, "Soda has no emission factor"):
            bill.sudo().action_take_from_stock()

    def test_who_sees_and_who_writes(self):
        bill = self._bill()
        for model in (bill, bill.line_ids):
            self.assertTrue(model.with_user(self.auditor).has_access("read"))
            self.assertFalse(model.with_user(self.auditor).has_access("write"))
            self.assertFalse(model.with_user(self.worker).has_access("read"))
        with self.assertRaises(AccessError):
            bill.with_user(self.stranger).read(["name"])
        with self.assertRaises(AccessError):
            bill.with_user(self.auditor).action_divide()
