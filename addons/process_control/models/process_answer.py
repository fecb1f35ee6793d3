# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessAnswer(models.Model):
    """An answer of a plan's requirement is frozen with the plan's revision."""

    _name = "process.answer"
    _inherit = ["process.plan.part.mixin", "process.answer"]
    _plan_path = "requirement_id.plan_stage_id.plan_id"
