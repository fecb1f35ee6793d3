# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One MQTT connection with a persistent session, whose messages are acknowledged by hand.

Packet ids belong to one connection: after a reconnect the broker may use the id of a message
that was never acknowledged for the same message again, or, once that is acknowledged, for another
one. So every message carries the number of the connection it came on, and an acknowledgement is
sent only on that connection. What is not acknowledged comes again; the door drops duplicates.
"""

import json
import logging
import os
import random
import ssl
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from odoo.addons.process_monitoring import clock

from ..tools.message import Message, Notice
from ..tools.settings import CA_VARIABLE, Settings, check_transport
from .client import Client
from .inbox import Inbox, Received

_logger = logging.getLogger(__name__)

QOS = 1
RETRY_S = (1, 30)
SETTLED_S = 1.0
DROPPED = "$SYS/broker/publish/messages/dropped"
"""Where Mosquitto counts what it could not queue; a broker without it tells nothing."""


class Refused(Exception):
    """This connection must not be opened; the text says why."""


class Connection:
    """Receives into an inbox, on paho's own thread; everything else is called by the worker."""

    is_session_clean = False

    def __init__(self, settings: Settings, inbox: Inbox, instance: int = 1, known=()):
        self.settings = settings
        self.inbox = inbox
        self.instance = instance
        self._lock = threading.Lock()
        self._number = 0
        self._is_connected = False
        self._wanted = frozenset(settings.subscriptions(instance))
        self._subscribed = frozenset(known)
        self._had_session = bool(known)
        self._connected_at = 0.0
        self._dropped = -1
        self._watch_mid: int | None = None
        self._client = self._make_client()

    def open(self) -> None:
        self._client.connect_async(
            self.settings.host,
            self.settings.port,
            keepalive=self.settings.keepalive_s,
            **self._session_arguments(),
        )
        self._client.loop_start()

    def close(self) -> None:
        """Say goodbye, so that the broker keeps the session and sends no last will."""
        self.publish_heartbeat("offline")
        self._client.disconnect()
        self._client.loop_stop()
        with self._lock:
            self._is_connected = False

    @property
    def is_connected(self) -> bool:
        return self._is_connected

    @property
    def is_settled(self) -> bool:
        """Connected for a second: what waited at the broker has begun to arrive."""
        return self._is_connected and time.monotonic() - self._connected_at > SETTLED_S

    @property
    def session_expiry_s(self) -> int:
        return self.settings.session_expiry_s

    @property
    def problem(self) -> str:
        return self._client.problem

    @property
    def subscribed(self) -> frozenset[str]:
        """The filters this session has at the broker, to be remembered across restarts."""
        return self._subscribed

    def acknowledge(self, batch: list[Received]) -> None:
        """Acknowledge, in order, what came on the connection that is still open."""
        with self._lock:
            if not self._is_connected:
                return
            self._client.acknowledge(
                [
                    received.mid
                    for received in batch
                    if received.qos == QOS and received.connection == self._number
                ]
            )

    def subscribe(self, filters: tuple[str, ...]) -> None:
        """Change what is wanted: first the new filters, then the old ones go; none is missed."""
        with self._lock:
            self._wanted = frozenset(filters)
            if self._is_connected:
                self._apply_subscriptions(is_new_session=False)

    def publish_heartbeat(self, state: str, **details) -> None:
        if self.settings.heartbeat_topic and self._is_connected:
            payload = {"state": state, "ts": clock.now_ms(), **details}
            self._client.publish(
                self.settings.heartbeat_topic, json.dumps(payload), qos=0, retain=True
            )

    def _make_client(self) -> Client:
        problem = check_transport(self.settings, os.environ)
        if problem:
            raise Refused(problem)
        settings = self.settings
        client = Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=settings.instance_client_id(self.instance),
            protocol=mqtt.MQTTv5 if settings.protocol == "5" else mqtt.MQTTv311,
            manual_ack=True,
            **({} if settings.protocol == "5" else {"clean_session": self.is_session_clean}),
        )
        if settings.username:
            client.username_pw_set(settings.username, os.environ[settings.password_variable])
        if settings.use_tls:
            client.tls_set_context(make_tls_context(settings))
        self._set_will(client)
        # A random first delay keeps many bridges from coming back in the same moment.
        client.reconnect_delay_set(RETRY_S[0] + random.random(), RETRY_S[1])
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _set_will(self, client: Client) -> None:
        """What the broker says for us when we are gone."""
        if self.settings.heartbeat_topic:
            offline = json.dumps({"state": "offline"})
            client.will_set(self.settings.heartbeat_topic, offline, qos=0, retain=True)

    def _session_arguments(self) -> dict:
        """Never a clean start: a session opened by one is lost when Mosquitto restarts."""
        if self.settings.protocol != "5":
            return {}
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = self.session_expiry_s
        properties.ReceiveMaximum = self.settings.receive_maximum
        return {"clean_start": self.is_session_clean, "properties": properties}

    def _on_connect(self, client, _userdata, flags, reason_code, _properties):
        if reason_code.is_failure:
            client.problem = f"The broker refused the connection: {reason_code}."
            return
        with self._lock:
            self._number += 1
            self._is_connected = True
            self._connected_at = time.monotonic()
            client.problem = ""
            self._apply_subscriptions(is_new_session=not flags.session_present)
            _result, self._watch_mid = client.subscribe(DROPPED, qos=0)
            self._greet()
        self._check_session(is_present=flags.session_present)
        _logger.info(
            "Connected to MQTT broker %s, %s session.",
            self.settings.name,
            "kept" if flags.session_present else "new",
        )

    def _greet(self) -> None:
        """What else is to be said on a new connection; called with the lock held."""

    def _check_session(self, *, is_present: bool) -> None:
        """A session that was there and is not: what the broker had queued is lost."""
        if self._had_session and not is_present and not self.is_session_clean:
            text = "The broker has no session of this bridge any more: what it had queued is lost."
            self.inbox.note(Notice("session", "", clock.now_ms(), text))
        self._had_session = True

    def _apply_subscriptions(self, *, is_new_session: bool) -> None:
        """Subscribe on this connection what is wanted; called with the lock held.

        Always all of it, also in a kept session: after a crash a broker may remember the session
        and not its newest filters. MQTT 5 then spares us the retained messages (option 1).
        """
        if self._wanted:
            self._client.subscribe([self._subscription(name) for name in sorted(self._wanted)])
        surplus = frozenset() if is_new_session else self._subscribed - self._wanted
        if surplus:
            self._client.unsubscribe(sorted(surplus))
        self._subscribed = self._wanted

    def _subscription(self, topic_filter: str) -> tuple:
        if self.settings.protocol == "5":
            return topic_filter, SubscribeOptions(qos=QOS, retainHandling=1)
        return topic_filter, QOS

    def _on_subscribe(self, client, _userdata, mid, reason_codes, _properties):
        if mid == self._watch_mid:
            return  # a broker need not let us see its counters
        refused = [code for code in reason_codes if code.is_failure]
        if refused:
            client.problem = f"The broker refused a subscription: {refused[0]}."
            _logger.warning("MQTT broker %s: %s", self.settings.name, client.problem)

    def _on_disconnect(self, client, _userdata, _flags, reason_code, _properties):
        with self._lock:
            self._is_connected = False
            self._number += 1
            self.inbox.forget()
        if reason_code.is_failure:
            client.problem = client.problem or f"The connection was lost: {reason_code}."
            _logger.warning("MQTT broker %s: %s", self.settings.name, client.problem)

    def _on_message(self, _client, _userdata, message):
        """On the network thread: must be quick, and must not raise."""
        try:
            name = message.topic
        except UnicodeDecodeError:
            name = "(a topic that is not UTF-8)"
        if name == DROPPED:
            self._note_dropped(message.payload)
            return
        self.inbox.put(
            Received(
                Message(name, message.payload, clock.now_ms(), message.retain, message.dup),
                message.mid,
                message.qos,
                self._number,
            )
        )

    def _note_dropped(self, payload: bytes) -> None:
        """Pass on the broker's counter when it has moved; the record knows what was seen before."""
        if payload.isdigit() and int(payload) != self._dropped:
            self._dropped = int(payload)
            self.inbox.note(Notice("overflow", "", clock.now_ms(), count=self._dropped))


def make_tls_context(settings: Settings) -> ssl.SSLContext:
    """TLS 1.2 or later, certificate and host name checked; there is no way to switch it off."""
    ca_file = settings.ca_file or os.environ.get(CA_VARIABLE) or None
    try:
        context = ssl.create_default_context(cafile=ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.cert_file:
            context.load_cert_chain(settings.cert_file, settings.key_file or None)
    except OSError as error:  # ssl.SSLError is one
        files = ", ".join(name for name in (ca_file, settings.cert_file) if name)
        raise Refused(f"The certificates {files} cannot be used: {error}.") from error
    return context
