# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    """How late the start of a stage may be entered in this company."""

    _inherit = "res.company"

    process_late_entry_min = fields.Integer(
        string="Late entry of a stage start (min)",
        default=240,
        help="A stage may be started with a time that lies at most this far back; both that time "
        "and the server's are kept. 0: starts are entered as they happen.",
    )

    _process_late_entry = models.Constraint(
        "CHECK (process_late_entry_min >= 0)", "The late entry span cannot be negative."
    )
