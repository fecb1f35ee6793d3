# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.process_monitoring.fields import OptionalFloat


class CarbonFootprint(models.Model):
    """Where a batch was made and how many units it gave: what indicators group and divide by."""

    _inherit = "carbon.footprint"

    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        string="Production line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The work center at which the order ended: a batch counts for one line.",
    )
    product_units = OptionalFloat(
        string="Product (its own unit)", readonly=True, help="In the product's unit of measure."
    )

    @api.model
    def _prepare_common(self, production, rule, reason, content):
        vals = super()._prepare_common(production, rule, reason, content)
        line = production._get_carbon_line()
        units = production._get_carbon_units()
        return vals | {"workcenter_id": line.id, "product_units": units}
