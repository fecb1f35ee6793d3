# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.tools.sample import Sample, check

from ..tools import topic
from ..tools.message import Message
from ..tools.payload import Mapping
from ..tools.router import Router

PATHS = ("value_path", "text_path", "time_path", "sequence_path", "unit_path", "quality_path")


class MqttMapping(models.Model):
    """How the messages of one topic filter become samples of which sensors.

    An engineer writes it; the running bridge picks a change up within seconds and without losing
    a message. Where two filters match one topic, the first in the list reads it.
    """

    _name = "mqtt.mapping"
    _description = "MQTT mapping"
    _order = "broker_id, sequence, id"
    _rec_name = "topic_filter"

    broker_id = fields.Many2one("mqtt.broker", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="broker_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10, help="The first mapping that matches a topic reads it.")
    active = fields.Boolean(default=True)
    topic_filter = fields.Char(
        required=True,
        help="An MQTT filter in which a level may be a name in braces: plant/{site}/{line}/{tag}. "
        "Begin it with $share/<group>/ to let several bridges share the work.",
    )
    sensor_template = fields.Char(
        "Sensor code",
        required=True,
        help="Code of the sensor, with the names in braces of the topic filter: {line}-{tag}.",
    )
    value_path = fields.Char(
        default="value", help="Where the number is in the JSON payload, such as data.values[0].v."
    )
    text_path = fields.Char(
        help="Where a state such as 'forward' is. It may be the same path as the number's: a "
        "text that looks like a number is refused, not read."
    )
    time_path = fields.Char(
        required=True,
        default="ts",
        help="Where the source's time is: milliseconds since 1970 (UTC), or ISO 8601 with zone.",
    )
    sequence_path = fields.Char(
        default="seq", help="Where a growing number is, if the source gives one."
    )
    unit_path = fields.Char(
        default="unit", help="Where the unit is. Each number must then come with its unit."
    )
    quality_path = fields.Char(
        default="q", help="Where the quality is, if given: 192 good, 0 bad, 500 stale."
    )
    unit = fields.Char(
        help="The unit of the value. With a unit in the payload as well, the two must agree. "
        "When both are empty, it is the unit of the sensor."
    )
    scale = fields.Float(default=1.0, digits=False, help="The value is multiplied by this,")
    offset = fields.Float(digits=False, help="and this is added, to get the value in its unit.")
    max_bytes = fields.Integer(
        "Largest payload (bytes)", required=True, default=65_536, help="Larger ones are refused."
    )
    retained_max_age_s = fields.Integer(
        "Retained counts for (s)",
        help="A retained message is a state, not a reading. Here it may count as one when its "
        "own time is at most so many seconds old; 0 for never.",
    )
    example_topic = fields.Char(help="A topic to try this mapping with.")
    example_payload = fields.Text(help="A payload to try this mapping with, as the source sends.")
    example_result = fields.Text("Reads as", compute="_compute_example_result")

    _max_bytes_range = models.Constraint(
        "CHECK(max_bytes BETWEEN 2 AND 1048576)",
        "The largest payload is between 2 and 1 048 576 bytes.",
    )
    _scale_not_zero = models.Constraint(
        "CHECK(scale <> 0)", "A scale of 0 would make every reading the same: choose another."
    )
    _filter_unique = models.Constraint(
        "UNIQUE(broker_id, topic_filter, sensor_template)",
        "This broker already has a mapping of this filter to this sensor code.",
    )

    @api.constrains("topic_filter", "sensor_template")
    def _check_filter(self):
        for mapping in self:
            problem = topic.check(mapping.topic_filter)
            if problem:
                raise ValidationError(
                    self.env._(
                        "The topic filter %(filter)s cannot be used: %(problem)s.",
                        filter=mapping.topic_filter,
                        problem=problem,
                    )
                )
            problem = topic.check_template(mapping.sensor_template, mapping.topic_filter)
            if problem:
                raise ValidationError(
                    self.env._(
                        "The sensor code %(template)s cannot be used: %(problem)s.",
                        template=mapping.sensor_template,
                        problem=problem,
                    )
                )

    @api.constrains("value_path", "text_path")
    def _check_paths(self):
        for mapping in self:
            if not mapping.value_path and not mapping.text_path:
                raise ValidationError(
                    self.env._(
                        "The mapping of %s reads nothing: give it the path of a number or of a "
                        "text.",
                        mapping.topic_filter,
                    )
                )

    @api.depends(
        "topic_filter",
        "sensor_template",
        "unit",
        "scale",
        "offset",
        "max_bytes",
        "example_topic",
        "example_payload",
        *PATHS,
    )
    def _compute_example_result(self):
        for mapping in self:
            if mapping.example_topic and mapping.example_payload:
                mapping.example_result = mapping._describe_example()
            else:
                mapping.example_result = False

    def _describe_example(self) -> str:
        """What the bridge would make of the example, in words; it stores nothing."""
        problem = topic.check(self.topic_filter or "") or topic.check_template(
            self.sensor_template or "", self.topic_filter or ""
        )
        if problem:
            return self.env._("The mapping is not usable yet: %s.", problem)
        now_ms = clock.now_ms()
        message = Message(self.example_topic, self.example_payload.encode(), now_ms)
        result = Router([self._get_mapping()]).decode(message)
        reason = check(result, now_ms) if isinstance(result, Sample) else result.reason
        if reason:
            return self.env._("Refused: %s", reason)
        value = result.text if result.value is None else f"{result.value!r} {result.unit or ''}"
        lines = [
            self.env._("Sensor: %s", result.sensor),
            self.env._("Value: %s", value),
            self.env._("Source time: %s UTC", clock.to_datetime(result.source_ms)),
            self.env._("Sequence: %s", result.sequence),
            self.env._("Quality: %s", result.quality),
        ]
        if not self._find_sensor(result.sensor):
            lines.append(self.env._("There is no sensor with this code: it would be refused."))
        return "\n".join(lines)

    def _find_sensor(self, code: str):
        company = self.broker_id.company_id or self.env.company
        return self.env["process.sensor"].search(
            [("code", "=", code), ("company_id", "in", [company.id, False])], limit=1
        )

    def _get_mapping(self) -> Mapping:
        """This record as the value that the pure parser takes."""
        self.ensure_one()
        return Mapping(
            topic_filter=self.topic_filter,
            sensor_template=self.sensor_template,
            unit=self.unit or "",
            scale=self.scale,
            offset=self.offset,
            max_bytes=self.max_bytes,
            retained_max_age_ms=self.retained_max_age_s * 1000,
            **{path: self[path] or "" for path in PATHS},
        )
