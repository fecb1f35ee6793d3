# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import seal, trigger
from ..detached import after_transaction
from ..fields import BigInt
from ..tools import chain


class AuditChainMixin(models.AbstractModel):
    """A record that is written once and hashed with the one before it.

    Every company has one chain for each model. Nothing of a record can change afterwards, except
    the fields of `_chain_mutable_fields`, which are not hashed; a correction is a new record that
    names the old one. Three layers hold: no write or unlink in the access file, `write` and
    `unlink` refuse every user (the superuser too, and log the attempt), and a PostgreSQL trigger
    refuses SQL. Many2one fields of such a model need `ondelete="restrict"`.
    """

    _name = "audit.chain.mixin"
    _description = "Append-only, hash-chained record"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env.company,
    )
    chain_sequence = BigInt(string="Entry", readonly=True, copy=False, aggregator=None)
    previous_hash = fields.Char(readonly=True, copy=False)
    entry_hash = fields.Char(readonly=True, copy=False)
    hash_version = fields.Integer(readonly=True, copy=False, aggregator=None)
    payload = fields.Text(string="Hashed text", readonly=True, copy=False)
    recorded_at_ms = BigInt(
        string="Recorded (ms UTC)", readonly=True, copy=False, aggregator=None, index=True
    )
    recorded_at = fields.Datetime(string="Recorded", compute="_compute_recorded_at")

    _chain_number = models.UniqueIndex("(company_id, chain_sequence)")

    # -- to implement -------------------------------------------------------------------------

    def _prepare_chain_payload(self, vals: dict) -> dict:
        """Return what is hashed of the values of a new record (defaults filled in).

        Business keys (names, codes, decimal strings, ISO times), never database ids; texts,
        integers, booleans, None, lists and dicts only. `chain`, `seq`, `row` and `recorded_ms`
        are added by the mixin.
        """
        raise NotImplementedError(f"{self._name} does not say what is hashed of it")

    @api.model
    def _chain_mutable_fields(self) -> set[str]:
        """Return the stored fields that may change later (a state of delivery, a remark)."""
        return set()

    # -- append -------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Number, link and store the records, in the order given."""
        rows = [self._add_missing_default_values(vals) for vals in vals_list]
        by_company = {}
        for vals in rows:
            by_company.setdefault(self._get_chain_company(vals), []).append(vals)
        # always in one order, or two transactions could wait for each other's heads
        for company in sorted(by_company, key=lambda company: company.id):
            self._link_rows(company, by_company[company])
        return super().create(rows)

    def _get_chain_company(self, vals: dict):
        if not vals.get("company_id"):
            vals["company_id"] = self.env.company.id
        return self.env["res.company"].browse(vals["company_id"])

    def _link_rows(self, company, rows: list[dict]) -> None:
        head = self.env["audit.chain.head"]
        name, number, previous = head._advance(company, self._name, len(rows))
        now_ms = time.time_ns() // 1_000_000
        for vals in rows:
            number += 1
            vals["recorded_at_ms"] = now_ms
            body = self._prepare_chain_body(vals, name, number)
            text = chain.canonical(body)
            vals.update(
                chain_sequence=number,
                previous_hash=previous,
                entry_hash=chain.link(previous, text),
                hash_version=chain.VERSION,
                payload=text,
            )
            previous = vals["entry_hash"]
        head._seal(company, self._name, previous)

    def _prepare_chain_body(self, vals: dict, name: str, number: int) -> dict:
        """Add to the payload what ties it to its place in the chain and to its row."""
        return {
            **self._prepare_chain_payload(vals),
            "chain": name,
            "seq": number,
            "recorded_ms": vals["recorded_at_ms"],
            "row": seal.of_values(self, vals),
        }

    # -- refuse -------------------------------------------------------------------------------

    def write(self, vals):
        """Refuse, whoever asks, unless every field is one that is not part of the record."""
        if not self or set(vals) <= self._chain_mutable_fields():
            return super().write(vals)
        frozen = sorted(set(vals) - self._chain_mutable_fields())
        self._log_refused("chain.write_refused", {name: vals[name] for name in frozen})
        raise UserError(
            self.env._(
                "%(model)s “%(name)s” is part of an append-only record and cannot be changed "
                "(%(fields)s). Enter a correction as a new record that names this one. "
                "Your attempt has been logged.",
                model=self._description,
                name=self[:1].display_name,
                fields=", ".join(frozen),
            )
        )

    def unlink(self):
        """Refuse, whoever asks; `@api.ondelete` would let an uninstall pass."""
        # pylint: disable=no-raise-unlink
        if not self:
            return super().unlink()
        self._log_refused("chain.unlink_refused", {})
        raise UserError(
            self.env._(
                "%(model)s “%(name)s” is part of an append-only record and cannot be deleted. "
                "Enter a correction as a new record that names this one. "
                "Your attempt has been logged.",
                model=self._description,
                name=self[:1].display_name,
            )
        )

    def _log_refused(self, event: str, vals: dict) -> None:
        """Log who tried what, after this transaction has ended: it will be rolled back.

        Not at once in a second cursor: that one could wait for the head row this one has locked.
        """
        for record in self.sudo()[:20]:
            after_transaction(
                self.env,
                "audit.record",
                "_append",
                event,
                self.env["audit.record"]._prepare_subject(record),
                {
                    "refused": True,
                    "entry": record.chain_sequence,
                    "old": {name: str(record[name])[:200] for name in vals if name in self._fields},
                    "new": {name: str(value)[:200] for name, value in vals.items()},
                },
            )

    # -- the database's own layer -------------------------------------------------------------

    def _auto_init(self):
        """Let an upgrade fill a new column: the trigger comes back with `init`."""
        if not self._abstract:
            trigger.drop(self.env.cr, self._table)
        return super()._auto_init()

    def init(self):
        """Put the trigger on the table of every concrete model."""
        self._install_append_only_trigger()
        return super().init()

    def _install_append_only_trigger(self) -> None:
        """Make PostgreSQL refuse UPDATE, DELETE and TRUNCATE of this model's table."""
        if not self._abstract:
            trigger.install(self.env.cr, self._table, self._chain_mutable_fields())

    # -- read ---------------------------------------------------------------------------------

    @api.depends("recorded_at_ms")
    def _compute_recorded_at(self):
        for record in self:
            ms = record.recorded_at_ms
            record.recorded_at = ms and fields.Datetime.to_datetime(
                time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(ms // 1000))
            )

    def _iter_chain_entries(self, company, batch: int = 1000):
        """Yield (record, chain.Entry) of a company's chain in the order of its numbers."""
        head = self.env["audit.chain.head"].sudo()
        name = head.search([("company_id", "=", company.id), ("model", "=", self._name)]).name
        last, order = 0, "chain_sequence, id"
        domain = [("company_id", "=", company.id)]
        records = self.search(domain, order=order, limit=batch)
        while records:
            for record in records:
                yield record, record._get_chain_entry(name)
            last = records[-1].chain_sequence
            records.invalidate_recordset()
            records = self.search(
                [*domain, ("chain_sequence", ">", last)], order=order, limit=batch
            )

    def _get_chain_entry(self, name: str) -> chain.Entry:
        self.ensure_one()
        return chain.Entry(
            chain=name or "",
            seq=self.chain_sequence,
            prev=self.previous_hash or "",
            hash=self.entry_hash or "",
            body=self.payload or "{}",
            version=self.hash_version,
        )

    @api.model
    def export_chain_jsonl(self, company_id: int | None = None) -> str:
        """Return the chain of a company (the current one by default), one JSON object a line.

        Needs read access to the model. `scripts/verify` and `tools.chain` read the text.
        """
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        return "".join(f"{entry.to_line()}\n" for _, entry in self._iter_chain_entries(company))

    def _get_chain_download(self, company) -> dict:
        """Return the action that downloads the chain of a company."""
        return {
            "type": "ir.actions.act_url",
            "url": f"/audit_chain/export/{self._name}/{company.id}",
            "target": "download",
        }
