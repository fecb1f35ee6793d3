# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The mass-balance report, its workbook, and the pack that recomputes itself (rule 25)."""

import base64
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import UserError

from .common import Command, D, MassBalanceCase, new_test_user, timedelta


class TestReport(MassBalanceCase):
    """A quarter with a receipt, an order, a delivery and a second supplier's rest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bio.biomass_content = 100
        cls.auditor = new_test_user(
            cls.env,
            "mb_report_auditor",
            "audit_chain.group_audit_chain_auditor",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.produce_standard()
        self.out = self.deliver(40)

    def make_report(self, user=None, **values):
        model = self.env["mass.balance.report"].with_user(user or self.manager)
        return model.create({"company_id": self.company.id, **values})

    def open_pack(self, user=None):
        """Return the folder the pack is unpacked in."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        content = self.make_report(user)._render_pack()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)
        return folder

    def run_pack(self, folder):
        done = subprocess.run(
            [sys.executable, "-I", str(folder / "verify.py")],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    # -- report -------------------------------------------------------------------------------

    def test_the_report_says_what_1_12_asks_for(self):
        report = self.make_report(self.auditor)
        books = {book["name"]: book for book in report._prepare_statement()["books"]}
        [source] = [book for name, book in books.items() if "/ Input /" in name]
        [period] = source["periods"]
        [row] = period["incoming"]
        for text in ("SD-1", "Baltic Renewables", "ISCC-PLUS-Cert-DE105-82948108", "100.000"):
            self.assertIn(text, row)
        self.assertEqual(period["closing"], "0.000")
        self.assertEqual(period["conversions"][0][2:5:2], ("100.000", "90.000"))
        [polymer] = [book for name, book in books.items() if "Polypropylene" in name]
        self.assertIn(self.own.number, dict(polymer["facts"])["Certificate"])
        [period] = polymer["periods"]
        self.assertEqual(period["outgoing"][0][1], self.out.number)
        self.assertEqual(period["closing"], "45.000")
        self.assertEqual(period["months"][-1][-1], "45.000")
        self.assertEqual(len(period["months"]), 3)

    def test_quantities_without_a_claim_stand_beside(self):
        books = self.make_report()._prepare_statement()["books"]
        [source] = [book for book in books if "/ Input /" in book["name"]]
        self.assertEqual(source["periods"][0]["uncertified"], ["900.000", "0.000"])

    def test_indicators_are_named_and_differ_from_the_claim(self):
        books = self.make_report()._prepare_statement()["books"]
        [polymer] = [book for book in books if "Polypropylene" in book["name"]]
        (share, value, _why), (_name, score, why) = polymer["periods"][0]["indicators"]
        self.assertIn("biomass content", share)
        self.assertEqual(value, "11.11")  # certified in input; what may be claimed are 90 of 900 kg
        self.assertEqual(score, "–")
        self.assertTrue(why)
        screen = self.env["ir.actions.report"]._render_qweb_html(
            "mass_balance.mass_balance_report_action_html", self.make_report().ids
        )[0]
        self.assertIn(b"never used for a claim", screen)

    def test_filters_choose_books(self):
        report = self.make_report(product_group="polypropylene", warehouse_id=self.warehouse.id)
        self.assertEqual(report.account_count, 1)
        self.assertEqual(len(report._prepare_statement()["books"]), 1)
        with self.assertRaisesRegex(UserError, "No book has a period"):
            self.make_report(scheme="iscc_eu").action_show()
        with self.assertRaisesRegex(UserError, "ends before it begins"):
            self.make_report(date_to="2020-01-01").action_print()

    def test_screen_pdf_and_downloads(self):
        report = self.make_report(self.auditor)
        self.assertEqual(report.action_show()["report_type"], "qweb-html")
        pdf, kind = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("mass_balance.mass_balance_report_action_pdf", report.ids)
        )
        self.assertEqual((kind, pdf[:5]), ("pdf", b"%PDF-"))
        for action in (report.action_workbook(), report.action_pack()):
            self.assertIn(f"/web/content/mass.balance.report/{report.id}/file_data/", action["url"])
            self.assertTrue(base64.b64decode(report.file_data).startswith(b"PK"))

    def test_a_stranger_sees_nothing_of_another_company(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        stranger = new_test_user(
            self.env,
            "mb_report_stranger",
            "mass_balance.group_mass_balance_manager",
            company_id=sister.id,
            company_ids=[Command.set(sister.ids)],
        )
        report = (
            self.env["mass.balance.report"]
            .with_user(stranger)
            .with_context(allowed_company_ids=sister.ids)
            .create({"company_id": sister.id})
        )
        self.assertFalse(report.account_count)

    # -- workbook -----------------------------------------------------------------------------

    def test_the_workbook_shows_the_books(self):
        content = self.make_report(self.auditor)._render_workbook()
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(content))
        head = [cell.value for cell in values["Balance"][1]]
        rows = [
            dict(zip(head, line, strict=True))
            for line in values["Balance"].iter_rows(min_row=2, values_only=True)
        ]
        found = {row["Book"]: row["Closing"] for row in rows}
        for account in self.book("input", "naphtha") | self.book("output", "Polypropylene"):
            self.assertEqual(D(str(found[account.name])), D(str(account.balance)))
        self.assertTrue(all(row["Difference"] == 0 for row in rows))
        for sheet, column in (
            ("Balance", "O"),
            ("Months", "E"),
            ("Conversions", "H"),
            ("Declarations", "F"),
        ):
            self.assertTrue(str(formulas[sheet][f"{column}2"].value).startswith("="), sheet)
        self.assertEqual(values["Conversions"]["H2"].value, 90)
        self.assertEqual(values["Declarations"]["G2"].value, 0)

    # -- pack ---------------------------------------------------------------------------------

    def test_rule_25_the_pack_recomputes_without_odoo(self):
        self.env["ir.attachment"].create(
            {
                "name": "sd-1.pdf",
                "raw": b"%PDF-1.4 paper",
                "res_model": "sustainability.declaration",
                "res_id": self.lot("BN-1").mb_declaration_id.id,
            }
        )
        folder = self.open_pack(self.auditor)
        code, text = self.run_pack(folder)
        self.assertEqual(code, 0, text)
        self.assertIn("Everything holds", text)
        self.assertTrue(list(folder.glob("documents/SD-1/*sd-1.pdf")))
        self.assertTrue(list(folder.glob(f"declarations/out-{self.out.number}-*.json")))

    def test_rule_25_the_evidence_of_vouchers_is_in_the_pack(self):
        account = self.book("output", "Polypropylene")
        paper = self.env["ir.attachment"].with_user(self.manager)
        voucher = self.env["mass.balance.voucher"].with_user(self.manager)
        voucher = voucher.create(
            {
                "kind": "correction",
                "account_id": account.id,
                "credit_id": account.credit_ids.id,
                "quantity": 1,
                "reason": "Recount",
                "attachment_ids": paper.create({"name": "count.txt", "raw": b"44 kg"}).ids,
            }
        )
        self.sign(voucher, "book", self.manager)
        folder = self.open_pack(self.auditor)
        [file] = folder.glob(f"vouchers/{voucher.name}/*count.txt")
        self.assertEqual(file.read_bytes(), b"44 kg")
        code, text = self.run_pack(folder)
        self.assertEqual(code, 0, text)
        self.assertIn("1 files of evidence as signed", text)

    def test_rule_25_a_changed_pack_does_not_hold(self):
        folder = self.open_pack()
        ledger = folder / "ledger.jsonl"
        original = ledger.read_text(encoding="utf-8")
        ledger.write_text(original.replace('"100.000"', '"110.000"', 1), encoding="utf-8")
        code, text = self.run_pack(folder)
        self.assertEqual(code, 1)
        self.assertIn("ledger.jsonl", text)
        ledger.write_text(original, encoding="utf-8")
        pack = folder / "pack.json"
        table = json.loads(pack.read_text(encoding="utf-8"))
        table["periods"][0]["closing"] = "1.000"
        pack.write_text(json.dumps(table), encoding="utf-8")
        code, text = self.run_pack(folder)
        self.assertEqual(code, 1)
        self.assertIn("1.000 kg as reported", text)

    def test_rule_25_closed_periods_are_recomputed_too(self):
        period = self.book("output", "Polypropylene").period_ids
        with freeze_time(period.date_end + timedelta(days=1)):
            for record in self.env["mass.balance.period"].search(
                [("company_id", "=", self.company.id)], order="date_start"
            ):
                record.physical_stock = 1000
                self.sign(record, "close", self.manager)
        self.assertEqual(period.state, "closed")
        code, text = self.run_pack(self.open_pack())
        self.assertEqual(code, 0, text)
        self.assertIn("signed by", text)
