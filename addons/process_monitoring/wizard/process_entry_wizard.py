# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .. import clock
from ..tools import units


class ProcessEntryWizard(models.TransientModel):
    """The page on which a person enters what was measured or observed, on a phone too.

    Written by whoever has it open, gone after a while; what is saved lasts as a manual entry.
    Nothing on it is filled in: no value, no time, no verdict. The limits are shown afterwards.
    """

    _name = "process.entry.wizard"
    _description = "Enter a measurement"

    cycle_id = fields.Many2one("process.cycle", required=True, readonly=True)
    corrects_id = fields.Many2one("process.entry", readonly=True)
    entry_id = fields.Many2one("process.entry", string="Entered", readonly=True)
    requirement_name = fields.Char(related="cycle_id.requirement_id.name")
    subject = fields.Char(related="cycle_id.subject")
    control_class = fields.Selection(related="cycle_id.control_class")
    instruction = fields.Text(related="cycle_id.instruction")
    point = fields.Char(string="Measuring point", related="cycle_id.sensor_id.display_name")
    parameter_id = fields.Many2one(related="cycle_id.sensor_id.parameter_id")
    company_id = fields.Many2one(related="cycle_id.company_id")
    is_observed = fields.Boolean(compute="_compute_question")
    unit_label = fields.Char(string="Unit", compute="_compute_question")
    answers = fields.Json(compute="_compute_question")
    due_state = fields.Selection(related="cycle_id.due_state")
    due_text = fields.Char(related="cycle_id.due_text")

    value = fields.Char(string="Measured value")
    answer = fields.Char()
    device_id = fields.Many2one(
        "process.sensor",
        string="Other device",
        domain="[('parameter_id', '=', parameter_id), ('company_id', '=', company_id)]",
        help="Only if it was not measured with the device of the measuring point.",
    )
    is_late = fields.Boolean(string="Measured earlier")
    measured_time = fields.Datetime(string="Measured at")
    is_withdrawn = fields.Boolean(
        string="Withdraw",
        help="The entry belongs somewhere else, and nothing takes its place.",
    )
    reason = fields.Char()

    verdict = fields.Selection(related="entry_id.verdict")
    entered_text = fields.Char(related="entry_id.value_text")
    limits_text = fields.Char(compute="_compute_result")
    correction = fields.Text(string="What to do now", compute="_compute_result")
    result = fields.Selection(
        [
            ("good", "Conforms"),
            ("warning", "Attention"),
            ("bad", "Does not conform"),
            ("withdrawn", "Withdrawn"),
            ("stored", "Recorded"),
        ],
        compute="_compute_result",
    )

    @api.depends("cycle_id")
    def _compute_question(self):
        for wizard in self:
            sensor = wizard.cycle_id.sensor_id
            wizard.is_observed = sensor.kind == "state"
            wizard.unit_label = units.label(sensor.unit)
            listed = wizard.cycle_id._get_snapshot()["answers"] if wizard.cycle_id else []
            wizard.answers = [row["answer"] for row in listed]

    @api.depends("entry_id")
    def _compute_result(self):
        results = {
            "conform": "good",
            "critical": "bad",
            "operating": "warning",
            "quality": "warning",
            "unusable": "warning",
        }
        for wizard in self:
            entry = wizard.entry_id
            result = results.get(entry.verdict, "stored") if entry else False
            wizard.result = "withdrawn" if entry.kind == "withdrawal" else result
            is_done = result in ("good", "warning", "bad")
            wizard.limits_text = wizard._get_wanted() if is_done else False
            is_bad = result in ("warning", "bad")
            wizard.correction = entry.requirement_id.correction if is_bad else False

    def _get_wanted(self) -> str:
        """Return what would have conformed, as it was frozen when monitoring started."""
        rows = self.cycle_id._get_snapshot()["answers"]
        listed = [row["answer"] for row in rows if row["is_conforming"]]
        return " / ".join(listed) or self.cycle_id.limits_text

    def action_save(self):
        """Enter it; then show what the limits say of it, and what is to be done."""
        self.ensure_one()
        is_late = self.is_late and self.measured_time and not self.corrects_id
        entry_id = self.cycle_id.action_enter(
            value=self.value or None,
            answer=self.answer or None,
            measured_ms=clock.to_ms(self.measured_time) if is_late else None,
            reason=self.reason,
            device_id=self.device_id.id,
            corrects_id=self.corrects_id.id or None,
            is_withdrawn=self.is_withdrawn,
        )
        self.entry_id = entry_id
        return self._open()

    def action_again(self):
        """Correct what has just been entered."""
        self.ensure_one()
        return self.entry_id.action_correct()

    def _open(self) -> dict:
        self.ensure_one()
        name = self.env._("Correct an entry") if self.corrects_id else self.env._("Enter")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }
