# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEPT = timedelta(hours=24)


class RestApiRequest(models.Model):
    """One request that changed something and that its sender may send again: done once only.

    Written by the API alone, in the transaction of what the request does, so that neither is
    there without the other; a request that was refused leaves nothing. A key belongs to its user
    in one company: nobody gets another's answer, and of two that arrive at once the second waits
    for the first and then gets the same answer. It is forgotten after 24 hours.
    """

    _name = "rest.api.request"
    _description = "API request with an idempotency key"
    _log_access = False
    _order = "id desc"
    _rec_name = "key"

    key = fields.Char(string="Idempotency key", required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    path = fields.Char(required=True, readonly=True)
    request_hash = fields.Char(string="SHA-256 of the request", required=True, readonly=True)
    received_at = fields.Datetime(string="Received", required=True, readonly=True, index=True)
    status = fields.Integer(readonly=True, aggregator=None)
    content_type = fields.Char(readonly=True)
    answer = fields.Text(readonly=True)

    _unique_key = models.UniqueIndex("(user_id, company_id, key)")

    @api.model
    def _begin(self, key: str, path: str, content: bytes):
        """Return the line of a request: a new one, or that of the first time it was sent.

        A parallel request with the same key is waited for. When it has been committed PostgreSQL
        refuses this transaction; Odoo then repeats it, and it finds the other's line.
        """
        fingerprint = hashlib.sha256(path.encode() + b"\n" + content).hexdigest()
        lines = self.sudo()
        own = [
            ("user_id", "=", self.env.uid),
            ("company_id", "=", self.env.company.id),
            ("key", "=", key),
        ]
        lines._forget(own)
        lines.env.cr.execute(
            SQL(
                """
                INSERT INTO rest_api_request (
                    key, user_id, company_id, path, request_hash, received_at
                ) VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT (user_id, company_id, key) DO NOTHING
                """,
                key,
                self.env.uid,
                self.env.company.id,
                path,
                fingerprint,
                fields.Datetime.now(),
            ),
            # the refusal of a parallel request is no error
            log_exceptions=False,
        )
        line = lines.search(own)
        return line, line.request_hash == fingerprint

    def _finish(self, status: int, content_type: str, answer: str) -> None:
        """Keep what was answered."""
        self.write({"status": status, "content_type": content_type, "answer": answer})

    @api.model
    def _forget(self, domain: list) -> None:
        too_old = fields.Datetime.now() - KEPT
        self.search([*domain, ("received_at", "<", too_old)]).unlink()

    @api.model
    def _cron_forget(self) -> None:
        """Forget what was answered more than a day ago."""
        self.sudo()._forget([])
