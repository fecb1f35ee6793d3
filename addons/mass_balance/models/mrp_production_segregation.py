# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class MrpProductionSegregation(models.Model):
    """An order that is to make physically segregated product reserves segregated lots alone.

    The option is what is planned. What may be claimed follows from what was consumed: see
    `stock.lot`.
    """

    _inherit = "mrp.production"

    mb_chain_of_custody = fields.Selection(
        [("mass_balance", "Mass balance"), ("physical_segregation", "Physical segregation")],
        string="Chain-of-custody option",
        default="mass_balance",
        required=True,
        help="Physical segregation: of the materials of the mass balance, only lots that are "
        "segregated themselves are reserved.",
    )

    def _takes_segregated(self, product) -> bool:
        """Tell whether of a component only segregated lots may be taken."""
        return self.mb_chain_of_custody == "physical_segregation" and product.is_mb_material
