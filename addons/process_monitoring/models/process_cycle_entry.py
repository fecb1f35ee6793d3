# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .. import clock
from ..tools.sample import MANUAL, MAX_TEXT, Sample
from .process_requirement_entry import ENTRY_ROLES


class ProcessCycleEntry(models.Model):
    """Monitoring windows that people feed: the one verb by which a person enters something.

    It checks who, when and with which device, hands the reading to the readings' door, where it
    is judged like any other, and appends the entry with both times and the verdict found there.
    """

    _inherit = "process.cycle"

    is_manual = fields.Boolean(string="Entered by people", readonly=True, index=True)
    entry_role = fields.Selection(ENTRY_ROLES, string="Entered by", readonly=True)
    instruction = fields.Text(related="requirement_id.instruction")
    entry_ids = fields.One2many("process.entry", "cycle_id", string="Entries", readonly=True)

    def _get_entry_role_label(self) -> str:
        """Return who enters readings here, in the reader's language."""
        return dict(self._fields["entry_role"]._description_selection(self.env))[self.entry_role]

    # -- what was entered here ----------------------------------------------------------------

    def _get_readings_domain(self):
        """Leave out what was entered for another window, and what has been corrected since."""
        domain = [*super()._get_readings_domain(), ("cycle_id", "in", (False, self.id))]
        for entry in self.sudo().entry_ids.corrects_id:
            domain += [
                "|",
                ("source_ms", "!=", entry.measured_ms),
                ("sequence", "!=", entry.sequence),
            ]
        return domain

    # -- enter --------------------------------------------------------------------------------

    def action_enter(
        self,
        value=None,
        answer=None,
        measured_ms=None,
        reason=None,
        device_id=None,
        corrects_id=None,
        is_withdrawn=False,
    ):
        """Enter what was measured (or observed) and return the id of the entry.

        :param value: the number, or the text as typed, in the decimal sign of the reader's language
        :param answer: one of the answers of an observed requirement
        :param measured_ms: when, in ms UTC; now if it is not given, that of the corrected entry
        :param reason: why it is late, or wrong
        :param device_id: the instrument used, where it is not that of the measuring point
        :param corrects_id: the entry that was wrong
        :param is_withdrawn: the wrong entry belongs nowhere, and nothing takes its place
        """
        self.ensure_one()
        self._check_may_enter()
        now_ms = clock.now_ms()
        old = self._get_corrected(corrects_id)
        device = self._get_device(device_id or old.device_id.id)
        reason = " ".join((reason or "").split())[:MAX_TEXT]
        vals = {
            "entered_ms": now_ms,
            "measured_ms": self._check_time(measured_ms, old, now_ms),
            "device_id": device.id,
            "reason": reason,
            "kind": "correction" if old else "entry",
            "corrects_id": old.id,
        }
        vals["is_late"] = not old and self._is_late(vals["measured_ms"], now_ms)
        if old and is_withdrawn:
            vals["kind"] = "withdrawal"
        else:
            vals |= self._read_content(value, answer)
            self._check_device(device, vals["measured_ms"])
        self._check_reason(vals)
        return self.sudo()._do_enter(vals, self.env.user).id

    def _do_enter(self, vals: dict, user):
        """Store the reading, then the entry that names it, then let the figures follow."""
        self.ensure_one()
        if vals["is_late"]:
            # what was missed until now stays missed, whatever is entered for it afterwards
            self._evaluate(vals["entered_ms"])
        if vals["kind"] != "withdrawal":
            vals |= self._store_reading(vals, user)
        entry = self.env["process.entry"]._append(
            {
                **vals,
                "company_id": self.company_id.id,
                "cycle_id": self.id,
                "requirement_id": self.requirement_id.id,
                "sensor_id": self.sensor_id.id,
                "user_id": user.id,
            }
        )
        if vals["corrects_id"]:
            readings = self.env["process.reading"]
            readings._note_corrected(self.sensor_id, vals["measured_ms"])
            self._refold()
            self._trigger_evaluation()
        return entry

    def _store_reading(self, vals: dict, user) -> dict:
        """Hand the reading to the door; return its number and what was found of it."""
        reading = self.env["process.reading"].with_company(self.company_id)
        key = [("sensor_id", "=", self.sensor_id.id), ("source_ms", "=", vals["measured_ms"])]
        taken = reading.search([*key], order="sequence desc", limit=1)
        sample = Sample(
            self.sensor_id.code,
            vals["measured_ms"],
            sequence=taken.sequence + 1 if taken else 0,
            value=vals.get("value"),
            text=vals.get("answer"),
            unit=vals.get("unit") or None,
            origin=MANUAL,
            cycle=self.id,
            is_correction=bool(vals["corrects_id"]),
        )
        result = reading._ingest([sample], vals["entered_ms"])
        for _index, why in result.rejected:
            raise UserError(self.env._("This cannot be entered: %s", why))
        stored = reading.search([*key, ("sequence", "=", sample.sequence)], limit=1)
        return {
            "sequence": sample.sequence,
            "verdict": stored.verdict,
            "limit_ref": stored.limit_ref,
        }

    # -- checks -------------------------------------------------------------------------------

    def _check_may_enter(self) -> None:
        self.check_access("read")
        cycle = self.sudo()
        if not cycle.is_manual or not cycle.sensor_id:
            raise UserError(
                self.env._(
                    "“%s” is read by its sensor; nothing is entered for it.",
                    cycle.requirement_id.name,
                )
            )
        group = f"process_monitoring.group_process_monitoring_{cycle.entry_role}"
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "“%(name)s” is entered by the role %(role)s.",
                    name=cycle.requirement_id.name,
                    role=cycle._get_entry_role_label(),
                )
            )
        if cycle.state != "running":
            raise UserError(
                self.env._(
                    "Monitoring of “%(cycle)s” ended at %(end)s: its record is closed, and nothing "
                    "is added to it. What was wrong or missing is recorded as a deviation.",
                    cycle=cycle.display_name,
                    end=clock.format_ms(self.env, cycle.end_ms),
                )
            )

    def _get_corrected(self, corrects_id):
        """Return the entry that is corrected, as the reader may see it; none for a new one."""
        old = self.env["process.entry"].browse(corrects_id or ())
        if not old:
            return old
        old.check_access("read")
        if old.cycle_id != self:
            raise UserError(self.env._("%s belongs to another monitoring.", old.display_name))
        old._check_correctable()
        return old

    def _check_time(self, measured_ms, old, now_ms: int) -> int:
        """Return when it was measured; refuse what has not been yet, or was before the start."""
        if old:
            # the time is what names the reading: a wrong time is withdrawn and entered anew
            return old.measured_ms
        if measured_ms is None or measured_ms is False:
            return now_ms
        if isinstance(measured_ms, bool) or not isinstance(measured_ms, int):
            raise UserError(self.env._("A time is given in whole milliseconds since 1970, UTC."))
        if measured_ms > now_ms:
            raise UserError(
                self.env._(
                    "%s lies in the future: it cannot have been measured yet.",
                    clock.format_ms(self.env, measured_ms),
                )
            )
        if measured_ms < self.start_ms:
            raise UserError(
                self.env._(
                    "%(when)s is before monitoring of “%(cycle)s” started (%(start)s).",
                    when=clock.format_ms(self.env, measured_ms),
                    cycle=self.display_name,
                    start=clock.format_ms(self.env, self.start_ms),
                )
            )
        self._check_not_twice(measured_ms)
        return measured_ms

    def _check_not_twice(self, measured_ms: int) -> None:
        same = self.sudo().entry_ids.filtered(
            lambda e: e.measured_ms == measured_ms and e.state == "effective"
        )
        if same:
            raise UserError(
                self.env._(
                    "For %(when)s there is %(entry)s already. If it is wrong, correct it.",
                    when=clock.format_ms(self.env, measured_ms),
                    entry=same[0].display_name,
                )
            )

    def _is_late(self, measured_ms: int, now_ms: int) -> bool:
        return now_ms - measured_ms > self._get_snapshot()["tolerance_s"] * 1000

    def _check_reason(self, vals: dict) -> None:
        if vals["reason"] or not (vals["is_late"] or vals["corrects_id"]):
            return
        if vals["is_late"]:
            raise UserError(
                self.env._(
                    "This is entered later than %s after it was measured. Write down why: both "
                    "times and the reason go into the record.",
                    self.env._("%s s", self._get_snapshot()["tolerance_s"]),
                )
            )
        raise UserError(self.env._("Write down what was wrong with the entry: it stays legible."))
