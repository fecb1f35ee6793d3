# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..fields import BigInt
from ..tools import chain


class AuditChainHead(models.Model):
    """The head of one hash chain: a company's records of one model.

    Written by `audit.chain.mixin.create` alone, in the statement that takes the next numbers.
    The name is given once and never changes, because it stands inside every hashed entry.
    """

    _name = "audit.chain.head"
    _description = "Head of a hash chain"
    _order = "name"

    name = fields.Char(string="Chain", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    model = fields.Char(required=True, readonly=True)
    sequence = BigInt(string="Entries", required=True, readonly=True, default=0)
    last_hash = fields.Char(required=True, readonly=True, default=chain.GENESIS)

    _unique_chain = models.UniqueIndex("(company_id, model)")
    _unique_name = models.UniqueIndex("(name)")

    def action_export_chain(self):
        """Download this chain, one JSON object a line, to be verified outside Odoo."""
        self.ensure_one()
        return self.env[self.model]._get_chain_download(self.company_id)

    @api.model
    def _advance(self, company, model: str, count: int) -> tuple[str, int, str]:
        """Take the next `count` numbers: (chain name, last number before, last hash before).

        The row stays locked until the transaction ends, so a chain cannot fork: a writer that
        waited gets PostgreSQL's serialization failure and is retried by its caller.
        """
        taken = self._take(company, model, count)
        if taken is None:
            self._begin(company, model)
            taken = self._take(company, model, count)
        return taken

    @api.model
    def _take(self, company, model: str, count: int) -> tuple[str, int, str] | None:
        self.env.cr.execute(
            """
            UPDATE audit_chain_head SET sequence = sequence + %(count)s
             WHERE company_id = %(company)s AND model = %(model)s
            RETURNING name, sequence - %(count)s, last_hash
            """,
            {"count": count, "company": company.id, "model": model},
        )
        return self.env.cr.fetchone()

    @api.model
    def _seal(self, company, model: str, last_hash: str) -> None:
        """Store the hash of the last entry, after `_advance` in the same transaction."""
        self.env.cr.execute(
            "UPDATE audit_chain_head SET last_hash = %s WHERE company_id = %s AND model = %s",
            [last_hash, company.id, model],
        )
        self.invalidate_model(["sequence", "last_hash"])

    @api.model
    def _begin(self, company, model: str) -> None:
        """Make the head of a chain that has no entry yet."""
        self.env.cr.execute(
            """
            INSERT INTO audit_chain_head
                   (name, company_id, model, sequence, last_hash, create_date, write_date)
            VALUES (%s, %s, %s, 0, %s, now() at time zone 'UTC', now() at time zone 'UTC')
            ON CONFLICT (company_id, model) DO NOTHING
            """,
            [self._get_new_name(company, model), company.id, model, chain.GENESIS],
        )

    @api.model
    def _get_new_name(self, company, model: str) -> str:
        """A company may take the name that another one had when its chain began."""
        wanted = f"{company.sudo().name}/{model}"
        taken = self.sudo().search_count([("name", "=like", f"{wanted}%"), ("model", "=", model)])
        return f"{wanted}#{taken + 1}" if taken else wanted
