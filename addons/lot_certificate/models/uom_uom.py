# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class UomUom(models.Model):
    """A unit as it stands behind a figure on a paper: t and not Tonne."""

    _inherit = "uom.uom"

    def _get_symbol(self):
        """Return the symbol; the name of most units is one."""
        # by its cached id: it is asked for each quantity on a paper
        tonne = self.env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_ton")
        return "t" if self and self.id == tonne else self.name or ""
