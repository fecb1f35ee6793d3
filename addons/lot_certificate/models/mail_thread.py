# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import html2plaintext


class MailThread(models.AbstractModel):
    """A delivery status notification tells the certificate that its mail came back."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict["bounced_message"]
        if message and message.model == "lot.certificate":
            # The gateway's user reads no certificates; only the one the mail was about is touched.
            certificate = self.env["lot.certificate"].sudo().browse(message.res_id).exists()
            reason = html2plaintext(message_dict.get("body") or "").strip()
            certificate._on_mail_bounced(message, message_dict["bounced_email"], reason)
        return result
