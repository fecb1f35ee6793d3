# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.tools.sample import Sample, check

from ..tools import topic
from ..tools.message import Message, Records
from ..tools.payload import Mapping
from ..tools.router import Router

PATHS = ("value_path", "text_path", "time_path", "sequence_path", "unit_path", "quality_path")


class MqttMapping(models.Model):
    """How the messages of one topic filter become samples of which sensors.

    An engineer writes a draft and somebody else approves it by signature: from then on its content
    stays, and a change is another version. The running bridge picks up what is approved within
    seconds and without losing a message. Where two filters match one topic, the first in the
    list reads it.
    """

    _name = "mqtt.mapping"
    _inherit = [
        "process.stamped.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "audit.signable.mixin",
    ]
    _description = "MQTT mapping"
    _order = "broker_id, sequence, id"
    _rec_name = "topic_filter"

    broker_id = fields.Many2one("mqtt.broker", required=True, ondelete="restrict", index=True)
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
    payload_format = fields.Selection(
        [
            ("json", "JSON"),
            ("plain", "The value alone"),
            ("record", "Process record: what a step used and emitted"),
        ],
        default="json",
        required=True,
        help="A plain payload is nothing but a number such as 72.4, or a text. A process record is "
        "the JSON object that the API takes too, or a list of them: its figures go where the "
        "record mappings say, and what is refused is kept with the refused readings.",
    )
    time_source = fields.Selection(
        [("payload", "In the payload"), ("receipt", "When the bridge receives it")],
        default="payload",
        required=True,
        help="The source's own time is the one to trust. Where a source gives none, the moment of "
        "receipt stands in: what waited at the broker then looks newer than it is, and a message "
        "that the broker sends again after a crash may be stored twice.",
    )
    value_path = fields.Char(
        default="value", help="Where the number is in the JSON payload, such as data.values[0].v."
    )
    text_path = fields.Char(
        help="Where a state such as 'forward' is. It may be the same path as the number's: a "
        "text that looks like a number is refused, not read."
    )
    time_path = fields.Char(
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
    deadband = fields.Float(
        digits=False,
        help="A value that differs from the last stored one by no more than this is not stored. "
        "It saves room for meters and utilities. What a requirement monitors is always stored.",
    )
    deadband_max_s = fields.Integer(
        "Store at least every (s)",
        default=60,
        help="Within the deadband, one value is stored at least this often.",
    )
    max_bytes = fields.Integer(
        "Largest payload (bytes)", required=True, default=65_536, help="Larger ones are refused."
    )
    retained_max_age_s = fields.Integer(
        "Retained counts for (s)",
        help="A retained message is a state, not a reading. Here it may count as one when its "
        "own time is at most so many seconds old; 0 for never.",
    )
    max_age_s = fields.Integer(
        "Refused when older than (s)",
        help="A message whose own time is further back is refused: a clock that is behind, or "
        "values that nobody waits for any more. 0 for never: what a spool or a gateway kept during "
        "an outage is as good as it is old.",
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
    _deadband_positive = models.Constraint(
        "CHECK(deadband >= 0 AND deadband_max_s BETWEEN 1 AND 86400)",
        "A deadband is not negative, and a value is stored at least once a day.",
    )
    _filter_unique = models.UniqueIndex(
        "(broker_id, topic_filter, sensor_template) WHERE state = 'approved' AND active",
        "This broker already has an approved mapping of this filter to this sensor code.",
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

    @api.constrains("value_path", "text_path", "payload_format", "time_source", "time_path")
    def _check_paths(self):
        for mapping in self:
            if mapping.time_source == "payload" and (
                mapping.payload_format == "plain" or not mapping.time_path
            ):
                raise ValidationError(
                    self.env._(
                        "The mapping of %s has no time: name the path of the source's time in a "
                        "JSON payload, or choose the time of receipt.",
                        mapping.topic_filter,
                    )
                )
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
        "payload_format",
        "time_source",
        "max_age_s",
        "example_topic",
        "example_payload",
        *PATHS,
    )
    def _compute_example_result(self):
        for mapping in self:
            if mapping.example_topic and mapping.example_payload:
                mapping.example_result = mapping._describe_example(is_sensor_there=False)
            else:
                mapping.example_result = False

    def _describe_example(self, *, is_sensor_there: bool) -> str:
        """What the bridge would make of the example, in words; it stores nothing."""
        problem = topic.check(self.topic_filter or "") or topic.check_template(
            self.sensor_template or "", self.topic_filter or ""
        )
        if problem:
            return self.env._("The mapping is not usable yet: %s.", problem)
        now_ms = clock.now_ms()
        message = Message(self.example_topic, self.example_payload.encode(), now_ms)
        result = Router([self._get_mapping()]).decode(message)
        if isinstance(result, Records):
            return self.env._("Process records: %s", len(result.items))
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
        if not is_sensor_there and not self._find_sensor(result.sensor):
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
        is_plain = self.payload_format == "plain"
        paths = {path: self[path] or "" for path in PATHS}
        if is_plain:
            # the value alone is read as {"value": ...}; there is nothing else to look for
            kept = {path: "value" for path in ("value_path", "text_path") if paths[path]}
            paths = dict.fromkeys(PATHS, "") | kept
        return Mapping(
            topic_filter=self.topic_filter,
            sensor_template=self.sensor_template,
            unit=self.unit or "",
            scale=self.scale,
            offset=self.offset,
            max_bytes=self.max_bytes,
            retained_max_age_ms=self.retained_max_age_s * 1000,
            max_age_ms=self.max_age_s * 1000,
            is_plain=is_plain,
            is_record=self.payload_format == "record",
            is_timed_by_receipt=self.time_source == "receipt",
            deadband=self.deadband,
            deadband_max_ms=self.deadband_max_s * 1000,
            origin=self.broker_id._get_origin(),
            **paths,
        )
