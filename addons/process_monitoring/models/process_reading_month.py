# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from psycopg2.errors import LockNotAvailable

from odoo import api, models
from odoo.tools import SQL

from ..tools import partition

_logger = logging.getLogger(__name__)

DEFAULT = SQL.identifier("process_reading_default")
REFUSAL = SQL.identifier("process_reading_append_only")
# Whoever reads or adds late readings waits as long as we wait for him.
LOCK_TIMEOUT = "3s"


class ReadingsDiffer(Exception):
    """A month cannot be moved: its partition does not hold what DEFAULT holds."""


class ProcessReadingMonth(models.Model):
    """Readings of months that had no partition when they came in get one, so that every month
    can be archived.

    Each month is one transaction. Its readings are copied, compared with what they were copied
    from, every column of them, and only then taken out of DEFAULT: the refusal of deletions is
    suspended for that table, under a lock that nobody passes, and for nothing else. There are at
    most as many months as since 2000: the door takes no older reading.
    """

    _inherit = "process.reading"

    @api.model
    def _cron_create_partitions(self):
        """Prepare the months to come, and give late months partitions of their own."""
        super()._cron_create_partitions()
        months = self._find_late_months()
        if not months:
            return
        cron = self.env["ir.cron"]
        # from here on each month begins a transaction by its lock: it sees all that is stored
        cron._commit_progress(remaining=len(months))
        for month in months:
            if not self._lock_default():
                _logger.info("Late readings of %s are in use: tried again tomorrow", month.suffix)
                break
            self._move_out_of_default(month)
            if not cron._commit_progress(1):
                break

    @api.model
    def _find_late_months(self) -> list[partition.Month]:
        """Return the months of which readings lie in the DEFAULT partition."""
        query = SQL(
            """SELECT DISTINCT to_char(to_timestamp(source_ms / 1000) AT TIME ZONE 'UTC', 'YYYY_MM')
                 FROM %s ORDER BY 1""",
            DEFAULT,
        )
        months = [partition.parse(suffix) for [suffix] in self.env.execute_query(query)]
        return [month for month in months if month]

    def _lock_default(self) -> bool:
        """Keep everybody out of the DEFAULT partition until the end of the transaction."""
        cr = self.env.cr
        try:
            with cr.savepoint(flush=False):
                cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
                cr.execute(SQL("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", DEFAULT))
        except LockNotAvailable:
            return False
        return True

    def _move_out_of_default(self, month: partition.Month) -> None:
        """Move the readings of a month into a partition of its own, every column as it was."""
        name = SQL.identifier(f"process_reading_{month.suffix}")
        span = SQL("source_ms >= %s AND source_ms < %s", month.start_ms, month.end_ms)
        late = SQL("FROM %s WHERE %s", DEFAULT, span)
        cr = self.env.cr
        cr.execute(
            SQL(
                """CREATE TABLE %s (LIKE process_reading
                   INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)""",
                name,
            )
        )
        cr.execute(SQL("INSERT INTO %s SELECT * %s", name, late))
        moved = cr.rowcount
        cr.execute(SQL("(SELECT * %s) EXCEPT ALL (TABLE %s) LIMIT 1", late, name))
        if cr.fetchone():
            raise ReadingsDiffer(month.suffix)
        cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER %s", DEFAULT, REFUSAL))
        cr.execute(SQL("DELETE %s", late))
        if cr.rowcount != moved:
            raise ReadingsDiffer(month.suffix)
        cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER %s", DEFAULT, REFUSAL))
        cr.execute(
            SQL(
                "ALTER TABLE process_reading ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)",
                name,
                month.start_ms,
                month.end_ms,
            )
        )
        self._guard_partition(name)
        self.env["audit.record"]._log(
            "process.reading.month", self.browse(), {"month": month.suffix, "readings": moved}
        )
