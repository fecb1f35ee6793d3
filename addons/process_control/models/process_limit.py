# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessLimit(models.Model):
    """A limit of a plan's requirement is frozen with the plan's revision."""

    _name = "process.limit"
    _inherit = ["process.plan.part.mixin", "process.limit"]
    _plan_path = "requirement_id.plan_stage_id.plan_id"
