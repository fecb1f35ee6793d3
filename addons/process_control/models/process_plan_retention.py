# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ProcessPlanRetention(models.Model):
    """How long the readings of a plan's batches are kept, where that is longer than usual."""

    _inherit = "process.plan"

    retention_months = fields.Integer(
        string="Readings kept for (months)",
        help="From the end of a batch. The company's term holds where it is longer; 0: it alone.",
    )

    _retention_months_positive = models.Constraint(
        "CHECK (retention_months >= 0)",
        "Readings cannot be kept for less than no time: 0 means as long as the company says.",
    )
