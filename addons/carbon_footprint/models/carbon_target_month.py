# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang


class CarbonTarget(models.Model):
    """Once a month each target in force is compared with what was made; a miss is a to-do."""

    _inherit = "carbon.target"

    @api.model
    def _cron_check_months(self):
        """Compare the month that is over with every target in force that has not seen it yet."""
        month = fields.Date.today().replace(day=1) - relativedelta(months=1)
        waiting = self.search(
            [
                ("state", "=", "approved"),
                ("year", "=", month.year),
                "|",
                ("checked_month", "=", False),
                ("checked_month", "<", month),
            ],
            order="id",
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(waiting))
        for target in waiting:
            target._check_month(month)
            if not cron._commit_progress(1):
                break

    def _check_month(self, month) -> None:
        """Leave a to-do where the month was above the target; nothing made is nothing missed."""
        self.ensure_one()
        domain = [
            ("target_id", "=", self.id),
            ("date", ">=", month),
            ("date", "<", month + relativedelta(months=1)),
        ]
        [(emitted, allowed)] = self.env["carbon.kpi.report"]._read_group(
            domain, [], ["kg_co2e:sum", "target_kg_co2e:sum"]
        )
        if allowed and emitted > allowed:
            self._plan_todo(month, emitted, allowed)
        self._stamp({"checked_month": month})

    def _plan_todo(self, month, emitted: float, allowed: float) -> None:
        excess = formatLang(self.env, 100 * (emitted / allowed - 1), digits=1)
        name = format_date(self.env, month, date_format="MMMM y")
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.user_id.id,
            summary=self.env._(
                "%(month)s is %(excess)s %% above the target", month=name, excess=excess
            ),
            note=self.env._(
                "Batches of %(month)s emitted %(emitted)s kg CO2e; the target “%(target)s” allows "
                "%(allowed)s kg for the same quantity. Look for the batches and leaves that make "
                "the difference, and say what will be done.",
                month=name,
                emitted=formatLang(self.env, emitted, digits=1),
                allowed=formatLang(self.env, allowed, digits=1),
                target=self.name,
            ),
        )

    def action_view_report(self):
        """Open the months of the batches this target counts for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "carbon_footprint.carbon_kpi_curve_action"
        )
        return {
            **action,
            "domain": [("target_id", "=", self.id)],
            "context": {"fill_temporal": False},
        }
