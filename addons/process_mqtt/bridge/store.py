# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One batch, one transaction: parse, ingest, dead letters, commit; and what a failure means."""

import logging
from enum import Enum

import psycopg2
from psycopg2.pool import PoolError

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError

from ..tools.message import Counts
from ..tools.router import Router
from ..tools.sightings import Sighting
from .inbox import Received

_logger = logging.getLogger(__name__)


class Failure(Enum):
    """What to do about a transaction that failed."""

    RETRY = "another transaction was in the way: try again at once"
    WAIT = "the database is away or not ready: keep the messages and try again later"
    POISON = "something in the batch cannot be stored: find it and set it aside"


_RETRY_CLASSES = frozenset({"40"})
_RETRY_CODES = frozenset({"55P03"})  # lock not available
# connection, transaction state, authorisation, no such database or schema, wrong schema (the
# modules are being upgraded), resources, object in use, shutdown, system error, configuration
_WAIT_CLASSES = frozenset({"08", "25", "28", "3D", "3F", "42", "53", "55", "57", "58", "F0", "XX"})
_POISON_CODES = frozenset({"25P02"})  # the first error was swallowed: the batch is to blame


def classify(error: BaseException) -> Failure:
    """Judge an exception by PostgreSQL's code; anything that is not the database's is poison."""
    if isinstance(error, ConcurrencyError):
        return Failure.RETRY
    if isinstance(error, PoolError):
        return Failure.WAIT
    if not isinstance(error, psycopg2.Error):
        return Failure.POISON
    code = error.pgcode or ""
    if not code:
        is_away = isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)
        return Failure.WAIT if is_away else Failure.POISON
    if code in _RETRY_CODES or code[:2] in _RETRY_CLASSES:
        return Failure.RETRY
    if code[:2] in _WAIT_CLASSES and code not in _POISON_CODES:
        return Failure.WAIT
    return Failure.POISON


class Store:
    """Commits batches of one broker, each in a cursor of its own."""

    def __init__(self, registry, broker_id: int):
        self.registry = registry
        self.broker_id = broker_id

    def commit(self, batch: list[Received], router: Router) -> Counts:
        """Store a batch or raise; when it returns, the batch is committed."""
        return self._transact(
            lambda broker: broker._receive([received.message for received in batch], router)
        )

    def bury(self, received: Received, error: BaseException) -> Counts:
        """Set one message aside whose transaction failed by its own fault."""
        reason = f"It could not be stored: {type(error).__name__}: {_first_line(error)}"

        def keep(broker):
            broker.env["mqtt.dead.letter"]._bury(broker, [(received.message, reason)])
            return Counts(rejected=1)

        return self._transact(keep)

    def note_unchanged(self, codes: list[str], at_ms: int) -> None:
        """Say that the sources of these sensors are connected and have nothing new to report."""
        self._transact(lambda broker: broker._note_unchanged(codes, at_ms))

    def list_unmapped(self, found: list[Sighting], beyond: int) -> bool:
        """List topics that nothing reads; False when another transaction was in the way."""
        try:
            self._transact(lambda b: b.env["mqtt.unmapped"]._note(b, found, beyond))
        except psycopg2.Error as error:
            # 23: another bridge has listed the same topic at the same moment
            if classify(error) is not Failure.RETRY and (error.pgcode or "")[:2] != "23":
                raise
            return False
        return True

    def find_nodes(self) -> list[tuple[str, str]]:
        """Return the Sparkplug nodes that were online when a bridge last heard of them."""
        return self._transact(lambda broker: broker._find_online_nodes())

    def start_listening(self, client: str) -> int:
        """Say that a connection is opened; return until when everything was stored before it."""
        return self._transact(lambda broker: broker._start_listening(client))

    def report(self, client: str, complete_ms: int | None) -> None:
        """Say that a connection is alive, and until when everything is stored; None: not known."""
        self._transact(lambda broker: broker._report_feed(client, complete_ms))

    def stop_listening(self, client: str) -> None:
        """Say that a connection is closed on purpose."""
        self._transact(lambda broker: broker._stop_listening(client))

    def _transact(self, work):
        """Return what `work(broker)` returns, once it is committed."""
        committed = []
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = work(env["mqtt.broker"].browse(self.broker_id))
            cr.postcommit.add(lambda: committed.append(True))
            try:
                # the point of the bridge: acknowledged is what is committed, and only that
                cr.commit()  # pylint: disable=invalid-commit
            except Exception:
                if not committed:
                    raise
                # What follows a commit (mail, wake-up of a scheduled action) may fail on its
                # own; the readings are in the table.
                _logger.exception("Work after the commit of a batch failed.")
        return result


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or ["no message"]
    return lines[0][:300]
