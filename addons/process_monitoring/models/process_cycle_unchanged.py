# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, models

from ..tools.fold import State
from ..tools.limits import UNUSABLE
from ..tools.sample import Sample, is_usable
from .process_reading_judge import Row, SensorInfo


class ProcessCycleUnchanged(models.Model):
    """Rule A10: online and unchanged is no gap; what held at the start counts from the start."""

    _inherit = "process.cycle"

    def _get_usable_ms(self) -> int:
        """Return until when the value is known: the newest usable reading, or later than that
        while its source was connected and had nothing new to report.
        """
        self.ensure_one()
        if not self.last_usable_ms or self.last_verdict == UNUSABLE:
            return self.last_usable_ms
        return max(self.last_usable_ms, self.sensor_id.unchanged_ms)

    def _get_state(self) -> State:
        """Let a gap be counted from when the value was last known."""
        return replace(super()._get_state(), last_usable_ms=self._get_usable_ms())

    @api.model
    def _carry_in(self, sensors) -> None:
        """Judge, at the start of monitoring, the value that was reported before and still holds."""
        unread = self.search(
            [
                ("sensor_id", "in", sensors.ids),
                ("state", "=", "running"),
                ("reading_count", "=", 0),
            ]
        )
        for cycle in unread:
            sensor = cycle.sensor_id
            is_known = 0 < sensor.last_source_ms < cycle.start_ms <= sensor.unchanged_ms
            if is_known and is_usable(sensor.last_quality):
                cycle._carry_in_one()

    def _carry_in_one(self) -> None:
        sensor, reading = self.sensor_id, self.env["process.reading"]
        value = None if sensor.last_value is False else sensor.last_value
        sample = Sample("", self.start_ms, 0, text=sensor.last_text or None)
        info = SensorInfo(sensor.id, "", sensor.company_id.id, not self.unit, "", "")
        row = Row(0, info, sample, value, None)
        reading._judge([row], self)
        if self._add_readings([reading._prepare_judged(row, row.by_cycle[self.id])]):
            self._trigger_evaluation()
