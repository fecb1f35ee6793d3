# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keeps one worker for each active broker, with the settings as they are in the database now."""

import logging
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from ..tools.settings import Settings
from .pauses import Pauses
from .store import Failure, classify
from .worker import Worker

_logger = logging.getLogger(__name__)

POLL_S = 2.0
JOIN_S = 20.0


class Supervisor:
    """Reads the brokers every two seconds, and starts, changes and stops their workers."""

    def __init__(self, database: str, instance: int = 1):
        self.database = database
        self.instance = instance
        self.workers: dict[int, Worker] = {}
        self._registry = None
        self._is_stopping = False

    def stop(self, *_signal) -> None:
        """Called by a signal handler, which must not take a lock: it only sets the flag."""
        self._is_stopping = True

    def run(self) -> None:
        pauses = Pauses()
        while not self._is_stopping:
            try:
                self.poll()
            except Exception as error:
                pause = pauses.next()
                self._explain(error, pause)
            else:
                pauses.reset()
                pause = POLL_S
            self._wait(pause)
        self._stop_workers(list(self.workers))

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._is_stopping and time.monotonic() < until:
            time.sleep(0.1)

    def _explain(self, error: Exception, pause: float) -> None:
        if classify(error) is Failure.POISON:
            _logger.error("The bridge looks again in %.1f s.", pause, exc_info=error)
        else:
            _logger.warning("The database is away, next look in %.1f s: %s", pause, error)

    def poll(self) -> None:
        """Make the workers what the database says."""
        settings = {found.broker_id: found for found in self._read()}
        dead = [key for key, worker in self.workers.items() if not worker.is_alive()]
        self._stop_workers([key for key in self.workers if key not in settings] + dead)
        for key, found in settings.items():
            if key in self.workers:
                self.workers[key].configure(self._registry, found)
            else:
                self.workers[key] = Worker(self._registry, found, self.instance)
                self.workers[key].start()

    def _read(self) -> list[Settings]:
        """The active brokers; none while the module is not installed in this database."""
        if self._registry is None:
            self._registry = Registry(self.database)
        self._registry = self._registry.check_signaling()
        if "mqtt.broker" not in self._registry:
            _logger.warning("Database %s has no module process_mqtt yet.", self.database)
            self._registry = None
            Registry.delete(self.database)
            return []
        with self._registry.cursor(readonly=True) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            found = [broker._get_settings() for broker in env["mqtt.broker"].search([])]
        # the messages of one Sparkplug node cannot be shared among bridges: their order counts
        return [one for one in found if self.instance == 1 or not one.is_sparkplug]

    def _stop_workers(self, keys: list[int]) -> None:
        for key in keys:
            self.workers[key].stop()
        for key in keys:
            self.workers.pop(key).join(JOIN_S)
