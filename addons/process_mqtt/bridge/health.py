# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a bridge reports about itself: counted in memory, written to the broker's row at times."""

import json
import time

from odoo.tools import SQL

from odoo.addons.process_monitoring import clock

from ..tools.message import Counts

EVERY_S = 1.0
RATE_WINDOW_MS = 10_000
"""The rate is that of so long; after a longer pause it begins anew."""


class Health:
    """Counts of one worker that are not yet in the database, and its state.

    The row is written by SQL and without `write_date`, so that an engineer's open form and the
    bridge never collide; a lock on the row is not waited for, the next report carries the rest.
    """

    def __init__(self, broker_id: int, is_first: bool = True):
        self.broker_id = broker_id
        self.is_first = is_first
        """Of bridges that share the work, one says how it is; all of them count."""
        self.total = Counts()
        self._pending = Counts()
        self._last_message_ms = 0
        self._reported: tuple | None = None
        self._next = 0.0

    def count(self, counts: Counts, received_ms: int) -> None:
        self._pending += counts
        self.total += counts
        self._last_message_ms = max(self._last_message_ms, received_ms)

    def report(self, registry, state: str, message: str = "", filters=None) -> bool:
        """Write when something but the counts changed, or the last report is a second old."""
        news = (state, message, filters)
        if news == self._reported and time.monotonic() < self._next:
            return False
        with registry.cursor() as cr:
            written = self._write(cr, state, message, filters)
        if written:
            self._pending = Counts()
            self._reported = news
        self._next = time.monotonic() + EVERY_S
        return written

    def _write(self, cr, state: str, message: str, filters) -> bool:
        counts = self._pending
        now = clock.now_ms()
        cr.execute(
            SQL(
                """UPDATE mqtt_broker SET
                    %(saying)s
                    message_rate = CASE
                        WHEN %(now)s - COALESCE(rate_since_ms, 0) > %(stale)s THEN 0
                        WHEN %(now)s - rate_since_ms >= %(window)s THEN (
                            COALESCE(message_count, 0) + %(total)s - rate_base
                        ) * 1000.0 / (%(now)s - rate_since_ms)
                        ELSE message_rate END,
                    rate_base = CASE
                        WHEN %(now)s - COALESCE(rate_since_ms, 0) >= %(window)s
                        THEN COALESCE(message_count, 0) + %(total)s ELSE rate_base END,
                    rate_since_ms = CASE
                        WHEN %(now)s - COALESCE(rate_since_ms, 0) >= %(window)s
                        THEN %(now)s ELSE rate_since_ms END,
                    last_message_ms = GREATEST(COALESCE(last_message_ms, 0), %(last)s),
                    message_count = COALESCE(message_count, 0) + %(total)s,
                    stored_count = COALESCE(stored_count, 0) + %(stored)s,
                    duplicate_count = COALESCE(duplicate_count, 0) + %(duplicates)s,
                    rejected_count = COALESCE(rejected_count, 0) + %(rejected)s,
                    retained_count = COALESCE(retained_count, 0) + %(retained)s
                WHERE id = (
                    SELECT id FROM mqtt_broker WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED
                )""",
                id=self.broker_id,
                saying=self._say(state, message, filters, now),
                now=now,
                window=RATE_WINDOW_MS,
                stale=6 * RATE_WINDOW_MS,
                last=self._last_message_ms,
                total=counts.total,
                stored=counts.stored,
                duplicates=counts.duplicates,
                rejected=counts.rejected,
                retained=counts.retained,
            )
        )
        return bool(cr.rowcount)

    def _say(self, state: str, message: str, filters, now: int) -> SQL:
        """What only the first of several bridges writes: how it is, and its session's filters."""
        if not self.is_first:
            return SQL()
        kept = SQL("subscribed_filters")
        if filters is not None:
            kept = SQL("%s", json.dumps(sorted(filters)))
        return SQL(
            """state = %(state)s, state_message = %(message)s, subscribed_filters = %(filters)s,
               heartbeat_ms = %(now)s,
               connected_ms = CASE WHEN %(state)s = 'connected' THEN %(now)s
                                   ELSE connected_ms END,""",
            state=state,
            message=message or None,
            filters=kept,
            now=now,
        )
