# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessReadingUnchanged(models.Model):
    """The state of a condition sensor that reports changes only stays known between its changes."""

    _inherit = "process.reading"

    def _find_states(self, rows, sensors):
        """Repeat the last state, up to when its source was last known to have nothing new."""
        states = super()._find_states(rows, sensors)
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
