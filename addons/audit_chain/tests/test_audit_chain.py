# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The chain: what appends, what is refused, what a verification finds (A25)."""

import json

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..tools import chain


class ChainCase(TransactionCase):
    """A company with a chain of four audit records of its own.

    Offers `company`, `records`, `log`, `verify`, `sql` (triggers off, as a database owner could).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Chain Test Dairy"})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": [cls.company.id]})
        cls.records = cls.env["audit.record"]
        for number in range(1, 5):
            cls.records |= cls.log(number)

    @classmethod
    def log(cls, number):
        """Append one record about the company."""
        return cls.env["audit.record"]._log("test.event", cls.company, {"number": number})

    def verify(self, model="audit.record"):
        """Return the result of a verification for the company's chain."""
        self.env.flush_all()
        head = self.env["audit.chain.head"].search(
            [("company_id", "=", self.company.id), ("model", "=", model)]
        )
        return self.env["audit.chain.check"]._verify_chain(head)

    def sql(self, query, *args):
        """Run SQL with the triggers switched off, as whoever owns the database could."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE audit_record DISABLE TRIGGER USER")
        self.env.cr.execute(query, args)
        self.env.cr.execute("ALTER TABLE audit_record ENABLE TRIGGER USER")
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestAppend(ChainCase):
    """Numbers, hashes and the export of an untouched chain."""

    def test_chain_is_linked_from_genesis(self):
        first, second = self.records[:2]
        self.assertEqual(self.records.mapped("chain_sequence"), [1, 2, 3, 4])
        self.assertEqual(first.previous_hash, chain.GENESIS)
        self.assertEqual(second.previous_hash, first.entry_hash)
        self.assertEqual(second.entry_hash, chain.link(first.entry_hash, second.payload))
        self.assertTrue(self.verify()["is_ok"], self.verify()["reason"])

    def test_batch_create_numbers_in_order(self):
        values = {"event": "test.batch", "user_id": self.env.uid, "company_id": self.company.id}
        batch = self.env["audit.record"].create(
            [{**values, "name": f"line {number}"} for number in range(3)]
        )
        self.assertEqual(batch.mapped("chain_sequence"), [5, 6, 7])
        self.assertEqual(batch[2].previous_hash, batch[1].entry_hash)
        self.assertTrue(self.verify()["is_ok"])

    def test_companies_have_chains_of_their_own(self):
        other = self.env["res.company"].create({"name": "Chain Test Polymer"})
        mixed = self.env["audit.record"].create(
            [
                {"event": "test", "name": str(index), "company_id": company.id}
                for index, company in enumerate([self.company, other, self.company, other])
            ]
        )
        self.assertEqual(mixed.mapped("chain_sequence"), [5, 1, 6, 2])
        self.assertEqual(mixed[3].previous_hash, mixed[1].entry_hash)

    def test_values_of_the_chain_cannot_be_given(self):
        record = self.env["audit.record"].create(
            {
                "event": "test",
                "name": "forged",
                "company_id": self.company.id,
                "chain_sequence": 99,
                "entry_hash": "f" * 64,
                "payload": "{}",
                "recorded_at_ms": 1,
            }
        )
        self.assertEqual(record.chain_sequence, 5)
        self.assertGreater(record.recorded_at_ms, 1_700_000_000_000)
        self.assertTrue(self.verify()["is_ok"])

    def test_body_holds_no_ids(self):
        body = json.loads(self.records[0].payload)
        self.assertEqual(body["chain"], "Chain Test Dairy/audit.record")
        self.assertEqual(body["document"], "Chain Test Dairy")
        self.assertEqual(body["details"], {"number": 1})
        self.assertFalse({"res_id", "company_id", "user_id", "id"} & set(body))

    def test_export_verifies_without_odoo(self):
        lines = self.env["audit.record"].export_chain_jsonl(self.company.id).splitlines()
        verdict = chain.verify(chain.parse_lines(lines))
        self.assertTrue(verdict.ok, verdict.reason)
        self.assertEqual(verdict.count, 4)
        self.assertEqual(verdict.last_hash, self.records[3].entry_hash)

    def test_renamed_company_keeps_its_chain(self):
        self.company.name = "Chain Test Creamery"
        record = self.log(5)
        self.assertIn("Chain Test Dairy/audit.record", record.payload)
        other = self.env["res.company"].create({"name": "Chain Test Dairy"})
        record = self.env["audit.record"]._log("test", other, {})
        self.assertIn("Chain Test Dairy/audit.record#2", record.payload)
        self.assertTrue(self.verify()["is_ok"])

    def test_float_is_refused_in_details(self):
        with self.assertRaises(chain.FormatError):
            self.env["audit.record"]._log("test", self.company, {"qty": 0.1})


@tagged("post_install", "-at_install")
class TestAppendOnly(ChainCase):
    """Three layers: the ORM refuses everyone and logs it, PostgreSQL refuses SQL."""

    def _after_rollback(self):
        """Run what waits for the end of the transaction, in this test's own cursor."""
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()

    def test_write_is_refused_for_superuser_and_logged(self):
        record = self.records[0].sudo()
        self.assertTrue(record.env.su)
        with self.assertRaisesRegex(UserError, "append-only.*logged"):
            record.write({"name": "another"})
        self._after_rollback()
        logged = self.env["audit.record"].search([("event", "=", "chain.write_refused")], limit=1)
        details = json.loads(logged.details)
        self.assertEqual(details["entry"], 1)
        self.assertEqual(details["new"], {"name": "another"})
        self.assertEqual(details["old"], {"name": record.name})
        self.assertEqual(logged.user_id, self.env.user)
        self.assertTrue(self.verify()["is_ok"])

    def test_unlink_is_refused_for_admin_and_logged_once(self):
        admin = self.env.ref("base.user_admin")
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.records[1].with_user(admin).sudo().unlink()
        self._after_rollback()
        self._after_rollback()
        logged = self.env["audit.record"].search([("event", "=", "chain.unlink_refused")])
        self.assertEqual(len(logged), 1)
        self.assertEqual(logged.user_id, admin)

    def test_no_context_key_opens_the_guard(self):
        keys = {
            name: True
            for name in ("force", "skip_chain", "install_mode", "module", "tracking_disable")
        }
        with self.assertRaises(UserError):
            self.records[0].with_context(**keys).write({"name": "x"})
        with self.assertRaises(UserError):
            self.records[0].with_context(**keys, _force_unlink=True).unlink()

    def test_empty_recordset_is_nothing_to_refuse(self):
        self.assertTrue(self.env["audit.record"].write({"name": "x"}))
        self.assertTrue(self.env["audit.record"].unlink())

    def assert_sql_refused(self):
        statements = (
            "UPDATE audit_record SET name = 'x' WHERE company_id = %s",
            "UPDATE audit_record SET entry_hash = '' WHERE company_id = %s",
            "DELETE FROM audit_record WHERE company_id = %s",
            "TRUNCATE audit_record CASCADE -- %s",
        )
        for statement in statements:
            with (
                self.subTest(statement),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(IntegrityError, "append-only"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [self.company.id])

    def test_sql_is_refused(self):
        self.assert_sql_refused()

    def test_upgrade_keeps_the_trigger(self):
        for _ in range(2):
            self.registry.init_models(self.env.cr, ["audit.record"], {"module": "audit_chain"})
        self.assert_sql_refused()


@tagged("post_install", "-at_install")
class TestVerify(ChainCase):
    """Each kind of tampering by somebody who owns the database is found and named."""

    def assertBroken(self, first_bad, reason):
        result = self.verify()
        self.assertFalse(result["is_ok"])
        self.assertEqual(result["first_bad"], first_bad)
        self.assertIn(reason, result["reason"])

    def test_altered_text(self):
        self.sql(
            "UPDATE audit_record SET payload = replace(payload, 'test.event', 'test.other')"
            " WHERE id = %s",
            self.records[1].id,
        )
        self.assertBroken(2, "altered")

    def test_altered_column_alone(self):
        self.sql("UPDATE audit_record SET user_name = 'Nobody' WHERE id = %s", self.records[2].id)
        self.assertBroken(3, "altered: a column of entry 3")

    def test_altered_link_to_another_document(self):
        self.sql("UPDATE audit_record SET res_id = res_id + 1 WHERE id = %s", self.records[0].id)
        self.assertBroken(1, "altered: a column of entry 1")

    def test_altered_and_rehashed(self):
        record = self.records[1]
        text = record.payload.replace("test.event", "test.other")
        self.sql(
            "UPDATE audit_record SET payload = %s, entry_hash = %s WHERE id = %s",
            text,
            chain.link(record.previous_hash, text),
            record.id,
        )
        self.assertBroken(3, "entry 3 does not follow entry 2")

    def test_deleted_row(self):
        self.sql("DELETE FROM audit_record WHERE id = %s", self.records[1].id)
        self.assertBroken(3, "deleted: entry 2 is missing")

    def test_deleted_last_row(self):
        self.sql("DELETE FROM audit_record WHERE id = %s", self.records[3].id)
        self.assertBroken(4, "its head says 4")

    def test_inserted_row(self):
        # the columns of an existing row, with a number after the last
        columns = ", ".join(
            name
            for name, field in self.records._fields.items()
            if field.store and field.column_type and name not in ("id", "chain_sequence")
        )
        self.sql(
            f"INSERT INTO audit_record (chain_sequence, {columns})"
            f" SELECT 5, {columns} FROM audit_record WHERE id = %s",
            self.records[0].id,
        )
        self.assertBroken(5, "altered: entry 5 carries another number")

    def test_reordered_pair(self):
        second, third = self.records[1:3]
        self.sql(
            "UPDATE audit_record SET chain_sequence = CASE id WHEN %s THEN 1000 ELSE 2000 END"
            " WHERE id IN %s",
            second.id,
            (second.id, third.id),
        )
        self.sql("UPDATE audit_record SET chain_sequence = 3 WHERE id = %s", second.id)
        self.sql("UPDATE audit_record SET chain_sequence = 2 WHERE id = %s", third.id)
        self.assertBroken(2, "altered: entry 2 carries another number")

    def test_check_stores_and_announces(self):
        check = self.env["audit.chain.check"]._run()
        self.assertEqual(check.state, "ok", check.result_ids.mapped("reason"))
        self.assertGreaterEqual(check.entry_count, 4)
        auditor = self.env["res.users"].create(
            {
                "name": "Audit Anna",
                "login": "chain.auditor",
                "group_ids": [(4, self.env.ref("audit_chain.group_audit_chain_auditor").id)],
                "company_ids": [(4, self.company.id)],
            }
        )
        self.sql("DELETE FROM audit_record WHERE id = %s", self.records[1].id)
        action = self.env["audit.chain.check"].action_verify_now()
        check = self.env["audit.chain.check"].browse(action["res_id"])
        self.assertEqual(check.state, "failed")
        bad = check.result_ids.filtered(lambda r: not r.is_ok)
        self.assertEqual(bad.chain, "Chain Test Dairy/audit.record")
        self.assertIn(
            "Audit chain broken",
            self.env["mail.activity"].search([("user_id", "=", auditor.id)]).summary,
        )
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()
        logged = self.env["audit.record"].search([("event", "=", "chain.check")], limit=1)
        self.assertIn("deleted", logged.details)

    def test_cron_runs(self):
        before = self.env["audit.chain.check"].search_count([])
        with self.enter_registry_test_mode():
            self.env.ref("audit_chain.ir_cron_verify_chains").method_direct_trigger()
        self.assertEqual(self.env["audit.chain.check"].search_count([]), before + 1)
