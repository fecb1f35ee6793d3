# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

MAX_WINDOWS = 100


class ProcessWindowMixin(models.AbstractModel):
    """Something a sensor said at one time: which batches it belongs to can be shown and searched.

    A reading names no batch; it belongs to those in whose monitoring windows it lies.
    """

    _name = "process.window.mixin"
    _description = "Found by its batch"
    # Name of the field with the time in ms.
    _window_ms = "source_ms"

    batch = fields.Char(
        compute="_compute_batch",
        search="_search_batch",
        help="The orders and stages in whose monitoring windows it lies.",
    )

    @api.depends("sensor_id")
    def _compute_batch(self):
        times = [record[self._window_ms] for record in self]
        cycles = self.env["process.cycle"]
        if times:
            cycles = cycles.search(
                [
                    ("sensor_id", "in", self.sensor_id.ids),
                    ("start_ms", "<=", max(times)),
                    "|",
                    ("end_ms", "=", 0),
                    ("end_ms", ">=", min(times)),
                ]
            )
        for record in self:
            ms = record[self._window_ms]
            subjects = [
                cycle.subject or ""
                for cycle in cycles
                if cycle.sensor_id == record.sensor_id
                and cycle.start_ms <= ms
                and (not cycle.end_ms or ms <= cycle.end_ms)
            ]
            record.batch = ", ".join(dict.fromkeys(subjects))

    def _search_batch(self, operator, value):
        if operator not in ("=", "ilike", "in"):
            return NotImplemented
        found = self.env["process.cycle"].search([("subject", operator, value)], limit=MAX_WINDOWS)
        windows = Domain.FALSE
        for cycle in found:
            window = Domain("sensor_id", "=", cycle.sensor_id.id)
            window &= Domain(self._window_ms, ">=", cycle.start_ms)
            if cycle.end_ms:
                window &= Domain(self._window_ms, "<=", cycle.end_ms)
            windows |= window
        return windows
