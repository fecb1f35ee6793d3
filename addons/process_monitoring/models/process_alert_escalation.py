# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from psycopg2.errors import SerializationFailure

from odoo import Command, api, fields, models

from .. import clock
from .process_alert import MINOR_KINDS

_logger = logging.getLogger(__name__)


class ProcessAlertEscalation(models.Model):
    """Alerts that nobody acknowledges are passed on, level by level, as their policy says."""

    _inherit = "process.alert"

    notice_ids = fields.One2many("process.alert.notice", "alert_id", readonly=True)

    def _escalate_safely(self) -> None:
        """Pass on one alert if it is due; whatever goes wrong with it, others must be passed on."""
        self._try(self._escalate_one)

    def _clear_safely(self) -> None:
        """Note that one alert is over; whatever goes wrong with it stops nobody."""
        self._try(self._clear_over)

    def _try(self, work) -> None:
        """Do `work(now)` in this transaction, which the caller commits, or roll it back."""
        try:
            work(clock.now_ms())
            self.env.flush_all()
        except SerializationFailure:
            # somebody answers it, or another worker has it: the next round looks again
            self.env.cr.rollback()
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Alert %s could not be passed on", self.id)

    @api.model
    def _escalate(self, now_ms: int) -> None:
        """Pass on what nobody has acknowledged in time, each level once."""
        for alert in self._find_waiting():
            alert._escalate_one(now_ms)

    @api.model
    def _find_waiting(self):
        return self.sudo().search([("state", "=", "open")], order="raised_ms, id")

    def _escalate_one(self, now_ms: int) -> None:
        """Take every level that is due, under the row's lock: no other worker repeats it."""
        self.ensure_one()
        self.env.flush_all()
        if not self.try_lock_for_update(allow_referencing=True):
            return
        self.invalidate_recordset()
        if self.state != "open":
            return
        for step in self._get_due_steps(now_ms):
            self._pass_on(step, now_ms)

    def _get_due_steps(self, now_ms: int):
        policy = self.env["process.alert.policy"]._find(self.company_id, self.control_class)
        if self.kind in MINOR_KINDS and (self.cleared_ms or not policy.is_for_all_limits):
            return policy.step_ids.browse()
        age_min = (now_ms - self.waiting_ms) / 60_000
        return policy.step_ids.filtered(
            lambda step: step.level > self.escalation_level and step.after_min <= age_min
        ).sorted("level")

    def _pass_on(self, step, now_ms: int) -> None:
        """Tell the people of one level, by its ways, and note it."""
        self._stamp({"escalation_level": step.level})
        users = step._get_users(self.company_id)
        ways, remarks = [], []
        for is_on, send, label in (
            (step.is_by_activity, self._send_activity, self.env._("activity")),
            (step.is_by_email, self._send_email, self.env._("e-mail")),
            (step.is_by_sms, self._send_sms, self.env._("SMS")),
        ):
            if is_on:
                remarks += send(users, step)
                ways.append(label)
        notice = self.env["process.alert.notice"].create(
            {
                "alert_id": self.id,
                "round": self.round,
                "level": step.level,
                "group_id": step.group_id.id,
                "user_ids": [Command.set(users.ids)],
                "ways": ", ".join(ways),
                "remark": " ".join(remarks) or False,
                "sent_ms": now_ms,
            }
        )
        self._post_notice(notice)

    def _post_notice(self, notice) -> None:
        body = self.env._(
            "Not acknowledged in time, passed on to level %(level)s (%(role)s) by %(ways)s: "
            "%(users)s.",
            level=notice.level,
            role=notice.group_id.name,
            ways=notice.ways,
            users=", ".join(notice.user_ids.mapped("name")) or self.env._("nobody has this role"),
        )
        self.message_post(body=" ".join(filter(None, (body, notice.remark))))

    # -- ways: each returns who could not be told, in sentences ------------------------------------

    def _send_activity(self, users, step) -> list[str]:
        # whoever gets our e-mail needs no second one about the activity
        self._schedule(users, is_quiet=step.is_by_email)
        return []

    def _send_email(self, users, step) -> list[str]:
        """Queue one message for each reader, in his language and time zone."""
        template = self.env.ref("process_monitoring.mail_template_alert").sudo()
        for user in users.filtered("email"):
            template.with_user(user).sudo().with_context(lang=user.lang).send_mail(
                self.id, email_values={"recipient_ids": [Command.set(user.partner_id.ids)]}
            )
        self._trigger_mail()
        return [
            self.env._("%s has no e-mail address.", user.name) for user in users if not user.email
        ]

    def _send_sms(self, users, step) -> list[str]:
        """Queue a text for each number; Odoo's own gateway sends it and shows what failed."""
        for user in users.filtered("phone"):
            self.with_context(lang=user.lang)._message_sms(
                self.with_user(user).sudo().message,
                partner_ids=user.partner_id.ids,
                put_in_queue=True,
            )
        return [
            self.env._("%s has no telephone number.", user.name) for user in users if not user.phone
        ]
