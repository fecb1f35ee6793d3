# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .process_role_mixin import ROLE_GROUPS

ROLES = [
    ("operator", "Operator"),
    ("supervisor", "Supervisor"),
    ("engineer", "Process engineer"),
    ("quality_manager", "Quality manager"),
]
DELEGATION = [
    ("role", "To somebody with the role"),
    ("any", "To anybody with a role in the plant"),
    ("none", "Not allowed"),
]


class ProcessPlanApproval(models.Model):
    """One level of approval that a stage needs before it is complete.

    Levels are asked one after the other; one person cannot fill two of them, and whoever asks
    cannot approve. Written by the process engineer while the plan is a draft; frozen with it.
    """

    _name = "process.plan.approval"
    _inherit = ["process.plan.part.mixin"]
    _description = "Approval level of a plan stage"
    _order = "plan_stage_id, sequence, id"
    _plan_path = "plan_stage_id.plan_id"

    plan_stage_id = fields.Many2one(
        "process.plan.stage", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_stage_id.company_id", store=True, index=True)
    sequence = fields.Integer(string="Level", default=1)
    name = fields.Char(required=True, default=lambda self: self.env._("Approval"))
    role = fields.Selection(ROLES, required=True, default="supervisor")
    minimum = fields.Integer(string="Persons", default=1, required=True)
    deadline_min = fields.Integer(
        string="Within (min)", default=60, help="After that it is escalated once. 0: no deadline."
    )
    delegation = fields.Selection(
        DELEGATION,
        required=True,
        default="role",
        help="To whom somebody with the role may hand over a decision that is asked of him.",
    )

    _minimum = models.Constraint(
        "CHECK (minimum > 0 AND deadline_min >= 0)",
        "An approval needs at least one person, and its deadline cannot be negative.",
    )

    def _get_group(self):
        """Return the group whose members may approve at this level."""
        self.ensure_one()
        return self.env.ref(ROLE_GROUPS[self.role])

    def _get_role_label(self) -> str:
        return dict(self._fields["role"]._description_selection(self.env))[self.role]

    def _prepare_content(self) -> dict:
        """Return what the level says, in business keys."""
        self.ensure_one()
        return {
            "level": self.sequence,
            "name": self.name,
            "role": self.role,
            "minimum": self.minimum,
            "deadline_min": self.deadline_min,
            "delegation": self.delegation,
        }
