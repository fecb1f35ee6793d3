# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

from odoo import api, fields, models

from ..detached import after_transaction, detached_env
from ..fields import BigInt

LIMIT = 3
LOCK_MS = 15 * 60 * 1000


class AuditSignatureAttempt(models.Model):
    """One failed attempt to sign: the credentials were wrong.

    Written in a cursor of its own, because the refusal rolls the signer's transaction back.
    Three within fifteen minutes, with no signature between, lock signing for that user.
    Nothing of it is changed later.
    """

    _name = "audit.signature.attempt"
    _description = "Failed signature attempt"
    _order = "attempted_at_ms desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict", index=True
    )
    attempted_at_ms = BigInt(
        string="Attempted (ms UTC)", required=True, readonly=True, aggregator=None
    )
    res_model = fields.Char(string="Document type", readonly=True)
    res_name = fields.Char(string="Document", readonly=True)
    is_lock = fields.Boolean(string="Locked signing", readonly=True)

    @api.model
    def _locked_until(self, user) -> int:
        """Return until when (ms UTC) the user may not sign, or 0.

        Reads through a cursor of its own: the caller's snapshot may be older than an attempt
        made a moment ago in another request.
        """
        with detached_env(self.env) as env:
            lock = env[self._name].search(
                [("user_id", "=", user.id), ("is_lock", "=", True)], limit=1
            )
            until = lock.attempted_at_ms + LOCK_MS if lock else 0
        return until if until > _now_ms() else 0

    @api.model
    def _record_failure(self, user, document) -> int:
        """Store a failed attempt at once; return until when the user is locked now, or 0."""
        with detached_env(self.env) as env:
            attempts = env[self._name]
            now_ms = _now_ms()
            is_lock = attempts._count_recent(user.id, now_ms) + 1 >= LIMIT
            attempts.create(
                {
                    "user_id": user.id,
                    "attempted_at_ms": now_ms,
                    "res_model": document._name,
                    "res_name": document.sudo().display_name,
                    "is_lock": is_lock,
                }
            )
        after_transaction(
            self.env,
            self._name,
            "_announce_failure",
            user.id,
            {"res_model": document._name, "res_id": document.id},
            is_lock,
        )
        return now_ms + LOCK_MS if is_lock else 0

    def _count_recent(self, user_id: int, now_ms: int) -> int:
        """Count the failures that still matter: after the last signature and the last lock."""
        signed = self.env["audit.signature"].search(
            [("user_id", "=", user_id)], order="signed_at_ms desc", limit=1
        )
        lock = self.search([("user_id", "=", user_id), ("is_lock", "=", True)], limit=1)
        since = max(now_ms - LOCK_MS, signed.signed_at_ms, lock.attempted_at_ms)
        return self.search_count([("user_id", "=", user_id), ("attempted_at_ms", ">", since)])

    @api.model
    def _announce_failure(self, user_id: int, subject: dict, is_lock: bool) -> None:
        """Log the failure in the audit trail and, when it locked signing, tell the auditors."""
        user = self.env["res.users"].browse(user_id)
        document = self.env[subject["res_model"]].browse(subject["res_id"])
        details = {"user": user.login, "locked": is_lock, "refused": True}
        records = self.env["audit.record"].with_user(user).sudo()
        records._log("signature.locked" if is_lock else "signature.failed", document, details)
        if is_lock:
            self._alert_lock(user, document)

    def _alert_lock(self, user, document) -> None:
        summary = self.env._("Signing locked: %s", user.name)
        note = self.env._(
            "Three wrong passwords or codes in a row while signing %(document)s. "
            "Signing is locked for %(user)s for 15 minutes. Ask whether it was them.",
            document=document.display_name,
            user=user.name,
        )
        self.env["audit.chain.check"]._alert_auditors(user.partner_id, summary, note)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
