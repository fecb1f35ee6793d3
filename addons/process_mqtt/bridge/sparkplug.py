# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A connection that is a Sparkplug host application, and what turns its messages into plain ones.

Sparkplug wants a clean session: the broker keeps nothing while the bridge is away. What protects
the readings then is the edge nodes' own store: those that have this host as their primary host
keep their values while it says that it is offline. So it says so whenever it cannot store.
"""

import json
from dataclasses import replace

from odoo.addons.process_monitoring import clock

from ..tools.message import Notice
from ..tools.settings import Settings
from ..tools.sparkplug_host import Host
from ..tools.sparkplug_metric import NAMESPACE
from ..tools.sparkplug_wire import encode_rebirth
from .connection import QOS, Connection
from .inbox import Received

CONNECTED = "connected"
"""The notice by which a new connection tells the translator that messages may be missing."""


class SparkplugConnection(Connection):
    """Clean session, births and deaths of the host itself, and the question for births."""

    is_session_clean = True
    session_expiry_s = 0
    _since_ms = 0

    @property
    def _state_topic(self) -> str:
        return f"{NAMESPACE}/STATE/{self.settings.host_id}"

    def _set_will(self, client) -> None:
        client.prepare = self._prepare_will

    def _prepare_will(self) -> None:
        """Death and birth of one connection carry the same time: edge nodes match them by it."""
        self._since_ms = clock.now_ms()
        self._client.will_set(
            self._state_topic, self._state(self._since_ms, online=False), qos=QOS, retain=True
        )

    @staticmethod
    def _state(at_ms: int, *, online: bool) -> str:
        return json.dumps({"online": online, "timestamp": at_ms})

    def _greet(self) -> None:
        self._client.subscribe(self._state_topic, qos=QOS)
        self._publish_birth()
        self.inbox.note(Notice(CONNECTED, "", clock.now_ms()))

    def _publish_birth(self) -> None:
        birth = self._state(self._since_ms, online=True)
        self._client.publish(self._state_topic, birth, qos=QOS, retain=True)

    def close(self) -> None:
        """A host that leaves on purpose says so itself: the broker then sends no will."""
        if self._is_connected:
            death = self._state(clock.now_ms(), online=False)
            self._client.publish(self._state_topic, death, qos=QOS, retain=True)
        return super().close()

    def ask_for_births(self, group: str, node: str) -> None:
        """Send the Rebirth command of the specification."""
        topic = f"{NAMESPACE}/{group}/NCMD/{node}"
        self._client.publish(topic, encode_rebirth(clock.now_ms()), qos=0)

    def _on_message(self, client, userdata, message):
        if message.topic != self._state_topic:
            super()._on_message(client, userdata, message)
            return
        if message.qos == QOS:
            client.ack(message.mid, message.qos)
        # an old will of ours, or another host of our name: we are online, and say it again
        if b'"online": true' not in message.payload and not message.retain:
            self._publish_birth()


class Translator:
    """Makes plain messages of Sparkplug's, on the worker's thread."""

    def __init__(self, reorder_timeout_ms: int):
        self.host = Host(reorder_timeout_ms)
        self.heard_ms = 0
        """Until when everything that came is known to have come."""

    def translate(self, batch: list[Received]) -> list[Received]:
        """Return what a batch means, and what follows from the time that has passed.

        A message is acknowledged with the last item it became, which is committed last.
        """
        items: list[Received] = []
        for received in batch:
            items += self._translate(received)
        if batch:
            self.heard_ms = batch[-1].message.received_ms
        items += [Received(item) for item in self.host.tick(clock.now_ms())]
        return items

    def _translate(self, received: Received) -> list[Received]:
        came = received.message
        if isinstance(came, Notice):
            if came.kind != CONNECTED:
                return [received]
            found = self.host.forget(came.at_ms, self.heard_ms)
        else:
            found = self.host.receive(came)
        items = [Received(item) for item in found]
        if received.qos == QOS:
            last = items.pop().message if items else Notice("", "", came.received_ms)
            items.append(replace(received, message=last))
        return items

    def ask(self, connection: SparkplugConnection) -> None:
        """Send the questions that what was read has raised."""
        for group, node in self.host.take_rebirths():
            connection.ask_for_births(group, node)


def make_translator(settings: Settings) -> Translator | None:
    """Return the translator that a connection needs; none for one whose messages are plain."""
    return Translator(settings.reorder_timeout_ms) if settings.is_sparkplug else None
