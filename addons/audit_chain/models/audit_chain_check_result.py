# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..fields import BigInt


class AuditChainCheckResult(models.Model):
    """What one verification found about one chain; written with the verification, once."""

    _name = "audit.chain.check.result"
    _description = "Result of a verification for one chain"
    _order = "is_ok, chain"
    _rec_name = "chain"

    check_id = fields.Many2one(
        "audit.chain.check", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    chain = fields.Char(required=True, readonly=True)
    model = fields.Char(required=True, readonly=True)
    entry_count = BigInt(string="Entries", readonly=True)
    is_ok = fields.Boolean(string="Holds", readonly=True)
    first_bad = BigInt(string="First bad entry", readonly=True, aggregator=None)
    reason = fields.Char(string="Finding", readonly=True)
