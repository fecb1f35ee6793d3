# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring.clock import now_ms, to_datetime

KEPT_MS = 24 * 3600 * 1000


class ProcessApiRequest(models.Model):
    """One request that changed something and that its sender may send again: done once only.

    Written by the API alone, in the transaction of what the request does, so that neither is
    there without the other; a request that was refused leaves nothing. Key and user are unique:
    of two that arrive at once the second waits for the first and then gets the same answer. It is
    forgotten after 24 hours.
    """

    _name = "process.api.request"
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
    received_ms = BigInt(
        string="Received (ms UTC)", required=True, readonly=True, aggregator=None, index=True
    )
    received_time = fields.Datetime(string="Received", compute="_compute_received_time")
    status = fields.Integer(readonly=True, aggregator=None)
    content_type = fields.Char(readonly=True)
    answer = fields.Text(readonly=True)

    _unique_key = models.UniqueIndex("(user_id, key)")

    @api.depends("received_ms")
    def _compute_received_time(self):
        for line in self:
            line.received_time = to_datetime(line.received_ms)

    @api.model
    def _begin(self, key: str, path: str, content: bytes):
        """Return the line of a request: a new one, or that of the first time it was sent.

        A parallel request with the same key is waited for. When it has been committed PostgreSQL
        refuses this transaction; Odoo then repeats it, and it finds the other's line.
        """
        at_ms = now_ms()
        fingerprint = hashlib.sha256(path.encode() + b"\n" + content).hexdigest()
        lines = self.sudo()
        lines._forget([("user_id", "=", self.env.uid), ("key", "=", key)], at_ms)
        lines.env.cr.execute(
            SQL(
                """
                INSERT INTO process_api_request (
                    key, user_id, company_id, path, request_hash, received_ms
                ) VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT (user_id, key) DO NOTHING
                """,
                key,
                self.env.uid,
                self.env.company.id,
                path,
                fingerprint,
                at_ms,
            ),
            # the refusal of a parallel request is no error
            log_exceptions=False,
        )
        line = lines.search([("user_id", "=", self.env.uid), ("key", "=", key)])
        return line, line.request_hash == fingerprint

    def _finish(self, status: int, content_type: str, answer: str) -> None:
        """Keep what was answered."""
        self.write({"status": status, "content_type": content_type, "answer": answer})

    @api.model
    def _forget(self, domain: list, at_ms: int) -> None:
        self.search([*domain, ("received_ms", "<", at_ms - KEPT_MS)]).unlink()

    @api.model
    def _cron_forget(self) -> None:
        """Forget what was answered more than a day ago."""
        self.sudo()._forget([], now_ms())
