# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import logging

from odoo import api, models
from odoo.tools import SQL

from .. import clock
from ..tools import retention
from ..tools.retention import DAY_MS

_logger = logging.getLogger(__name__)

# What the file says in other words: the sensor by its code, the company by the file it is in.
OWN_COLUMNS = {"id", "sensor_id", "company_id"}
SEAL = SQL.identifier("process_reading_sealed")


class ArchiveError(Exception):
    """A month cannot be carried out as signed; the reason is kept on its record."""


class ProcessReadingArchiveWork(models.Model):
    """Seal, write, verify, empty, and back: one day of the month in each transaction.

    The readings refuse UPDATE, DELETE and TRUNCATE by trigger. This is the one place that suspends
    the refusal of TRUNCATE, for one partition, in the transaction in which its files were verified.
    What no longer may go when the files are written stays, and its error says why.
    """

    _inherit = "process.reading.archive"

    @api.model
    def _cron_work(self) -> None:
        """Carry out what is signed; an error is kept on the month, and tried again tomorrow."""
        cron = self.env["ir.cron"]
        waiting = self.search([("state", "in", ("approved", "restoring"))])
        cron._commit_progress(remaining=len(waiting))
        for archive in waiting:
            while archive._try_step():
                if not cron._commit_progress():
                    return
            cron._commit_progress(1)

    def _try_step(self) -> bool:
        """Do one day; tell whether there is more to do."""
        try:
            with self.env.cr.savepoint():
                return self._do_step()
        except ArchiveError as error:
            _logger.error("Readings of %s: %s", self.name, error)
            self._stamp({"error": str(error)})
            return False

    def _do_step(self) -> bool:
        if self.state not in ("approved", "restoring"):
            return False
        is_out = self.state == "approved"
        if self.done_ms < self.end_ms:
            day_end_ms = min(self.done_ms + DAY_MS, self.end_ms)
            if is_out:
                self._write_files(self.done_ms, day_end_ms)
            else:
                self._read_files(self.done_ms)
            self._stamp({"done_ms": day_end_ms})
            return True
        if is_out:
            self._empty()
        else:
            self._open_again()
        return False

    # -- seal ---------------------------------------------------------------------------------

    def _get_table(self) -> SQL:
        return SQL.identifier(f"process_reading_{self.name.replace('-', '_')}")

    def _seal(self) -> None:
        """Refuse new readings of the month; waits for those who are adding some now."""
        self._unseal()
        self.env.cr.execute(
            SQL(
                """CREATE TRIGGER %s BEFORE INSERT ON %s
                   FOR EACH ROW EXECUTE FUNCTION process_reading_refuse()""",
                SEAL,
                self._get_table(),
            )
        )

    def _unseal(self) -> None:
        self.env.cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", SEAL, self._get_table()))

    # -- out ----------------------------------------------------------------------------------

    def _write_files(self, start_ms: int, end_ms: int) -> None:
        """Write the readings of one day, one file for each company."""
        for company in self._get_companies():
            packer = retention.Packer()
            cr = self.env.cr
            copy = SQL(
                "COPY (%s) TO STDOUT (FORMAT csv, HEADER)",
                self._get_day_query(company, start_ms, end_ms),
            )
            cr.copy_expert(cr.mogrify(copy), packer)
            if cr.rowcount > 0:
                self.env["process.reading.archive.file"]._keep(
                    self, company, start_ms, cr.rowcount, packer
                )

    def _get_columns(self) -> list[str]:
        names = self.env.execute_query(
            SQL(
                """SELECT attname FROM pg_attribute
                    WHERE attrelid = 'process_reading'::regclass AND attnum > 0
                      AND NOT attisdropped ORDER BY attnum"""
            )
        )
        return [name for [name] in names if name not in OWN_COLUMNS]

    def _get_day_query(self, company, start_ms: int, end_ms: int) -> SQL:
        columns = [SQL("reading.%s", SQL.identifier(name)) for name in self._get_columns()]
        return SQL(
            """
            SELECT sensor.code AS sensor, %s
              FROM %s AS reading JOIN process_sensor AS sensor ON sensor.id = reading.sensor_id
             WHERE reading.company_id = %s AND source_ms >= %s AND source_ms < %s
             ORDER BY sensor.code COLLATE "C", source_ms, sequence
            """,
            SQL(", ").join(columns),
            self._get_table(),
            company.id,
            start_ms,
            end_ms,
        )

    def _empty(self) -> None:
        """Empty the partition, once the files are read again and hold every reading of it."""
        files = self.file_ids
        for file in files:
            file._read_content()
        if sum(files.mapped("reading_count")) != self._count_readings(self):
            raise ArchiveError("The files do not hold as many readings as the table.")
        blockers = self._find_blockers()
        if blockers:
            # a deviation may have been opened since it was signed
            raise ArchiveError(blockers[0])
        table = self._get_table()
        refusal = SQL.identifier("process_reading_no_truncate")
        self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER %s", table, refusal))
        self.env.cr.execute(SQL("TRUNCATE %s", table))
        self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER %s", table, refusal))
        self.env["process.reading"].invalidate_model()
        self._move_to("archived")

    # -- back ---------------------------------------------------------------------------------

    def _read_files(self, start_ms: int) -> None:
        """Bring back the readings of one day."""
        files = self.file_ids.filtered(lambda file: file.start_ms == start_ms)
        if not files:
            return
        table = self._get_table()
        self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER %s", table, SEAL))
        for file in files:
            self._read_file(file)
        self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER %s", table, SEAL))

    def _read_file(self, file) -> None:
        plain = file._read_content()
        names = plain.partition(b"\n")[0].decode().strip().split(",")[1:]
        unknown = set(names) - set(self._get_columns())
        if unknown:
            raise ArchiveError(f"The table has no columns {sorted(unknown)} any more.")
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        cr = self.env.cr
        cr.execute(SQL("DROP TABLE IF EXISTS process_reading_back"))
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE process_reading_back ON COMMIT DROP AS
                   SELECT ''::varchar AS sensor, %s FROM process_reading LIMIT 0""",
                columns,
            )
        )
        copy = SQL(
            "COPY process_reading_back (sensor, %s) FROM STDIN (FORMAT csv, HEADER)", columns
        )
        cr.copy_expert(cr.mogrify(copy), io.BytesIO(plain))
        cr.execute(
            SQL(
                """
                INSERT INTO process_reading (sensor_id, company_id, %(columns)s)
                SELECT known.id, known.company_id, %(columns)s FROM process_reading_back AS back
                  JOIN process_sensor AS known
                    ON known.code = back.sensor AND known.company_id = %(company)s
                """,
                columns=columns,
                company=file.company_id.id,
            )
        )
        if cr.rowcount != file.reading_count:
            raise ArchiveError(f"{file.name}: {cr.rowcount} of {file.reading_count} came back.")

    def _open_again(self) -> None:
        """Lift the seal, once every reading is back."""
        if self._count_readings(self) != self.reading_count:
            raise ArchiveError("Not as many readings came back as were archived.")
        self._unseal()
        self.env["process.reading"].invalidate_model()
        self._move_to("restored", done_ms=clock.now_ms())
