# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class CarbonFootprint(models.Model):
    """A footprint beside the version before it, or two chosen ones beside each other."""

    _inherit = "carbon.footprint"

    def action_compare(self):
        """Open the comparison: of one with its version before, of two the older one first."""
        chosen = self.sorted("id")
        left, right = chosen[:1].previous_id, chosen[:1]
        if len(chosen) == 2:
            left, right = chosen
        if len(chosen) > 2 or not left:
            raise UserError(
                self.env._(
                    "Choose two footprints to compare, or one that took over from a version before."
                )
            )
        comparison = self.env["carbon.comparison"].create(
            {"left_id": left.id, "right_id": right.id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(before)s and %(after)s", before=left.name, after=right.name),
            "res_model": "carbon.comparison",
            "res_id": comparison.id,
            "view_mode": "form",
        }
