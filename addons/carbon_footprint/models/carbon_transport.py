# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity

from .mrp_production_transport import LEG_UNIT


class CarbonTransport(models.Model):
    """One leg of the way of a receipt or a delivery: how far, and by what.

    Entered by stock users or sustainability managers on the transfer. What a batch takes of a
    received lot emits its part of the way in, what is delivered of the lot a batch made emits the
    way out. A leg may be corrected: the footprints it enters are calculated anew as versions, and
    the old ones keep what they counted.
    """

    _name = "carbon.transport"
    _inherit = ["carbon.fit.mixin"]
    _description = "Leg of a transport"
    _order = "picking_id desc, sequence, id"
    _check_company_auto = True

    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain=[("picking_type_code", "in", ("incoming", "outgoing"))],
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="picking_id.company_id", store=True, index=True)
    picking_type_code = fields.Selection(related="picking_id.picking_type_code", string="Direction")
    partner_id = fields.Many2one(related="picking_id.partner_id", store=True)
    date_done = fields.Datetime(related="picking_id.date_done", store=True)
    factor_id = fields.Many2one(
        "carbon.factor",
        string="By",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("unit", "in", ("tkm", "short_ton_mile"))],
        help="The factor of the vehicle, per tonne and kilometre.",
    )
    distance_km = Quantity(string="Distance (km)", required=True, aggregator="avg")
    document = fields.Char(help="Freight paper or route that the distance comes from.")

    _distance_positive = models.Constraint("CHECK(distance_km > 0)", "A distance is more than nil.")

    @api.depends("picking_id.name", "factor_id.name", "distance_km")
    def _compute_display_name(self):
        for leg in self:
            leg.display_name = (
                f"{leg.picking_id.name}: {leg.distance_km:g} km, {leg.factor_id.name}"
            )

    @api.constrains("factor_id")
    def _check_factor_fits(self):
        for leg in self:
            leg._check_fit(LEG_UNIT, leg.display_name)

    @api.model_create_multi
    def create(self, vals_list):
        """Calculate the finished orders anew that the way belongs to."""
        legs = super().create(vals_list)
        legs.picking_id._refresh_carbon_orders()
        return legs

    def write(self, vals):
        """Calculate the finished orders anew that the way belongs to, or did."""
        before = self.picking_id
        result = super().write(vals)
        (before | self.picking_id)._refresh_carbon_orders()
        return result

    def unlink(self):
        """Calculate the finished orders anew that the way belonged to."""
        pickings = self.picking_id
        result = super().unlink()
        pickings._refresh_carbon_orders()
        return result
