# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.exposition import Metric

PREFIX = "batchproof_mqtt_"


class MqttBrokerMetrics(models.Model):
    """The health of brokers as figures for a monitoring system: those the caller may read."""

    _inherit = "mqtt.broker"

    def _prepare_metrics(self) -> list[Metric]:
        """Return one line for each broker and figure; names, but no address, user or payload."""
        metrics = [
            *self._prepare_states(),
            self._gauge(
                "bridge_behind_seconds", "Since when not all is known to be stored.", "lag_s"
            ),
            self._gauge("dead_letters", "Messages refused and not settled.", "dead_letter_count"),
            self._gauge("findings", "Findings not settled.", "finding_count"),
            self._gauge("unmapped_topics", "Topics that nothing reads.", "unmapped_count"),
            self._count("unlisted_messages_total", "On topics beyond the list.", "unlisted_count"),
            self._count("refused_not_kept_total", "Refused beyond the quota.", "left_out_count"),
            self._prepare_results(),
        ]
        return metrics + self._prepare_connections()

    def _labels(self) -> dict[str, str]:
        return {"broker": self.name, "id": str(self.id), "company": self.company_id.name}

    def _gauge(self, name: str, about: str, field: str, kind: str = "gauge") -> Metric:
        metric = Metric(PREFIX + name, kind, about)
        for broker in self:
            value = broker[field]
            metric.add(None if value is False else value, **broker._labels())
        return metric

    def _moment(self, name: str, about: str, field: str) -> Metric:
        metric = Metric(PREFIX + name, "gauge", about)
        for broker in self:
            metric.add(broker[field] / 1000 if broker[field] else None, **broker._labels())
        return metric

    def _count(self, name: str, about: str, field: str) -> Metric:
        return self._gauge(name, about, field, kind="counter")

    def _prepare_states(self) -> list[Metric]:
        up = Metric(f"{PREFIX}bridge_up", "gauge", "1 while a bridge is connected to the broker.")
        state = Metric(f"{PREFIX}bridge_state", "gauge", "1 for the state that the bridge is in.")
        for broker in self:
            up.add(broker.health == "ok", **broker._labels())
            for name, _label in self._fields["health"].selection:
                state.add(broker.health == name, **broker._labels(), state=name)
        return [
            up,
            state,
            self._moment("heartbeat_timestamp_seconds", "Last sign of life.", "heartbeat_ms"),
            self._moment("message_timestamp_seconds", "Last message.", "last_message_ms"),
        ]

    def _prepare_results(self) -> Metric:
        metric = Metric(f"{PREFIX}messages_total", "counter", "Messages by what became of them.")
        for broker in self:
            results = {
                "stored": broker.stored_count,
                "duplicate": broker.duplicate_count,
                "rejected": broker.rejected_count,
                "retained": broker.retained_count,
            }
            results["ignored"] = max(0, broker.message_count - sum(results.values()))
            for result, count in results.items():
                metric.add(count, **broker._labels(), result=result)
        return metric

    def _prepare_connections(self) -> list[Metric]:
        """Each connection by itself: bridges that share a broker are told apart."""
        alive = Metric(f"{PREFIX}connection_alive", "gauge", "1 while it says that it lives.")
        until = Metric(f"{PREFIX}complete_timestamp_seconds", "gauge", "All before it is stored.")
        for broker in self:
            for feed in broker.feed_ids:
                labels = {**broker._labels(), "client": feed.client}
                alive.add(feed.is_alive, **labels)
                until.add(feed.complete_until_ms / 1000 or None, **labels)
        return [alive, until]
