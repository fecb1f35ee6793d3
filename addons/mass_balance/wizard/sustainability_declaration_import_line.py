# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SustainabilityDeclarationImportLine(models.TransientModel):
    """What becomes of one row of a supplier's file, and every problem in it."""

    _name = "sustainability.declaration.import.line"
    _description = "Row of a supplier's file"

    import_id = fields.Many2one(
        "sustainability.declaration.import", required=True, ondelete="cascade"
    )
    row = fields.Integer()
    number = fields.Char(string="Declaration")
    outcome = fields.Selection([("new", "New"), ("refused", "Refused")])
    reason = fields.Char()
    declaration_id = fields.Many2one("sustainability.declaration", string="Draft")
