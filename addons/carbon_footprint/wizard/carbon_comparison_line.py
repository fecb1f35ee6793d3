# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..models.carbon_factor import UNITS


class CarbonComparisonLine(models.TransientModel):
    """One leaf on both sides of a comparison, and what its difference comes from."""

    _name = "carbon.comparison.line"
    _description = "Line of a comparison"

    comparison_id = fields.Many2one("carbon.comparison", required=True, ondelete="cascade")
    name = fields.Char(readonly=True)
    unit = fields.Selection(UNITS, readonly=True)
    kind = fields.Selection(
        [
            ("same", "Same"),
            ("quantity", "Quantity"),
            ("factor", "Factor"),
            ("both", "Quantity and factor"),
            ("share", "Share of co-products"),
            ("new", "Only after"),
            ("gone", "Only before"),
            ("gap", "Without a figure"),
        ],
        string="What differs",
        readonly=True,
    )
    left_amount = OptionalFloat(string="Quantity before", readonly=True)
    right_amount = OptionalFloat(string="Quantity after", readonly=True)
    left_factor = fields.Char(string="Factor before", readonly=True)
    right_factor = fields.Char(string="Factor after", readonly=True)
    left_kg_co2e = OptionalFloat(string="Before (kg CO2e)", readonly=True)
    right_kg_co2e = OptionalFloat(string="After (kg CO2e)", readonly=True)
    by_quantity = OptionalFloat(string="By quantity", readonly=True)
    by_factor = OptionalFloat(string="By factor", readonly=True)
    by_share = OptionalFloat(string="By share", readonly=True)
    difference = OptionalFloat(string="Difference (kg CO2e)", readonly=True)
