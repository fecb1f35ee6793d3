# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

from pypdf import PdfReader

from odoo.tests import TransactionCase

TEMPLATE = """
<t t-name="report_weasyprint.test_partner">
    <t t-call="report_weasyprint.document">
        <t t-set="title" t-value="'Partners'" />
        <div class="bp-page-header">HEADLINE <t t-out="docs[:1].name" /></div>
        <div class="bp-page-footer">Page <span class="bp-page" /> of <span class="bp-pages" /></div>
        <t t-foreach="docs" t-as="doc">
            <h1 t-out="doc.name" />
            <p t-out="extra or ''" />
            <div style="page-break-before: always">second sheet</div>
        </t>
    </t>
</t>
"""


class ReportCase(TransactionCase):
    """A report on partners, two sheets each, printed by WeasyPrint.

    Offers ``report``, ``partners`` (Ada, Bob), ``render(partners)`` -> bytes,
    ``streams(ids)`` and ``reader(bytes)``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.view = cls.env["ir.ui.view"].create(
            {
                "name": "test_partner",
                "type": "qweb",
                "key": "report_weasyprint.test_partner",
                "arch": TEMPLATE,
            }
        )
        cls.report = cls.env["ir.actions.report"].create(
            {
                "name": "Partner sheet",
                "model": "res.partner",
                "report_type": "qweb-pdf",
                "report_name": "report_weasyprint.test_partner",
                "pdf_engine": "weasyprint",
            }
        )
        cls.partners = cls.env["res.partner"].create([{"name": "Ada"}, {"name": "Bob"}])

    @property
    def engine(self):
        # Odoo prints HTML instead of PDF in tests unless it is told not to.
        return self.env["ir.actions.report"].with_context(force_report_rendering=True)

    def render(self, partners, data=None):
        content, kind = self.engine._render_qweb_pdf(self.report, partners.ids, data=data)
        self.assertEqual(kind, "pdf")
        return content

    def streams(self, res_ids):
        return self.engine._render_qweb_pdf_prepare_streams(self.report, {}, res_ids=res_ids)

    @staticmethod
    def reader(content):
        return PdfReader(io.BytesIO(content))

    def texts(self, content):
        return [page.extract_text() for page in self.reader(content).pages]
