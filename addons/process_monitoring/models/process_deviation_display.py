# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import fields, models

from .. import clock
from ..tools import picture


class ProcessDeviationDisplay(models.Model):
    """What people see of the window: the chart in the form, its picture in their activity; and
    which of the words are theirs.
    """

    _inherit = "process.deviation"

    opening_text = fields.Text(
        string="As found",
        readonly=True,
        copy=False,
        help="What the evaluation wrote when it opened the deviation; people add to the "
        "description.",
    )

    def _get_own_words(self) -> str:
        """Return what people wrote of it, without what the evaluation did."""
        self.ensure_one()
        return (self.description or "").removeprefix(self.opening_text or "").strip()

    def get_chart_data(self) -> dict:
        """Return the readings around the window as `process.cycle.get_chart_data` does."""
        self.ensure_one()
        self.check_access("read")
        if not self.cycle_id:
            return {}
        end_ms = self.window_end_ms or self.last_bad_ms
        margin_ms = max(60_000, (end_ms - self.window_start_ms) // 2)
        return self.cycle_id.get_chart_data(self.window_start_ms - margin_ms, end_ms + margin_ms)

    def _get_picture(self) -> str:
        """Return the chart as SVG, times in the reader's zone; nothing without readings."""
        data = self.get_chart_data()
        points = data.get("points")
        if not points:
            return ""
        start, end = (clock.format_ms(self.env, points[place][0]) for place in (0, -1))
        return picture.draw(data, start, end)

    def _prepare_note(self) -> Markup:
        """Return the note of an activity: what happened, and the picture where there is one."""
        note = Markup("<p>%s</p>") % (self.description or "")
        if not self.cycle_id.sensor_id:
            return note
        return note + Markup('<p><img src="%s" alt="%s" style="max-width: 100%%"/></p>') % (
            f"/process_monitoring/deviation/{self.id}/chart.svg",
            self.env._("Readings around the window, with their limits"),
        )
