# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, models

from .process_alert import LATE_MS, MINOR_KINDS


class ProcessAlertRaising(models.Model):
    """The system's side of an alert: raised, counted on, raised again, and given to people."""

    _inherit = "process.alert"

    @api.model
    def _prepare_alert(self, cycle, event, now_ms: int) -> dict:
        return {
            "cycle_id": cycle.id,
            "requirement_id": cycle.requirement_id.id,
            "sensor_id": cycle.sensor_id.id,
            "company_id": cycle.company_id.id,
            "control_class": cycle.control_class,
            "kind": event.kind,
            "severity": self._get_severity(event.kind, cycle.control_class),
            "source_ms": event.first_ms,
            "last_ms": event.last_ms,
            "raised_ms": now_ms,
            "is_late": now_ms - event.last_ms > LATE_MS,
            "waiting_ms": now_ms,
            "value": event.value,
            "value_unit": event.unit,
            "last_value": event.value,
            "limit_ref": event.limit,
            "limit_operator": event.operator,
            "occurrence_count": event.count,
            "flap_count": max(0, event.onsets - 1),
        }

    @api.model
    def _get_severity(self, kind: str, control_class: str) -> str:
        """Return the sort key people see; the class, not this, decides what happens."""
        if kind in MINOR_KINDS:
            return "warning"
        return {"ccp": "critical", "oprp": "major"}.get(control_class, "warning")

    def _add_event(self, event, now_ms: int) -> None:
        """Count what repeats while the alert is open; after it was over it is news again."""
        was_over = bool(self.cleared_ms)
        self._stamp(
            {
                "last_ms": max(self.last_ms, event.last_ms),
                "value": self._get_worst(event),
                "last_value": event.value if self._is_same_limit(event) else self.last_value,
                "occurrence_count": self.occurrence_count + event.count,
                "flap_count": self.flap_count + event.onsets,
                "ended_ms": 0,
                "cleared_ms": 0,
            }
        )
        if was_over:
            self._raise_again(now_ms)

    def _get_worst(self, event):
        """Return the worse of the value so far and the event's, seen from the limit."""
        if not self._is_same_limit(event):
            return self.value
        if event.value is None or self.value is False:
            return self.value if event.value is None else event.value
        is_lower_bound = self.limit_operator in ("ge", "gt")
        return (min if is_lower_bound else max)(self.value, event.value)

    def _is_same_limit(self, event) -> bool:
        """Tell whether values can be compared: two different limits have no common scale."""
        return (self.limit_ref or "") == event.limit

    def _raise_again(self, now_ms: int) -> None:
        """Ask for an answer again: the one that was given was about something that is over."""
        if self.state != "acknowledged":
            return
        self.message_post(
            body=self.env._(
                "It came back after it was over: the acknowledgement by %s no longer counts.",
                self.acknowledged_by_id.name,
            )
        )
        self._move_to(
            "open",
            {
                "round": self.round + 1,
                "waiting_ms": now_ms,
                "escalation_level": 0,
                "acknowledged_by_id": False,
                "acknowledged_at_ms": 0,
                "acknowledge_note": False,
            },
        )
        self._notify(now_ms)

    def _set_deviation(self, deviation, now_ms: int) -> None:
        """Tie the alert to its deviation; another one than before is news."""
        if self.deviation_id == deviation:
            return
        is_another = bool(self.deviation_id)
        self._stamp({"deviation_id": deviation.id})
        if is_another:
            self._raise_again(now_ms)

    def _notify(self, now_ms: int) -> None:
        """Give the alert to those who can do something at once; a deviation tells its own."""
        if self.control_class not in ("ccp", "oprp") or self.kind in ("quality", "late"):
            return
        users = self._get_first_users()
        if not self.deviation_id and (self.kind != "operating" or not users):
            users |= self.requirement_id._get_evaluators(self.company_id)
        self._schedule(users)

    def _get_first_users(self):
        """Return who is at the process now; rooms above know them."""
        return self.env["res.users"]

    def _schedule(self, users, is_quiet: bool = False) -> None:
        """Give each user an activity on this alert, unless he has one; quietly: no e-mail of it."""
        untold = users - self.activity_ids.user_id
        for user in untold:
            # an activity of safety is not switched off by the context of who caused it
            self.with_context(
                mail_activity_automation_skip=False,
                mail_activity_quick_update=is_quiet,
                mail_notify_force_send=False,
            ).activity_schedule(
                "process_monitoring.mail_activity_type_alert",
                user_id=user.id,
                summary=self.with_context(lang=user.lang, tz=user.tz).display_name,
                note=Markup("<p>%s</p>") % self.with_user(user).sudo().message,
            )
        if untold:
            self._trigger_mail()

    @api.model
    def _trigger_mail(self) -> None:
        """Have queued e-mails sent at once, by the scheduled action of the mails.

        Not by the evaluation itself: the next breach would wait for a mail server that is slow.
        """
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
