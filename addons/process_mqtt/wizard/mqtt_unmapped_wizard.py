# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.tools import units

from ..models.mqtt_mapping import PATHS
from ..tools import suggestion, topic
from ..tools.payload import sensor_code

MOST_REPLAYED = 500
"""Dead letters replayed at one press; the rest are on their own page."""
READING = ("payload_format", "time_source", *PATHS)


class MqttUnmappedWizard(models.TransientModel):
    """Makes what an unmapped topic lacks: a sensor, and the draft of a mapping where none reads it.

    Prefilled with guesses that a person checks. The sensor works at once under a mapping that is
    in force; a new mapping reads nothing until somebody else has approved it by signature.
    """

    _name = "mqtt.unmapped.wizard"
    _description = "Map an MQTT topic"

    unmapped_id = fields.Many2one("mqtt.unmapped", required=True, ondelete="cascade")
    broker_id = fields.Many2one(related="unmapped_id.broker_id")
    company_id = fields.Many2one(related="unmapped_id.company_id")
    topic = fields.Char(related="unmapped_id.topic")
    sample = fields.Text(related="unmapped_id.sample")
    lacking = fields.Selection(related="unmapped_id.lacking")
    read_by_id = fields.Many2one(
        "mqtt.mapping", string="Read by", compute="_compute_read_by_id", compute_sudo=False
    )
    sensor_id = fields.Many2one(
        "process.sensor",
        string="Existing sensor",
        check_company=True,
        help="A sensor that is there already; leave it empty to make a new one.",
    )
    code = fields.Char(
        "Sensor code", compute="_compute_sensor", store=True, readonly=False, required=True
    )
    name = fields.Char("Sensor name", compute="_compute_sensor", store=True, readonly=False)
    parameter_id = fields.Many2one(
        "process.parameter",
        string="What it measures",
        compute="_compute_parameter_id",
        store=True,
        readonly=False,
    )
    sensor_unit = fields.Selection(
        lambda _self: units.SELECTION,
        string="Unit as delivered",
        compute="_compute_sensor_unit",
        store=True,
        readonly=False,
    )
    equipment_id = fields.Many2one("maintenance.equipment", check_company=True)
    scope = fields.Selection(
        [("one", "This topic only"), ("all", "All topics beside it")],
        string="Mapping for",
        default="one",
        required=True,
    )
    topic_filter = fields.Char(compute="_compute_filter", store=True, readonly=False)
    sensor_template = fields.Char(
        "Code given", compute="_compute_filter", store=True, readonly=False
    )
    payload_format = fields.Selection(
        [("json", "JSON"), ("plain", "The value alone")],
        compute="_compute_reading",
        store=True,
        readonly=False,
    )
    time_source = fields.Selection(
        [("payload", "In the payload"), ("receipt", "When the bridge receives it")],
        compute="_compute_reading",
        store=True,
        readonly=False,
    )
    value_path = fields.Char(compute="_compute_reading", store=True, readonly=False)
    text_path = fields.Char(compute="_compute_reading", store=True, readonly=False)
    time_path = fields.Char(compute="_compute_reading", store=True, readonly=False)
    sequence_path = fields.Char(compute="_compute_reading", store=True, readonly=False)
    unit_path = fields.Char(compute="_compute_reading", store=True, readonly=False)
    quality_path = fields.Char(compute="_compute_reading", store=True, readonly=False)
    example_result = fields.Text("Reads as", compute="_compute_example_result")
    letter_count = fields.Integer("Dead letters", compute="_compute_letter_count")
    is_replayed = fields.Boolean("Replay its dead letters", default=True)

    # -- guesses ----------------------------------------------------------------------------------

    @api.depends("unmapped_id")
    def _compute_read_by_id(self):
        for wizard in self:
            wizard.read_by_id = wizard.unmapped_id.mapping_id._filter_in_force()

    @api.depends("unmapped_id", "sensor_id")
    def _compute_sensor(self):
        for wizard in self:
            found = wizard.unmapped_id
            wizard.code = wizard.sensor_id.code or found.sensor_code
            words = suggestion.suggest_code(found.topic or "").replace("-", " ").replace("_", " ")
            wizard.name = wizard.sensor_id.name or words[:1].upper() + words[1:]

    @api.depends("unmapped_id")
    def _compute_parameter_id(self):
        parameters = self.env["process.parameter"].search([])
        for wizard in self:
            found = wizard.unmapped_id
            guess = found._suggest()
            kinds = ("state",) if guess.is_state else ("measure", "counter")
            fitting = parameters.filtered(lambda p, kinds=kinds: p.kind in kinds)
            unit = _find_unit(guess.unit)
            if unit:
                fitting = fitting.filtered(lambda p, u=unit: units.is_compatible(u, p.unit))
            named = fitting.filtered(
                lambda p, found=found: suggestion.is_about(found.topic or "", f"{p.code} {p.name}")
            )
            wizard.parameter_id = named[:1] or (fitting if unit and len(fitting) == 1 else False)

    @api.depends("parameter_id")
    def _compute_sensor_unit(self):
        for wizard in self:
            wanted = wizard.parameter_id.unit
            unit = _find_unit(wizard.unmapped_id._suggest().unit)
            is_fitting = unit and wanted and units.is_compatible(unit, wanted)
            wizard.sensor_unit = unit if is_fitting else wanted

    @api.depends("scope", "code", "unmapped_id")
    def _compute_filter(self):
        for wizard in self:
            is_wide = wizard.scope == "all"
            found, code = suggestion.suggest_filter(wizard.unmapped_id.topic or "", is_wide)
            wizard.topic_filter = found
            wizard.sensor_template = code if is_wide else wizard.code

    @api.depends("unmapped_id")
    def _compute_reading(self):
        for wizard in self:
            guess = wizard.unmapped_id._suggest()
            wizard.payload_format = guess.payload_format
            wizard.time_source = "payload" if guess.time_path else "receipt"
            for path in PATHS:
                wizard[path] = getattr(guess, path)

    @api.depends("unmapped_id", "lacking", "topic_filter", "sensor_template", *READING)
    def _compute_example_result(self):
        for wizard in self:
            if wizard.lacking == "sensor":
                mapping = wizard.read_by_id.new(origin=wizard.read_by_id)
            else:
                mapping = self.env["mqtt.mapping"].new(wizard._prepare_mapping())
            mapping.example_topic, mapping.example_payload = wizard.topic, wizard.sample or ""
            wizard.example_result = mapping._describe_example(is_sensor_there=True)

    @api.depends("unmapped_id")
    def _compute_letter_count(self):
        for wizard in self:
            wizard.letter_count = self.env["mqtt.dead.letter"].search_count(
                wizard._get_letter_domain()
            )

    def _get_letter_domain(self) -> list:
        own = [("broker_id", "=", self.broker_id.id), ("topic", "=", self.topic)]
        return [*own, ("state", "=", "open")]

    # -- what comes of it -------------------------------------------------------------------------

    def action_create(self):
        """Make the sensor and the draft, with the user's own rights, and say what is next."""
        self.ensure_one()
        self.unmapped_id.check_access("write")
        self._check_code()
        sensor = self.sensor_id or self._do_create_sensor()
        if self.lacking == "sensor":
            self.unmapped_id._link()
            return self._finish(sensor)
        mapping = self.env["mqtt.mapping"].create(self._prepare_mapping())
        self._do_wait_for(mapping)
        return {
            "type": "ir.actions.act_window",
            "res_model": "mqtt.mapping",
            "res_id": mapping.id,
            "view_mode": "form",
        }

    def _do_create_sensor(self):
        if not self.parameter_id:
            raise UserError(
                self.env._(
                    "Say what %s measures: choose a parameter, or the sensor if there is one.",
                    self.topic,
                )
            )
        self._check_free()
        return self.env["process.sensor"].create(
            {
                "name": self.name or self.code,
                "code": self.code,
                "parameter_id": self.parameter_id.id,
                "unit": self.sensor_unit,
                "equipment_id": self.equipment_id.id,
                "company_id": self.company_id.id,
            }
        )

    def _check_code(self) -> None:
        """Refuse a code that the mapping does not give: the sensor would never be found."""
        mapping = self.read_by_id if self.lacking == "sensor" else self
        given = sensor_code(self.topic, mapping.topic_filter or "", mapping.sensor_template or "")
        if given is None:
            raise UserError(
                self.env._(
                    "The filter %(filter)s does not match the topic %(topic)s.",
                    filter=mapping.topic_filter or "",
                    topic=self.topic,
                )
            )
        if given != self.code:
            raise UserError(
                self.env._(
                    "The mapping %(filter)s gives this topic the sensor code %(given)s, not "
                    "%(code)s: make the two the same.",
                    filter=mapping.topic_filter,
                    given=given,
                    code=self.code,
                )
            )

    def _check_free(self) -> None:
        sensors = self.env["process.sensor"].with_context(active_test=False)
        domain = [("code", "=", self.code), ("company_id", "=", self.company_id.id)]
        taken = sensors.search(domain, limit=1)
        if taken:
            raise UserError(
                self.env._(
                    "Sensor %s already has this code. Choose it as the existing sensor, or bring "
                    "it back if it is archived.",
                    taken.display_name,
                )
            )

    def _prepare_mapping(self) -> dict:
        return {
            "broker_id": self.broker_id.id,
            "topic_filter": self.topic_filter,
            "sensor_template": self.sensor_template,
            **{name: self[name] for name in READING},
            "example_topic": self.topic,
            "example_payload": self.sample,
        }

    def _do_wait_for(self, mapping) -> None:
        """Note the draft on every listed topic that it would read."""
        listed = self.env["mqtt.unmapped"].search(
            [("broker_id", "=", self.broker_id.id), ("lacking", "=", "mapping")]
        )
        waiting = listed.filtered(
            lambda found: topic.match(mapping.topic_filter, found.topic) is not None
        )
        waiting._stamp({"mapping_id": mapping.id})
        waiting._link()

    def _finish(self, sensor):
        """Under a mapping in force the sensor works at once: replay what was refused for it."""
        letters, waiting = self.env["mqtt.dead.letter"], self.letter_count
        if self.is_replayed:
            letters = letters.search(self._get_letter_domain(), order="id", limit=MOST_REPLAYED)
            letters.action_replay()
        replayed = letters.filtered(lambda letter: letter.state == "replayed")
        message = self.env._("Sensor %s is read from now on.", sensor.display_name)
        if letters:
            message += " " + self.env._(
                "%(count)s of %(all)s dead letters were replayed.",
                count=len(replayed),
                all=waiting,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


def _find_unit(text: str) -> str:
    """The code of a unit as a source writes it; an empty text for none that is known."""
    try:
        return units.parse(text).code if text else ""
    except units.UnitError:
        return ""
