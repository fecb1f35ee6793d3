# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain

from ..tools import limits
from ..tools.sample import Sample
from .process_reading_judge import Row, SensorInfo


class ProcessReevaluationCondition(models.Model):
    """Windows whose limits hold only while another sensor says something, seen again.

    What counts is what is known now of the condition, as everywhere else: the verdict stored with
    a reading is that of the moment it came in, and the worst of all windows that looked at it. The
    valve may have been heard of later, and another window may have no condition.
    """

    _inherit = "process.reevaluation.line"

    def _leave_out_switched_off(self, domain: Domain) -> Domain:
        """Leave out the readings of times in which the limits were known not to apply."""
        cycle = self.cycle_id
        sensor = cycle.condition_sensor_id
        if not sensor:
            return domain
        condition = limits.load_rule(cycle.limits_snapshot).condition
        reading = self.env["process.reading"].sudo()
        moments = reading.search_fetch(domain, ["source_ms"]).mapped("source_ms")
        if not moments:
            return domain
        of = SensorInfo(self.reevaluation_id.sensor_id.id, "", 0, False, "", "")
        rows = [Row(0, of, Sample("", moment_ms), None, None) for moment_ms in moments]
        said = reading._find_said(rows, sensor).get(sensor.id, [])
        applying = [
            moment_ms
            for moment_ms in moments
            if limits.known_at(said, moment_ms, condition.max_age_ms) in (None, condition.value)
        ]
        return domain & Domain("source_ms", "in", applying)
