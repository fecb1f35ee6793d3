# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from markupsafe import Markup
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock

_logger = logging.getLogger(__name__)

ACTIVITY = "process_mqtt.mail_activity_type_silent"


class MqttBrokerSilence(models.Model):
    """Somebody is told when no bridge has been connected to a broker for too long, and once only.

    A scheduled action looks every minute: it does what the bridge itself cannot do when it is
    gone. The activity is done by itself when a bridge is connected again.
    """

    _name = "mqtt.broker"
    _inherit = ["mqtt.broker", "mail.thread", "mail.activity.mixin"]

    responsible_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets an activity when no bridge is connected for too long; without a person, the "
        "engineers of the company do.",
    )
    silent_after_s = fields.Integer(
        "Tell after (s)",
        default=300,
        required=True,
        help="How long no bridge may be connected before somebody is told. 0: nobody is told.",
    )
    silence_told_ms = BigInt(readonly=True, copy=False, aggregator=None)

    _silent_positive = models.Constraint(
        "CHECK(silent_after_s >= 0)", "The time before somebody is told cannot be negative."
    )

    @api.model
    def _cron_watch_bridges(self) -> None:
        """Look at every broker, each in its own transaction: none can stop the others."""
        for broker in self.sudo().search([]):
            try:
                broker._watch_bridge(clock.now_ms())
                self.env.flush_all()
            except SerializationFailure:
                # the bridge is back, or another worker has it: the next run looks again
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("The bridge of broker %s could not be looked at", broker.id)
            self.env["ir.cron"]._commit_progress()

    def _watch_bridge(self, now_ms: int) -> None:
        """Tell of a silence that has begun or ended, under the row's lock: once only."""
        self.ensure_one()
        self.env.flush_all()
        if not self.try_lock_for_update(allow_referencing=True):
            return
        self.invalidate_recordset()
        since_ms = self.connected_ms or clock.to_ms(self.create_date)
        is_silent = 0 < self.silent_after_s * 1000 < now_ms - since_ms
        if is_silent and not self.silence_told_ms:
            self.silence_told_ms = now_ms
            self._tell_silence(since_ms)
        elif self.silence_told_ms and not is_silent:
            self.silence_told_ms = False
            self._tell_return()

    def _tell_silence(self, since_ms: int) -> None:
        users = self.responsible_id.filtered("active") or self.env["res.users"]._get_process_users(
            "group_process_monitoring_engineer", self.company_id
        )
        for user in users:
            env = self.with_user(user).with_context(lang=user.lang, tz=user.tz).env
            # an activity of safety is not switched off by the context of who caused it
            self.with_context(mail_activity_automation_skip=False).activity_schedule(
                ACTIVITY,
                user_id=user.id,
                note=Markup("<p>%s</p>") % self._describe_silence(env, since_ms),
            )
        self.message_post(body=self._describe_silence(self.env, since_ms))

    def _describe_silence(self, env, since_ms: int) -> str:
        moment = clock.format_ms(env, since_ms)
        if not self.connected_ms:
            text = env._("No bridge has ever been connected to %(broker)s, set up %(moment)s.")
        else:
            text = env._("No bridge has been connected to %(broker)s since %(moment)s.")
        text %= {"broker": self.name, "moment": moment}
        if self.health == "error" and self.state_message:
            return f"{text} {self.state_message}"
        return f"{text} " + env._("Start the bridge: until then no reading comes in.")

    def _tell_return(self) -> None:
        text = self.env._("A bridge is connected again.")
        self.activity_search([ACTIVITY]).action_feedback(feedback=text)
        self.message_post(body=text)
