# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.tools import chain

from .sustainability_purge import KEPT, TEXTS


class SustainabilityDeclarationRetention(models.AbstractModel):
    """What is left of a declaration after its term of retention (rule 25)."""

    _name = "sustainability.declaration.retention"
    _description = "Retention of declarations"

    purge_id = fields.Many2one(
        "sustainability.purge", readonly=True, copy=False, index="btree_not_null"
    )
    purged_digest = fields.Char(string="SHA-256 of what it said", readonly=True, copy=False)

    def _do_purge(self, purge) -> None:
        """Destroy papers and content; keep number, quantity and the digest of the rest."""
        self.ensure_one()
        digest = chain.digest(self._snapshot())
        papers = self.env["ir.attachment"].sudo()
        papers.search([("res_model", "=", self._name), ("res_id", "=", self.id)]).unlink()
        self.sudo().message_ids.unlink()
        emptied = {
            name: False
            for name, field in self._fields.items()
            if name not in KEPT and field.store and field.type in TEXTS and not field.related
        }
        self.sudo()._stamp(**emptied, purge_id=purge.id, purged_digest=digest)
