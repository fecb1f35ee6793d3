# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from psycopg2 import Error

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import CarbonCase


class TestCarbonTarget(CarbonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = new_test_user(
            cls.env, "carbon_second", groups="mass_balance.group_mass_balance_manager"
        )
        cls.category = cls.env["product.category"].create({"name": "Polymers"})
        cls.polymer.categ_id = cls.env["product.category"].create(
            {"name": "Polypropylenes", "parent_id": cls.category.id}
        )
        # materials alone make the figure: batches beside each other would share the meters
        (cls.meter_power | cls.meter_steam | cls.meter_water).unlink()
        cls.line = cls.env["mrp.workcenter"].create({"name": "Line 9"})
        cls.today = fields.Date.today()

    def make_target(self, value=0.5, approve=True, **vals):
        target = (
            self.env["carbon.target"]
            .with_user(self.manager)
            .create({"value": value, "year": self.today.year, **vals})
        )
        if approve:
            target.with_user(self.second).action_approve()
        return target

    def make_batch(self, name, made=900.0):
        order = self.make_order([(self.make_lot(self.fossil, name, 1000.0), 1000.0)], made=made)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete", footprint.gap_text)
        return footprint

    def rows(self, footprints):
        self.env["carbon.kpi.report"].invalidate_model()
        return self.env["carbon.kpi.report"].search([("footprint_id", "in", footprints.ids)])

    # -- four eyes, frozen --

    def test_whoever_entered_or_changed_it_cannot_approve_it(self):
        target = self.make_target(approve=False)
        with self.assertRaisesRegex(UserError, "yourself"):
            target.action_approve()
        target.with_user(self.second).value = 0.4
        with self.assertRaisesRegex(UserError, "yourself"):
            target.with_user(self.second).action_approve()
        target.with_user(self.manager).action_approve()
        self.assertEqual(target.approved_by_id, self.manager)
        self.assertEqual(target.state, "approved")

    def test_stamps_are_not_typed_and_an_approved_target_never_changes(self):
        typed = self.make_target(approve=False, state="approved", author_id=self.second.id)
        self.assertEqual((typed.state, typed.author_id), ("draft", self.manager))
        for vals in ({"state": "approved"}, {"author_id": self.second.id}):
            with self.assertRaises(UserError):
                typed.write(vals)
        typed.with_user(self.second).action_approve()
        with self.assertRaises(UserError):
            typed.value = 9
        with self.assertRaises(UserError):
            typed.unlink()
        with mute_logger("odoo.sql_db"), self.assertRaises(Error), self.cr.savepoint():
            self.cr.execute("UPDATE carbon_target SET value = 9 WHERE id = %s", [typed.id])
        with self.assertRaises(UserError):
            typed.action_approve()
        typed.action_withdraw()
        self.assertEqual(typed.state, "withdrawn")

    def test_only_managers_approve_and_companies_are_apart(self):
        target = self.make_target(approve=False)
        with self.assertRaises(AccessError):
            target.with_user(self.worker).action_approve()
        self.assertTrue(target.with_user(self.auditor).name)
        self.assertFalse(target.with_user(self.auditor).has_access("write"))
        self.assertFalse(target.with_user(self.stranger).search([("id", "=", target.id)]))

    def test_the_scope_names_exactly_one_thing(self):
        with self.assertRaises(ValidationError):
            self.make_target(scope="product")
        with self.assertRaises(ValidationError):
            self.make_target(scope="company", categ_id=self.category.id)
        with self.assertRaisesRegex(ValidationError, "different units"):
            self.make_target(scope="company", per="unit")
        self.make_target()
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception), self.cr.savepoint():
            self.make_target(0.6)

    # -- indicators --

    def test_averages_are_weighted_and_the_nearest_target_counts(self):
        first, second = self.make_batch("A", 900.0), self.make_batch("B", 100.0)
        both = first | second
        company = self.make_target(0.7)
        self.assertEqual(self.rows(both).target_id, company)
        category = self.make_target(0.6, scope="category", categ_id=self.category.id)
        self.assertEqual(self.rows(both).target_id, category)
        own = self.make_target(
            0.5, scope="product", product_tmpl_id=self.polymer.product_tmpl_id.id, per="unit"
        )
        rows = self.rows(both)
        self.assertEqual(rows.target_id, own)
        [(kg, per_kg, per_unit, target, share)] = rows._read_group(
            [("id", "in", rows.ids)],
            [],
            [
                *("kg_co2e:sum", "kg_co2e_per_kg:avg", "kg_co2e_per_unit:avg"),
                *("target_per_kg:avg", "deviation_share:avg"),
            ],
        )
        self.assertAlmostEqual(kg, sum(both.mapped("product_kg_co2e")), places=6)
        self.assertAlmostEqual(per_kg, kg / 1000)
        self.assertAlmostEqual(per_unit, kg / 1000)
        self.assertAlmostEqual(target, 0.5)
        self.assertAlmostEqual(share, (kg - 500) / 500)
        curve = self.env["carbon.kpi.curve"].search([("footprint_id", "=", first.id)])
        self.assertEqual(
            {row.series: round(row.kg_co2e, 6) for row in curve},
            {"actual": round(first.product_kg_co2e, 6), "target": 450.0},
        )

    def test_what_is_incomplete_or_of_another_company_is_not_in_it(self):
        lot = self.make_lot(self.bio, "UNDECLARED", 10.0)
        open_one = self.finish(self.make_order([(lot, 10.0)]))
        self.assertEqual(open_one.state, "incomplete")
        self.assertFalse(self.rows(open_one))
        done = self.make_batch("C")
        self.assertTrue(self.rows(done).with_user(self.auditor).kg_co2e)
        model = self.env["carbon.kpi.report"].with_user(self.stranger)
        self.assertFalse(model.search([("footprint_id", "=", done.id)]))
        curve = self.env["carbon.kpi.curve"].with_user(self.stranger)
        self.assertFalse(curve.search([("footprint_id", "=", done.id)]))

    def test_the_line_is_where_the_order_ended(self):
        order = self.make_fossil_order()
        self.assertFalse(order._get_carbon_line())
        self.env["mrp.workorder"].create(
            {
                "name": "Extrude",
                "production_id": order.id,
                "workcenter_id": self.line.id,
                "product_uom_id": self.kg.id,
            }
        )
        self.assertEqual(order._get_carbon_line(), self.line)

    # -- months --

    def test_a_missed_month_is_one_to_do(self):
        footprint = self.make_batch("D")
        target = self.make_target(
            0.1, scope="product", product_tmpl_id=self.polymer.product_tmpl_id.id
        )
        month = footprint.date.replace(day=1)
        target._check_month(month)
        self.assertEqual(len(target.activity_ids), 1)
        self.assertEqual(target.activity_ids.user_id, self.manager)
        self.assertIn("above the target", target.activity_ids.summary)
        self.assertEqual(target.checked_month, month)
        target._check_month((month - timedelta(days=1)).replace(day=1))
        self.assertEqual(len(target.activity_ids), 1)
