# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessCycleEntry(models.Model):
    """Monitoring windows that people feed: what was entered for this one and no other."""

    _inherit = "process.cycle"

    def _get_readings_domain(self):
        """Leave out what a person entered for another window of the same measuring point."""
        return [*super()._get_readings_domain(), ("cycle_id", "in", (False, self.id))]
