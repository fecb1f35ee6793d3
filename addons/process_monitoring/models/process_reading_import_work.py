# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import csv
import io
from itertools import islice

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import history_file, partition

LINES_AT_ONCE = 5_000
# Longer files are imported in the background.
LONG = 20_000
SHOWN = 20
KEPT = 50_000


class ProcessReadingImportWork(models.Model):
    """Check a file, and import it in parts through the readings' door."""

    _inherit = "process.reading.import"

    def action_check(self):
        """Read the whole file as the import would, and store nothing."""
        for record in self:
            record._check_state("draft", "checked")
            counts, refused = [0, 0], []
            for lines in record._read_parts(0):
                stored, known, reasons = record._take_lines(lines, is_check=True)
                counts = [counts[0] + stored, counts[1] + known]
                refused += reasons
            record._stamp(
                {
                    "state": "checked",
                    "stored_count": counts[0],
                    "duplicate_count": counts[1],
                    "refused_count": len(refused),
                    "findings": _format(refused),
                }
            )
        return True

    def action_import(self):
        """Import the file: at once, or in the background when it is long."""
        self.ensure_one()
        self._check_state("checked")
        self._prepare_months()
        self._stamp(
            {
                "state": "running",
                "user_id": self.env.uid,
                "position": 0,
                "stored_count": 0,
                "duplicate_count": 0,
                "refused_count": 0,
                "findings": False,
            }
        )
        self.env["audit.record"]._log(
            "process.reading.import", self, {"file": self.name or "", "lines": self.line_count}
        )
        if self.line_count > LONG:
            self.env.ref("process_monitoring.ir_cron_import_readings").sudo()._trigger()
            return True
        while self._do_part():
            pass
        return True

    def _check_state(self, *states: str) -> None:
        self.check_access("write")
        if self.state not in states:
            raise UserError(
                self.env._("Check %s first; a file that is being imported stays.", self.name)
            )

    @api.model
    def _cron_import(self) -> None:
        """Go on with the imports that run, part by part."""
        cron = self.env["ir.cron"]
        running = self.search([("state", "=", "running")], order="id")
        cron._commit_progress(remaining=sum(r.line_count - r.position for r in running))
        for record in running:
            # who imported it is who the readings and the log name, not the scheduled action
            work = record.with_user(record.user_id).with_company(record.company_id)
            work = work.with_context(allowed_company_ids=record.company_id.ids)
            for lines in work._read_parts(record.position):
                work._import_lines(lines)
                if not cron._commit_progress(len(lines)):
                    return
            work._finish()
            cron._commit_progress()

    def _do_part(self) -> bool:
        """Import the next lines; tell whether there are more."""
        lines = next(self._read_parts(self.position), None)
        if lines is None:
            self._finish()
            return False
        self._import_lines(lines)
        return True

    def _finish(self) -> None:
        self._stamp({"state": "done", "position": self.line_count})

    # -- lines --------------------------------------------------------------------------------

    def _read_parts(self, position: int):
        """Yield lists of lines, from a position on."""
        text, _encoding = self._get_text()
        lines = islice(history_file.read(text, self._get_layout()), position, None)
        while part := list(islice(lines, LINES_AT_ONCE)):
            yield part

    def _take_lines(self, lines: list, is_check: bool = False) -> tuple[int, int, list]:
        """Hand lines to the door; return new, known, and (line number, reason) each."""
        samples = [(line.number, sample) for line in lines for sample in line.samples]
        door = self.env["process.reading"].with_company(self.company_id)
        door = door.with_context(allowed_company_ids=self.company_id.ids)
        take = door._preview if is_check else door._ingest
        result = take([sample for _number, sample in samples])
        refused = [(line.number, reason) for line in lines for reason in line.refused]
        refused += [(samples[place][0], reason) for place, reason in result.rejected]
        return result.stored, result.duplicates, sorted(refused)

    def _import_lines(self, lines: list) -> None:
        stored, known, refused = self._take_lines(lines)
        vals = {
            "position": self.position + len(lines),
            "stored_count": self.stored_count + stored,
            "duplicate_count": self.duplicate_count + known,
            "refused_count": self.refused_count + len(refused),
        }
        if refused:
            if not self.findings:
                vals["findings"] = _format(refused)
            if self.refused_count < KEPT:
                vals["refused_file"] = self._add_refused(refused)
        self._stamp(vals)

    def _add_refused(self, refused: list) -> bytes:
        """Return the file of refused lines, as they were, with number and reason, grown by some."""
        text, _encoding = self._get_text()
        layout = self._get_layout()
        wanted = {}
        for number, reason in refused:
            wanted.setdefault(number, []).append(reason)
        target = io.StringIO()
        writer = csv.writer(target, delimiter=layout.delimiter, lineterminator="\n")
        rows = history_file.read_rows(text, layout.delimiter)
        header = next(rows)[1]
        before = base64.b64decode(self.with_context(bin_size=False).refused_file or b"")
        if not before:
            writer.writerow([*header, "line", "reason"])
        for number, cells in rows:
            if number in wanted:
                reasons = " ".join(dict.fromkeys(wanted[number]))
                writer.writerow([*map(_plain, cells), number, reasons])
        return base64.b64encode(before + target.getvalue().encode())

    def _prepare_months(self) -> None:
        """Make the partitions that the file's times need, where there are no readings yet."""
        times = [
            sample.source_ms
            for lines in self._read_parts(0)
            for line in lines
            for sample in line.samples
            if sample.source_ms > 0
        ]
        if times:
            months = partition.months_between(min(times), max(times))
            self.env["process.reading"].sudo()._ensure_months(months[:240])


def _plain(cell: str) -> str:
    """Return a cell without the mark of a line that could not be read."""
    return cell.replace("\x00", "")


def _format(refused: list[tuple[int, str]]) -> str:
    lines = [f"{number}: {reason}" for number, reason in refused[:SHOWN]]
    if len(refused) > SHOWN:
        lines.append(f"… {len(refused) - SHOWN}")
    return "\n".join(lines)
