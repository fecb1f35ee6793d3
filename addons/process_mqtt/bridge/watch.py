# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Looks for topics that nothing reads, beside the connection that brings the readings.

On a connection of its own, with QoS 0 and a clean session: the broker queues nothing for it, no
reading waits for it or comes twice by it, and it may fail without harm.
"""

import threading
import time
from dataclasses import replace

from odoo.addons.process_monitoring import clock

from ..tools.payload import Mapping
from ..tools.router import Router
from ..tools.settings import Settings
from ..tools.sightings import Sightings
from .connection import Connection, Refused
from .inbox import Inbox

COUNT_S = 20
"""How often topics that are listed already are counted. Each time touches the rows that people
work on; were it every two seconds, an approval that takes longer would never get through."""


class WatchConnection(Connection):
    """Counts what comes on the watched prefixes and no mapping reads; keeps nothing else."""

    is_session_clean = True
    session_expiry_s = 0

    def __init__(self, settings: Settings):
        self.asked = settings
        self._router = Router(settings.mappings)
        self._sightings = Sightings()
        self._guard = threading.Lock()
        watching = replace(
            settings,
            name=f"{settings.name} (watched prefixes)",
            client_id=f"{settings.client_id}-watch",
            heartbeat_topic="",
            mappings=tuple(Mapping(wanted, "-") for wanted in settings.watched),
        )
        super().__init__(watching, Inbox())

    def follow(self, settings: Settings) -> bool:
        """Take over other mappings; False when it takes another connection."""
        if (settings.connection, settings.watched) != (self.asked.connection, self.asked.watched):
            return False
        if settings.mappings != self.asked.mappings:
            self._router = Router(settings.mappings)
        self.asked = settings
        return True

    def take(self) -> Sightings:
        """Hand over what was seen since the last time."""
        with self._guard:
            taken, self._sightings = self._sightings, Sightings()
        return taken

    def _subscription(self, topic_filter: str) -> tuple:
        return topic_filter, 0

    def _on_message(self, _client, _userdata, message):
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        is_own = topic == self.asked.heartbeat_topic or topic.startswith("$")
        if not is_own and self._router.find(topic) is None:
            with self._guard:
                self._sightings.add(topic, message.payload, clock.now_ms())


class Watcher:
    """Keeps the connection that the watched prefixes need, and lists what was seen."""

    def __init__(self, is_first: bool):
        self._is_first = is_first
        self._connection: WatchConnection | None = None
        self._refused = ""
        self._listed: set[str] = set()
        self._counted = 0.0

    @property
    def problem(self) -> str:
        return self._connection.problem if self._connection else self._refused

    def follow(self, settings: Settings) -> None:
        """Open, change or close the connection as the settings say."""
        if self._connection and self._connection.follow(settings):
            return
        self.leave()
        self._refused = ""
        # of a Sparkplug connection, births name every metric already
        if self._is_first and settings.watched and not settings.is_sparkplug:
            try:
                self._connection = WatchConnection(settings)
            except Refused as refused:
                self._refused = str(refused)
                return
            self._connection.open()

    def leave(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def report(self, store, sightings: Sightings) -> None:
        """List new topics at once and count the known ones now and then, of here and of the
        mappings; what is not listed now is kept.
        """
        if self._connection:
            sightings.give_back(*self._connection.take().take())
        found, beyond = sightings.take()
        now = time.monotonic()
        is_counting = now - self._counted >= COUNT_S
        if not is_counting:
            later = [sighting for sighting in found if sighting.topic in self._listed]
            found = [sighting for sighting in found if sighting.topic not in self._listed]
            sightings.give_back(later, beyond)
            beyond = 0
        if not found and not beyond:
            return
        if not store.list_unmapped(found, beyond):
            sightings.give_back(found, beyond)
            return
        if is_counting:
            self._counted, self._listed = now, set()
        self._listed.update(sighting.topic for sighting in found)
