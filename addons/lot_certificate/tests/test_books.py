# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The chapter on mass balance: what the books hold of a lot, and what they do not."""

from datetime import timedelta

from lxml.html import fromstring

from odoo.tests import tagged

from odoo.addons.mass_balance.tests.common import OWN, MassBalanceCase


@tagged("post_install", "-at_install")
class TestBooks(MassBalanceCase):
    def make_certificate(self, lot):
        return self.env["lot.certificate"].create(
            {"lot_id": lot.id, "partner_id": self.customer.id, "company_id": self.company.id}
        )

    def describe(self, lot):
        certificate = self.make_certificate(lot)
        batch = self.env["lot.certificate.snapshot"]._build(certificate)["batches"][0]
        return batch["mass_balance"]

    def read_words(self, lot, language="en_US"):
        """Return the words of the printed document."""
        certificate = self.make_certificate(lot)
        certificate.language = language
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html("lot_certificate.lot_certificate_report", certificate.ids)[
            0
        ]
        return " ".join(fromstring(html).text_content().split())

    def test_attributed(self):
        self.produce_standard()
        lot = self.lot("PP-1", self.polymer)
        books = self.describe(lot)
        [entry] = books["entries"]
        booked = self.entries(kind="output", direction="convert", lot_id=lot.id)
        self.assertEqual(books["booked_kg"], f"{booked.signed_quantity:.3f}")
        self.assertEqual(books["share_percent"], "10.00")
        self.assertEqual((entry["method"], entry["basis"]), ("Credit method", "Mass"))
        self.assertEqual(entry["supplier"], self.supplier.name)
        self.assertEqual(entry["supplier_certification"], self.certification.number)
        self.assertEqual(entry["entry_hash"], booked.entry_hash)
        [own] = books["issuer_status"]
        self.assertEqual((own["number"], own["is_valid"]), (OWN, True))
        words = self.read_words(lot)
        self.assertIn("that is 10 % of the quantity", words)
        self.assertIn("output/input 900 / 1,000", words)
        self.assertIn("made by a sustainability declaration alone", words)

    def test_what_is_taken_back_is_said(self):
        self.produce_standard()
        lot = self.lot("PP-1", self.polymer)
        entries = self.entries(kind="output", direction="convert", lot_id=lot.id)
        entries._reverse("Wrong lot")
        books = self.describe(lot)
        self.assertEqual([e["reason"] for e in books["entries"]], ["", "Wrong lot"])
        self.assertEqual((books["booked_kg"], books["share_percent"]), ("0.000", None))

    def test_nothing_attributed_is_said_in_words(self):
        self.receive(1000, product=self.polymer, lot="PP-9")
        self.own.valid_to = self.today - timedelta(days=1)
        lot = self.lot("PP-9", self.polymer)
        books = self.describe(lot)
        self.assertEqual(books["entries"], [])
        self.assertFalse(books["issuer_status"][0]["is_valid"])
        words = self.read_words(lot)
        self.assertIn("No certified material was attributed to this lot.", words)
        self.assertIn("not in force on the day of issue", words)

    def test_a_plant_without_a_scheme_has_no_such_chapter(self):
        self.own.active = False
        product = self._product("Yoghurt", is_mb_material=False)
        self.receive(10, product=product, lot="Y-1")
        self.assertIsNone(self.describe(self.lot("Y-1", product)))
