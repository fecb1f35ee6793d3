# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import schedule


class ProcessRequirementSchedule(models.Model):
    """How often a requirement is read, in words, and the shifts of those read once per shift."""

    _inherit = "process.requirement"

    shift_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Shifts",
        check_company=True,
        ondelete="restrict",
        help="Each line of its working hours is a shift, except breaks; lines that meet at "
        "midnight are one. Empty: the working hours of the company.",
    )

    @api.depends("frequency", "interval_s", "tolerance_s", "max_gap_s", "shift_calendar_id")
    def _compute_frequency_text(self):
        for requirement in self:
            requirement.frequency_text = requirement._format_frequency()

    def _format_frequency(self) -> str:
        spans = {
            name: self._format_span(self[name])
            for name in ("interval_s", "tolerance_s", "max_gap_s")
        }
        if self.frequency == "continuous":
            return self.env._("continuously, at most %s apart", spans["max_gap_s"])
        if self.frequency == "interval":
            return self.env._(
                "every %(interval)s, at most %(tolerance)s late",
                interval=spans["interval_s"],
                tolerance=spans["tolerance_s"],
            )
        if self.frequency == "start_stop":
            return self.env._("within %s of the start and of the stop", spans["tolerance_s"])
        if self.frequency == "per_shift":
            return self.env._("once per shift (%s)", self._get_shift_calendar().name)
        return dict(self._fields["frequency"]._description_selection(self.env))[self.frequency]

    def _format_span(self, seconds: int) -> str:
        """Return a span in the coarsest unit that is exact."""
        if seconds and seconds % 3600 == 0:
            return self.env._("%s h", seconds // 3600)
        if seconds and seconds % 60 == 0:
            return self.env._("%s min", seconds // 60)
        return self.env._("%s s", seconds)

    # -- shifts -------------------------------------------------------------------------------

    def _get_shift_calendar(self):
        """Return the calendar whose lines are the shifts."""
        self.ensure_one()
        return self.shift_calendar_id or self.company_id.resource_calendar_id

    def _get_shifts(self) -> tuple[schedule.Shift, ...]:
        """Return the shifts of the week; none for a calendar without fixed hours."""
        calendar = self._get_shift_calendar().sudo()
        if calendar.flexible_hours:
            return ()
        lines = calendar.attendance_ids.filtered(
            lambda line: not line.display_type and line.day_period != "lunch"
        )
        return schedule.merge_midnight(
            [
                schedule.Shift(
                    int(line.dayofweek),
                    round(line.hour_from * 60),
                    round(line.hour_to * 60),
                    int(line.week_type) if calendar.two_weeks_calendar else None,
                )
                for line in lines.sorted(lambda x: (x.week_type or "", x.dayofweek, x.hour_from))
            ]
        )

    @api.constrains("frequency", "shift_calendar_id")
    def _check_shifts(self):
        for requirement in self.filtered(lambda r: r.frequency == "per_shift"):
            if not requirement._get_shifts():
                raise ValidationError(
                    self.env._(
                        "Requirement %(name)s is read once per shift, but the working hours "
                        "“%(calendar)s” name no fixed hours. Choose a calendar whose lines are the "
                        "shifts.",
                        name=requirement.name,
                        calendar=requirement._get_shift_calendar().name or "",
                    )
                )

    # -- snapshot -----------------------------------------------------------------------------

    def _prepare_snapshot(self):
        is_per_shift = self.frequency == "per_shift"
        return super()._prepare_snapshot() | {
            "calendar": (self._get_shift_calendar().name or "") if is_per_shift else "",
        }

    def _prepare_cycle_snapshot(self):
        """Freeze the shifts as they are now: a calendar that is changed moves no running cycle."""
        is_per_shift = self.frequency == "per_shift"
        return super()._prepare_cycle_snapshot() | {
            "shifts": schedule.dump_shifts(self._get_shifts()) if is_per_shift else [],
            "zone": self._get_shift_calendar().tz or "UTC",
        }
