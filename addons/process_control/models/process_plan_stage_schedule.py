# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

from odoo import models


class ProcessPlanStageSchedule(models.Model):
    """A stage of a plan takes time of its work centre."""

    _inherit = "process.plan.stage"

    def _get_planned_ms(self) -> int:
        """Return how long the stage is planned to take: the shortest the plan allows."""
        self.ensure_one()
        return self._get_min_ms() or self._get_max_ms()

    def _get_slot(self, moment: datetime) -> tuple:
        """Return the first free (start, end) of the work centre; (None, None) if there is none."""
        self.ensure_one()
        length = timedelta(milliseconds=self._get_planned_ms())
        workcenter = self.workcenter_id
        if not workcenter.resource_calendar_id:
            return moment, moment + length
        start, end = workcenter._get_first_available_slot(moment, length.total_seconds() / 60)
        return (start, end) if start else (None, None)
