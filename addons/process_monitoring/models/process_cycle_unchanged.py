# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, fields, models

from ..tools.fold import Judged, State
from ..tools.limits import UNUSABLE
from ..tools.sample import Sample, is_usable
from .process_reading_judge import Row, SensorInfo


class ProcessCycleUnchanged(models.Model):
    """Rule A10: online and unchanged is no gap; what held at the start counts from the start."""

    _inherit = "process.cycle"

    is_carried_in = fields.Boolean(
        readonly=True, help="It began with the value that was reported before and still held."
    )

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
        self.write({"is_carried_in": True})
        if self._add_readings(self._judge_carried_in()):
            self._trigger_evaluation()

    def _judge_carried_in(self) -> list[Judged]:
        """Judge what was reported last before the start, as if it were said at the start."""
        reading = self.env["process.reading"].sudo()
        domain = [("sensor_id", "=", self.sensor_id.id), ("source_ms", "<", self.start_ms)]
        last = reading.search(domain, order="source_ms DESC, sequence DESC", limit=1)
        sensor, unit = self.sensor_id, self.unit or ""
        sample = Sample("", self.start_ms, 0, text=last.text_value or None)
        info = SensorInfo(sensor.id, "", sensor.company_id.id, not unit, unit, unit)
        row = Row(0, info, sample, None if last.value is False else last.value, None)
        reading._judge([row], self)
        return [reading._prepare_judged(row, row.by_cycle[self.id], self)]

    def _iter_judged(self, from_ms=0, to_ms=0):
        """Begin with the value that was carried in, where figures are made anew."""
        if self.is_carried_in and from_ms <= self.start_ms:
            yield self._judge_carried_in()
        yield from super()._iter_judged(from_ms, to_ms)
