# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class LotCertificateLayout(models.Model):
    """What a layout looks like: its company's newest certificate, in each language.

    A sample has no number, no code and no signature, says on each page what it is, and is kept
    nowhere.
    """

    _inherit = "lot.certificate.layout"

    def action_preview(self):
        """Show the newest certificate in this layout, in each language that is installed."""
        self.ensure_one()
        self._require_sample()
        return {
            "type": "ir.actions.act_url",
            "url": f"/lot_certificate/layout/{self.id}/preview",
            "target": "new",
        }

    def _get_sample(self):
        """Return the newest certificate of the company that the user may read; or nothing."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id)]
        return self.env["lot.certificate"].search(domain, order="id desc", limit=1)

    def _require_sample(self):
        sample = self._get_sample()
        if not sample:
            raise UserError(
                self.env._(
                    "%(company)s has no certificate yet to show the layout with. Make a draft "
                    "first: “Certificate” on a lot or on a delivery.",
                    company=self.company_id.name,
                )
            )
        return sample

    def _get_sample_pages(self, certificates):
        """Return the pages of `certificates` in this layout, one after another in each language."""
        self.ensure_one()
        self.check_access("read")
        report = self.env["report.lot_certificate.document"]
        snapshots = self.env["lot.certificate.snapshot"]
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return [
            report._get_page(certificate, snapshots._build_sample(certificate, self, language))
            for certificate in certificates
            for language in languages
        ]

    def _render_sample(self) -> bytes:
        """Return the sample as a PDF; nothing is embedded in it."""
        report = self.env.ref("lot_certificate.lot_certificate_report").sudo(False)
        ids = self._require_sample().ids
        html = report._render_qweb_html(report.report_name, ids, {"layout_id": self.id})[0]
        return report._weasyprint_from_html(report.sudo(), html.decode())
