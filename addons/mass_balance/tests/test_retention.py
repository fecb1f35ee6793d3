# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 25: declarations stay for their term; afterwards a signed purge, and the books hold."""

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import Command, MassBalanceCase, new_test_user


class TestRetention(MassBalanceCase):
    def setUp(self):
        super().setUp()
        self.incoming = self.receive_certified()
        self.incoming.message_post(body="Called the supplier")
        self.env["ir.attachment"].create(
            {
                "name": "sd.pdf",
                "raw": b"paper",
                "res_model": self.incoming._name,
                "res_id": self.incoming.id,
            }
        )
        self.other = new_test_user(
            self.env,
            "mb_second",
            "mass_balance.group_mass_balance_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def in_years(self, years):
        return freeze_time(fields.Date.add(self.today, years=years, days=2))

    def propose(self, **values):
        return (
            self.env["sustainability.purge"]
            .with_user(self.manager)
            .create({"company_id": self.company.id, "reason": "Term is over", **values})
        )

    def test_rule_25_four_years_old_is_not_deleted(self):
        with self.in_years(4):
            for user in (self.manager, self.env.ref("base.user_admin")):
                with self.assertRaises(UserError):
                    self.incoming.with_user(user).sudo().unlink()
            self.company.mb_retention_years = 5
            with self.assertRaisesRegex(UserError, "kept for 5 years"):
                self.propose(before_date=self.today)
            self.assertEqual(self.propose().declaration_count, 0)

    def test_rule_25_the_term_is_five_years_or_more(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.company.mb_retention_years = 4
            self.company.flush_recordset()

    def test_rule_25_after_the_term_by_two_people(self):
        entries = self.entries().mapped("entry_hash")
        number = self.incoming.number
        with self.in_years(10):
            purge = self.propose()
            self.assertEqual(purge.declaration_count, 1)
            with self.assertRaisesRegex(UserError, "does not sign it"):
                purge._check_may_sign("purge")
            signature = self.sign(purge, "purge", self.other)
            self.assertTrue(signature)
        self.assertEqual((purge.state, purge.done_by_id), ("done", self.other))
        self.assertEqual(self.incoming.purge_id, purge)
        self.assertFalse(self.incoming.supplier_address)
        self.assertFalse(self.incoming.contract_number)
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_model", "=", self.incoming._name), ("res_id", "=", self.incoming.id)]
            )
        )
        self.assertEqual((self.incoming.number, self.incoming.quantity_kg), (number, 100))
        self.assertEqual(len(self.incoming.purged_digest), 64)
        self.assertEqual(self.entries().mapped("entry_hash"), entries)
        self.assertEqual(purge.signature_state, "valid")
        for vals in ({"reason": "x"}, {"state": "draft"}):
            with self.assertRaisesRegex(UserError, "and stays"):
                purge.write(vals)
        with self.assertRaisesRegex(UserError, "stays"):
            purge.unlink()

    def test_the_outcome_is_not_typed(self):
        with self.assertRaisesRegex(UserError, "buttons and its signature"):
            self.incoming.purge_id = False
