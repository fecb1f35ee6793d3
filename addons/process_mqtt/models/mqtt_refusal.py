# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock

from ..tools import quota
from ..tools.message import Message, Notice
from ..tools.text import shorten
from .mqtt_dead_letter import KEPT_BYTES


class MqttRefusal(models.Model):
    """How many messages of one topic were refused in one hour, and how many of them were kept.

    Only the bridge writes it, in the transaction in which the dead letters of its batch are kept.
    Within the broker's quota a refused message is kept whole; beyond it this record is all that is
    known of it: topic, hour, number, and the newest reason. Topics beyond the quota share one
    record. Nobody edits it and nobody deletes it.
    """

    _name = "mqtt.refusal"
    _inherit = "process.stamped.mixin"
    _description = "Refused MQTT messages of an hour"
    _order = "hour desc, count desc, id desc"
    _rec_name = "topic"

    broker_id = fields.Many2one(
        "mqtt.broker", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="broker_id.company_id", store=True, index=True)
    topic = fields.Char(
        required=True, readonly=True, help="Empty: all topics beyond the quota of their hour."
    )
    is_sensor = fields.Boolean("Topic of a sensor", readonly=True)
    hour = fields.Datetime(required=True, readonly=True, help="When it began.")
    count = BigInt("Refused", readonly=True)
    kept = BigInt("Kept whole", readonly=True)
    left_out = BigInt(
        "Only counted",
        readonly=True,
        help="After a crash the broker repeats what was not acknowledged; such a repeated message "
        "may be counted twice.",
    )
    kept_bytes = BigInt("Bytes kept", readonly=True)
    first_ms = BigInt("First (ms)", required=True, readonly=True, aggregator=None)
    last_ms = BigInt("Last (ms)", required=True, readonly=True, aggregator=None)
    first_date = fields.Datetime("First refused", compute="_compute_dates")
    last_date = fields.Datetime("Last refused", compute="_compute_dates")
    reason = fields.Char("Newest reason", readonly=True)

    _hour_unique = models.Constraint(
        "UNIQUE(broker_id, hour, topic)", "This topic and hour are already counted."
    )
    _left_out = models.Index("(broker_id) WHERE left_out > 0")

    @api.depends("first_ms", "last_ms")
    def _compute_dates(self):
        for refusal in self:
            refusal.first_date = clock.to_datetime(refusal.first_ms)
            refusal.last_date = clock.to_datetime(refusal.last_ms)

    @api.depends("topic")
    def _compute_display_name(self):
        for refusal in self:
            refusal.display_name = refusal.topic or self.env._("(further topics)")

    @api.model
    def _admit(self, broker, refused: list[tuple[Message, str]], router) -> list[bool]:
        """Count refused messages; tell of each whether it is kept whole.

        Three queries whatever the number of messages: which topics are sensors', what their hours
        had so far, and the new figures. Two bridges at once: one of them starts its batch again.
        """
        sensors = self._find_sensor_topics(broker, refused, router)
        refusals = [
            quota.Refusal(
                message.topic,
                message.received_ms,
                min(len(message.payload), KEPT_BYTES),
                reason,
                message.topic in sensors,
            )
            for message, reason in refused
        ]
        so_far = self._get_tallies(broker, {refusal.hour_ms for refusal in refusals})
        kept, tallies = quota.allot(refusals, so_far, broker._get_quota())
        self._store(broker, tallies)
        self._tell(broker, refusals, kept)
        return kept

    def _find_sensor_topics(self, broker, refused, router) -> set[str]:
        """Return the topics that the mappings give to a sensor which exists."""
        codes = {message.topic: router.find_code(message.topic) for message, _reason in refused}
        sensors = self.env["process.sensor"].search_fetch(
            [
                ("code", "in", list({code for code in codes.values() if code})),
                ("company_id", "=", broker.company_id.id),
            ],
            ["code"],
        )
        known = set(sensors.mapped("code"))
        return {topic for topic, code in codes.items() if code in known}

    def _get_tallies(self, broker, hours: set[int]) -> list[quota.Tally]:
        rows = self.search_fetch(
            [
                ("broker_id", "=", broker.id),
                ("hour", "in", [clock.to_datetime(hour) for hour in hours]),
            ],
            [*_COLUMNS, "hour", "topic"],
        )
        return [
            quota.Tally(
                row.topic or quota.OTHERS,
                clock.to_ms(row.hour),
                **{name: row[name] for name in _FIGURES},
                reason=row.reason or "",
                is_sensor=row.is_sensor,
            )
            for row in rows
        ]

    def _store(self, broker, tallies: list[quota.Tally]) -> None:
        now, uid = self.env.cr.now(), self.env.uid
        rows = [
            (
                *(broker.id, broker.company_id.id or None, tally.topic),
                *(clock.to_datetime(tally.hour_ms), tally.left_out),
                *(getattr(tally, name) for name in _COLUMNS),
                *(uid, now, uid, now),
            )
            for tally in tallies
        ]
        names = [
            *("broker_id", "company_id", "topic", "hour", "left_out", *_COLUMNS),
            *("create_uid", "create_date", "write_uid", "write_date"),
        ]
        counted = [*_COLUMNS, "left_out", "write_uid", "write_date"]
        self.env.cr.execute(
            SQL(
                "INSERT INTO mqtt_refusal (%s) VALUES %s"
                " ON CONFLICT (broker_id, hour, topic) DO UPDATE SET %s",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(rows),
                SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in counted
                ),
            )
        )
        self.invalidate_model()

    def _tell(self, broker, refusals: list[quota.Refusal], kept: list[bool]) -> None:
        """What was only counted is a finding, one for each broker, and somebody is told."""
        left_out = [refusal for refusal, is_kept in zip(refusals, kept, strict=True) if not is_kept]
        if not left_out:
            return
        last = left_out[-1]
        detail = self.env._(
            "More messages were refused than are kept whole: of the rest only topic, hour and "
            "number are known (Refused by Hour). The newest came on %(topic)s: %(reason)s",
            topic=shorten(last.topic),
            reason=last.reason,
        )
        notice = Notice("flood", "", last.at_ms, detail, len(left_out))
        self.env["mqtt.finding"]._note(broker, [notice])


_FIGURES = ("count", "kept", "kept_bytes", "first_ms", "last_ms")
_COLUMNS = (*_FIGURES, "reason", "is_sensor")
