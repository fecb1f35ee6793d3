# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessReadingUnchanged(models.Model):
    """What a condition or flow sensor said that reports changes only stays known in between."""

    _inherit = "process.reading"

    def _find_said(self, rows, sensors, without=frozenset()):
        """Repeat what was said last, up to when its source was last known to have nothing new."""
        states = super()._find_said(rows, sensors, without)
        moments = sorted({row.sample.source_ms for row in rows})
        for sensor in sensors.filtered("unchanged_ms"):
            line = states.get(sensor.id)
            if not line or line[-1][0] != sensor.last_source_ms:
                continue
            last_ms, text = line[-1]
            until_ms = sensor.unchanged_ms
            line.extend((moment, text) for moment in moments if last_ms < moment <= until_ms)
            if until_ms > line[-1][0]:
                line.append((until_ms, text))
        return states
