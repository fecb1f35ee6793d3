# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .. import clock


class ProcessDeviationReevaluation(models.Model):
    """A deviation that a calibration brought to light: one lot, to be decided on by itself."""

    _inherit = "process.deviation"

    reevaluation_id = fields.Many2one(
        "process.reevaluation",
        string="Impact of a calibration",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    kind = fields.Selection(
        selection_add=[("calibration", "Device was wrong")],
        ondelete={"calibration": "set default"},
    )

    # one for each lot: two lots of one window are decided apart
    _one_open = models.UniqueIndex(
        "(cycle_id, kind) WHERE state = 'open' AND cycle_id IS NOT NULL AND reevaluation_id IS NULL"
    )

    def _widen_by(self, line) -> None:
        """Take in another window of the same lot in which the device was wrong."""
        self.ensure_one()
        cycle = line.cycle_id
        reevaluation = self.reevaluation_id
        text = reevaluation._describe(line)
        self._stamp(
            {
                "description": f"{self.description or ''}\n{text}".strip(),
                "opening_text": f"{self.opening_text or ''}\n{text}".strip(),
                "window_start_ms": min(
                    self.window_start_ms, max(reevaluation.last_good_ms, cycle.start_ms)
                ),
                "last_bad_ms": max(self.last_bad_ms, line.last_ms),
                "window_end_ms": max(self.window_end_ms, cycle.end_ms or reevaluation.found_ms),
            }
        )

    def _get_window_end_ms(self):
        """What the stored verdicts call good is what is in doubt here."""
        if self.reevaluation_id:
            return self.window_end_ms
        return super()._get_window_end_ms()

    def _is_parameter_in_limits(self):
        """The measurement is under control again when the device is in calibration."""
        if self.reevaluation_id:
            sensor = self.reevaluation_id.sensor_id
            return sensor._get_calibration_state(clock.now_ms()) == "valid"
        return super()._is_parameter_in_limits()
