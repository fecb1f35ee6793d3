# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from . import plan_trigger


class ProcessAnswer(models.Model):
    """An answer of a plan's requirement is frozen with the plan's revision."""

    _inherit = "process.answer"

    def init(self):
        """Let PostgreSQL guard what is approved."""
        result = super().init()
        plan_trigger.install(self.env.cr, self._table)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Answers are added to drafts only."""
        requirements = self.env["process.requirement"].browse(
            {vals.get("requirement_id") for vals in vals_list}
        )
        requirements.filtered("id").plan_stage_id.plan_id._check_editable()
        return super().create(vals_list)

    def write(self, vals):
        """Answers of drafts only can be edited, and moved to drafts only."""
        self._check_plan_editable()
        result = super().write(vals)
        self._check_plan_editable()
        return result

    def unlink(self):
        """Answers of drafts only can be removed."""
        self._check_plan_editable()
        return super().unlink()

    def _check_plan_editable(self) -> None:
        self.requirement_id.plan_stage_id.plan_id._check_editable()
