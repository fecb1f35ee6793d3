# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import json

from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CertificateCase


@tagged("post_install", "-at_install")
class TestLayout(CertificateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        layouts = cls.env["lot.certificate.layout"]
        cls.template = cls.env.ref("lot_certificate.mail_template_batch").copy(
            {"subject": "For our shops"}
        )
        cls.own = layouts.create(
            {
                "name": "Shops",
                "company_id": cls.company.id,
                "introduction": "Dear shop, thank you.",
                "closing": "See you soon.",
                "with_inputs": False,
                "mail_template_id": cls.template.id,
            }
        )
        cls.general = layouts.create({"name": "General", "company_id": cls.company.id})
        other = cls.env["res.company"].create({"name": "Other Dairy"})
        cls.foreign = layouts.create({"name": "Foreign", "company_id": other.id})

    def choose(self, layout):
        self.customer.with_company(self.company).lot_certificate_layout_id = layout

    def text(self, pdf):
        """Return the words without spaces: the reader of PDFs guesses those."""
        pages = PdfReader(io.BytesIO(pdf)).pages
        return "".join("".join(page.extract_text() for page in pages).split())

    def test_customer_then_company_then_built_in(self):
        certificate = self.make_certificate(self.lot)
        self.assertFalse(certificate._get_layout())
        self.company.lot_certificate_layout_id = self.general
        self.assertEqual(certificate._get_layout(), self.general)
        self.choose(self.own)
        self.assertEqual(certificate._get_layout(), self.own)
        self.own.active = False
        self.assertEqual(certificate._get_layout(), self.general)

    def test_no_layout_of_another_company(self):
        with self.assertRaisesRegex(ValidationError, "belongs to Other Dairy"):
            self.choose(self.foreign)
        with self.assertRaisesRegex(ValidationError, "belongs to Other Dairy"):
            self.company.lot_certificate_layout_id = self.foreign

    def test_issued_is_frozen_and_mandatory_parts_stay(self):
        self.choose(self.own)
        certificate = self.make_issued()
        layout = json.loads(certificate.snapshot)["layout"]
        self.assertEqual(layout["introduction"], "Dear shop, thank you.")
        self.own.introduction = "Other words"
        page = self.env["report.lot_certificate.document"]._get_page(certificate)
        self.assertEqual(page["layout"], layout)
        text = self.text(certificate.attachment_id.raw)
        for words in ("Dear shop, thank you.", "See you soon.", "Process record", "Verify this"):
            self.assertIn(words.replace(" ", ""), text)
        self.assertIn("partofthesigneddata", text)
        self.assertNotIn("MarshFarm", text)
        self.assertIn("Marsh Farm", certificate.snapshot)
        certificate._send()
        self.assertEqual(certificate.sudo().mail_id.subject, "For our shops")

    def test_preview_is_marked_and_leaves_nothing(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.own.with_context(lang="de_DE").introduction = "Guten Tag, liebes Geschäft."
        self.choose(self.own)
        certificate = self.make_certificate(self.lot, language="de_DE")
        records = self.env["audit.record"].search_count([])
        report = self.env.ref("lot_certificate.lot_certificate_report")
        pdf = report._render_weasyprint(report, certificate.ids, {"report_type": "pdf"})
        self.assertIn("GutenTag,liebesGeschäft.", self.text(pdf))
        self.assertIn("Preview–notacertificate", self.text(certificate_pdf(self, report)))
        self.assertFalse(certificate.name or certificate.snapshot or certificate.attachment_id)
        self.assertEqual(self.env["audit.record"].search_count([]), records)

    def test_a_sample_is_a_preview_in_each_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.own.with_context(lang="de_DE").introduction = "Guten Tag, liebes Geschäft."
        issued = self.make_issued()
        counts = {
            name: self.env[name].search_count([]) for name in ("audit.record", "ir.attachment")
        }
        self.assertIn(str(self.own.id), self.own.with_user(self.quality).action_preview()["url"])
        pdf = self.own.with_user(self.quality)._render_sample()
        text = self.text(pdf)
        for words in ("Dear shop, thank you.", "Guten Tag, liebes Geschäft.", "Preview – not"):
            self.assertIn(words.replace(" ", ""), text)
        for secret in (issued.name, issued.verify_token, issued.snapshot_hash):
            self.assertNotIn(secret, text)
        self.assertNotIn("Verify this".replace(" ", ""), text)
        self.assertFalse(PdfReader(io.BytesIO(pdf)).attachments)
        for name, count in counts.items():
            self.assertEqual(self.env[name].search_count([]), count, name)

    def test_no_sample_without_a_certificate_or_a_right(self):
        empty = self.env["res.company"].create({"name": "New Dairy"})
        layout = self.env["lot.certificate.layout"].create(
            {"name": "Empty", "company_id": empty.id}
        )
        with self.assertRaisesRegex(UserError, "New Dairy has no certificate yet"):
            layout.action_preview()
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.quality)._get_sample_pages(self.make_certificate(self.lot))

    def test_a_review_is_stale_when_its_layout_changes_and_no_other(self):
        self.rule.action_end()
        self.choose(self.own)
        certificate = self.make_certificate(self.lot)
        certificate.action_request_review()
        review = certificate.review_ids
        digest = self.env["lot.certificate.snapshot"]._get_digest
        self.general.introduction = "Of no account here"
        self.assertEqual(digest(certificate), review.content_sha256)
        self.own.closing = "Other words"
        self.assertNotEqual(digest(certificate), review.content_sha256)
        with self.assertRaisesRegex(UserError, "has changed since the review was asked for"):
            self.sign(review, "review", self.quality)

    def test_colour_must_be_one_and_readable(self):
        for colour, why in (
            ("red;}", "is no colour"),
            ("#fff", "is no colour"),
            ("#1f7a5c\n", "is no colour"),
            ("#ffe08a", "too pale to read on white"),
        ):
            with self.assertRaisesRegex(ValidationError, why):
                self.own.accent = colour

    def test_colour_and_responsible_person_are_frozen_at_issue(self):
        self.own.write(
            {"accent": "#0b4f8a", "signatory": "Ada <b>Example", "signatory_function": "Quality"}
        )
        self.choose(self.own)
        certificate = self.make_issued()
        self.own.write({"accent": "#7a1f1f", "signatory": "Bob Other"})
        page = self.env["report.lot_certificate.document"]._get_page(certificate)
        self.assertEqual(page["accent"], "#0b4f8a")
        self.assertEqual(page["layout"]["signatory"], "Ada <b>Example")
        text = self.text(certificate.attachment_id.raw)
        self.assertIn("Ada<b>Example", text)
        self.assertNotIn("Ada", str(json.loads(certificate.snapshot)["authority"]))

    def test_access(self):
        self.assertTrue(self.own.with_user(self.sales).read(["name"]))
        with self.assertRaises(AccessError):
            self.own.with_user(self.sales).write({"closing": "x"})
        self.own.with_user(self.quality).write({"closing": "x"})
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.quality).read(["name"])


def certificate_pdf(case, report):
    """Return the preview of an English draft."""
    certificate = case.make_certificate(case.lot, language="en_US")
    return report._render_weasyprint(report, certificate.ids, {"report_type": "pdf"})
