# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One bridge leads for each broker and instance, by an advisory lock of PostgreSQL.

The lock lives as long as its connection, which is none of Odoo's pool: when the bridge is killed,
or its database goes away, PostgreSQL frees it, and the bridge that stands by takes over.

Bridges that share a subscription deliver readings of the same sensors. Two transactions at once
would change the same rows, so that one of them had to be done again: they store in turns.
"""

import contextlib
import zlib

import psycopg2

from odoo import sql_db

_CLASS = zlib.crc32(b"process_mqtt.bridge") - 2**31
INSTANCES = 1_000
"""Instances of one broker that can be told apart; they are numbered from 1."""
TURN_MS = 5_000
"""How long to wait for the others; it is no more than a courtesy, so then it goes on without."""


class Lease:
    """The right to serve one broker, held while its connection lives."""

    def __init__(self, database: str, broker_id: int, instance: int):
        self.database = database
        self.key = broker_id * INSTANCES + instance
        self._turn_key = broker_id * INSTANCES
        self._connection = None

    def acquire(self) -> bool:
        """Take the lock or keep it; False when another bridge has it. Raises psycopg2.Error."""
        try:
            if self._connection is None:
                _name, info = sql_db.connection_info_for(self.database)
                self._connection = psycopg2.connect(**info)
                self._connection.autocommit = True
                self._ask("SELECT set_config('lock_timeout', %s, false)", (f"{TURN_MS}ms",))
                if not self._ask("SELECT pg_try_advisory_lock(%s, %s)", (_CLASS, self.key)):
                    self.release()
                    return False
                return True
            return bool(self._ask("SELECT 1", ()))
        except psycopg2.Error:
            self.release()
            raise

    @contextlib.contextmanager
    def turn(self):
        """Hold the broker's turn; a connection that is lost meanwhile is for `acquire` to find."""
        with contextlib.suppress(psycopg2.Error):
            self._ask("SELECT pg_advisory_lock(%s, %s)", (_CLASS, self._turn_key))
        try:
            yield
        finally:
            with contextlib.suppress(psycopg2.Error):
                self._ask("SELECT pg_advisory_unlock(%s, %s)", (_CLASS, self._turn_key))

    def _ask(self, query: str, arguments: tuple):
        with self._connection.cursor() as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchone()[0]

    def release(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None
