# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt

from .lot_certificate import MANAGERS


class LotCertificateReview(models.Model):
    """One request that somebody else looks at a certificate before it is issued, and the answer.

    Made by the request with the hash of everything the certificate would state; answered by the
    signature of a person who neither drafted nor asked. What is issued must still have that hash.
    Nobody writes it by hand, and nothing but the answer ever changes.
    """

    _name = "lot.certificate.review"
    _inherit = ["lot.certificate.decision", "audit.signable.mixin"]
    _description = "Review of a certificate"
    _order = "id desc"
    _check_company_auto = True
    _free_state = "open"
    _answer = ("state", "reviewed_by_id", "reviewed_at_ms", "note")

    certificate_id = fields.Many2one(
        "lot.certificate", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    state = fields.Selection(
        [
            ("open", "To be reviewed"),
            ("approved", "Approved"),
            ("rejected", "Sent back"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    subject = fields.Char(required=True, readonly=True)
    content_sha256 = fields.Char(string="SHA-256 of the content", required=True, readonly=True)
    requested_by_id = fields.Many2one("res.users", string="Asked for by", readonly=True)
    requested_at_ms = BigInt(string="Asked for (ms UTC)", readonly=True, aggregator=None)
    reviewed_by_id = fields.Many2one("res.users", readonly=True)
    reviewed_at_ms = BigInt(string="Reviewed (ms UTC)", readonly=True, aggregator=None)
    note = fields.Text(readonly=True)

    _one_open = models.UniqueIndex(
        "(certificate_id) WHERE state = 'open'", "This certificate is already being reviewed."
    )

    @api.depends("subject")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._("Review of %s", review.subject or "")

    @api.model_create_multi
    def create(self, vals_list):
        """Made by the certificate's own request alone."""
        if not self.env.su:
            raise AccessError(self.env._("A review is asked for on the certificate."))
        return super().create(vals_list)

    def write(self, vals):
        """Nothing of a review is typed: its answer is a signature."""
        if vals:
            raise UserError(self.env._("A review is answered by a signature, and never written."))
        return super().write(vals)

    def _stamp(self, vals):
        """Write the answer; for the steps of this file alone."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A review stays on record with its certificate."))

    def _prepare(self, certificate):
        """Return the values of a request about `certificate` as it is now."""
        return {
            "certificate_id": certificate.id,
            "company_id": certificate.company_id.id,
            "subject": certificate.display_name,
            "content_sha256": self.env["lot.certificate.snapshot"]._get_digest(certificate),
            "requested_by_id": certificate.requested_by_id.id,
            "requested_at_ms": time.time_ns() // 1_000_000,
        }

    def _withdraw(self):
        self.filtered(lambda review: review.state == "open")._stamp({"state": "withdrawn"})

    # -- the signature that answers -------------------------------------------------------------

    def _get_signature_content(self):
        certificate = self.certificate_id
        return {
            "certificate": self.subject,
            "kind": certificate.kind,
            "company": self.company_id.name,
            "recipient": certificate.partner_id.name or None,
            "content_sha256": self.content_sha256,
            "requested_by": self.requested_by_id.login or None,
            "requested_ms": self.requested_at_ms or 0,
        }

    def _get_signature_meanings(self):
        return {
            "review": self.env._("Reviewed: may be issued"),
            "reject": self.env._("Reviewed: sent back"),
        }

    def _check_may_sign(self, meaning):
        self.ensure_one()
        group = MANAGERS[self.certificate_id.kind]
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "Only the role %s reviews this certificate.",
                    self.env.ref(group).sudo().full_name,
                )
            )
        if self.state != "open":
            raise UserError(self.env._("%s is answered already.", self.display_name))
        if self.env.user in (self.requested_by_id | self.certificate_id._get_involved()):
            raise UserError(
                self.env._("You drafted or asked for this certificate: somebody else reviews it.")
            )
        digest = self.env["lot.certificate.snapshot"]._get_digest(self.certificate_id)
        if meaning == "review" and digest != self.content_sha256:
            raise UserError(
                self.env._(
                    "What the certificate would state has changed since the review was asked for. "
                    "Send it back, and ask again."
                )
            )

    def _on_signed(self, signature):
        review = self.sudo()
        if signature.meaning == "reject" and not (signature.reason or "").strip():
            raise UserError(self.env._("Say what has to be corrected."))
        review._stamp(
            {
                "state": "approved" if signature.meaning == "review" else "rejected",
                "reviewed_by_id": self.env.uid,
                "reviewed_at_ms": signature.signed_at_ms,
                "note": signature.reason or False,
            }
        )
        review.certificate_id._on_reviewed(review)
