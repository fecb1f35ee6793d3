# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import BigInt

from ..tools.limits import CONFORM, GOOD
from .process_alert import MINOR_KINDS

# Which verdicts are good again, seen from each kind that can swing around a limit.
GOOD_AGAIN = {
    "breach": GOOD,
    "operating": (CONFORM, "quality"),
    "quality": (CONFORM, "operating"),
    "unusable": (*GOOD, "critical"),
}


class ProcessAlertClearing(models.Model):
    """When is it over? A value that swings around its limit is one alert, not one for each swing.

    The first good reading says that it may be over (`ended_ms`); it is over (`cleared_ms`) after as
    many good readings, or as much time of them, as the policy of the class wants. What comes after
    that is news: an alert that was acknowledged is raised again.
    """

    _inherit = "process.alert"

    flap_count = fields.Integer(
        string="Came back",
        readonly=True,
        help="How often it was good in between and bad again, while this alert was open.",
    )
    cleared_ms = BigInt(string="Cleared (ms UTC)", readonly=True, aggregator=None)

    def _note_end(self, now_ms: int, is_current: bool) -> None:
        """Note that what the alert tells of is over; if it was acknowledged, that settles it."""
        if is_current or self.state == "resolved":
            return
        if not self.ended_ms:
            self._stamp({"ended_ms": now_ms})
        self._clear_over(now_ms)

    @api.model
    def _find_over(self):
        """Return alerts that ended with their window: no evaluation comes back to these."""
        return self.sudo().search(
            [
                ("state", "!=", "resolved"),
                ("ended_ms", ">", 0),
                ("cleared_ms", "=", 0),
                ("cycle_id.state", "=", "closed"),
            ]
        )

    def _clear_over(self, now_ms: int) -> None:
        for alert in self:
            if not alert.cleared_ms and alert._is_cleared():
                alert._stamp({"cleared_ms": now_ms})
            if alert.cleared_ms and alert.state == "acknowledged" and alert.kind in MINOR_KINDS:
                alert._resolve(now_ms, self.env["res.users"])

    def _is_cleared(self) -> bool:
        """Tell whether enough good readings followed the last bad one."""
        self.ensure_one()
        good = GOOD_AGAIN.get(self.kind)
        if good is None or self.cycle_id.state == "closed":
            return True
        policy = self.env["process.alert.policy"]._find(self.company_id, self.control_class)
        count, dead_ms = policy.clear_good_count, policy.clear_dead_s * 1000
        if not count and not dead_ms:
            return True
        domain = [
            ("sensor_id", "=", self.sensor_id.id),
            ("source_ms", ">", self.last_ms),
            ("verdict", "in", good),
        ]
        readings = self.env["process.reading"].sudo()
        if count and readings.search_count(domain, limit=count) >= count:
            return True
        last = readings.search(domain, order="source_ms DESC", limit=1) if dead_ms else readings
        return bool(last) and last.source_ms - self.last_ms >= dead_ms
