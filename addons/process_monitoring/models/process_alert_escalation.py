# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ProcessAlertEscalation(models.Model):
    """Alerts that nobody acknowledges are passed on: to supervisors, then to quality managers."""

    _inherit = "process.alert"

    @api.model
    def _escalate(self, now_ms: int) -> None:
        """Pass on what nobody has acknowledged in time, each level once.

        The level is a field of the alert and rises under its row lock: neither another run nor
        another worker repeats it.
        """
        levels = [
            (1, "process_escalate_supervisor_min", "group_process_monitoring_supervisor"),
            (2, "process_escalate_quality_min", "group_process_monitoring_quality_manager"),
        ]
        waiting = self.sudo().search(
            [
                ("state", "=", "open"),
                ("severity", "in", ("major", "critical")),
                ("escalation_level", "<", len(levels)),
            ]
        )
        self.env.flush_all()
        locked = waiting.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["escalation_level", "state"])
        for alert in locked.filtered(lambda a: a.state == "open"):
            age_min = (now_ms - alert.raised_ms) / 60_000
            for level, field, group in levels:
                if alert.escalation_level < level and age_min >= alert.company_id[field]:
                    alert._escalate_to(level, group)

    def _escalate_to(self, level: int, group: str) -> None:
        self._stamp({"escalation_level": level})
        target = self.deviation_id or self
        target._schedule(group)
        users = self.env["res.users"]._get_process_users(group, self.company_id)
        body = self.env._("Not acknowledged in time, passed on to level %s.", level)
        self.message_post(body=body, partner_ids=users.partner_id.ids)
        if level == 2 and self.company_id.process_escalate_by_sms and users:
            self._message_sms(self.message, partner_ids=users.partner_id.ids)
