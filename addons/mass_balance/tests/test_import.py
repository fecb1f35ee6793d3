# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The public list of certificates and suppliers' own data, row by row."""

import base64
import io
import json
from datetime import date

import openpyxl

from odoo.exceptions import UserError

from .common import MassBalanceCase

HEAD = (
    "Status;Certificate;Holder;Scope;Raw material;Add-ons;Products;Valid from;Valid until;"
    "Suspended;Issuing CB\n"
)
NEW = "ISCC-PLUS-Cert-DE105-90342502"


class TestCertificateList(MassBalanceCase):
    def run_import(self, text, name="list.csv", **values):
        content = text if isinstance(text, bytes) else (HEAD + text).encode()
        wizard = (
            self.env["partner.certification.import"]
            .with_user(self.manager)
            .create(
                {
                    "company_id": self.company.id,
                    "file_data": base64.b64encode(content),
                    "file_name": name,
                    **values,
                }
            )
        )
        wizard.action_check()
        return wizard

    def found(self, number=NEW):
        return self.env["partner.certification"].search([("number", "=", number)])

    def row(self, number=NEW, start="15.10.2026", end="14.10.2027", suspended="", status="Valid"):
        return (
            f"{status};{number};Baltic Renewables;PYP;UCO;;Bio-naphtha;{start};{end};"
            f"{suspended};Control Union\n"
        )

    def test_a_check_stores_nothing(self):
        wizard = self.run_import(self.row())
        self.assertEqual(wizard.line_ids.outcome, "renewal")
        self.assertFalse(self.found())

    def test_a_renewal_keeps_the_old_record(self):
        self.run_import(self.row()).action_import()
        record = self.found()
        self.assertEqual(record.previous_id, self.certification)
        self.assertEqual(
            (record.valid_from, record.valid_to), (date(2026, 10, 15), date(2027, 10, 14))
        )
        self.assertEqual(record.materials.splitlines(), ["Bio-naphtha", "UCO"])
        self.assertEqual(record.checked_by_id, self.manager)
        self.assertIn("SHA-256", record.check_evidence)
        self.assertTrue(self.certification.exists())

    def test_an_unreadable_date_refuses_the_row_and_no_other(self):
        text = self.row(start="soon") + self.row(number="ISCC-PLUS-Cert-NL220-2228065006")
        wizard = self.run_import(text)
        wizard.action_import()
        bad, good = wizard.line_ids
        self.assertEqual((bad.row, bad.outcome), (2, "refused"))
        self.assertIn("soon", bad.reason)
        self.assertEqual((good.row, good.outcome), (3, "renewal"))
        self.assertFalse(self.found())
        early = self.env["partner.certification"].search([("valid_from", "<", "1990-01-01")])
        self.assertFalse(early)

    def test_rule_21_a_suspension_of_the_list_counts(self):
        known = self.certification
        day = known.valid_from.isoformat(), known.valid_to.isoformat()
        self.run_import(self.row(known.number, *day, suspended="2026-02-01")).action_import()
        self.assertEqual(known.suspended_from, date(2026, 2, 1))
        self.assertTrue(known._check_usable(date(2026, 2, 2), "iscc_plus"))

    def test_stopped_without_a_day_is_stopped_from_the_day_of_the_list(self):
        known = self.certification
        day = known.valid_from.isoformat(), known.valid_to.isoformat()
        wizard = self.run_import(self.row(known.number, *day, status="Withdrawn"))
        wizard.action_import()
        self.assertEqual(known.suspended_from, wizard.list_day)

    def test_unknown_holders_are_left_out_or_made(self):
        text = self.row().replace("Baltic Renewables", "Nobody we know")
        wizard = self.run_import(text)
        wizard.action_import()
        self.assertEqual(wizard.line_ids.outcome, "skipped")
        self.assertFalse(self.found())
        wizard = self.run_import(text, only_known=False)
        self.assertIn("may not create contacts", wizard.line_ids.reason)
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        self.run_import(text, only_known=False).action_import()
        self.assertEqual(self.found().partner_id.name, "Nobody we know")

    def test_twice_is_once(self):
        for _turn in range(2):
            wizard = self.run_import(self.row())
            wizard.action_import()
        self.assertEqual(len(self.found()), 1)
        self.assertEqual(wizard.line_ids.outcome, "same")

    def test_an_excel_file_with_real_dates(self):
        book = openpyxl.Workbook()
        book.active.append(["Certificate", "Holder", "Valid from", "Valid until"])
        book.active.append([NEW, "Baltic Renewables", date(2026, 10, 15), date(2027, 10, 14)])
        content = io.BytesIO()
        book.save(content)
        self.run_import(content.getvalue(), "list.xlsx").action_import()
        self.assertEqual(self.found().valid_to, date(2027, 10, 14))

    def test_a_file_that_is_none(self):
        for name, text in (
            ("list.doc", b"x"),
            ("list.xlsx", b"no zip"),
            ("list.csv", b"a;b\n1;2\n"),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                self.run_import(text, name)


class TestSupplierData(MassBalanceCase):
    VALUES = {
        "number": "SD-88",
        "date of issuance": "2026-11-02",
        "date of dispatch": "2026-11-02",
        "contract": "PO-9",
        "product": "Bio-naphtha",
        "raw material": "Used cooking oil",
        "country of origin": "FI",
        "quantity": "98,7",
        "unit": "t",
        "statement": "ISCC Compliant",
        "waste or residue": "yes",
        "certificate": "ISCC-PLUS-Cert-DE105-82948108",
        "biomass content": "97.5",
        "score": "71",
    }

    def run_import(self, content, name):
        wizard = (
            self.env["sustainability.declaration.import"]
            .with_user(self.manager)
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.supplier.id,
                    "file_data": base64.b64encode(content),
                    "file_name": name,
                }
            )
        )
        wizard.action_check()
        return wizard

    def csv(self, **changes):
        values = {**self.VALUES, **changes}
        return "\n".join((";".join(values), ";".join(values.values()), "")).encode()

    def test_a_row_becomes_a_draft_with_its_file(self):
        wizard = self.run_import(self.csv(), "sd.csv")
        self.assertFalse(wizard.line_ids.declaration_id)
        wizard.action_import()
        record = wizard.line_ids.declaration_id
        self.assertEqual(
            (record.number, record.state, record.quantity_kg), ("SD-88", "draft", 98700)
        )
        self.assertEqual(record.certification_id, self.certification)
        self.assertEqual(record.product_id, self.bio)
        self.assertEqual(str(record._get_declared("biomass_content")), "97.500000")
        self.assertEqual(
            self.env["ir.attachment"].search_count(
                [("res_model", "=", record._name), ("res_id", "=", record.id)]
            ),
            1,
        )
        record.action_complete()
        self.assertEqual(record.state, "complete")

    def test_every_problem_of_a_row_is_named(self):
        wizard = self.run_import(
            self.csv(
                quantity="1.000,5",
                unit="lb",
                certificate="ISCC-PLUS-Cert-DE105-00000001",
                **{
                    "country of origin": "Finland",
                    "date of dispatch": "31.02.2026",
                    "score": "101",
                },
            ),
            "sd.csv",
        )
        wizard.action_import()
        line = wizard.line_ids
        self.assertEqual(line.outcome, "refused")
        for text in ("1.000,5", "lb", "Finland", "31.02.2026", "101", "not on file"):
            self.assertIn(text, line.reason)
        self.assertFalse(line.declaration_id)

    def test_rule_20_a_number_is_taken_once(self):
        self.run_import(self.csv(), "sd.csv").action_import()
        again = self.run_import(self.csv(number="sd-88"), "sd.csv")
        self.assertIn("recorded already", again.line_ids.reason)

    def test_json_by_the_names_of_the_public_schema(self):
        data = {
            "sdNumber": "SD-90",
            "scheme": "ISCC PLUS",
            "ISCCcertificateNumber": "ISCC-PLUS-Cert-DE105-82948108",
            "countryOfOrigin": "fi",
            "rawMaterialType": "UCO",
            "quantity": 12.5,
            "quantityUnit": "mt",
            "dateOfDispatch": "2026-11-02",
            "product": "Bio-naphtha",
        }
        wizard = self.run_import(json.dumps(data).encode(), "sd.json")
        wizard.action_import()
        record = wizard.line_ids.declaration_id
        self.assertEqual((record.quantity_kg, record.origin_country_id.code), (12500, "FI"))

    def test_a_pdf_is_read_by_the_data_attached_to_it(self):
        from pypdf import PdfWriter

        writer = PdfWriter()
        writer.add_blank_page(200, 200)
        writer.add_attachment("declaration.csv", self.csv())
        content = io.BytesIO()
        writer.write(content)
        wizard = self.run_import(content.getvalue(), "sd.pdf")
        wizard.action_import()
        self.assertEqual(wizard.line_ids.declaration_id.number, "SD-88")

    def test_a_pdf_is_read_by_its_text(self):
        import weasyprint

        lines = "".join(f"<p>{label}: {value}</p>" for label, value in self.VALUES.items())
        content = weasyprint.HTML(string=f"<h1>Declaration</h1>{lines}").write_pdf()
        wizard = self.run_import(content, "sd.pdf")
        wizard.action_import()
        self.assertEqual(wizard.line_ids.declaration_id.quantity_kg, 98700)

    def test_a_scan_says_that_it_cannot_be_read(self):
        import weasyprint

        content = weasyprint.HTML(string="<p>scan</p>").write_pdf()
        with self.assertRaisesRegex(UserError, "Nothing in the file"):
            self.run_import(content, "scan.pdf")
