# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMoveLine(models.Model):
    """What is consumed of a supplier's lot weighs what the supplier states for it."""

    _inherit = "stock.move.line"

    def _find_carbon_factor(self, on_date):
        """Return the factor of the lot's supplier where it has an approved version in force."""
        # superuser mode: the operator who consumes need not see what suppliers state
        supplies = self.env["pact.supply"].sudo()._find_for(self.product_id, self.company_id)
        supplier = self._get_pact_supplier() if supplies else None
        factors = supplies.filtered(
            lambda supply: supply.partner_id.commercial_partner_id == supplier
        ).factor_id.filtered(lambda factor: factor._get_version(on_date))
        if len(factors) == 1:
            return factors.with_env(self.env), "declared"
        return super()._find_carbon_factor(on_date)

    def _get_pact_supplier(self):
        """Return the one supplier that a lot came from, nothing if there were two."""
        if not self.lot_id:
            return self.env["res.partner"]
        receipts = self.sudo().search(
            [
                ("lot_id", "=", self.lot_id.id),
                ("state", "=", "done"),
                ("location_id.usage", "=", "supplier"),
            ]
        )
        suppliers = receipts.move_id.picking_id.partner_id.commercial_partner_id
        return suppliers if len(suppliers) == 1 else suppliers.browse()
