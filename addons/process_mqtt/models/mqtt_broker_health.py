# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.fields import OptionalFloat

LATE_S = 60
"""So far behind, a connected bridge is shown as catching up."""


class MqttBrokerHealth(models.Model):
    """How well a broker's bridges do: rate, how far behind, each connection by itself.

    The bridges write the rate and the time they were last connected, as they write the rest of
    their health; what follows from these is computed when somebody looks.
    """

    _inherit = "mqtt.broker"

    message_rate = OptionalFloat(
        "Messages per second",
        readonly=True,
        copy=False,
        digits=None,
        aggregator=None,
        help="Of the last ten seconds.",
    )
    rate_since_ms = BigInt(readonly=True, copy=False, aggregator=None)
    rate_base = BigInt(readonly=True, copy=False, aggregator=None)
    connected_ms = BigInt("Last connected (ms)", readonly=True, copy=False, aggregator=None)
    feed_ids = fields.Many2many(
        "process.feed", string="Connections", compute="_compute_feeds", compute_sudo=False
    )
    complete_until = fields.Datetime(
        compute="_compute_feeds",
        compute_sudo=False,
        help="All that was measured before is stored, as far as the bridges can know.",
    )
    lag_s = OptionalFloat(
        "Behind by (s)",
        compute="_compute_feeds",
        compute_sudo=False,
        digits=(16, 1),
        aggregator=None,
        help="How long ago everything was last known to be stored.",
    )
    lag_text = fields.Char("Behind by", compute="_compute_texts")
    rate_text = fields.Char("Rate", compute="_compute_texts")
    last_message_text = fields.Char("Newest message", compute="_compute_texts")
    grade = fields.Selection(
        [("good", "Good"), ("watch", "Watch"), ("bad", "Act")], compute="_compute_grade"
    )
    remark = fields.Char(compute="_compute_grade")

    def _compute_feeds(self):
        feeds = self.env["process.feed"].search([("company_id", "in", self.company_id.ids)])
        now_ms = clock.now_ms()
        for broker in self:
            origin = broker._get_origin()
            own = feeds.filtered(
                lambda feed, o=origin, c=broker.company_id: (feed.code, feed.company_id) == (o, c)
            )
            counting = own.filtered(lambda feed: feed._is_alive_at(now_ms)) or own
            until_ms = min(counting.mapped("complete_until_ms"), default=0)
            broker.feed_ids = own
            broker.complete_until = clock.to_datetime(until_ms)
            broker.lag_s = max(0, now_ms - until_ms) / 1000 if until_ms else None

    @api.depends("lag_s", "last_message_ms", "message_rate", "health")
    def _compute_texts(self):
        now_ms = clock.now_ms()
        for broker in self:
            is_running = broker.health != "silent"
            broker.lag_text = self._format_age(broker.lag_s)
            broker.last_message_text = (
                self.env._("%s ago", self._format_age((now_ms - broker.last_message_ms) / 1000))
                if broker.last_message_ms
                else self.env._("none yet")
            )
            rate = broker.message_rate if is_running else 0
            broker.rate_text = self.env._("%s a second", f"{rate or 0:.1f}")

    @api.model
    def _format_age(self, seconds) -> str:
        """A length of time in its two largest units."""
        if seconds is None or seconds is False:
            return "–"
        if seconds < 60:
            return self.env._("%s s", f"{seconds:.0f}")
        minutes, hours = int(seconds // 60), int(seconds // 3600)
        if hours < 1:
            return self.env._("%s min", minutes)
        if hours < 48:
            return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes % 60)
        return self.env._("%s days", hours // 24)

    @api.depends("health", "lag_s", "dead_letter_count", "finding_count", "unmapped_count")
    def _compute_grade(self):
        for broker in self:
            broker.grade, broker.remark = broker._judge_health()

    def _judge_health(self) -> tuple[str, str]:
        """Say in a sentence what a person should look at first."""
        if self.health == "silent":
            if self.is_sparkplug:
                return "bad", self.env._("No bridge is running: nothing is read.")
            return "bad", self.env._("No bridge is running: messages wait at the broker.")
        if self.health == "error":
            return "bad", self.state_message or self.env._("The bridge is not connected.")
        if self.health == "standby":
            return "watch", self.env._("A bridge is about to connect.")
        if self.lag_s is not False and self.lag_s > LATE_S:
            return "watch", self.env._("The bridge is catching up with what waited.")
        if self.finding_count:
            return "watch", self.env._("Readings may be missing: look at the findings.")
        if self.dead_letter_count:
            return "watch", self.env._("Messages could not be read: look at the dead letters.")
        if self.state_message:
            return "watch", self.state_message
        return "good", self.env._("Everything that came is stored.")
