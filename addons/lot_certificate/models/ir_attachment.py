# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

# Who may see it may change (access rules do that); what it is may not.
CONTENT = {"raw", "datas", "db_datas", "store_fname", "checksum", "name", "type", "url", "mimetype"}
PLACE = {"res_model", "res_id", "res_field", "company_id"}


class IrAttachment(models.Model):
    """The PDF of an issued certificate is as immutable as the certificate."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if (CONTENT | PLACE) & set(vals):
            self._refuse_for_certificates()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_certificate(self):
        self._refuse_for_certificates()

    def _refuse_for_certificates(self):
        """Refuse when one of the files is the PDF of a certificate, whoever asks."""
        if not self.ids:
            return
        certificate = (
            self.env["lot.certificate"].sudo().search([("attachment_id", "in", self.ids)], limit=1)
        )
        if certificate:
            raise UserError(
                self.env._(
                    "This file is the signed certificate %s: it cannot be changed or deleted.",
                    certificate.name,
                )
            )
