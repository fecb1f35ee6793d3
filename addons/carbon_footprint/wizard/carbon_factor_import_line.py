# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.fields import Quantity

from ..models.carbon_factor import UNITS
from ..models.carbon_factor_version import GWP_SETS

# in the order in which they are looked at
OUTCOMES = [
    ("refused", "Refused"),
    ("version", "New version"),
    ("new", "New factor"),
    ("same", "There already"),
    ("open", "No figure"),
]


class CarbonFactorImportLine(models.TransientModel):
    """What becomes of one row of the file, and why.

    Written by the check of its import and gone with it; what is refused stands first.
    """

    _name = "carbon.factor.import.line"
    _description = "Row of a file of emission factors"

    import_id = fields.Many2one("carbon.factor.import", required=True, ondelete="cascade")
    row = fields.Integer()
    where = fields.Char(help="Sheet, row and column of the file.")
    name = fields.Char()
    code = fields.Char()
    unit = fields.Selection(UNITS)
    value = Quantity(string="kg CO2e per unit")
    gwp_set = fields.Selection(GWP_SETS, string="GWP set")
    edition = fields.Char()
    valid_from = fields.Date()
    outcome = fields.Selection(OUTCOMES)
    reason = fields.Char()
