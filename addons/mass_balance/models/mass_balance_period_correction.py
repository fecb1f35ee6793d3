# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class MassBalancePeriodCorrection(models.AbstractModel):
    """A closed period is put right by a correcting period: the same days, corrections alone.

    Only the last closed period can be corrected so, because the ones after it were signed with
    what it carried forward. What is older is corrected in the running period.
    """

    _name = "mass.balance.period.correction"
    _description = "Correcting period"

    revision = fields.Integer(string="Correction", default=0, readonly=True, aggregator=None)
    corrects_id = fields.Many2one("mass.balance.period", readonly=True, ondelete="restrict")
    correction_reason = fields.Text(string="Reason of the correction", readonly=True)

    def _check_may_correct(self) -> None:
        self.ensure_one()
        if self.state != "closed":
            raise UserError(self.env._("Period %s is open: correct it by a voucher.", self.name))
        later = self.account_id.period_ids.filtered(
            lambda p: p._get_place() > self._get_place() and (p.state == "closed" or p.revision)
        )
        if later:
            raise UserError(
                self.env._(
                    "%(later)s follows and rests on %(name)s. Only the last closed period gets a "
                    "correcting period; enter the correction in the running one.",
                    later=later[-1].name,
                    name=self.name,
                )
            )

    def _do_correct(self, reason: str):
        """Open a correcting period of the same days, and name why."""
        self.ensure_one()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why %s is corrected.", self.name))
        record = self.sudo()
        record.account_id._lock()
        record._check_may_correct()
        correcting = record.create(
            {
                "account_id": record.account_id.id,
                "date_start": record.date_start,
                "date_end": record.date_end,
                "revision": record.revision + 1,
                "corrects_id": record.id,
                "correction_reason": reason,
                "has_stock_reading": record.has_stock_reading,
                "physical_stock": record.physical_stock,
            }
        )
        self.env["audit.record"]._log(
            "mass_balance.period_corrected", self, {"as": correcting.name, "reason": reason}
        )
        return correcting

    def _check_takes_corrections(self, account):
        """Return this period if a correction of the book may be booked in it; else refuse."""
        self.ensure_one()
        if self.account_id != account or self.state != "open" or not self.revision:
            raise UserError(
                self.env._(
                    "%s is no open correcting period of this book: nothing can be booked in it.",
                    self.name,
                )
            )
        return self
