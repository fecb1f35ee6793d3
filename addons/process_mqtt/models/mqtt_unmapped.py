# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock

from ..tools import suggestion
from ..tools.payload import sensor_code
from ..tools.sightings import Sighting
from ..tools.text import make_readable

MOST_LISTED = 1_000
"""Topics listed for one broker; whoever invents a million of them fills no table."""
FORGOTTEN = timedelta(days=30)
"""A topic that was not seen for so long is no longer listed."""
DISMISSED_FORGOTTEN = timedelta(days=365)


class MqttUnmapped(models.Model):
    """A topic, or a Sparkplug metric, that arrives from a broker and that nothing reads.

    Either no mapping in force matches it, or one does and the sensor that it names does not exist.
    Only the bridge writes what was seen: how often, when, and the newest payload's beginning. An
    engineer maps it, which makes the sensor and, where needed, the draft of a mapping; or dismisses
    it, which can be taken back. No record of what was measured: topics not seen for 30 days go.
    """

    _name = "mqtt.unmapped"
    _inherit = "process.stamped.mixin"
    _description = "Unmapped MQTT topic"
    _order = "last_ms desc, id desc"
    _rec_name = "topic"

    broker_id = fields.Many2one(
        "mqtt.broker", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="broker_id.company_id", store=True, index=True)
    topic = fields.Char(required=True, readonly=True)
    sensor_code = fields.Char(
        readonly=True,
        index=True,
        help="What the mapping makes of the topic; without a mapping, what would be near.",
    )
    mapping_id = fields.Many2one(
        "mqtt.mapping",
        readonly=True,
        ondelete="set null",
        help="In force, or waiting for approval.",
    )
    sensor_id = fields.Many2one("process.sensor", readonly=True, ondelete="set null")
    count = BigInt("Messages", readonly=True)
    first_ms = BigInt("First seen (ms)", required=True, readonly=True, aggregator=None)
    last_ms = BigInt("Last seen (ms)", required=True, readonly=True, index=True, aggregator=None)
    first_date = fields.Datetime("First seen", compute="_compute_dates")
    last_date = fields.Datetime("Last seen", compute="_compute_dates")
    sample = fields.Text("Newest payload", readonly=True)
    state = fields.Selection(
        [
            ("open", "To be mapped"),
            ("waiting", "Waiting for approval"),
            ("mapped", "Mapped"),
            ("dismissed", "Dismissed"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )
    lacking = fields.Selection(
        [("mapping", "Mapping"), ("sensor", "Sensor")],
        string="What is missing",
        compute="_compute_state",
        store=True,
        help="Mapping: no mapping in force matches the topic. Sensor: one does, and there is no "
        "sensor of the code that it gives.",
    )
    is_dismissed = fields.Boolean(readonly=True)
    dismissed_by_id = fields.Many2one("res.users", readonly=True)
    dismissed_date = fields.Datetime("Dismissed on", readonly=True)
    suggested_unit = fields.Char("Unit in the payload", compute="_compute_suggestion")

    _topic_unique = models.Constraint(
        "UNIQUE(broker_id, topic)", "This topic of the broker is already listed."
    )

    @api.depends("first_ms", "last_ms")
    def _compute_dates(self):
        for topic in self:
            topic.first_date = clock.to_datetime(topic.first_ms)
            topic.last_date = clock.to_datetime(topic.last_ms)

    @api.depends(
        "is_dismissed", "mapping_id.state", "mapping_id.active", "sensor_id", "sensor_id.active"
    )
    def _compute_state(self):
        for topic in self:
            is_read = bool(topic.mapping_id._filter_in_force())
            topic.lacking = "sensor" if is_read else "mapping"
            if topic.is_dismissed:
                topic.state = "dismissed"
            elif is_read and topic.sensor_id.active:
                topic.state = "mapped"
            else:
                topic.state = "waiting" if topic.mapping_id.state == "draft" else "open"

    @api.depends("sample")
    def _compute_suggestion(self):
        for topic in self:
            topic.suggested_unit = topic._suggest().unit

    def _suggest(self) -> suggestion.Suggestion:
        return suggestion.suggest(self.sample or "")

    # -- from the bridge ------------------------------------------------------------------------

    @api.model
    def _note(self, broker, found: list[Sighting], beyond: int = 0) -> None:
        """Count topics that were seen and list those that are new, as far as there is room.

        Two bridges that list at once may pass the limit by what each had at hand.
        """
        # not the payloads: this is asked every two seconds
        listed = self.search_fetch([("broker_id", "=", broker.id)], ["topic", "state"])
        by_topic = {topic.topic: topic for topic in listed}
        known = [sighting for sighting in found if sighting.topic in by_topic]
        new = [sighting for sighting in found if sighting.topic not in by_topic]
        room = max(0, MOST_LISTED - len(listed))
        self._count(broker, known)
        # what is read by now was seen before the bridge knew, or is read no more
        read = self.browse([by_topic[sighting.topic].id for sighting in known])
        read.filtered(lambda topic: topic.state == "mapped")._link()
        self.create([self._prepare(broker, sighting) for sighting in new[:room]])._link()
        beyond += sum(sighting.count for sighting in new[room:])
        if beyond:
            self.env.cr.execute(
                SQL(
                    "UPDATE mqtt_broker SET unlisted_count = COALESCE(unlisted_count, 0) + %s"
                    " WHERE id = %s",
                    beyond,
                    broker.id,
                )
            )
            broker.invalidate_recordset(["unlisted_count"])

    def _count(self, broker, known: list[Sighting]) -> None:
        if not known:
            return
        columns = zip(*((s.topic, s.count, s.last_ms, _show(s)) for s in known), strict=True)
        self.env.cr.execute(
            SQL(
                """UPDATE mqtt_unmapped AS listed
                      SET count = listed.count + seen.count, sample = seen.sample,
                          last_ms = GREATEST(listed.last_ms, seen.last_ms)
                     FROM unnest(%s::varchar[], %s::bigint[], %s::bigint[], %s::text[])
                          AS seen (topic, count, last_ms, sample)
                    WHERE listed.broker_id = %s AND listed.topic = seen.topic""",
                *(list(column) for column in columns),
                broker.id,
            )
        )
        self.invalidate_model(["count", "last_ms", "sample"])

    @api.model
    def _prepare(self, broker, sighting: Sighting) -> dict:
        return {
            "broker_id": broker.id,
            "topic": sighting.topic,
            "count": sighting.count,
            "first_ms": sighting.first_ms,
            "last_ms": sighting.last_ms,
            "sample": _show(sighting),
        }

    # -- what reads it by now -------------------------------------------------------------------

    def _link(self) -> None:
        """Find out which mapping reads each topic, in force or as a draft, and which sensor."""
        for broker in self.broker_id:
            topics = self.filtered(lambda topic, b=broker: topic.broker_id == b)
            in_force = broker.mapping_ids._filter_in_force()
            found = {topic: topic._find_mapping(in_force) for topic in topics}
            sensors = self.env["process.sensor"].search(
                [
                    ("code", "in", [code for _mapping, code in found.values()]),
                    ("company_id", "=", broker.company_id.id),
                ]
            )
            by_code = {sensor.code: sensor.id for sensor in sensors}
            for topic, (mapping, code) in found.items():
                now = mapping.id, code, by_code.get(code, False)
                if now != (topic.mapping_id.id, topic.sensor_code, topic.sensor_id.id):
                    topic._stamp(
                        dict(zip(("mapping_id", "sensor_code", "sensor_id"), now, strict=True))
                    )

    def _find_mapping(self, in_force):
        """Return the mapping that reads this topic and the code that it gives."""
        for mapping in in_force | self.mapping_id.filtered(lambda m: m.state == "draft"):
            code = sensor_code(self.topic, mapping.topic_filter, mapping.sensor_template)
            if code is not None:
                return mapping, code
        return self.mapping_id.browse(), suggestion.suggest_code(self.topic)

    @api.autovacuum
    def _gc_forgotten(self):
        """Forget topics that were not seen for long; what still comes is listed anew."""
        now = clock.now_ms()
        for is_dismissed, age in ((False, FORGOTTEN), (True, DISMISSED_FORGOTTEN)):
            before = now - round(age.total_seconds() * 1000)
            self.search([("is_dismissed", "=", is_dismissed), ("last_ms", "<", before)]).unlink()

    # -- by people ------------------------------------------------------------------------------

    def _refuse_unlink(self):
        """It is an observation, no record: engineers may throw it away, and it may come again."""

    def action_map(self):
        """Open the small form that makes the sensor, and the draft of a mapping where needed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Map %s", self.topic),
            "res_model": "mqtt.unmapped.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_unmapped_id": self.id},
        }

    def action_dismiss(self):
        """Take topics off the list of what is to be mapped; they are still counted."""
        self.check_access("write")
        topics = self.filtered(lambda topic: not topic.is_dismissed)
        topics._stamp(
            {
                "is_dismissed": True,
                "dismissed_by_id": self.env.uid,
                "dismissed_date": fields.Datetime.now(),
            }
        )
        for topic in topics:
            self.env["audit.record"]._log("mqtt.unmapped.dismiss", topic, {"topic": topic.topic})
        return {
            "type": "ir.actions.client",
            "tag": "process_mqtt.dismissed",
            "params": {
                "ids": topics.ids,
                "message": self.env._("Dismissed: %s", ", ".join(topics[:3].mapped("topic"))),
            },
        }

    def action_restore(self):
        """Put dismissed topics back on the list."""
        self.check_access("write")
        topics = self.filtered("is_dismissed")
        topics._stamp({"is_dismissed": False, "dismissed_by_id": False, "dismissed_date": False})
        for topic in topics:
            self.env["audit.record"]._log("mqtt.unmapped.restore", topic, {"topic": topic.topic})
        return True


def _show(sighting: Sighting) -> str:
    return make_readable(sighting.payload.decode(errors="backslashreplace"))
