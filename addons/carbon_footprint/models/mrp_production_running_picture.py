# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class MrpProduction(models.Model):
    """An open order draws what it has emitted so far."""

    _inherit = "mrp.production"

    @api.readonly
    def get_carbon_running_picture(self) -> dict | bool:
        """Return the picture of the provisional figure; False once the order is closed."""
        self.ensure_one()
        return self._is_carbon_open() and self.carbon_running_ids[:1].get_carbon_picture()
