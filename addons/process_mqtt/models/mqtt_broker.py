# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import uuid

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock

from ..tools import settings, topic

SILENT_MS = 30_000
"""A bridge writes its health every few seconds; older than this, it is not running."""


class MqttBroker(models.Model):
    """One MQTT broker that a bridge process connects to, and the health of that bridge.

    An engineer writes the connection; only the bridge writes the health, by SQL, so that it never
    collides with a form that is being edited. No password is ever stored here: the record names
    the environment variable of the bridge process that holds it.
    """

    _name = "mqtt.broker"
    _description = "MQTT broker"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Sensor codes in the messages are codes of this company's sensors.",
    )
    host = fields.Char(
        required=True,
        help="The name must be the one in the broker's certificate: the bridge checks it.",
    )
    port = fields.Integer(required=True, default=8883)
    protocol = fields.Selection(
        [("5", "MQTT 5"), ("311", "MQTT 3.1.1")], required=True, default="5"
    )
    use_tls = fields.Boolean("TLS", default=True)
    allow_plain = fields.Boolean(
        "Allow plain connection",
        help="Without TLS, readings and password cross the network readable and changeable. "
        "Set this only for a broker on the same machine or a network of its own.",
    )
    ca_file = fields.Char(
        "CA certificate file",
        help="Path on the bridge's machine. When empty, the bridge takes the variable "
        "BATCHPROOF_MQTT_CA, and without it the certificates of its operating system.",
    )
    cert_file = fields.Char("Client certificate file", help="Path on the bridge's machine.")
    key_file = fields.Char("Client key file", help="Path on the bridge's machine.")
    username = fields.Char()
    password_variable = fields.Char(
        required=True,
        default=settings.PASSWORD_VARIABLE,
        help="Name of the environment variable of the bridge that holds the password.",
    )
    client_id = fields.Char(
        "Client ID",
        required=True,
        copy=False,
        default=lambda self: f"batchproof-{uuid.uuid4().hex[:12]}",
        help="The broker keeps undelivered messages for this client: changing it leaves those "
        "behind. It must be unique at the broker.",
    )
    keepalive_s = fields.Integer("Keep alive (s)", required=True, default=30)
    session_expiry_s = fields.Integer(
        "Session kept (s)",
        required=True,
        default=604_800,
        help="How long the broker keeps messages for a bridge that is away. MQTT 5 only.",
    )
    receive_maximum = fields.Integer(
        required=True,
        default=2_000,
        help="How many messages may be under way, received and not yet committed. MQTT 5 only.",
    )
    batch_size = fields.Integer(
        required=True, default=1_000, help="How many messages at most are committed at once."
    )
    linger_ms = fields.Integer(
        "Linger (ms)",
        required=True,
        default=50,
        help="How long the bridge waits for a batch to fill before it commits what it has.",
    )
    heartbeat_topic = fields.Char(
        help="The bridge publishes its state here, retained, and leaves an 'offline' as its "
        "last will. Leave empty for none.",
    )
    mapping_ids = fields.One2many("mqtt.mapping", "broker_id")
    dead_letter_ids = fields.One2many("mqtt.dead.letter", "broker_id")
    mapping_count = fields.Integer("Mappings", compute="_compute_mapping_count")
    dead_letter_count = fields.Integer("Open dead letters", compute="_compute_dead_letter_count")

    state = fields.Selection(
        [
            ("stopped", "Stopped"),
            ("standby", "Standby"),
            ("connecting", "Connecting"),
            ("connected", "Connected"),
            ("error", "Error"),
        ],
        string="Last reported state",
        default="stopped",
        readonly=True,
        copy=False,
    )
    state_message = fields.Char("Reported problem", readonly=True, copy=False)
    heartbeat_ms = BigInt("Last sign of life (ms)", readonly=True, copy=False, aggregator=None)
    last_message_ms = BigInt("Last message (ms)", readonly=True, copy=False, aggregator=None)
    message_count = BigInt("Messages received", readonly=True, copy=False)
    stored_count = BigInt("Stored", readonly=True, copy=False)
    duplicate_count = BigInt("Duplicates", readonly=True, copy=False)
    rejected_count = BigInt("Rejected", readonly=True, copy=False)
    retained_count = BigInt(
        "Retained", readonly=True, copy=False, help="States replayed at subscription: no readings."
    )
    subscribed_filters = fields.Text(readonly=True, copy=False)
    last_message_date = fields.Datetime("Last message", compute="_compute_dates")
    heartbeat_date = fields.Datetime("Last sign of life", compute="_compute_dates")
    health = fields.Selection(
        [
            ("ok", "Connected"),
            ("standby", "Waiting"),
            ("error", "Not connected"),
            ("silent", "No bridge running"),
        ],
        compute="_compute_health",
        help="What the bridge reported, and 'No bridge running' when it has been silent for 30 s.",
    )

    _port_range = models.Constraint(
        "CHECK(port BETWEEN 1 AND 65535)", "A port is a number from 1 to 65535."
    )
    _sizes = models.Constraint(
        "CHECK(receive_maximum BETWEEN 1 AND 65535 AND batch_size BETWEEN 1 AND 10000"
        " AND linger_ms BETWEEN 0 AND 10000 AND keepalive_s BETWEEN 5 AND 65535"
        " AND session_expiry_s > 0)",
        "Receive maximum is 1 to 65535, batch size 1 to 10000, linger 0 to 10000 ms, keep alive "
        "5 to 65535 s, and the session must be kept for more than 0 s.",
    )
    _client_unique = models.Constraint(
        "UNIQUE(host, port, client_id)",
        "Two bridges with one client ID throw each other out: choose another client ID.",
    )

    @api.depends("mapping_ids")
    def _compute_mapping_count(self):
        groups = dict(
            self.env["mqtt.mapping"]._read_group(
                [("broker_id", "in", self.ids)], ["broker_id"], ["__count"]
            )
        )
        for broker in self:
            broker.mapping_count = groups.get(broker, 0)

    @api.depends("dead_letter_ids.state")
    def _compute_dead_letter_count(self):
        groups = dict(
            self.env["mqtt.dead.letter"]._read_group(
                [("broker_id", "in", self.ids), ("state", "=", "open")],
                ["broker_id"],
                ["__count"],
            )
        )
        for broker in self:
            broker.dead_letter_count = groups.get(broker, 0)

    @api.depends("heartbeat_ms", "last_message_ms")
    def _compute_dates(self):
        for broker in self:
            broker.heartbeat_date = clock.to_datetime(broker.heartbeat_ms)
            broker.last_message_date = clock.to_datetime(broker.last_message_ms)

    @api.depends("state", "heartbeat_ms")
    def _compute_health(self):
        now = clock.now_ms()
        health = {"connected": "ok", "standby": "standby", "connecting": "standby"}
        for broker in self:
            is_silent = now - (broker.heartbeat_ms or 0) > SILENT_MS
            if is_silent or broker.state == "stopped":
                broker.health = "silent"
            else:
                broker.health = health.get(broker.state, "error")

    @api.constrains("password_variable")
    def _check_password_variable(self):
        for broker in self:
            problem = settings.check_variable(broker.password_variable)
            if problem:
                raise ValidationError(
                    self.env._(
                        "The password of %(broker)s: %(problem)s.",
                        broker=broker.name,
                        problem=problem,
                    )
                )

    @api.constrains("heartbeat_topic")
    def _check_heartbeat_topic(self):
        for broker in self.filtered("heartbeat_topic"):
            if topic.check(broker.heartbeat_topic) or set("+#{}") & set(broker.heartbeat_topic):
                raise ValidationError(
                    self.env._(
                        "The heartbeat topic of %s must be a plain topic, without wildcards.",
                        broker.name,
                    )
                )

    @api.onchange("use_tls")
    def _onchange_use_tls(self):
        """Follow the two registered ports, and leave any other alone."""
        if self.use_tls and self.port == 1883:
            self.port = 8883
        elif not self.use_tls and self.port == 8883:
            self.port = 1883

    def action_view_mappings(self):
        return self._view("process_mqtt.mqtt_mapping_action", {})

    def action_view_dead_letters(self):
        return self._view("process_mqtt.mqtt_dead_letter_action", {"search_default_open": 1})

    def _view(self, xmlid, context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("broker_id", "=", self.id)]
        action["context"] = {"default_broker_id": self.id, **context}
        return action

    def _get_settings(self) -> settings.Settings:
        """What the bridge must know of this broker, as a value."""
        self.ensure_one()
        mappings = self.mapping_ids._filter_in_force()
        return settings.Settings(
            broker_id=self.id,
            name=self.name,
            host=self.host,
            port=self.port,
            username=self.username or "",
            password_variable=self.password_variable,
            use_tls=self.use_tls,
            allow_plain=self.allow_plain,
            ca_file=self.ca_file or "",
            cert_file=self.cert_file or "",
            key_file=self.key_file or "",
            client_id=self.client_id,
            protocol=self.protocol,
            keepalive_s=self.keepalive_s,
            session_expiry_s=self.session_expiry_s,
            receive_maximum=self.receive_maximum,
            batch_size=self.batch_size,
            linger_ms=self.linger_ms,
            heartbeat_topic=self.heartbeat_topic or "",
            mappings=tuple(m._get_mapping() for m in mappings),
            monitored=self._find_monitored() if any(mappings.mapped("deadband")) else frozenset(),
        )

    def _find_monitored(self) -> frozenset[str]:
        """Return the codes of the company's sensors that a requirement watches or depends on."""
        domain = [("company_id", "in", [self.company_id.id, False])]
        requirements = self.env["process.requirement"].search(domain)
        sensors = requirements.sensor_id | requirements.condition_sensor_id
        sensors |= requirements.flow_sensor_id
        return frozenset(sensors.mapped("code"))
