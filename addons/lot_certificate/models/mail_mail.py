# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailMail(models.Model):
    """An e-mail with a certificate tells the certificate what became of it."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        certificates = self.env["lot.certificate"].sudo().search([("mail_id", "in", self.ids)])
        for certificate in certificates:
            reason = False
            if failure_type:
                reason = failure_reason or certificate.mail_id.failure_reason or failure_type
            certificate._on_mail_done(reason)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
