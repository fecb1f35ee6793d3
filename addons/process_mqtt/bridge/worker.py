# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is the bridge, and how does it work?

- It is a process of its own. It holds no business rule: it subscribes, reads the payload by the
  mappings, hands the samples to `process.reading._ingest`, commits, and then acknowledges.
- One worker serves one broker. It leads by an advisory lock; a second bridge stands by.
- Messages are received by paho's thread into an inbox, and committed in batches by the worker.
- Nothing is acknowledged before it is committed. While the database is away the worker keeps
  what it has and tries again with growing, random pauses; the broker's persistent session keeps
  the rest, and `receive_maximum` keeps memory flat.
- A batch that cannot be stored is halved until the message at fault is alone; that one becomes a
  dead letter. Batches stay in order.
- After a crash at any moment the broker sends again what was not acknowledged, and the door drops
  what is already there: each reading is in the table exactly once.
- On SIGTERM the batch in hand is finished, then the session is left at the broker for the next.
"""

import contextlib
import json
import logging
import threading
import time

import psycopg2
from psycopg2.pool import PoolError

from odoo.addons.process_monitoring import clock

from ..tools.message import Counts
from ..tools.router import Router
from ..tools.settings import Settings
from .connection import Connection, Refused
from .health import Health
from .inbox import Inbox, Received
from .lease import Lease
from .pauses import Pauses
from .progress import Progress
from .sparkplug import SparkplugConnection, make_translator
from .store import Failure, Store, classify
from .watch import Watcher

_logger = logging.getLogger(__name__)

PATIENCE_S = 0.25
"""How long the worker waits for a first message before it looks around."""
CHECK_S = 2.0
"""How often it makes sure that it still leads, and says that it is alive."""
HEARTBEAT_S = 10.0
STANDBY_S = 1.0


class Worker(threading.Thread):
    """Serves one broker until it is stopped. `configure` may be called at any time."""

    def __init__(self, registry, settings: Settings, instance: int = 1):
        super().__init__(name=f"mqtt-{settings.broker_id}", daemon=True)
        self.dbname = registry.db_name  # Odoo's log shows it
        self.registry = registry
        self.instance = instance
        self.inbox = Inbox()
        self.health = Health(settings.broker_id, is_first=instance == 1)
        self._settings = settings
        self._router = Router(settings.mappings, settings.monitored)
        self._store = Store(registry, settings.broker_id)
        self._stopping = threading.Event()
        self._connection: Connection | None = None
        self._batch: list[Received] = []
        self._translator = make_translator(settings)
        self._lease = Lease(registry.db_name, settings.broker_id, instance)
        self._progress = Progress()
        self._pauses = Pauses()
        self._watcher = Watcher(is_first=instance == 1)
        self._next_check = self._next_heartbeat = 0.0

    def configure(self, registry, settings: Settings) -> None:
        """Take over another registry or other settings, from the next batch on."""
        self.registry = self._store.registry = registry
        if settings == self._settings:
            return
        self._router = self._router.renew(settings.mappings, settings.monitored)
        self._settings = settings

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                if not self._lease.acquire():
                    self._stand_by()
                    continue
                try:
                    self._serve()
                except Refused as refused:
                    self._tell("error", str(refused))
                    self._stopping.wait(CHECK_S)
            except Exception as error:
                self._stumble(error)
        self._finish()

    def _stand_by(self) -> None:
        """Another bridge leads: leave the session to it, and what it will be sent again."""
        self._leave()
        self._batch = []
        self._stopping.wait(STANDBY_S)

    def _stumble(self, error: Exception) -> None:
        """The database is away, or a fault of ours: never crash, never acknowledge; wait."""
        pause = self._pauses.next()
        if classify(error) is Failure.POISON:
            _logger.exception("The bridge goes on in %.1f s.", pause)
        else:
            _logger.warning("The database is away, next try in %.1f s: %s", pause, error)
        self._beat(is_database_up=False)
        if self._translator:
            self._leave()  # a host that cannot store is offline: edge nodes then keep their values
        self._stopping.wait(pause)

    def _serve(self) -> None:
        """Lead: while this runs, batches are committed and acknowledged."""
        self._connect()
        self._look_around(is_due=True)
        self._pauses.reset()
        while not self._stopping.is_set():
            settings = self._settings
            if not self._batch:
                self._batch = self._read_on(settings)
            self._process()
            self._progress.commit(is_waiting=self._is_waiting())
            if not self._look_around():
                return

    def _read_on(self, settings: Settings) -> list[Received]:
        """Take the next batch. Sparkplug is read message by message, once, before it is stored."""
        batch = self.inbox.take(settings.batch_size, settings.linger_ms / 1000, PATIENCE_S)
        in_hand = len(batch) + len(self.inbox)
        self._progress.take(in_hand, settings, is_settled=self._connection.is_settled)
        if not self._translator:
            return batch
        items = self._translator.translate(batch)
        self._translator.ask(self._connection)
        return items

    def _is_waiting(self) -> bool:
        return bool(self._translator) and self._translator.host.is_waiting()

    def _look_around(self, is_due: bool = False) -> bool:
        """Every two seconds: still leading? other settings? say so. False when not leading."""
        self._follow_settings()
        now = time.monotonic()
        if not is_due and now < self._next_check:
            return True
        self._next_check = now + CHECK_S
        if not self._lease.acquire():
            return False
        connection = self._connection
        if connection.problem:
            self._tell("error")
        elif connection.is_connected:
            self._tell("connected", filters=connection.subscribed)
            self._note_unchanged()
        else:
            self._tell("connecting")
        self._store.report(self._client, self._progress.complete_ms)
        self._watcher.follow(self._settings)
        self._watcher.report(self._store, self._router.sightings)
        self._beat()
        return True

    @property
    def _client(self) -> str:
        return self._settings.instance_client_id(self.instance)

    def _note_unchanged(self) -> None:
        """Sources that are connected and said nothing: what they said before still holds."""
        if self._translator and not self._batch:
            codes = self._router.find_sensors(self._translator.host.online())
            if codes:
                self._store.note_unchanged(codes, clock.now_ms())

    def _follow_settings(self) -> None:
        settings, connection = self._settings, self._connection
        if settings.connection != connection.settings.connection:
            self._leave()
            self._translator = make_translator(settings)
            self._connect()
        elif settings != connection.settings:
            connection.settings = settings
            connection.subscribe(settings.subscriptions(self.instance))

    def _connect(self) -> None:
        if self._connection is not None:
            return
        kind = SparkplugConnection if self._translator else Connection
        known = self._get_known_filters()
        complete_ms = self._store.start_listening(self._client)
        if self._translator and not self._translator.heard_ms:
            self._translator.heard_ms = complete_ms
            self._translator.host.expect(self._store.find_nodes())
        self._connection = kind(self._settings, self.inbox, self.instance, known)
        self._connection.open()

    def _leave(self) -> None:
        """Close the connection; the broker keeps the session and what is not acknowledged."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self.inbox.forget()
        self._watcher.leave()

    def _get_known_filters(self) -> list[str]:
        """What the session was subscribed to by the bridge before this one."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT subscribed_filters FROM mqtt_broker WHERE id = %s",
                [self._settings.broker_id],
            )
            row = cr.fetchone()
        return json.loads(row[0]) if row and row[0] and self.instance == 1 else []

    def _process(self) -> None:
        """Commit and acknowledge the batch in hand; of one that fails by its own fault, halves.

        What is acknowledged leaves `_batch` at once: its packet id may be another message's now.
        Raises when the database is away: nothing of what is left in `_batch` is acknowledged.
        """
        size = len(self._batch)
        while self._batch:
            part = self._batch[:size]
            try:
                counts = self._commit(part)
            except Exception as error:
                if classify(error) is not Failure.POISON:
                    raise
                if len(part) > 1:
                    size = len(part) // 2
                    continue
                counts = self._bury(part[0], error)
            del self._batch[: len(part)]
            if self._connection is not None:
                self._connection.acknowledge(part)
            self.health.count(counts, part[-1].message.received_ms)
            size = len(self._batch)

    def _bury(self, received: Received, error: Exception) -> Counts:
        _logger.error("A message on %s is set aside.", received.message.topic, exc_info=error)
        return self._store.bury(received, error)

    def _commit(self, batch: list[Received]) -> Counts:
        """Commit, again and again while other transactions are in the way."""
        pauses = Pauses()
        while True:
            try:
                with self._take_turn():
                    return self._store.commit(batch, self._router)
            except (psycopg2.Error, PoolError) as error:
                if classify(error) is not Failure.RETRY or self._stopping.is_set():
                    raise
                _logger.info("Another transaction was in the way, trying again: %s", error)
                self._stopping.wait(min(pauses.next(), 2.0))

    def _take_turn(self):
        """Keep other bridges from storing meanwhile, where they may have the same sensors."""
        return self._lease.turn() if self._settings.is_shared else contextlib.nullcontext()

    def _tell(self, state: str, message: str = "", filters=None) -> None:
        problem = message or (self._connection.problem if self._connection else "")
        problem = problem or self._watcher.problem
        self.health.report(self.registry, state, problem, filters)

    def _beat(self, *, is_database_up: bool = True) -> None:
        now = time.monotonic()
        if self._connection is None or (is_database_up and now < self._next_heartbeat):
            return
        self._next_heartbeat = now + HEARTBEAT_S
        total = self.health.total
        self._connection.publish_heartbeat(
            "online" if is_database_up else "waiting for the database",
            waiting=len(self.inbox),
            **total.__dict__,
        )

    def _finish(self) -> None:
        """Leave nothing half done: what is committed is acknowledged, the rest stays there."""
        was_leading = self._connection is not None
        self._leave()
        try:
            if was_leading:
                self._store.stop_listening(self._client)
            self.health.report(self.registry, "stopped")
        except (psycopg2.Error, PoolError):
            _logger.info("The database is away: the broker's page will show the bridge as silent.")
        self._lease.release()
