# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two users, one book: exactly one draw succeeds (rule 20), with two real cursors."""

from uuid import uuid4

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from .common import D, MassBalanceCase


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Committed data of its own, removed afterwards as far as an append-only book allows.

    The rows are made and taken away with the triggers off: only a test may do that.
    """

    def setUp(self):
        super().setUp()
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        self.registry = Registry(get_db_name())
        self.ids = self._commit(self._prepare)
        self.addCleanup(self._commit, self._remove)

    def _commit(self, step):
        with self.registry.cursor() as cr:
            return step(api.Environment(cr, SUPERUSER_ID, {}))

    def _prepare(self, env):
        """A company with one book of 100 kg."""
        company = env["res.company"].create({"name": f"Concurrent {uuid4()}"})
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        env = env(context={"allowed_company_ids": [company.id]})
        product = env["product.product"].create({"name": "Concurrent PP", "company_id": company.id})
        partner = env["res.partner"].create({"name": "Concurrent Supplier"})
        source = env["sustainability.declaration"].create(
            {
                "number": "CC-1",
                "company_id": company.id,
                "partner_id": partner.id,
                "product_id": product.id,
                "raw_material": "UCO",
                "statement": "iscc_compliant",
                "category": "bio",
            }
        )
        key = source._prepare_account_key(warehouse, "output", product.product_tmpl_id)
        account = env["mass.balance.account"]._get_or_create(key)
        self._entry(env, account.id, source.id, "opening", D("100.000"))
        return {
            "company": company.id,
            "account": account.id,
            "source": source.id,
            "product": product.id,
            "partner": partner.id,
        }

    def _entry(self, env, account, source, direction, quantity):
        env["mass.balance.entry"].create(
            [
                {
                    "account_id": account,
                    "direction": direction,
                    "quantity": quantity,
                    "booking_date": "2026-11-22",
                    "document": "Concurrent",
                    "source_declaration_id": source,
                }
            ]
        )

    def _remove(self, env):
        cr, company = env.cr, self.ids["company"]
        for table in ("mass_balance_entry", "audit_record"):
            cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cr.execute(f"DELETE FROM {table} WHERE company_id = %s", [company])
            cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table in (
            "mass_balance_credit",
            "mass_balance_period",
            "mass_balance_account",
            "sustainability_declaration",
            "audit_chain_head",
        ):
            cr.execute(f"DELETE FROM {table} WHERE company_id = %s", [company])
        cr.execute("UPDATE product_template SET active = false WHERE company_id = %s", [company])

    def _held(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            account = env["mass.balance.account"].browse(self.ids["account"])
            return account.balance, account.booked_balance

    @mute_logger("odoo.sql_db")
    def test_rule_20_two_users_sell_sixty_of_a_hundred(self):
        """The second has read the book before the first commits; it must not use what it read."""
        account, source = self.ids["account"], self.ids["source"]
        first, second = self.registry.cursor(), self.registry.cursor()
        with first, second:
            one = api.Environment(first, SUPERUSER_ID, {})
            two = api.Environment(second, SUPERUSER_ID, {})
            self.assertEqual(two["mass.balance.account"].browse(account).balance, 100)
            self._entry(one, account, source, "out", D("60.000"))
            first.commit()
            with self.assertRaises(SerializationFailure):
                self._entry(two, account, source, "out", D("60.000"))
            second.rollback()
            # what the server does with such a failure: try again, from what is true now
            two.invalidate_all()
            with self.assertRaisesRegex(UserError, "holds 40.000 kg"):
                self._entry(two, account, source, "out", D("60.000"))
            second.rollback()
        self.assertEqual(self._held(), (40.0, 40.0))

    def test_the_loser_may_take_what_is_left(self):
        account, source = self.ids["account"], self.ids["source"]
        for quantity in (D("60.000"), D("40.000")):
            self._commit(lambda env, q=quantity: self._entry(env, account, source, "out", q))
        self.assertEqual(self._held(), (0.0, 0.0))


class TestLockOrder(MassBalanceCase):
    """Books are always taken in the same order."""

    def test_lock_is_ordered_and_keeps_the_balance(self):
        self.produce_standard()
        books = self.env["mass.balance.account"].search([("company_id", "=", self.company.id)])
        before = books.mapped("booked_balance")
        books[::-1]._lock()
        self.assertEqual(books.mapped("booked_balance"), before)
