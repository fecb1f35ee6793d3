# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.audit_chain.fields import Lines

from ..tools import durations, plan_hash

DURATION_UNITS = [("s", "seconds"), ("min", "minutes"), ("h", "hours")]


class ProcessPlanStage(models.Model):
    """One stage of a plan revision: what is watched there, for how long, and who approves.

    Written by the process engineer while the plan is a draft; frozen with the plan.
    """

    _name = "process.plan.stage"
    _inherit = ["process.plan.part.mixin"]
    _description = "Stage of a process plan"
    _order = "plan_id, sequence, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "process.plan", required=True, ondelete="cascade", index=True, check_company=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    plan_state = fields.Selection(related="plan_id.state")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    code = fields.Char(help="Short name on the screens of the line.")
    is_ccp = fields.Boolean(
        string="CCP", help="Critical control point: a breach here makes product unsafe."
    )
    min_duration = fields.Float(
        string="At least", help="Measured from the first to the last reading of the stage. 0: none."
    )
    max_duration = fields.Float(string="At most", help="0: no upper limit.")
    duration_unit = fields.Selection(DURATION_UNITS, default="min", required=True)
    duration_text = fields.Char(string="Duration", compute="_compute_duration_text")
    requirement_ids = Lines(
        "process.requirement", "plan_stage_id", string="Monitoring requirements"
    )
    approval_level_ids = Lines("process.plan.approval", "plan_stage_id", string="Approvals")
    workcenter_id = fields.Many2one("mrp.workcenter", check_company=True)
    is_skippable = fields.Boolean(
        string="May be skipped", help="With a signature and a deviation; never a CCP."
    )
    entry_criteria = fields.Text(string="May start when")
    exit_criteria = fields.Text(string="Is finished when")

    _durations = models.Constraint(
        "CHECK (min_duration >= 0 AND max_duration >= 0)",
        "A duration cannot be negative.",
    )

    @api.constrains("min_duration", "max_duration", "is_ccp", "is_skippable")
    def _check_stage(self):
        for stage in self:
            if stage.max_duration and stage.max_duration < stage.min_duration:
                raise ValidationError(
                    self.env._(
                        "Stage %s: the longest duration is below the shortest one.", stage.name
                    )
                )
            if stage.is_ccp and stage.is_skippable:
                raise ValidationError(
                    self.env._("Stage %s is a CCP: it can never be skipped.", stage.name)
                )

    @api.depends("min_duration", "max_duration", "duration_unit")
    def _compute_duration_text(self):
        for stage in self:
            parts = []
            if stage.min_duration:
                parts.append(f"≥ {durations.in_words(stage._get_min_ms())}")
            if stage.max_duration:
                parts.append(f"≤ {durations.in_words(stage._get_max_ms())}")
            stage.duration_text = ", ".join(parts)

    @api.onchange("is_ccp")
    def _onchange_is_ccp(self):
        """Propose who evaluates the monitoring of a CCP; the engineer may name somebody else."""
        if self.is_ccp and not self.approval_level_ids:
            self.approval_level_ids = [Command.create(self._prepare_evaluation())]

    # -- content ------------------------------------------------------------------------------

    @api.model
    def _prepare_evaluation(self) -> dict:
        """Return the approval level that a CCP needs at least (ISO 22000:2018, 8.5.4.3)."""
        return {"name": self.env._("Evaluation of the monitoring"), "role": "quality_manager"}

    def _get_min_ms(self) -> int:
        return durations.to_ms(self.min_duration, self.duration_unit)

    def _get_max_ms(self) -> int:
        return durations.to_ms(self.max_duration, self.duration_unit)

    def _prepare_content(self) -> dict:
        """Return what the stage says, in business keys."""
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "name": self.name,
            "code": self.code or "",
            "is_ccp": self.is_ccp,
            "is_skippable": self.is_skippable,
            "min_duration": plan_hash.decimal_text(self.min_duration),
            "max_duration": plan_hash.decimal_text(self.max_duration),
            "duration_unit": self.duration_unit,
            "workcenter": self.workcenter_id.code or self.workcenter_id.name or "",
            "entry_criteria": self.entry_criteria or "",
            "exit_criteria": self.exit_criteria or "",
            "requirements": [
                requirement._prepare_plan_content()
                for requirement in self.requirement_ids.sorted(lambda r: (r.sequence, r.id))
            ],
            "approvals": [
                level._prepare_content()
                for level in self.approval_level_ids.sorted(
                    lambda level: (level.sequence, level.id)
                )
            ],
        }

    def _prepare_copy(self) -> dict:
        """Return the values of the same stage in another plan."""
        self.ensure_one()
        vals = self.copy_data()[0]
        vals.pop("plan_id", None)
        vals["requirement_ids"] = [
            Command.create(requirement._prepare_plan_copy()) for requirement in self.requirement_ids
        ]
        vals["approval_level_ids"] = [
            Command.create({k: v for k, v in data.items() if k != "plan_stage_id"})
            for data in self.approval_level_ids.copy_data()
        ]
        return vals

    def _get_incomplete_reasons(self) -> list[str]:
        """Return, in words, what this stage lacks for an approval."""
        self.ensure_one()
        reasons = []
        ccps = self.requirement_ids.filtered(lambda r: r.control_class == "ccp")
        if self.is_ccp and not ccps:
            reasons.append(
                self.env._(
                    "Stage %s is a CCP, but no requirement of it is of class CCP.", self.name
                )
            )
        if ccps and not self.is_ccp:
            reasons.append(
                self.env._("Stage %s has a CCP requirement, but is not marked as CCP.", self.name)
            )
        if self.is_ccp and not self.approval_level_ids:
            reasons.append(
                self.env._(
                    "Stage %s is a CCP, but nobody signs that its monitoring was evaluated: "
                    "it needs at least one level of approval.",
                    self.name,
                )
            )
        if self.min_duration and not self.requirement_ids:
            reasons.append(
                self.env._(
                    "Stage %s has a minimum duration, but nothing is measured there to prove it.",
                    self.name,
                )
            )
        for requirement in self.requirement_ids:
            reasons += requirement._get_incomplete_reasons()
        return reasons
