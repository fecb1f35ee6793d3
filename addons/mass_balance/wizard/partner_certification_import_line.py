# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class PartnerCertificationImportLine(models.TransientModel):
    """What becomes of one row of the list, and why."""

    _name = "partner.certification.import.line"
    _description = "Row of the list of certificates"

    import_id = fields.Many2one("partner.certification.import", required=True, ondelete="cascade")
    row = fields.Integer()
    number = fields.Char(string="Certificate")
    holder = fields.Char()
    outcome = fields.Selection(
        [
            ("new", "New"),
            ("renewal", "Renewal"),
            ("update", "Changed"),
            ("same", "Checked, unchanged"),
            ("skipped", "Left out"),
            ("refused", "Refused"),
        ]
    )
    reason = fields.Char()
