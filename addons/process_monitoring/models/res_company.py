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
    process_retention_months = fields.Integer(
        string="Keep readings (months)",
        default=24,
        help="Readings are not archived sooner after the end of their batch (or of their month, "
        "where there is no batch). Two years is what 21 CFR 117.315 asks for; other laws, "
        "customers and certification systems ask for more.",
    )
    process_retention_margin_months = fields.Integer(
        string="Keep after expiry (months)",
        default=6,
        help="Where the lots of a batch have an expiration date, its readings stay at least this "
        "long after the last of them.",
    )
    _process_settings_positive = models.Constraint(
        "CHECK(process_max_ahead_s >= 0 AND process_retention_months >= 2 "
        "AND process_retention_margin_months >= 0)",
        "The settings of monitoring cannot be negative; readings are kept two months at least.",
    )
