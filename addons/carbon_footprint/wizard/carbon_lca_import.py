# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CarbonLcaImport(models.TransientModel):
    """Takes the file with the result of an LCA for one footprint."""

    _name = "carbon.lca.import"
    _inherit = ["process.upload.mixin"]
    _description = "Import of the result of an LCA"

    footprint_id = fields.Many2one("carbon.footprint", required=True, readonly=True)

    def action_import(self):
        """Import the file and open what came of it."""
        self.ensure_one()
        result = self.env["carbon.lca.result"]._import(
            self.footprint_id, self._read_file(), self.filename or ""
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "carbon.lca.result",
            "res_id": result.id,
            "view_mode": "form",
        }
