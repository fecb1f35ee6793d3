# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..tools import partition, retention

# Younger months are still being written to: the door does not even look for their seal.
MIN_AGE_MS = 40 * 86_400_000
SEALED = ("approved", "archived", "restoring")
TRANSITIONS = {
    ("draft", "approved"),
    ("draft", "cancelled"),
    ("approved", "cancelled"),
    ("approved", "archived"),
    ("archived", "restoring"),
    ("restoring", "restored"),
}


class ProcessReadingArchive(models.Model):
    """One month of readings that leaves the table for packed files: asked for, signed, carried out.

    Proposed by an administrator, signed by a quality manager who is somebody else, and only when
    no batch with readings in that month is within its retention. From the signature on the month
    is sealed: nothing can be added any more. A scheduled action writes the files, verifies them and
    then empties the month's partition; the roll-ups stay. A restoration, signed too, brings back
    every reading as it was. What month it is and how many readings it had never changes.
    """

    _name = "process.reading.archive"
    _inherit = ["process.stamped.mixin", "mail.thread", "audit.signable.mixin"]
    _description = "Archived month of readings"
    _order = "start_ms desc, id desc"

    name = fields.Char(string="Month", required=True, readonly=True, help="Calendar month, UTC.")
    start_ms = BigInt(string="Start (ms UTC)", required=True, readonly=True, aggregator=None)
    end_ms = BigInt(string="End (ms UTC)", required=True, readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("draft", "Proposed"),
            ("approved", "Being archived"),
            ("archived", "Archived"),
            ("restoring", "Being restored"),
            ("restored", "Restored"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
    )
    reading_count = BigInt(string="Readings", readonly=True, aggregator="sum")
    blockers = fields.Text(string="In the way", compute="_compute_blockers")
    requested_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    approved_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    done_ms = BigInt(
        string="Done up to (ms UTC)", readonly=True, aggregator=None, help="Day by day."
    )
    error = fields.Char(string="Last error", readonly=True)
    file_ids = fields.One2many("process.reading.archive.file", "archive_id", readonly=True)
    file_size = fields.Float(string="Files (MB)", compute="_compute_file_size", digits=(16, 1))

    _one_case = models.UniqueIndex("(start_ms) WHERE state NOT IN ('cancelled', 'restored')")

    @api.depends("file_ids.size")
    def _compute_file_size(self):
        for archive in self:
            archive.file_size = sum(archive.sudo().file_ids.mapped("size")) / 1e6

    @api.depends("state")
    def _compute_blockers(self):
        for archive in self:
            found = archive.sudo()._find_blockers() if archive.state == "draft" else []
            archive.blockers = "\n".join(found)

    # -- propose ------------------------------------------------------------------------------

    @api.model
    def action_propose(self):
        """Propose every month that lies in a partition of its own and is old enough to be asked."""
        self.browse().check_access("create")
        known = self.search([("state", "not in", ("cancelled", "restored"))]).mapped("start_ms")
        terms = self.env["res.company"].sudo().search([]).mapped("process_retention_months")
        now_ms = clock.now_ms()
        vals_list = []
        for month in self._find_months():
            count = self._count_readings(month)
            is_old = retention.add_months(month.end_ms, min(terms)) <= now_ms
            if is_old and month.start_ms not in known and count:
                vals_list.append({"start_ms": month.start_ms, "reading_count": count})
        self.create(vals_list)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model_create_multi
    def create(self, vals_list):
        """Propose months: only the start is taken from the caller, the rest is found out."""
        return super().create([self._prepare_proposal(vals.get("start_ms")) for vals in vals_list])

    def _prepare_proposal(self, start_ms) -> dict:
        month = next((m for m in self._find_months() if m.start_ms == start_ms), None)
        if month is None:
            raise UserError(
                self.env._(
                    "There is no partition that starts at this time. Use “Propose months”; a month "
                    "whose readings came in late gets its partition in the night."
                )
            )
        return {
            "name": month.suffix.replace("_", "-"),
            "start_ms": month.start_ms,
            "end_ms": month.end_ms,
            "reading_count": self._count_readings(month),
            "requested_by_id": self.env.uid,
            "state": "draft",
            "done_ms": month.start_ms,
        }

    @api.model
    def _find_months(self) -> list[partition.Month]:
        """Return the months that have a partition of their own, oldest first."""
        names = self.env.execute_query(
            SQL(
                """SELECT inhrelid::regclass::text FROM pg_inherits
                    WHERE inhparent = 'process_reading'::regclass ORDER BY 1"""
            )
        )
        months = [partition.parse(name.removeprefix("process_reading_")) for [name] in names]
        return [month for month in months if month]

    @api.model
    def _count_readings(self, month) -> int:
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM process_reading WHERE source_ms >= %s AND source_ms < %s",
                month.start_ms,
                month.end_ms,
            )
        )
        return count

    @api.model
    def _find_sealed(self, start_ms: int, end_ms: int) -> list[tuple[int, int, str]]:
        """Return (start, end, name) of the sealed months that a stretch touches.

        Months of the last weeks cannot be: for them nothing is asked of the database.
        """
        if start_ms > clock.now_ms() - MIN_AGE_MS:
            return []
        found = self.sudo().search(
            [("start_ms", "<=", end_ms), ("end_ms", ">", start_ms), ("state", "in", SEALED)]
        )
        return [(archive.start_ms, archive.end_ms, archive.name) for archive in found]

    # -- retention ----------------------------------------------------------------------------

    def _find_blockers(self) -> list[str]:
        """Return what forbids to archive the month now; rooms above add what they need."""
        self.ensure_one()
        now_ms = clock.now_ms()
        if self.end_ms > now_ms - MIN_AGE_MS:
            return [self.env._("%s is too young: readings may still come in.", self.name)]
        found = [
            sentence
            for company in self._get_companies()
            if (sentence := self._say_term(company, now_ms))
        ]
        cycles = self.env["process.cycle"].search(
            [
                ("start_ms", "<", self.end_ms),
                "|",
                ("end_ms", "=", 0),
                ("end_ms", ">=", self.start_ms),
            ]
        )
        found += [reason for cycle in cycles if (reason := cycle._get_retention_reason(now_ms))]
        return found

    def _get_companies(self):
        """Return the companies that have readings in the month."""
        query = SQL(
            """SELECT DISTINCT company_id FROM process_reading
                WHERE source_ms >= %s AND source_ms < %s""",
            self.start_ms,
            self.end_ms,
        )
        ids = [company_id for [company_id] in self.env.execute_query(query)]
        return self.env["res.company"].browse(ids)

    def _say_term(self, company, now_ms: int) -> str:
        until_ms = retention.add_months(self.end_ms, company.process_retention_months)
        if until_ms <= now_ms:
            return ""
        return self.env._(
            "%(company)s keeps readings until %(until)s.",
            company=company.name,
            until=clock.format_ms(self.env, until_ms),
        )

    # -- guards -------------------------------------------------------------------------------

    def _move_to(self, state: str, **vals) -> None:
        if (self.state, state) not in TRANSITIONS:
            raise UserError(self.env._("%s has been moved on meanwhile. Reload it.", self.name))
        self._stamp({"state": state, "error": False, **vals})
        self.env["audit.record"]._log(
            f"process.reading.archive.{state}",
            self,
            {
                "month": self.name,
                "readings": self.reading_count,
                "files": [file._get_summary() for file in self.sudo().file_ids.sorted("name")],
            },
        )

    def action_cancel(self):
        """Take back a proposal, or a seal whose month has not been emptied yet."""
        self.check_access("create")
        for archive in self:
            is_sealed = archive.state == "approved"
            archive._move_to("cancelled")
            if is_sealed:
                archive.sudo()._unseal()
        return True
