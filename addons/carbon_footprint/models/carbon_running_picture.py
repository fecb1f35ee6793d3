# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, models

from ..tools import picture

REFRESH_S = 5


class CarbonRunning(models.Model):
    """The provisional figure as a picture that the screen asks for again while the batch runs."""

    _inherit = "carbon.running"

    @api.readonly
    def get_carbon_picture(self) -> dict | bool:
        """Return what the `carbon_picture` widget draws; False before the first calculation."""
        if not self.calculated_ms:
            return False
        self.ensure_one()
        leaves = [
            picture.Leaf(line["name"], line.get("stage") or "", Decimal(repr(line["kg_co2e"])))
            for line in self.lines or []
            if line["kg_co2e"] is not None
        ]
        return self.env["carbon.footprint"]._draw_carbon(leaves, []) | {
            "name": self.production_id.name,
            "state": "running",
            "state_label": self.env._("Provisional"),
            "gaps": (self.gap_text or "").splitlines(),
            "per_kg": False,
            "quantity_kg": False,
            # a provisional leaf is no record: there is nothing to open
            "model": False,
            "domain": [],
            "refresh_s": REFRESH_S,
            "calculated_ms": self.calculated_ms,
            "upto_ms": self.upto_ms,
        }
