# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import answers

ENTRY_ROLES = [
    ("operator", "Operator"),
    ("supervisor", "Supervisor"),
    ("quality_manager", "Quality manager"),
]


class ProcessRequirementEntry(models.Model):
    """What people measure or observe themselves: by whom, how, and which answers there are."""

    _inherit = "process.requirement"

    parameter_kind = fields.Selection(related="parameter_id.kind")
    is_manual = fields.Boolean(
        string="Entered by people",
        help="Somebody measures or observes it and enters it under “My due measurements”.",
    )
    entry_role = fields.Selection(
        ENTRY_ROLES,
        string="Entered by",
        required=True,
        default="operator",
        help="The role that sees it among its due measurements and may enter it.",
    )
    instruction = fields.Text(
        help="How it is measured or observed, step by step; shown with the entry. What is "
        "observed and not measured needs one."
    )
    device_verification = fields.Text(
        string="Verification instead of calibration",
        help="For an OPRP: how the device is verified where it is not calibrated. Without it, a "
        "device that is not in calibration is not accepted.",
    )
    answer_ids = fields.One2many(
        "process.answer",
        "requirement_id",
        string="Answers",
        copy=True,
        help="What may be answered, and which answers conform.",
    )

    @api.constrains("answer_ids", "parameter_id")
    def _check_answers(self):
        self.answer_ids._check_parameter()
        for requirement in self.filtered("answer_ids"):
            if not any(requirement.answer_ids.mapped("is_conforming")):
                raise ValidationError(
                    self.env._("%s: no answer conforms. Say which of them does.", requirement.name)
                )

    @api.depends("answer_ids.name", "answer_ids.is_conforming", "answer_ids.sequence", "limit_ids")
    def _compute_limits_text(self):
        result = super()._compute_limits_text()
        for requirement in self.filtered("answer_ids"):
            names = requirement.answer_ids.filtered("is_conforming").mapped("name")
            requirement.limits_text = " / ".join(name or "" for name in names)
        return result

    def _prepare_cycle(self, start_ms, subject):
        return {
            **super()._prepare_cycle(start_ms, subject),
            "is_manual": self.is_manual,
            "entry_role": self.entry_role,
        }

    def _prepare_snapshot(self):
        listed = self.answer_ids.sorted(lambda answer: (answer.sequence, answer.id))
        return {
            **super()._prepare_snapshot(),
            "is_manual": self.is_manual,
            "entry_role": self.entry_role,
            "device_verification": self.device_verification or "",
            "answers": answers.dump(listed._to_answers()),
        }
