# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.audit_chain.fields import BigInt

from ..tools import topic
from ..tools.message import Message
from ..tools.router import Router
from ..tools.settings import Settings
from .mqtt_unmapped import MOST_LISTED


class MqttBrokerWatch(models.Model):
    """Prefixes on which new sensors are looked for, and the topics found there that nothing reads.

    What comes on a watched prefix and no mapping reads is listed and not kept: it is no promise of
    a reading. Of a plain broker it is fetched with QoS 0 on a connection of its own, so that what
    nobody has asked for can neither fill the queue of the readings nor slow them down.
    """

    _inherit = "mqtt.broker"

    watched_filters = fields.Text(
        "Watched prefixes",
        help="One filter a line, such as plant/dairy/#. Topics below it that no mapping reads are "
        "listed, to be mapped. The messages themselves are not kept.",
    )
    unmapped_ids = fields.One2many("mqtt.unmapped", "broker_id")
    unmapped_count = fields.Integer("Unmapped topics", compute="_compute_unmapped_count")
    unlisted_count = BigInt(
        "Messages on unlisted topics",
        readonly=True,
        copy=False,
        help="Messages on topics beyond those that the list takes.",
    )
    is_list_full = fields.Boolean(compute="_compute_unmapped_count")

    @api.depends("unmapped_ids.state")
    def _compute_unmapped_count(self):
        groups = self.env["mqtt.unmapped"]._read_group(
            [("broker_id", "in", self.ids)], ["broker_id", "state"], ["__count"]
        )
        for broker in self:
            counts = {state: count for found, state, count in groups if found == broker}
            broker.unmapped_count = counts.get("open", 0)
            broker.is_list_full = sum(counts.values()) >= MOST_LISTED

    @api.constrains("watched_filters", "is_sparkplug")
    def _check_watched_filters(self):
        for broker in self:
            for wanted in broker._get_watched():
                problem = broker._get_watch_problem(wanted)
                if problem:
                    raise ValidationError(
                        self.env._(
                            "The watched prefix %(filter)s cannot be used: %(problem)s.",
                            filter=wanted,
                            problem=problem,
                        )
                    )

    def _get_watch_problem(self, wanted: str) -> str:
        if topic.is_shared(wanted) or "{" in wanted:
            return self.env._("it is a plain filter, without $share and without names in braces")
        return topic.check(wanted)

    def _get_watched(self) -> tuple[str, ...]:
        lines = (line.strip() for line in (self.watched_filters or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def _get_settings(self) -> Settings:
        return replace(super()._get_settings(), watched=self._get_watched())

    def action_view_unmapped(self):
        return self._view("process_mqtt.mqtt_unmapped_action", {"search_default_open": 1})

    # -- from the bridge ------------------------------------------------------------------------

    def _sight(
        self, router: Router, passed: list[Message], refused: list[tuple[Message, str]]
    ) -> None:
        """Remember topics that nothing reads, once the batch is committed.

        passed: metrics that no mapping wants. refused: messages that become dead letters, for
        whatever reason; of these the ones without a mapping, or without their sensor.
        """
        seen = []
        if passed and self.watched_filters:
            watching = Settings(self.id, "", "", watched=self._get_watched())
            seen += [message for message in passed if watching.is_watched(message.topic)]
        coded = [
            (message, router.find_code(message.topic))
            for message, _reason in refused
            if message.is_metric or not message.problem
        ]
        if coded:
            known = self._find_codes({code for _message, code in coded if code})
            seen += [message for message, code in coded if code not in known]
        if seen:
            self.env.cr.postcommit.add(lambda: _remember(router, seen))

    def _find_codes(self, codes: set[str]) -> set[str]:
        """Return which codes are sensors of this company; one that is archived was retired."""
        sensors = self.env["process.sensor"].with_context(active_test=False)
        domain = [("code", "in", list(codes)), ("company_id", "=", self.company_id.id)]
        return set(sensors.search(domain).mapped("code"))


def _remember(router: Router, seen: list[Message]) -> None:
    for message in seen:
        router.sightings.add(message.topic, message.payload, message.received_ms)
