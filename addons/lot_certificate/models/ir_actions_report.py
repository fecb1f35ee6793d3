# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class IrActionsReport(models.Model):
    """The PDF of a certificate carries the signed document it was printed from."""

    _inherit = "ir.actions.report"

    @api.model
    def _get_pdf_attachments(self, report, res_ids):
        attachments = super()._get_pdf_attachments(report, res_ids)
        if report.model != "lot.certificate":
            return attachments
        for certificate in self.env["lot.certificate"].browse(res_ids):
            if certificate.signature:
                text = certificate._get_document_text()
                attachments.append(
                    ("declaration.json", text.encode(), "application/json", "Source")
                )
        return attachments

    def retrieve_attachment(self, record):
        """An issued certificate is its own PDF, not a file somebody attached by that name."""
        if record._name == "lot.certificate":
            return record.attachment_id
        return super().retrieve_attachment(record)
