# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import red_products
from .carbon_red_case_mixin import to_decimal
from .carbon_red_chain_step import QUANTITY_UNITS

LHV_BASES = [
    ("received", "As received (water included)"),
    ("dry", "Dry matter; evaporation is taken off"),
    ("dry_only", "Dry matter alone (as BioGrace counts)"),
]


class CarbonRedChainOutput(models.Model):
    """One product of a step: the first is the main product, the others are co-products or wastes.

    Entered with its step. Co-products take their share by heating value, wastes none.
    """

    _name = "carbon.red.chain.output"
    _description = "Product of a step of the RED"
    _order = "step_id, sequence, id"

    step_id = fields.Many2one(
        "carbon.red.chain.step", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="step_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Product", required=True)
    quantity = OptionalFloat(digits=None, aggregator=None)
    unit = fields.Selection(QUANTITY_UNITS, required=True, default="kg")
    lhv = OptionalFloat(
        string="Heating value (MJ/kg)",
        digits=None,
        aggregator=None,
        help="Lower heating value. A negative one counts as zero.",
    )
    lhv_basis = fields.Selection(
        LHV_BASES, string="Heating value of", required=True, default="received"
    )
    moisture = fields.Float(string="Water", digits=(16, 6), help="As a share of the mass.")
    is_waste = fields.Boolean(
        string="Waste or residue", help="It takes no share, whatever its heating value."
    )

    @api.constrains("moisture", "quantity")
    def _check_figures(self):
        """A share is a share, and nothing is made in a negative quantity."""
        for line in self:
            if not 0 <= line.moisture < 1:
                raise ValidationError(
                    self.env._("The water of “%s” is a share between 0 and 1.", line.name)
                )
            if (line.quantity or 0.0) < 0:
                raise ValidationError(
                    self.env._("The quantity of “%s” cannot be negative.", line.name)
                )

    def _to_tool(self) -> red_products.Product:
        """Return the product as the pure logic wants it."""
        self.ensure_one()
        return red_products.Product(
            name=self.name or "",
            quantity=to_decimal(self.quantity),
            unit=self.unit,
            lhv=to_decimal(self.lhv),
            lhv_basis=self.lhv_basis,
            moisture=Decimal(repr(self.moisture)),
            is_waste=self.is_waste,
        )
