# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.fields import Quantity

from ..models.carbon_factor import UNITS
from ..models.carbon_factor_version import GWP_SETS


class CarbonFactorImportLine(models.TransientModel):
    """What becomes of one row of the file, and why."""

    _name = "carbon.factor.import.line"
    _description = "Row of a file of emission factors"

    import_id = fields.Many2one("carbon.factor.import", required=True, ondelete="cascade")
    row = fields.Integer()
    name = fields.Char()
    code = fields.Char()
    unit = fields.Selection(UNITS)
    value = Quantity(string="kg CO2e per unit")
    gwp_set = fields.Selection(GWP_SETS, string="GWP set")
    edition = fields.Char()
    valid_from = fields.Date()
    outcome = fields.Selection(
        [
            ("new", "New factor"),
            ("version", "New version"),
            ("same", "There already"),
            ("refused", "Refused"),
        ]
    )
    reason = fields.Char()
