# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    """Settings of monitoring: how far clocks may be off, and when silence is passed on."""

    _inherit = "res.company"

    process_max_ahead_s = fields.Integer(
        string="Clock tolerance (s)",
        default=5,
        help="A reading whose timestamp is further in the future is refused.",
    )
    process_escalate_supervisor_min = fields.Integer(
        string="Escalate to supervisors after (min)", default=15
    )
    process_escalate_quality_min = fields.Integer(
        string="Escalate to quality managers after (min)", default=60
    )
    process_escalate_by_sms = fields.Boolean(
        string="Also by SMS", help="The last level is also sent by SMS, through Odoo's gateway."
    )

    _process_settings_positive = models.Constraint(
        "CHECK(process_max_ahead_s >= 0 AND process_escalate_supervisor_min >= 0 "
        "AND process_escalate_quality_min >= 0)",
        "The settings of monitoring cannot be negative.",
    )
