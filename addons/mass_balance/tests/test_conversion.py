# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Conversion factors: rule 14."""

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import MassBalanceCase, new_test_user, timedelta


class TestConversion(MassBalanceCase):
    """Measured, evidenced, approved once for a certification year."""

    def make(self, **values):
        return self.env["mass.balance.conversion"].create(
            {
                "product_tmpl_id": self.polymer.product_tmpl_id.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "numerator": 950,
                "denominator": 1000,
                "date_from": self.today,
                "date_to": self.today + timedelta(days=200),
                "evidence": "New line",
                **values,
            }
        )

    def test_rule_14_no_change_inside_the_year(self):
        with self.assertRaisesRegex(UserError, "is fixed from"):
            self.make().action_approve()
        later = self.factor.date_to + timedelta(days=1)
        following = self.make(date_from=later, date_to=later + timedelta(days=364))
        following.action_approve()
        self.assertEqual(following.state, "approved")

    def test_rule_14_a_part_of_the_year_is_no_way_round(self):
        """Approved for a month only: another figure has to wait for the next certificate."""
        self.cr.execute("DELETE FROM mass_balance_conversion")
        self.env.invalidate_all()
        month = self._approve_factor(date_to=self.today + timedelta(days=30))
        later = month.date_to + timedelta(days=1)
        with self.assertRaisesRegex(UserError, str(self.own.valid_to + timedelta(days=1))):
            self.make(date_from=later, date_to=later + timedelta(days=30)).action_approve()
        same = self.make(date_from=later, date_to=later + timedelta(days=30), numerator=900)
        same.action_approve()
        self.assertEqual(same.state, "approved")

    def test_rule_14_above_one_needs_a_co_reactant(self):
        with self.assertRaisesRegex(ValidationError, "co-reactant"):
            self.make(numerator=1950)
        with self.assertRaisesRegex(ValidationError, "co-reactant"):
            self.make(numerator=1950, co_reactant="  ")
        self.make(numerator=1950, co_reactant="Water")

    def test_approved_is_frozen(self):
        for vals in (
            {"numerator": 950},
            {"evidence": "x"},
            {"date_to": self.today},
            {"state": "draft"},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "is fixed"):
                self.factor.sudo().write(vals)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.factor.sudo().unlink()

    def test_nobody_is_born_approved(self):
        self.assertEqual(self.make(state="approved").state, "draft")

    def test_no_evidence_no_approval(self):
        record = self.make(evidence=" ", product_tmpl_id=self.coproduct.product_tmpl_id.id)
        with self.assertRaisesRegex(UserError, "measured by"):
            record.action_approve()

    def test_longer_than_a_year(self):
        with self.assertRaisesRegex(ValidationError, "certification year"):
            self.make(date_to=self.today + timedelta(days=366))

    def test_only_the_manager_approves(self):
        reader = new_test_user(
            self.env,
            "mb_reader4",
            "mass_balance.group_mass_balance_user",
            company_id=self.company.id,
        )
        record = self.make(product_tmpl_id=self.coproduct.product_tmpl_id.id)
        with self.assertRaises(AccessError):
            record.with_user(reader).action_approve()
        record.with_user(self.manager).action_approve()
        self.assertEqual(record.approved_by_id, self.manager)

    def test_a_named_input_goes_before_every_input(self):
        named = self.make(material="naphtha")
        named.action_approve()
        find = self.env["mass.balance.conversion"]._find
        template = self.polymer.product_tmpl_id
        self.assertEqual(find(template, self.warehouse, "naphtha", self.today), named)
        self.assertEqual(find(template, self.warehouse, "methane", self.today), self.factor)
        self.assertFalse(
            find(template, self.warehouse, "naphtha", self.today - timedelta(days=400))
        )

    def test_computed_from_posted_production(self):
        self.produce_standard()
        record = self.make(
            window_start=self.today - timedelta(days=1), window_end=self.today + timedelta(days=1)
        )
        record.action_compute_from_production()
        self.assertEqual((record.numerator, record.denominator), (900, 1000))
        self.assertIn("Posted production", record.evidence)
        empty = self.make(window_start="2020-01-01", window_end="2020-03-31")
        with self.assertRaisesRegex(UserError, "no order"):
            empty.action_compute_from_production()
        with self.assertRaisesRegex(UserError, "window"):
            self.make().action_compute_from_production()
