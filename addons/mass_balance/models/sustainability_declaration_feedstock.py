# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal


class SustainabilityDeclarationFeedstock(models.AbstractModel):
    """What a declaration says of the feedstock beside its set of characteristics."""

    _name = "sustainability.declaration.feedstock"
    _description = "Feedstock of a declaration"

    value_ids = fields.One2many("feedstock.value", "declaration_id", string="Declared figures")

    def _get_declared(self, kind: str) -> Decimal | None:
        """Return a declared figure, or None when it is not declared."""
        self.ensure_one()
        found = self.sudo().value_ids.filtered(lambda v: v.kind == kind)[:1]
        return to_decimal(found.value, 6) if found else None

    def _get_score(self) -> Decimal | None:
        """Return the sustainability score of the feedstock, or None."""
        return self._get_declared("score")
