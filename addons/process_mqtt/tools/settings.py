# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a bridge must know of one broker, as a value that can be compared, and its checks."""

import re
from collections.abc import Mapping as Environment
from dataclasses import dataclass, replace

from . import topic as topics
from .payload import Mapping
from .sparkplug_metric import NAMESPACE

PASSWORD_VARIABLE = "BATCHPROOF_MQTT_PASSWORD"
CA_VARIABLE = "BATCHPROOF_MQTT_CA"
_ANY = frozenset({NAMESPACE, "+", "#"})
_VARIABLE = re.compile(r"^BATCHPROOF_[A-Z0-9_]+$")


@dataclass(frozen=True)
class Settings:
    """One broker record and its active mappings, read in one transaction."""

    broker_id: int
    name: str
    host: str
    port: int = 8883
    username: str = ""
    password_variable: str = PASSWORD_VARIABLE
    use_tls: bool = True
    allow_plain: bool = False
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    client_id: str = "batchproof"
    protocol: str = "5"
    keepalive_s: int = 30
    session_expiry_s: int = 604_800
    receive_maximum: int = 2_000
    batch_size: int = 1_000
    linger_ms: int = 50
    heartbeat_topic: str = ""
    is_sparkplug: bool = False
    host_id: str = ""
    reorder_timeout_ms: int = 5_000
    mappings: tuple[Mapping, ...] = ()
    monitored: frozenset[str] = frozenset()
    watched: tuple[str, ...] = ()

    @property
    def connection(self) -> "Settings":
        """What the connection depends on: a change of anything else needs no reconnect."""
        plain = replace(self, name="", batch_size=0, linger_ms=0)
        return replace(plain, mappings=(), monitored=frozenset(), watched=())

    def is_watched(self, topic: str) -> bool:
        """Whether a topic that nothing reads is to be listed.

        >>> settings = Settings(1, "x", "h", watched=("plant/d1/#",))
        >>> settings.is_watched("plant/d1/ph"), settings.is_watched("plant/d2/ph")
        (True, False)
        """
        return any(topics.match(wanted, topic) is not None for wanted in self.watched)

    @property
    def is_shared(self) -> bool:
        """Whether other instances may take part in a subscription."""
        return any(topics.is_shared(mapping.topic_filter) for mapping in self.mappings)

    def subscriptions(self, instance: int = 1) -> tuple[str, ...]:
        """The filters to subscribe: a second instance takes part in shared subscriptions only.

        >>> shared = Mapping("$share/g/b/{tag}", "{tag}")
        >>> settings = Settings(1, "x", "h", mappings=(Mapping("a/{tag}", "{tag}"), shared))
        >>> settings.subscriptions(), settings.subscriptions(2)
        (('$share/g/b/+', 'a/+'), ('$share/g/b/+',))
        """
        if self.is_sparkplug:
            return self._sparkplug_subscriptions() if instance == 1 else ()
        filters = {m.topic_filter for m in self.mappings}
        return tuple(
            sorted(topics.subscription(f) for f in filters if instance == 1 or topics.is_shared(f))
        )

    def _sparkplug_subscriptions(self) -> tuple[str, ...]:
        """The groups that mappings and watched filters name; all where one has a wildcard there.

        >>> mapping = Mapping("spBv1.0/dairy/{node}/{device}/{tag}", "{device}-{tag}")
        >>> Settings(1, "x", "h", is_sparkplug=True, mappings=(mapping,)).subscriptions()
        ('spBv1.0/dairy/#',)
        """
        filters = [*(m.topic_filter for m in self.mappings), *self.watched]
        levels = [topics.subscription(wanted).split("/") for wanted in filters]
        groups = {found[1] if len(found) > 1 else "#" for found in levels if found[0] in _ANY}
        if groups & {"+", "#"}:
            return (f"{NAMESPACE}/#",)
        return tuple(sorted(f"{NAMESPACE}/{group}/#" for group in groups))

    def instance_client_id(self, instance: int = 1) -> str:
        """The fixed client id: the broker keeps one persistent session for each.

        >>> Settings(1, "x", "h").instance_client_id(2)
        'batchproof-2'
        """
        return self.client_id if instance == 1 else f"{self.client_id}-{instance}"


def check_variable(name: str) -> str:
    """Return what is wrong with the name of an environment variable, or an empty text.

    Only variables of our own may be named: who edits a broker's record must not be able to have
    the bridge send another secret of the machine to a host of their choice.

    >>> check_variable("BATCHPROOF_MQTT_PASSWORD")
    ''
    >>> check_variable("PGPASSWORD")
    'the variable must be named BATCHPROOF_ and capital letters, digits or underscores'
    """
    if _VARIABLE.match(name):
        return ""
    return "the variable must be named BATCHPROOF_ and capital letters, digits or underscores"


def check_transport(settings: Settings, environment: Environment[str, str]) -> str:
    """Return why this connection must not be opened, or an empty text.

    >>> check_transport(Settings(1, "x", "h", port=1883, use_tls=False), {})
    'It is set to plain MQTT without TLS, and plain connections are not allowed on its record.'
    >>> check_transport(Settings(1, "x", "h", username="bridge"), {})
    'The password of user bridge is not set: put it into BATCHPROOF_MQTT_PASSWORD.'
    """
    if not settings.use_tls and not settings.allow_plain:
        return (
            "It is set to plain MQTT without TLS, and plain connections are not allowed on its "
            "record."
        )
    if settings.username and check_variable(settings.password_variable):
        return f"The password: {check_variable(settings.password_variable)}."
    if settings.username and not environment.get(settings.password_variable):
        return (
            f"The password of user {settings.username} is not set: put it into "
            f"{settings.password_variable}."
        )
    return ""
