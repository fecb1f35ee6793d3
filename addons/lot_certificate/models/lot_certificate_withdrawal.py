# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from . import frozen


class LotCertificate(models.Model):
    """What follows when a certificate is replaced or revoked: who holds it is told, and what a
    revoked declaration had drawn goes back to the books.
    """

    _inherit = "lot.certificate"

    supersede_reason = fields.Text(
        string="Why it is replaced", copy=False, help="Stated on the new one, and signed with it."
    )

    # Of two that would take one place at once, one waits in vain.
    _unique_successor = models.UniqueIndex(
        "(supersedes_id) WHERE supersedes_id IS NOT NULL"
        " AND state IN ('to_issue', 'issued', 'superseded')",
        "This certificate is already replaced, or about to be.",
    )

    def _get_subject_key(self):
        """Return what a certificate and its successor have in common."""
        self.ensure_one()
        is_lot = self.kind == "batch" and self.scope == "lot"
        return (
            self.company_id,
            self.kind,
            self.scope,
            self.partner_id.commercial_partner_id,
            self.lot_id if is_lot else self.lot_id.browse(),
            self.picking_id,
            (self.period_product_id, self.period_from, self.period_to),
        )

    def _get_newest(self):
        """Return the last of those that took its place, one after the other; itself if none."""
        self.ensure_one()
        found, seen = self, self
        while successor := (found.superseded_by_ids - seen).filtered(
            lambda certificate: certificate.state in frozen.OUT
        )[-1:]:
            found, seen = successor, seen | successor
        return found

    # -- revoked ------------------------------------------------------------------------------

    def _on_revoked(self, reason):
        """Tell who holds it; a declaration that is revoked is cancelled and gives its credits back.

        Its number stays used: the delivery is declared again, under another one.
        """
        self._send_revocation()
        declaration = self.declaration_id if self.kind == "sustainability" else None
        if declaration and declaration.state == "issued":
            declaration.cancel_reason = reason
            declaration.action_cancel()

    def _send_revocation(self):
        """Mail the revocation to the address that the document went to, if it left."""
        template = self.env.ref("lot_certificate.mail_template_revoked").sudo()
        for certificate in self.sudo().filtered(lambda c: c.mail_to and c.mailed_at_ms):
            template.send_mail(
                certificate.id,
                email_values={"email_to": certificate.mail_to, "auto_delete": False},
                email_layout_xmlid="lot_certificate.mail_layout",
            )
