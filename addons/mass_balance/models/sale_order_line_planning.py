# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance

# A claim that takes more than this share of the free credits is told on the order.
NEARLY = Decimal("0.9")


class SaleOrderLinePlanning(models.Model):
    """What a customer asks of the credits, and which are planned for the line."""

    _inherit = "sale.order.line"

    mb_has_ghg_limit = fields.Boolean(string="Has a GHG limit")
    mb_ghg_limit = Quantity(
        string="GHG limit", help="No credit with a higher GHG value is planned."
    )
    mb_ghg_unit = fields.Char(string="Unit of the GHG limit", default="kgCO2eq/dry-ton")
    mb_reservation_ids = fields.One2many("mass.balance.reservation", "sale_line_id")
    mb_planned = Quantity(
        string="Credits planned (kg)", compute="_compute_mb_planned", compute_sudo=True
    )

    @api.depends("mb_reservation_ids.state", "mb_reservation_ids.quantity")
    def _compute_mb_planned(self):
        for line in self:
            line.mb_planned = line._get_mb_planned_kg()

    def _get_mb_planned_kg(self) -> Decimal:
        """Return the kg of credits that are planned and not yet drawn."""
        self.ensure_one()
        planned = self.mb_reservation_ids.filtered(lambda record: record.state == "planned")
        return sum((to_decimal(record.quantity) for record in planned), balance.ZERO)

    def _get_mb_open_kg(self) -> Decimal:
        """Return the claimed kg that are ordered and not delivered; 0 where kg are unknown."""
        self.ensure_one()
        open_quantity = self.product_uom_qty - self.qty_delivered
        product = self.product_id
        if open_quantity <= 0 or product._get_unweighable_reason(self.product_uom_id):
            return balance.ZERO
        kg = product._get_kg(open_quantity, self.product_uom_id)
        return balance.ceil_charge(kg * to_decimal(self.mb_claim_share, 2) / 100)

    def _get_mb_shortage(self) -> str:
        """Return, in words, that the claim is not covered, or nearly uses up what is free."""
        self.ensure_one()
        wanted = self._get_mb_open_kg()
        free = to_decimal(self.mb_available)
        if not wanted or wanted <= free * NEARLY:
            return ""
        figures = {
            "product": self.product_id.display_name,
            "wanted": to_text(wanted),
            "free": to_text(free),
        }
        if wanted > free:
            return self.env._(
                "%(product)s: %(wanted)s kg are claimed, and %(free)s kg of credits are free. The "
                "goods can leave, their declaration cannot be issued.",
                **figures,
            )
        return self.env._(
            "%(product)s: %(wanted)s kg are claimed of %(free)s kg of credits that are free.",
            **figures,
        )

    def action_view_mb_reservations(self):
        """Open the credits planned for the line."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mass_balance.mass_balance_reservation_action"
        )
        return {**action, "domain": [("sale_line_id", "in", self.ids)], "context": {}}
