# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessReadingSealed(models.Model):
    """A reading of an archived month is refused: whether it is known already cannot be told."""

    _inherit = "process.reading"

    def _examine(self, samples, now_ms):
        """Refuse readings of months that are sealed."""
        rows, rejected = super()._examine(samples, now_ms)
        if not rows:
            return rows, rejected
        times = [row.sample.source_ms for row in rows]
        sealed = self.env["process.reading.archive"]._find_sealed(min(times), max(times))
        open_rows = []
        for row in rows if sealed else ():
            name = _find(sealed, row.sample.source_ms)
            if name:
                reason = f"The readings of {name} are archived; it can be added once they are back."
                rejected.append((row.index, reason))
            else:
                open_rows.append(row)
        return (open_rows if sealed else rows), rejected


def _find(sealed: list[tuple[int, int, str]], moment_ms: int) -> str | None:
    return next((name for start, end, name in sealed if start <= moment_ms < end), None)
