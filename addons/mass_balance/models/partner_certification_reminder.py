# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

REMINDERS = (60, 30, 7)


class PartnerCertificationReminder(models.AbstractModel):
    """Tells the managers ahead of time that a certificate ends."""

    _name = "partner.certification.reminder"
    _description = "Reminder of certificates that end"

    @api.model
    def _cron_remind(self):
        """Tell the managers 60, 30 and 7 days before a certificate that was not renewed ends."""
        today = fields.Date.context_today(self)
        horizon = fields.Date.add(today, days=REMINDERS[0])
        domain = [
            ("valid_to", ">=", today),
            ("valid_to", "<=", horizon),
            ("renewal_ids", "=", False),
        ]
        for certification in self.search(domain):
            certification._remind(today)

    def _remind(self, today) -> None:
        left = (self.valid_to - today).days
        due = min(days for days in REMINDERS if left <= days)
        if self.reminded_days and self.reminded_days <= due:
            return
        for company in self.company_id or self.env["res.company"].search([]):
            company._schedule_mass_balance_activity(
                self,
                self.env._("Certificate ends in %s days or less", due),
                self.env._(
                    "%(number)s of %(holder)s ends on %(day)s. Ask for the renewal and record it.",
                    number=self.number,
                    holder=self.partner_id.display_name,
                    day=self.valid_to,
                ),
            )
        self.reminded_days = due
