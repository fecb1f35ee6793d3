# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import math
from dataclasses import dataclass

from odoo import api, models

from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.tools.delivery import Figure, Record, Refused
from odoo.addons.process_monitoring.tools.sample import IngestResult


@dataclass(frozen=True)
class Use:
    """A figure of a record that becomes an activity, and the mapping that says so."""

    record: Record
    figure: Figure
    mapping_id: int
    origin: str


class ProcessReading(models.Model):
    """Readings of meters wake the running figure; figures of records become activities."""

    _inherit = "process.reading"

    def _hand_over(self, rows, cycles):
        """Tell running orders that a meter was read."""
        if rows:
            self.env["carbon.running"].sudo()._hear({row.sensor.id for row in rows})
        return super()._hand_over(rows, cycles)

    # -- figures of records -------------------------------------------------------------------

    @api.model
    def _get_record_table(self):
        return super()._get_record_table() | self.env["carbon.record.mapping"]._get_table()

    def _prepare_figure(self, record, figure, table, origin):
        """Return the use of a figure that is mapped to a factor; a sensor takes any other."""
        target = self._find_target(record, figure, table)
        if not isinstance(target, int):
            return super()._prepare_figure(record, figure, table, origin)
        if not math.isfinite(figure.value):
            return Refused("The value is too large for a number.")
        if figure.value < 0:
            return Refused(f"{figure.value} is negative: what was used or emitted is not.")
        return Use(record, figure, target, origin)

    @api.model
    def _take_figures(self, figures, now_ms):
        """Make activities of what was used, of the batch that the record names.

        With rights of its own: a program may deliver, it may not write activities.
        """
        result = super()._take_figures(figures, now_ms)
        uses = [figure for figure in figures if isinstance(figure, Use)]
        if not uses:
            return result
        now_ms = clock.now_ms() if now_ms is None else now_ms
        latest_ms = now_ms + self._get_max_ahead_ms()
        outcomes = self.env["carbon.activity"].sudo()._take_uses(uses, latest_ms)
        rejected = [
            (index, outcome)
            for index, outcome in enumerate(outcomes)
            if outcome not in ("stored", "duplicate")
        ]
        return IngestResult(
            result.stored + outcomes.count("stored"),
            result.duplicates + outcomes.count("duplicate"),
            rejected,
        )
