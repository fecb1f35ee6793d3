# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SustainabilityDeclarationSegregation(models.Model):
    """Physical segregation is stated of goods that are: lot by lot, at the moment of issue."""

    _inherit = "sustainability.declaration"

    def _get_paper_blockers(self):
        found = super()._get_paper_blockers()
        if self.direction != "out" or self.chain_of_custody != "physical_segregation":
            return found
        mixed = self.lot_ids.filtered(lambda lot: not lot.is_mb_lot_segregated)
        if self.lot_ids and not mixed:
            return found
        found.append(
            self.env._(
                "It states physical segregation, and %s was not received as segregated, nor made "
                "of such lots alone: state mass balance.",
                ", ".join(mixed.mapped("name")) or self.product_id.display_name,
            )
        )
        return found
