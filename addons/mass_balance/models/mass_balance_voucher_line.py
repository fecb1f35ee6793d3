# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_text


class MassBalanceVoucherLine(models.Model):
    """One set of characteristics a book opens with: an incoming declaration and what is left.

    Entered by the sustainability manager; frozen with its voucher.
    """

    _name = "mass.balance.voucher.line"
    _description = "Line of an opening voucher"
    _order = "id"
    _check_company_auto = True

    voucher_id = fields.Many2one(
        "mass.balance.voucher", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="voucher_id.company_id", store=True, index=True)
    declaration_id = fields.Many2one(
        "sustainability.declaration",
        string="Incoming declaration",
        required=True,
        check_company=True,
        domain="[('direction', '=', 'in'), ('state', 'in', ('complete', 'booked'))]",
    )
    lot_id = fields.Many2one(
        "stock.lot", check_company=True, help="The lot in stock: needed in an input book."
    )
    quantity = Quantity(string="Quantity (kg)", required=True)

    def _get_text(self) -> str:
        """Return the line as it is signed."""
        self.ensure_one()
        lot = self.lot_id.name or ""
        return f"{self.declaration_id._get_set_reference()}; {lot}; {to_text(self.quantity)}"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        """Refuse a change of what is booked."""
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _check_draft(self):
        booked = self.voucher_id.filtered(lambda voucher: voucher.state == "booked")
        if booked:
            raise UserError(
                self.env._("Voucher %s is booked: its lines stay as they are.", booked[0].name)
            )
