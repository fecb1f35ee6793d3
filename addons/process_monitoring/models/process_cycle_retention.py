# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .. import clock
from ..tools import retention


class ProcessCycleRetention(models.Model):
    """How long the readings of a monitoring window are kept."""

    _inherit = "process.cycle"

    is_archived = fields.Boolean(
        compute="_compute_is_archived", help="Readings of this window have been archived."
    )

    def _compute_is_archived(self):
        archives = self.env["process.reading.archive"]
        for cycle in self:
            end_ms = cycle.end_ms or cycle.last_source_ms or cycle.start_ms
            cycle.is_archived = bool(cycle.start_ms) and bool(
                archives._find_sealed(cycle.start_ms, end_ms)
            )

    def _get_retention_months(self) -> int:
        """Return the term of this window's readings; rooms above may know a longer one."""
        self.ensure_one()
        return self.company_id.process_retention_months

    def _get_retention_reason(self, now_ms: int) -> str:
        """Return why the readings of this window must stay, or nothing."""
        self.ensure_one()
        if self.state == "running":
            return self.env._("“%s” is still running.", self.display_name)
        pending = self.deviation_ids.filtered(lambda deviation: deviation.state != "closed")
        if pending:
            return self.env._(
                "“%(cycle)s”: deviation %(deviation)s is not closed.",
                cycle=self.display_name,
                deviation=pending[0].name,
            )
        until_ms = self._get_retention_end()
        if until_ms <= now_ms:
            return ""
        return self.env._(
            "“%(cycle)s” is kept until %(until)s.",
            cycle=self.display_name,
            until=clock.format_ms(self.env, until_ms),
        )

    def _get_retention_end(self) -> int:
        """Return until when the readings are kept: their term, or the lots' expiry and more."""
        lots = self._get_affected_lots() | self.deviation_ids.lot_ids
        expiries = lots.mapped("expiration_date") if "expiration_date" in lots._fields else []
        return retention.kept_until(
            self.end_ms,
            self._get_retention_months(),
            [clock.to_ms(moment) for moment in expiries if moment],
            self.company_id.process_retention_margin_months,
        )
