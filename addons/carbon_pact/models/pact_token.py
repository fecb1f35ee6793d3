# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models

LIFETIME = "carbon_pact.token_seconds"
DEFAULT = 900
PREFIX = "pact_"


class PactToken(models.Model):
    """An access token that a client was given: its hash and its end, never the token itself.

    Written by the token endpoint alone, good for a quarter of an hour, deleted when it has ended
    or its client is revoked.
    """

    _name = "pact.token"
    _description = "Access token of a client"
    _order = "id desc"
    _rec_name = "client_id"

    client_id = fields.Many2one(
        "pact.client", string="Access", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    token_hash = fields.Char(
        string="SHA-256 of the token", required=True, readonly=True, groups="base.group_system"
    )
    expires_at = fields.Datetime(string="Ends", required=True, readonly=True, index=True)

    _token_unique = models.UniqueIndex("(token_hash)")

    @api.model
    def _issue(self, client) -> tuple[str, int]:
        """Return a new token of a client, and the seconds that it is good for."""
        seconds = self._get_lifetime()
        token = PREFIX + secrets.token_urlsafe(32)
        self.create(
            {
                "client_id": client.id,
                "company_id": client.company_id.id,
                "token_hash": _hash(token),
                "expires_at": fields.Datetime.now() + timedelta(seconds=seconds),
            }
        )
        return token, seconds

    @api.model
    def _get_lifetime(self) -> int:
        value = self.env["ir.config_parameter"].sudo().get_param(LIFETIME, "")
        seconds = int(value) if value.isascii() and value.isdigit() else DEFAULT
        return min(max(seconds, 60), 3600)

    @api.model
    def _find(self, token: str):
        """Return the token's record, ended or not; nothing for one that was never given."""
        return self.search([("token_hash", "=", _hash(token))], limit=1)

    def _is_valid(self) -> bool:
        """Tell whether the token still opens anything."""
        return (
            bool(self)
            and self.expires_at > fields.Datetime.now()
            and self.client_id.state == "active"
        )

    @api.autovacuum
    def _gc_tokens(self):
        """Forget tokens a day after their end; until then their end can be told."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.sudo().search([("expires_at", "<", yesterday)]).unlink()


def _hash(token: str) -> str:
    """Hash a token: it is 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()
