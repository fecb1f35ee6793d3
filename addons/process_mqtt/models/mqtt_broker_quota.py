# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.fields import BigInt

from ..tools.quota import Quota


class MqttBrokerQuota(models.Model):
    """How many refused messages of a broker are kept whole; beyond, they are counted.

    An engineer sets it. A flood of messages under a subscribed wildcard then fills no disk, and a
    sensor's own topic keeps its place beside any number of invented ones.
    """

    _inherit = "mqtt.broker"

    letter_quota = fields.Integer(
        "Dead letters of a topic and hour",
        default=Quota().letters,
        required=True,
        help="So many refused messages of one topic are kept whole in an hour, and together no "
        "more than 4 MiB of them. Of what comes beyond, only the number and the newest reason "
        "are kept.",
    )
    letter_topics = fields.Integer(
        "Topics without a sensor in an hour",
        default=Quota().topics,
        required=True,
        help="So many topics that belong to no sensor are told apart in an hour. Further ones, "
        "and those longer than 1000 bytes, are counted together.",
    )
    refusal_ids = fields.One2many("mqtt.refusal", "broker_id")
    left_out_count = BigInt(
        "Only counted",
        compute="_compute_left_out_count",
        help="Refused messages beyond the quota, of which only topic, hour and number are known.",
    )

    _letter_quota_range = models.Constraint(
        "CHECK(letter_quota BETWEEN 1 AND 10000 AND letter_topics BETWEEN 1 AND 10000)",
        "Of a topic and hour 1 to 10000 dead letters are kept, and 1 to 10000 topics told apart.",
    )

    def _compute_left_out_count(self):
        groups = dict(
            self.env["mqtt.refusal"]._read_group(
                [("broker_id", "in", self.ids), ("left_out", ">", 0)],
                ["broker_id"],
                ["left_out:sum"],
            )
        )
        for broker in self:
            broker.left_out_count = groups.get(broker, 0)

    def _get_quota(self) -> Quota:
        self.ensure_one()
        return Quota(letters=self.letter_quota, topics=self.letter_topics)

    def action_view_refusals(self):
        """Open what was refused by topic and hour."""
        return self._view("process_mqtt.mqtt_refusal_action", {})
