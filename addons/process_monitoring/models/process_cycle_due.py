# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..tools.schedule import Due
from .process_requirement_entry import ENTRY_ROLES

DUE_STATES = [
    ("overdue", "Overdue"),
    ("due", "Due now"),
    ("upcoming", "Later"),
    ("anytime", "When needed"),
]


class ProcessCycleDue(models.Model):
    """When people have to enter something next, and how they find it: by list or by label."""

    _inherit = "process.cycle"

    has_due = fields.Boolean(readonly=True, help="A next entry is expected at a known time.")
    due_from_ms = BigInt(string="Due from (ms UTC)", readonly=True, aggregator=None)
    due_ms = BigInt(string="Due (ms UTC)", readonly=True, aggregator=None)
    due_latest_ms = BigInt(string="Missed after (ms UTC)", readonly=True, aggregator=None)
    due_time = fields.Datetime(string="Due", compute="_compute_due")
    due_state = fields.Selection(
        DUE_STATES, string="When", compute="_compute_due", search="_search_due_state"
    )
    due_text = fields.Char(compute="_compute_due")
    is_for_me = fields.Boolean(compute="_compute_is_for_me", search="_search_is_for_me")

    # -- when -----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Open windows with what people have to enter first."""
        cycles = super().create(vals_list)
        cycles.filtered("is_manual")._set_due()
        return cycles

    def _add_readings(self, readings):
        is_urgent = super()._add_readings(readings)
        if self.is_manual:
            self._set_due()
        return is_urgent

    def _refold(self):
        result = super()._refold()
        if self.is_manual:
            self._set_due()
        return result

    def _pause(self, now_ms):
        result = super()._pause(now_ms)
        self.filtered("is_manual")._set_due()
        return result

    def _resume(self, now_ms):
        result = super()._resume(now_ms)
        self.filtered("is_manual")._set_due()
        return result

    def _set_due(self) -> None:
        """Note when the next entry is due: it depends on the last one that could be used."""
        for cycle in self:
            cycle.write(cycle._prepare_due())

    def _prepare_due(self) -> dict:
        self.ensure_one()
        due = self._get_due()
        if not due and self._get_snapshot()["frequency"] == "per_batch" and not self.last_usable_ms:
            due = Due(self.start_ms, 0, self.start_ms)
        return {
            "has_due": bool(due),
            "due_ms": due.due_ms if due else 0,
            "due_from_ms": max(self.start_ms, due.from_ms) if due else 0,
            "due_latest_ms": due.latest_ms if due else 0,
        }

    @api.depends("has_due", "due_ms", "due_from_ms", "due_latest_ms")
    def _compute_due(self):
        now_ms = clock.now_ms()
        for cycle in self:
            cycle.due_time = clock.to_datetime(cycle.due_ms)
            cycle.due_state = cycle._get_due_state(now_ms)
            cycle.due_text = cycle._format_due(now_ms)

    def _get_due_state(self, now_ms: int) -> str:
        if not self.has_due:
            return "anytime"
        if self.due_latest_ms and now_ms > self.due_latest_ms:
            return "overdue"
        return "due" if now_ms >= self.due_from_ms else "upcoming"

    def _format_due(self, now_ms: int) -> str:
        if not self.has_due:
            return ""
        minutes = round((self.due_ms - now_ms) / 60_000)
        if minutes >= 120:
            return self.env._("in %s h", round(minutes / 60))
        if minutes > 0:
            return self.env._("in %s min", minutes)
        if minutes > -2:
            return self.env._("now")
        if minutes > -120:
            return self.env._("for %s min", -minutes)
        return self.env._("for %s h", round(-minutes / 60))

    def _search_due_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now_ms = clock.now_ms()
        expected = Domain("has_due", "=", True)
        missed = Domain("due_latest_ms", ">", 0) & Domain("due_latest_ms", "<", now_ms)
        domains = {
            "overdue": expected & missed,
            "due": expected & ~missed & Domain("due_from_ms", "<=", now_ms),
            "upcoming": expected & Domain("due_from_ms", ">", now_ms),
            "anytime": ~expected,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    # -- whose ----------------------------------------------------------------------------------

    @api.depends_context("uid")
    @api.depends("entry_role")
    def _compute_is_for_me(self):
        roles = self._get_my_entry_roles()
        for cycle in self:
            cycle.is_for_me = cycle.entry_role in roles

    def _search_is_for_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("entry_role", "in", self._get_my_entry_roles())
        return Domain.OR(mine if wanted else ~mine for wanted in value)

    @api.model
    def _get_my_entry_roles(self) -> list[str]:
        user = self.env.user
        group = "process_monitoring.group_process_monitoring_"
        return [role for role, _label in ENTRY_ROLES if user.has_group(f"{group}{role}")]

    # -- for the gate ---------------------------------------------------------------------------

    def _finding(self, code, message, record=None):
        """Say where a reading that is missing would have been entered."""
        if self.is_manual and code in ("missing_reading", "stale"):
            message = self.env._(
                "%(finding)s It is entered by people (%(role)s), under “My due measurements”.",
                finding=message,
                role=self._get_entry_role_label(),
            )
        return super()._finding(code, message, record)

    # -- open -----------------------------------------------------------------------------------

    def action_open_entry(self):
        """Open the page on which the next measurement is entered; nothing on it is filled in."""
        self.ensure_one()
        self._check_may_enter()
        return self._open_entry_wizard({})

    def _open_entry_wizard(self, vals: dict) -> dict:
        wizard = self.env["process.entry.wizard"].create({"cycle_id": self.id, **vals})
        return wizard._open()

    @api.model
    def find_due_by_barcode(self, barcode):
        """Return what a scanned label leads to: dict(action), or dict(message) if to nothing.

        Labels of measuring points (their code), equipment (serial number or name) and, in rooms
        above, orders. What is due goes before what is not; several are shown as a list.
        """
        barcode = str(barcode or "").strip()
        mine = [("is_manual", "=", True), ("state", "=", "running"), ("is_for_me", "=", True)]
        found = self.search([*mine, *self._get_barcode_domain(barcode)]) if barcode else self
        waiting = found.filtered(lambda cycle: cycle.due_state in ("overdue", "due"))
        some = waiting or found
        if not some:
            return {"message": self.env._("Nothing is to be measured for “%s” now.", barcode[:80])}
        if len(some) == 1:
            return {"action": some.action_open_entry()}
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_cycle_action_due"
        )
        return {"action": {**action, "domain": [("id", "in", some.ids)], "context": {}}}

    @api.model
    def _get_barcode_domain(self, barcode: str):
        """Return the windows that a label belongs to; rooms above add theirs."""
        by_label = Domain.OR(
            Domain(path, "=", barcode)
            for path in ("code", "equipment_id.serial_no", "equipment_id.name")
        )
        # equipment is shown to its own people only; its label is on the machine for everybody
        sensors = self.env["process.sensor"].sudo().search(by_label)
        return [("sensor_id", "in", sensors.ids)]
