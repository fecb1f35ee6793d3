# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import secrets

from odoo import Command, api, models
from odoo.exceptions import UserError

from . import frozen


class LotCertificateGuard(models.AbstractModel):
    """Which fields of a certificate nobody writes by hand, and which never change again.

    No user and no mode passes: the steps of the issue write with `_stamp`, which cannot be called
    from outside. What is issued is guarded by PostgreSQL as well.
    """

    _name = "lot.certificate.guard"
    _description = "Guard of issued certificates"

    def init(self):
        """Let PostgreSQL keep what was issued as it was issued."""
        result = super().init()
        if not self._abstract:
            frozen.install(self.env.cr, self._table)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Number, state and signature are never given; the token is made here."""
        for vals in vals_list:
            given = sorted(frozen.STAMPED & set(vals))
            if given:
                self._refuse_stamped(given)
        certificates = super().create(vals_list)
        for certificate in certificates:
            certificate._stamp({"verify_token": secrets.token_urlsafe(24)})
        return certificates

    def write(self, vals):
        """Refuse what is stamped, and any change of what has been issued, whoever asks."""
        stamped = sorted(frozen.STAMPED & set(vals))
        if stamped and self:
            self._refuse_stamped(stamped)
        if frozen.CONTENT & set(vals):
            closed = self.filtered(lambda c: c.state not in ("draft", "failed"))
            if closed:
                raise UserError(
                    self.env._(
                        "%s is issued or about to be: its content cannot change. Replace it by a "
                        "new one instead.",
                        closed[0].display_name,
                    )
                )
            self._note_drafter()
        return super().write(vals)

    def _note_drafter(self):
        """Whoever changes the content has drafted it with the others, and cannot review it."""
        for certificate in self.sudo().filtered(lambda c: self.env.user not in c.drafted_by_ids):
            certificate._stamp({"drafted_by_ids": [Command.link(self.env.uid)]})

    def _stamp(self, vals):
        """Write stamped fields; for the steps of this room alone."""
        return super().write(vals)

    def _refuse_stamped(self, names):
        raise UserError(
            self.env._(
                "%s is set by the issue itself and cannot be written. Use the buttons of the "
                "certificate.",
                ", ".join(self._fields[name].string for name in names),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        if reviewed := self.filtered("review_ids")[:1]:
            raise UserError(
                self.env._(
                    "%s was reviewed: the review stays on record, and it with its review.",
                    reviewed.display_name,
                )
            )
        for certificate in self:
            if certificate.name or certificate.state not in ("draft", "failed"):
                raise UserError(
                    self.env._(
                        "%s has a number or is about to get one: it cannot be deleted. Revoke it "
                        "if it must not be used.",
                        certificate.display_name,
                    )
                )
