# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.settings import Settings


class MqttBrokerSparkplug(models.Model):
    """What a connection needs that is a Sparkplug B host application."""

    _inherit = "mqtt.broker"

    is_sparkplug = fields.Boolean(
        "Sparkplug B",
        help="This connection is a Sparkplug host application: it takes births, data and deaths "
        "of edge nodes, and keeps no session at the broker. Readings in JSON need a connection "
        "of their own.",
    )
    host_id = fields.Char(
        "Sparkplug host ID",
        default="batchproof",
        help="Under this name the bridge says whether it is online (spBv1.0/STATE/<host ID>). "
        "Edge nodes that have it as their primary host keep their values while it is not.",
    )
    reorder_timeout_ms = fields.Integer(
        "Reorder timeout (ms)",
        default=5_000,
        help="How long a missing message of an edge node may be late before its births are "
        "asked for.",
    )
    node_ids = fields.One2many("mqtt.node", "broker_id", string="Sources")
    finding_ids = fields.One2many("mqtt.finding", "broker_id")
    finding_count = fields.Integer("Open findings", compute="_compute_finding_count")

    _reorder_range = models.Constraint(
        "CHECK(reorder_timeout_ms BETWEEN 0 AND 60000)", "The reorder timeout is 0 to 60000 ms."
    )

    @api.depends("finding_ids.state")
    def _compute_finding_count(self):
        groups = dict(
            self.env["mqtt.finding"]._read_group(
                [("broker_id", "in", self.ids), ("state", "=", "open")], ["broker_id"], ["__count"]
            )
        )
        for broker in self:
            broker.finding_count = groups.get(broker, 0)

    @api.constrains("is_sparkplug", "host_id")
    def _check_host_id(self):
        for broker in self.filtered("is_sparkplug"):
            if not broker.host_id or set("+#/") & set(broker.host_id):
                raise ValidationError(
                    self.env._(
                        "The Sparkplug host ID of %s must be a name without +, # and /.",
                        broker.name,
                    )
                )

    def action_view_findings(self):
        return self._view("process_mqtt.mqtt_finding_action", {"search_default_open": 1})

    def action_view_nodes(self):
        return self._view("process_mqtt.mqtt_node_action", {})

    def _find_online_nodes(self) -> list[tuple[str, str]]:
        """Return group and name of the edge nodes that were last heard of as online."""
        nodes = self.env["mqtt.node"].search(
            [("broker_id", "=", self.id), ("state", "=", "online"), ("is_device", "=", False)]
        )
        return [tuple(node.name.split("/", 1)) for node in nodes]

    def _get_settings(self) -> Settings:
        return replace(
            super()._get_settings(),
            is_sparkplug=self.is_sparkplug,
            host_id=self.host_id or "",
            reorder_timeout_ms=self.reorder_timeout_ms,
        )
