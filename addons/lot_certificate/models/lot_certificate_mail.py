# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.tools import chain

from . import frozen

MANAGERS = {
    "batch": "process_monitoring.group_process_monitoring_quality_manager",
    "sustainability": "mass_balance.group_mass_balance_manager",
}


class LotCertificate(models.Model):
    """What happens after the issue: the mail, and the signature that revokes."""

    _inherit = "lot.certificate"

    # -- mail ---------------------------------------------------------------------------------

    def action_send(self):
        """Mail it to the customer (again); refused unless issued and signed."""
        self.check_access("read")
        # The customer may read it in the portal, but not make the plant send mails.
        if not self.env.user.has_group("lot_certificate.group_lot_certificate_user"):
            raise AccessError(self.env._("Your role does not send certificates."))
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
            template = self.env.ref(template_ids[certificate.kind]).sudo()
            mail_id = template.send_mail(
                certificate.id,
                email_values=certificate._prepare_mail_values(),
                email_layout_xmlid="mail.mail_notification_light",
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
        """Return the recipient and the two files; the mail is kept, its state is shown here."""
        return {
            "auto_delete": False,
            "recipient_ids": [(6, 0, self._get_mail_partner().ids)],
            "attachment_ids": [
                (4, self.attachment_id.id),
                (
                    0,
                    0,
                    {
                        "name": "declaration.json",
                        "raw": self._get_document_text().encode(),
                        "mimetype": "application/json",
                    },
                ),
            ],
        }

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

    # -- the signature that revokes -----------------------------------------------------------

    def _get_signature_content(self):
        return {
            "certificate": self.name or "",
            "kind": self.kind,
            "issued_ms": self.issued_at_ms or 0,
            "snapshot_sha256": self.snapshot_hash or "",
        }

    def _get_signature_meanings(self):
        return {"revoke": self.env._("Revoked: must not be relied upon")}

    def _check_may_sign(self, meaning):
        super()._check_may_sign(meaning)
        self.check_access("write")
        group = MANAGERS[self.kind]
        if not self.env.user.has_group(group):
            raise UserError(
                self.env._(
                    "Only the role %(role)s may revoke %(certificate)s.",
                    role=self.env.ref(group).sudo().full_name,
                    certificate=self.display_name,
                )
            )
        if self.state not in ("issued", "superseded"):
            raise UserError(
                self.env._("%s is not issued: there is nothing to revoke.", self.display_name)
            )

    def _on_signed(self, signature):
        super()._on_signed(signature)
        if not (signature.reason or "").strip():
            raise UserError(self.env._("Give the reason: the verify page shows it."))
        self._set_state(
            "revoked", revoked_at_ms=signature.signed_at_ms, revoke_reason=signature.reason
        )
        self.flush_recordset()
        self.env["audit.record"]._log(
            "certificate.revoke",
            self,
            {
                "number": self.name,
                "snapshot_sha256": self.snapshot_hash,
                "reason": signature.reason,
                "signed_sha256": chain.digest(self._get_signature_content()),
            },
        )
