# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import json

from psycopg2.errors import UniqueViolation
from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mass_balance.tests.common import OWN, MassBalanceCase

from .common import sign_with


@tagged("post_install", "-at_install")
class TestSustainability(MassBalanceCase):
    """The signed document of an outgoing declaration; it is never called a certificate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"zip": "50389", "vat": "DE136695976"})
        cls.warehouse.plant_tz = "Europe/Berlin"
        cls.customer.write({"email": "purchasing@film.example", "lang": "en_US"})
        sign_with(cls.company, "Test Polymer")

    def make_declared(self, quantity=80):
        """Produce, deliver with a claim, and return the draft of the outgoing declaration."""
        self.produce_standard()
        declaration = self.deliver(quantity)
        self.assertEqual(declaration.direction, "out")
        return declaration

    def make_certificate(self):
        declaration = self.make_declared()
        self.sign(declaration, "issue", self.manager)
        self.assertEqual(declaration.state, "issued")
        return declaration.lot_certificate_ids

    def test_signature_asks_for_the_document(self):
        certificate = self.make_certificate()
        self.assertEqual(len(certificate), 1)
        self.assertEqual((certificate.kind, certificate.state), ("sustainability", "to_issue"))
        self.assertEqual(certificate.partner_id, self.customer)
        self.assertEqual(certificate.lot_id.name, "PP-1")
        self.assertTrue(certificate.picking_id)

    def test_issued(self):
        certificate = self.make_certificate()
        certificate._issue()
        self.assertEqual(certificate.state, "issued", certificate.error)
        declaration = certificate.declaration_id
        self.assertEqual(certificate.name, declaration.number)
        body = json.loads(certificate.export_document())
        declared = body["snapshot"]["sustainability_declaration"]
        self.assertEqual(declared["number"], declaration.number)
        self.assertEqual(declared["quantity"], "80.000")
        self.assertEqual(declared["certificate_number"], OWN)
        books = body["snapshot"]["mass_balance"]["entries"]
        self.assertEqual(sum(float(entry["quantity_kg"]) for entry in books), 80)
        self.assertTrue(all(len(entry["entry_hash"]) == 64 for entry in books))
        period = declaration.entry_ids.period_id[:1]
        self.assertEqual(books[0]["period_from"], str(period.date_start))
        self.assertEqual(books[0]["period_to"], str(period.date_end))
        self.assertEqual(body["snapshot"]["signatures"][0]["signer"], self.manager.name)
        self.assertTrue(body["snapshot"]["signatures"][0]["is_valid"])

    def test_document_reads_as_a_declaration(self):
        certificate = self.make_certificate()
        certificate._issue()
        pages = PdfReader(io.BytesIO(certificate.attachment_id.raw)).pages
        # pypdf puts blanks where letters are kerned
        text = "".join("".join(page.extract_text().split()) for page in pages)
        for words in (
            "SUSTAINABILITY DECLARATION",
            OWN,
            "Filmwerk",
            "Used cooking oil",
            "ISCC Compliant",
            "Mass balance",
            "Credit method",
            "C-4711",
            "80 kg",
            "No greenhouse-gas value is declared",
        ):
            self.assertIn("".join(words.split()), text)
        self.assertNotIn("iscccertificate", text.lower())
        self.assertNotIn("batchcertificate", text.lower())

    def test_unsigned_declaration_is_refused(self):
        declaration = self.make_declared()
        certificate = self.env["lot.certificate"].create(
            {
                "kind": "sustainability",
                "declaration_id": declaration.id,
                "company_id": self.company.id,
            }
        )
        with self.assertRaisesRegex(UserError, "is not issued"):
            certificate.action_request_issue()
        self.assertIn(
            f"/odoo/sustainability.declaration/{declaration.id}", certificate.blockers_html
        )

    def test_own_certificate_that_does_not_cover_the_dispatch(self):
        certificate = self.make_certificate()
        self.own.suspended_from = self.today
        certificate._issue()
        self.assertEqual(certificate.state, "failed")
        self.assertIn("suspended", certificate.error)

    def test_one_document_of_a_declaration(self):
        certificate = self.make_certificate()
        again = certificate.declaration_id._create_certificates()
        self.assertFalse(again)
        copy = self.env["lot.certificate"].create(
            {
                "kind": "sustainability",
                "declaration_id": certificate.declaration_id.id,
                "company_id": self.company.id,
            }
        )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            copy._do_request_issue()
            copy.flush_recordset()

    def test_number_is_never_used_again(self):
        certificate = self.make_certificate()
        certificate._issue()
        self.sign(certificate, "revoke", self.manager, reason="Wrong quantity")
        self.assertEqual(certificate.state, "revoked")
        again = certificate.declaration_id._create_certificates()
        with self.assertRaisesRegex(UserError, "is not issued"):
            again.action_request_issue()
        with self.assertRaisesRegex(UserError, "never used again"):
            again._allocate_number()
        with self.assertRaises(UserError):
            certificate.action_supersede()

    def test_signature_in_another_language_stays_valid(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.polymer.with_context(lang="de_DE").name = "Polypropylen PP-H"
        self.customer.lang = "de_DE"
        certificate = self.make_certificate()
        certificate._issue()
        self.assertEqual(certificate.state, "issued", certificate.error)
        snapshot = json.loads(certificate.snapshot)
        self.assertEqual(snapshot["identification"]["product"], "Polypropylen PP-H")
        self.assertTrue(snapshot["signatures"][0]["is_valid"])

    def test_the_slip_makes_the_statement_of_the_issued_declaration_only(self):
        declaration = self.make_declared()
        picking = declaration.picking_ids
        report = self.env["ir.actions.report"]

        def slip():
            return report._render_qweb_html("stock.report_deliveryslip", picking.ids)[0].decode()

        self.assertIn("this slip makes no statement", slip())
        self.assertNotIn("ISCC Compliant", slip())
        self.sign(declaration, "issue", self.manager)
        self.assertIn("ISCC PLUS", slip())
        self.assertIn("ISCC Compliant", slip())
        self.assertIn("BN-1", slip())
