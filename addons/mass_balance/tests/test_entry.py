# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Entries: the chain, append-only, signs, and the export an auditor recomputes (rule 25)."""

import json
from decimal import Decimal

from psycopg2 import Error as PgError

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.audit_chain.tools import chain

from .common import D, MassBalanceCase


class TestEntry(MassBalanceCase):
    """What stands in the books can be read by anyone and changed by no one."""

    def export(self):
        text = self.env["mass.balance.entry"].export_chain_jsonl(self.company.id)
        return text.splitlines()

    def test_the_export_verifies_and_recomputes(self):
        self.produce_standard()
        self.deliver(60)
        self.scrap(self.polymer, 10, self.lot("PP-1", self.polymer))
        lines = self.export()
        self.assertTrue(chain.verify(chain.parse_lines(lines)).ok)
        sums = {}
        for line in lines:
            body = json.loads(line)["body"]
            key = (body["account"]["book"], body["account"]["product"])
            sums[key] = sums.get(key, Decimal(0)) + Decimal(body["change"])
        for (kind, group), total in sums.items():
            self.assertEqual(total, self.held(kind, group))

    def test_the_body_speaks_business(self):
        self.receive_certified(100)
        body = json.loads(self.export()[0])["body"]
        self.assertEqual(body["quantity"], "100.000")
        self.assertEqual(body["account"]["site"], self.warehouse.code)
        self.assertEqual(body["lot"], "BN-1")
        self.assertIn("Baltic Renewables / SD-1 / ISCC-PLUS-Cert", body["set"])
        self.assertNotIn(str(self.entries().id), [str(v) for v in body.values()])

    def test_rule_25_one_changed_digit_breaks_it(self):
        self.produce_standard()
        lines = self.export()
        lines[0] = lines[0].replace("100.000", "110.000")
        verdict = chain.verify(chain.parse_lines(lines))
        self.assertFalse(verdict.ok)
        self.assertEqual(verdict.first_bad, 1)

    def test_append_only_for_everybody(self):
        self.receive_certified(100)
        entry = self.entries()
        for record in (entry, entry.sudo(), entry.with_user(self.env.ref("base.user_admin"))):
            for call in (lambda r: r.write({"quantity": 1}), lambda r: r.unlink()):
                with self.assertRaises(UserError):
                    call(record)

    @mute_logger("odoo.sql_db")
    def test_append_only_in_sql(self):
        self.receive_certified(100)
        self.env.flush_all()
        for query in (
            "UPDATE mass_balance_entry SET signed_quantity = 1",
            "UPDATE mass_balance_entry SET warehouse_id = NULL",
            "DELETE FROM mass_balance_entry",
        ):
            with self.subTest(query=query), self.assertRaises(PgError), self.cr.savepoint():
                self.cr.execute(query)

    @mute_logger("odoo.sql_db")
    def test_running_figures_cannot_be_negative_in_sql(self):
        self.receive_certified(100)
        self.env.flush_all()
        for query in (
            "UPDATE mass_balance_account SET booked_balance = -0.001",
            "UPDATE mass_balance_credit SET remaining = -0.001",
        ):
            with self.subTest(query=query), self.assertRaises(PgError), self.cr.savepoint():
                self.cr.execute(query)

    def values(self, **values):
        source = self.env["sustainability.declaration"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        return {
            "account_id": self.book("input", "naphtha").id,
            "direction": "out",
            "quantity": D("1.000"),
            "booking_date": self.today,
            "document": "Test",
            "source_declaration_id": source.id,
            "lot_id": self.lot("BN-1").id,
            **values,
        }

    def test_more_than_there_is(self):
        self.receive_certified(100)
        with self.assertRaisesRegex(UserError, "holds 100.000 kg: 100.001 kg cannot be taken"):
            self.env["mass.balance.entry"].create([self.values(quantity=D("100.001"))])

    def test_an_entry_of_nothing(self):
        self.receive_certified(100)
        for quantity in (0, D("-1"), D("0.0004")):
            with self.assertRaisesRegex(UserError, "of nothing"):
                self.env["mass.balance.entry"].create([self.values(quantity=quantity)])

    def test_a_correction_names_its_reason_and_sign(self):
        self.receive_certified(100)
        entries = self.env["mass.balance.entry"]
        with self.assertRaisesRegex(UserError, "names its reason"):
            entries.create([self.values(direction="correction", sign=-1)])
        with self.assertRaisesRegex(UserError, "say which"):
            entries.create([self.values(direction="correction", reason="x")])

    def test_the_sign_of_a_direction_is_not_a_choice(self):
        self.receive_certified(100)
        entry = self.env["mass.balance.entry"].create([self.values(sign=1)])
        self.assertEqual(entry.signed_quantity, -1.0)

    def test_credits_are_not_written_by_hand(self):
        self.receive_certified(100)
        credit = self.book("input", "naphtha").credit_ids.sudo()
        for call in (
            lambda: credit.write({"remaining": 1}),
            credit.unlink,
            lambda: credit.create({"remaining": 1}),
        ):
            with self.assertRaisesRegex(UserError, "never by hand"):
                call()

    def test_defect_7_sums_are_exact(self):
        """CarbuRe's ten deliveries of 33.3 are 333.00000000000006 in float."""
        self.receive_certified(500)
        for _index in range(10):
            self.env["mass.balance.entry"].create([self.values(quantity=D("33.300"))])
        self.assertEqual(self.held("input", "naphtha"), D("167.000"))
