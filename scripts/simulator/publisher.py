# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An MQTT connection that publishes with QoS 1 and a window, and knows what was acknowledged.

A broker that is killed loses what it acknowledged and had not yet written to its disk; MQTT's
acknowledgement does not promise more. So what was acknowledged shortly before a connection broke
is sent again after it: whoever takes readings by sensor, time and number drops what comes twice.
"""

import json
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

WINDOW = 500
"""Messages under way: paho silently refuses messages beyond 65 535."""
CONNECT_S = 60
RESEND_S = 15
"""Three times the broker's `autosave_interval` (scripts/plant/broker.py)."""


class NotConnected(Exception):
    """The broker did not accept the connection, or stopped answering; the text says why."""


class Publisher:
    """Publishes; subscribes to what it is told to; comes back by itself after an outage."""

    def __init__(self, host: str, port: int, user: str, password: str, ca: str, client_id: str):
        self._address = (host, port)
        self._window = threading.Semaphore(WINDOW)
        self._acknowledged = threading.Condition()
        self._under_way = 0
        self._connected = threading.Event()
        self._problem = ""
        self._sent: dict[int, tuple[str, bytes]] = {}
        self._acks: deque[tuple[float, int]] = deque()
        self._recent: deque[tuple[float, str, bytes]] = deque()
        self._lost_at: float | None = None
        self.resent = 0
        self._handlers: dict[str, Callable[[str, bytes], None]] = {}
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5
        )
        self._client.max_inflight_messages_set(WINDOW)
        if user:
            self._client.username_pw_set(user, password)
        if ca:
            self._client.tls_set(ca, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect
        self._client.reconnect_delay_set(1, 10)

    def __enter__(self):
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 120
        self._client.connect_async(*self._address, clean_start=False, properties=properties)
        self._client.loop_start()
        if not self._connected.wait(CONNECT_S):
            self._client.loop_stop()
            host, port = self._address
            raise NotConnected(self._problem or f"no broker answered at {host}:{port}")
        return self

    def __exit__(self, *_exception):
        # nobody comes back for this session: the broker need not keep it
        properties = Properties(PacketTypes.DISCONNECT)
        properties.SessionExpiryInterval = 0
        self._client.disconnect(properties=properties)
        self._client.loop_stop()

    def listen(self, filters: dict[str, Callable[[str, bytes], None]]) -> None:
        """Call a handler, on the network thread, for each message that others publish."""
        self._handlers.update(filters)
        self._subscribe()

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish with QoS 1; waits while the window is full."""
        self._resend()
        self._publish(topic, payload)

    def _publish(self, topic: str, payload: bytes) -> None:
        if not self._window.acquire(timeout=300):
            raise NotConnected("the broker has acknowledged nothing for five minutes")
        with self._acknowledged:
            self._under_way += 1
        info = self._client.publish(topic, payload, qos=1)
        if info.rc == mqtt.MQTT_ERR_QUEUE_SIZE:
            raise NotConnected("more messages are under way than MQTT can count")
        self._sent[info.mid] = topic, payload
        self._note_acknowledged()

    def _note_acknowledged(self) -> None:
        """Keep what was acknowledged lately, on the thread of the caller."""
        for _ack in range(len(self._acks)):
            at, mid = self._acks.popleft()
            if mid in self._sent:
                self._recent.append((at, *self._sent.pop(mid)))
        oldest = (self._lost_at or time.monotonic()) - RESEND_S
        while self._recent and self._recent[0][0] < oldest:
            self._recent.popleft()

    def _resend(self) -> None:
        """After a lost connection, send again what the broker may have lost with it."""
        if self._lost_at is None or not self._client.is_connected():
            return
        self._note_acknowledged()
        self._lost_at = None
        again, self._recent = list(self._recent), deque()
        for _at, topic, payload in again:
            self._publish(topic, payload)
        self.resent += len(again)

    def flush(self, timeout_s: float = 300) -> None:
        """Wait until every message is acknowledged by the broker."""
        self._resend()
        with self._acknowledged:
            if not self._acknowledged.wait_for(lambda: self._under_way == 0, timeout_s):
                raise NotConnected(f"{self._under_way} messages were not acknowledged")

    def settle(self) -> None:
        """Stay until the broker has certainly written everything to its disk."""
        calm_since = time.monotonic()
        while time.monotonic() - calm_since < RESEND_S:
            if self._lost_at is not None:
                calm_since = time.monotonic()
            self.flush()
            time.sleep(0.2)

    def tell(self, topic: str, document: dict) -> None:
        self.publish(topic, json.dumps(document).encode())

    def _subscribe(self) -> None:
        # no local: what this connection publishes itself does not come back
        options = SubscribeOptions(qos=1, noLocal=True, retainHandling=2)
        if self._handlers and self._client.is_connected():
            self._client.subscribe([(name, options) for name in self._handlers])

    def _on_connect(self, _client, _userdata, _flags, reason_code, _properties):
        if reason_code.is_failure:
            self._problem = f"the broker refused the connection: {reason_code}"
            return
        self._subscribe()
        self._connected.set()

    def _on_disconnect(self, _client, _userdata, _flags, reason_code, _properties):
        if reason_code.is_failure and self._lost_at is None:
            self._lost_at = time.monotonic()

    def _on_publish(self, _client, _userdata, mid, _reason_code, _properties):
        self._acks.append((time.monotonic(), mid))
        self._window.release()
        with self._acknowledged:
            self._under_way -= 1
            self._acknowledged.notify_all()

    def _on_message(self, _client, _userdata, message):
        for name, handler in self._handlers.items():
            if mqtt.topic_matches_sub(name, message.topic):
                handler(message.topic, message.payload)
                return
