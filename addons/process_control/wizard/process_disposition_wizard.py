# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ProcessDispositionWizard(models.TransientModel):
    """Also asks what an order that is given up has made: so much becomes the held lot."""

    _inherit = "process.disposition.wizard"

    production_id = fields.Many2one(related="deviation_id.production_id")
    is_order_open = fields.Boolean(compute="_compute_is_order_open", compute_sudo=True)
    made_quantity = fields.Float(
        string="Made by the order",
        digits="Product Unit",
        compute="_compute_made_quantity",
        store=True,
        readonly=False,
        help="So much is booked as made, the components with it. 0 if nothing was made: the order "
        "is then cancelled.",
    )
    product_uom_id = fields.Many2one(related="deviation_id.production_id.product_uom_id")

    @api.depends("deviation_id")
    def _compute_is_order_open(self):
        for wizard in self:
            wizard.is_order_open = wizard.deviation_id._is_order_open()

    @api.depends("deviation_id")
    def _compute_made_quantity(self):
        for wizard in self:
            wizard.made_quantity = wizard.production_id.product_qty

    def _get_quantity(self):
        return self.made_quantity if self.is_order_open else super()._get_quantity()
