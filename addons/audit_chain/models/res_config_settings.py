# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of a company's witness of time."""

    _inherit = "res.config.settings"

    timestamp_url = fields.Char(related="company_id.timestamp_url", readonly=False)
    timestamp_authority = fields.Text(related="company_id.timestamp_authority", readonly=False)
