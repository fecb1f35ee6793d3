# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
from zoneinfo import ZoneInfo

from odoo import models


class StockWarehouse(models.Model):
    """A plant's day begins by the clock on its wall."""

    _inherit = "stock.warehouse"

    def _get_plant_start(self, day):
        """Return the moment (naive UTC) at which a calendar day begins at the plant."""
        zone = ZoneInfo(self.plant_tz or "UTC")
        start = datetime.datetime.combine(day, datetime.time(), zone)
        return start.astimezone(datetime.UTC).replace(tzinfo=None)
