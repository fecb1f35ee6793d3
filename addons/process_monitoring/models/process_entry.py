# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..fields import OptionalFloat
from ..tools import units
from .process_reading import VERDICTS


class ProcessEntry(models.Model):
    """What one person entered for one monitoring window: a measured value, or an answer.

    Written by `process.cycle.action_enter` alone, in the transaction that stores the reading,
    with who, both times and the computed verdict; hash-chained, and never changed. A wrong entry
    is answered by a new one that names it and says why: both stay, the newer one counts. One that
    belongs nowhere is withdrawn in the same way.
    """

    _name = "process.entry"
    _inherit = "audit.chain.mixin"
    _description = "Manual entry"
    _order = "measured_ms desc, id desc"
    _rec_name = "value_text"

    cycle_id = fields.Many2one(
        "process.cycle", required=True, readonly=True, ondelete="restrict", index=True
    )
    requirement_id = fields.Many2one(
        "process.requirement", required=True, readonly=True, ondelete="restrict", index=True
    )
    sensor_id = fields.Many2one(
        "process.sensor",
        string="Measuring point",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    device_id = fields.Many2one(
        "process.sensor",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The instrument that was used, where it is not the one of the measuring point.",
    )
    kind = fields.Selection(
        [("entry", "Entry"), ("correction", "Correction"), ("withdrawal", "Withdrawal")],
        required=True,
        readonly=True,
        default="entry",
    )
    measured_ms = BigInt(
        string="Measured (ms UTC)", required=True, readonly=True, aggregator=None, index=True
    )
    entered_ms = BigInt(string="Entered (ms UTC)", required=True, readonly=True, aggregator=None)
    measured_time = fields.Datetime(
        string="Measured at", compute="_compute_times", search="_search_measured_time"
    )
    entered_time = fields.Datetime(string="Entered at", compute="_compute_times")
    sequence = BigInt(string="Reading's number", readonly=True, aggregator=None)
    typed = fields.Char(string="As typed", readonly=True)
    value = OptionalFloat(readonly=True, aggregator=None, digits=None)
    unit = fields.Selection(units.SELECTION, readonly=True)
    answer = fields.Char(readonly=True)
    value_text = fields.Char(string="Reading", compute="_compute_value_text")
    verdict = fields.Selection(VERDICTS, readonly=True, help="Computed from the frozen limits.")
    limit_ref = fields.Char(string="Limit broken", readonly=True)
    is_late = fields.Boolean(
        string="Late", readonly=True, help="Entered later than the tolerance of the requirement."
    )
    reason = fields.Char(readonly=True, help="Why it was entered late, corrected or withdrawn.")
    user_id = fields.Many2one(
        "res.users", string="Entered by", required=True, readonly=True, ondelete="restrict"
    )
    corrects_id = fields.Many2one("process.entry", readonly=True, ondelete="restrict")
    correction_ids = fields.One2many("process.entry", "corrects_id", string="Corrected by")
    state = fields.Selection(
        [("effective", "Counts"), ("corrected", "Corrected"), ("withdrawn", "Withdrawn")],
        compute="_compute_state",
        search="_search_state",
    )
    is_cycle_running = fields.Boolean(compute="_compute_is_cycle_running")

    # two people who correct the same entry at once: the second one is refused
    _corrected_once = models.UniqueIndex("(corrects_id) WHERE corrects_id IS NOT NULL")

    @api.depends("measured_ms", "entered_ms")
    def _compute_times(self):
        for entry in self:
            entry.measured_time = clock.to_datetime(entry.measured_ms)
            entry.entered_time = clock.to_datetime(entry.entered_ms)

    def _search_measured_time(self, operator, value):
        return clock.search_datetime("measured_ms", operator, value)

    @api.depends("typed", "answer", "unit")
    def _compute_value_text(self):
        for entry in self:
            number = " ".join(part for part in (entry.typed, units.label(entry.unit)) if part)
            entry.value_text = entry.answer or number or "–"

    @api.depends("requirement_id.name", "value_text", "chain_sequence")
    def _compute_display_name(self):
        for entry in self:
            number = entry.chain_sequence
            name = entry.requirement_id.name
            entry.display_name = self.env._(
                "Entry %(number)s: %(name)s %(value)s",
                number=number,
                name=name,
                value=entry.value_text,
            )

    @api.depends("kind", "correction_ids.kind")
    def _compute_state(self):
        for entry in self:
            newer = entry.correction_ids[:1]
            withdrawn = "withdrawal" in (entry.kind, newer.kind)
            entry.state = "withdrawn" if withdrawn else "corrected" if newer else "effective"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = {
            "effective": [("correction_ids", "=", False), ("kind", "!=", "withdrawal")],
            "corrected": [("correction_ids.kind", "=", "correction")],
            "withdrawn": [
                "|",
                ("kind", "=", "withdrawal"),
                ("correction_ids.kind", "=", "withdrawal"),
            ],
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    def _say_corrected(self) -> str:
        """Return what took the place of a wrong entry, and why."""
        self.ensure_one()
        newer = self.correction_ids[:1]
        words = {"old": self.value_text, "new": newer.value_text, "reason": newer.reason or ""}
        if newer.kind == "withdrawal":
            return self.env._("%(old)s withdrawn: %(reason)s", **words)
        return self.env._("%(old)s corrected to %(new)s: %(reason)s", **words)

    @api.depends("cycle_id.state")
    def _compute_is_cycle_running(self):
        for entry in self:
            entry.is_cycle_running = entry.sudo().cycle_id.state == "running"

    # -- written by the system ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refuse, whoever asks: an entry is made where its reading is stored and judged."""
        raise UserError(
            self.env._(
                "A manual entry is made under “My due measurements”, where it is judged by the "
                "limits of the plan. It cannot be created with a verdict of its own."
            )
        )

    @api.model
    def _append(self, vals: dict):
        """Add one entry to the chain; for `process.cycle.action_enter` alone."""
        return super().create([vals])

    def _prepare_chain_payload(self, vals):
        browse = {name: self.env[self._fields[name].comodel_name].browse for name in self._linked()}
        linked = {name: browse[name](vals.get(name) or ()) for name in browse}
        value = vals.get("value")
        return {
            "requirement": linked["requirement_id"].name,
            "subject": linked["cycle_id"].subject or "",
            "limits": linked["cycle_id"].limits_hash,
            "point": linked["sensor_id"].code,
            "device": linked["device_id"].code or "",
            "kind": vals["kind"],
            "measured": clock.to_iso(vals["measured_ms"]),
            "entered": clock.to_iso(vals["entered_ms"]),
            "reading": vals.get("sequence") or 0,
            "typed": vals.get("typed") or "",
            "value": repr(value) if isinstance(value, float) else "",
            "unit": vals.get("unit") or "",
            "answer": vals.get("answer") or "",
            "verdict": vals.get("verdict") or "",
            "limit": vals.get("limit_ref") or "",
            "is_late": bool(vals.get("is_late")),
            "reason": vals.get("reason") or "",
            "user": linked["user_id"].login,
            "corrects": linked["corrects_id"].chain_sequence or 0,
        }

    def _linked(self) -> tuple[str, ...]:
        return ("requirement_id", "cycle_id", "sensor_id", "device_id", "user_id", "corrects_id")

    # -- people's side --------------------------------------------------------------------------

    def action_correct(self):
        """Open the page on which a wrong entry is answered by a new one."""
        self.ensure_one()
        self._check_correctable()
        return self.cycle_id._open_entry_wizard({"corrects_id": self.id})

    def _check_correctable(self) -> None:
        """Refuse what is corrected already; the newest one of a line is the one to correct."""
        self.ensure_one()
        if self.kind == "withdrawal":
            raise UserError(
                self.env._("Entry %s is a withdrawal: enter anew.", self.chain_sequence)
            )
        newer = self.sudo().correction_ids[:1]
        if newer:
            raise UserError(
                self.env._(
                    "Entry %(old)s has been corrected by entry %(new)s already. Correct that one.",
                    old=self.chain_sequence,
                    new=newer.chain_sequence,
                )
            )
