# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of the certificates of a company."""

    _inherit = "res.config.settings"

    certificate_signing_id = fields.Many2one(
        related="company_id.certificate_signing_id", readonly=False
    )
    lot_certificate_layout_id = fields.Many2one(
        related="company_id.lot_certificate_layout_id", readonly=False
    )
    certificate_by_mail = fields.Boolean(related="company_id.certificate_by_mail", readonly=False)
    certificate_stamp_policy = fields.Selection(
        related="company_id.certificate_stamp_policy", readonly=False
    )
    certificate_revocation_policy = fields.Selection(
        related="company_id.certificate_revocation_policy", readonly=False
    )
    certificate_revocation_lists = fields.Text(
        related="company_id.certificate_revocation_lists", readonly=False
    )
