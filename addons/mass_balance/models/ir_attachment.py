# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

CONTENT = {"raw", "datas", "db_datas", "store_fname", "checksum", "name", "type", "url"}
PLACE = {"res_model", "res_id", "res_field"}


class IrAttachment(models.Model):
    """The evidence of a booked voucher stays as it was when it was signed."""

    _inherit = "ir.attachment"

    def write(self, vals):
        """Refuse a change of signed evidence, whoever asks."""
        if (CONTENT | PLACE) & set(vals):
            self._refuse_for_vouchers()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_voucher(self):
        self._refuse_for_vouchers()

    def _refuse_for_vouchers(self):
        if not self.ids:
            return
        voucher = (
            self.env["mass.balance.voucher"]
            .sudo()
            .search([("attachment_ids", "in", self.ids), ("state", "=", "booked")], limit=1)
        )
        if voucher:
            raise UserError(
                self.env._(
                    "This file is evidence of the booked voucher %s: it cannot be changed or "
                    "deleted.",
                    voucher.name,
                )
            )
