# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt

from . import frozen


class LotCertificateMailing(models.AbstractModel):
    """The e-mail of a certificate: who gets it, whether it left, why it did not.

    Only a signed document that still is what was signed is ever sent; it leaves after the
    transaction that issued it.
    """

    _name = "lot.certificate.mailing"
    _description = "E-mail of a certificate"

    is_to_mail = fields.Boolean(
        string="Send by e-mail",
        compute="_compute_is_to_mail",
        store=True,
        readonly=False,
        help="Mailed to the customer as soon as it is issued.",
    )
    mail_state = fields.Selection(
        [
            ("none", "Not mailed"),
            ("to_send", "To send"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("bounced", "Came back"),
        ],
        string="E-mail",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    mail_error = fields.Text(string="Why the e-mail failed", readonly=True, copy=False)
    mail_id = fields.Many2one(
        "mail.mail", readonly=True, copy=False, ondelete="set null", groups="base.group_system"
    )
    mail_to = fields.Char(string="Mailed to", readonly=True, copy=False)
    mailed_at_ms = BigInt(string="Mailed (ms UTC)", readonly=True, copy=False, aggregator=None)

    bulk_id = fields.Many2one(
        "lot.certificate.bulk", readonly=True, copy=False, index="btree_not_null"
    )

    @api.depends("partner_id", "company_id")
    def _compute_is_to_mail(self):
        for certificate in self:
            certificate.is_to_mail = certificate.partner_id._wants_certificate_mail(
                certificate.company_id
            )

    def action_send(self):
        """Mail it to the customer (again); refused unless issued and signed."""
        self._check_may_send()
        self.sudo()._send()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The e-mail is on its way."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_may_send(self):
        self.check_access("read")
        # The customer may read it in the portal, but not make the plant send mails.
        if not self.env.user.has_group("lot_certificate.group_lot_certificate_user"):
            raise AccessError(self.env._("Your role does not send certificates."))

    def action_send_bulk(self):
        """Queue many; a scheduled action mails one after the other, each customer once.

        What is not issued, or is already sent or on its way, is left out and named.
        """
        self._check_may_send()
        wanted = self.filtered(
            lambda c: c.state == "issued" and c.mail_state not in ("sent", "to_send")
        )
        bulks = self.env["lot.certificate.bulk"].sudo()
        for company in (wanted or self).company_id:
            chosen = wanted.filtered(lambda c, company=company: c.company_id == company)
            left_out = (self - wanted).filtered(lambda c, company=company: c.company_id == company)
            bulk = bulks.create(
                [
                    {
                        "company_id": company.id,
                        "user_id": self.env.uid,
                        "skipped": "\n".join(left_out.mapped("display_name")),
                    }
                ]
            )
            chosen.sudo()._stamp(
                {"bulk_id": bulk.id, "mail_state": "to_send", "mail_error": False, "mail_id": False}
            )
            bulks |= bulk
        self.env.ref("lot_certificate.ir_cron_issue").sudo()._trigger()
        return bulks.sudo(False)._get_records_action(name=self.env._("Mailing"))

    def _get_unsent_domain(self):
        return [
            ("state", "=", "issued"),
            ("mail_state", "=", "to_send"),
            ("mail_id", "=", False),
        ]

    def _send_queued(self):
        """Send what the issue queued; what cannot be sent says why and offers a retry."""
        for certificate in self.sudo().filtered_domain(self._get_unsent_domain()):
            try:
                with self.env.cr.savepoint():
                    certificate._send()
            except UserError as error:
                certificate._stamp({"mail_state": "failed", "mail_error": str(error)})

    def _send(self):
        """Queue the e-mail with PDF and document; it leaves after the transaction.

        :raises UserError: not issued, not signed, changed since, or nobody to send it to
        """
        template_ids = {
            kind: f"lot_certificate.mail_template_{kind}" for kind in ("batch", "sustainability")
        }
        for certificate in self.sudo():
            certificate._require_sendable()
            if certificate.mail_state == "to_send" and certificate.mail_id.state == "outgoing":
                continue
            template = certificate._get_layout().mail_template_id
            template = (template or self.env.ref(template_ids[certificate.kind])).sudo()
            mail_id = template.send_mail(
                certificate.id,
                email_values=certificate._prepare_mail_values(),
                email_layout_xmlid="lot_certificate.mail_layout",
            )
            certificate._stamp(
                {
                    "mail_state": "to_send",
                    "mail_error": False,
                    "mail_id": mail_id,
                    "mail_to": certificate._get_mail_partner().email_formatted,
                }
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _prepare_mail_values(self):
        """Return the recipient and the files; the mail is kept, its state is shown here."""
        return {
            "auto_delete": False,
            "recipient_ids": [Command.set(self._get_mail_partner().ids)],
            "attachment_ids": [
                Command.link(self.attachment_id.id),
                *(Command.create(values) for values in self._prepare_mail_files()),
            ],
        }

    def _prepare_mail_files(self) -> list[dict]:
        """Return what goes along with the PDF: the signed data, the credential if it is wanted."""
        files = [
            {
                "name": "declaration.json",
                "raw": self._get_document_text().encode(),
                "mimetype": "application/json",
            }
        ]
        if self._is_credential_mailed():
            files.append(
                {
                    "name": self._get_credential_name(),
                    "raw": self.credential.encode(),
                    "mimetype": "application/vc+jwt",
                }
            )
        return files

    def _get_mail_partner(self):
        """Return who receives it: the address of the delivery, or else the customer itself."""
        candidates = self.partner_id | self.partner_id.commercial_partner_id
        return candidates.filtered("email_normalized")[:1]

    def _require_sendable(self):
        """Refuse everything but a signed document that still is what was signed."""
        if self.state != "issued":
            raise UserError(
                self.env._(
                    "%s is not issued: only a signed certificate is sent.", self.display_name
                )
            )
        if not self._is_intact():
            raise UserError(
                self.env._(
                    "%s is not what was signed: the stored document or PDF has been changed. It "
                    "is not sent. Revoke it and issue a new one.",
                    self.display_name,
                )
            )
        if not self._get_mail_partner():
            raise UserError(
                self.env._(
                    "%(certificate)s has nobody to be sent to: %(partner)s has no valid e-mail "
                    "address.",
                    certificate=self.display_name,
                    partner=self.partner_id.display_name or self.env._("the customer"),
                )
            )

    def _on_mail_done(self, reason):
        """Take over the fate of the mail: sent, or failed with the server's reason."""
        for certificate in self.filtered(lambda c: c.state in frozen.OUT):
            if certificate.mail_state == "bounced":
                continue
            if reason:
                certificate._stamp({"mail_state": "failed", "mail_error": reason})
            else:
                certificate._stamp(
                    {
                        "mail_state": "sent",
                        "mail_error": False,
                        "mailed_at_ms": time.time_ns() // 1_000_000,
                    }
                )

    def _on_mail_bounced(self, message, address, reason):
        """A mail came back: say why, if it is the one that was sent last."""
        for certificate in self.filtered(lambda c: c.mail_id.mail_message_id == message):
            text = f"{address or ''}: {reason}".strip(": ") or self.env._("The mail came back.")
            certificate._stamp({"mail_state": "bounced", "mail_error": text[:2000]})

    def _cancel_mail(self):
        """What was withdrawn does not leave any more, if its mail has not left yet."""
        for certificate in self.sudo().filtered(lambda c: c.mail_state == "to_send"):
            certificate.mail_id.filtered(lambda mail: mail.state == "outgoing").cancel()
            certificate._stamp({"mail_state": "none"})
