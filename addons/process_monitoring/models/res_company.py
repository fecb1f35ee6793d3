# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    """Settings of monitoring: how far clocks may be off."""

    _inherit = "res.company"

    process_max_ahead_s = fields.Integer(
        string="Clock tolerance (s)",
        default=5,
        help="A reading whose timestamp is further in the future is refused.",
    )
    _process_settings_positive = models.Constraint(
        "CHECK(process_max_ahead_s >= 0)", "The settings of monitoring cannot be negative."
    )
