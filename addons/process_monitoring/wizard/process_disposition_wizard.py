# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ProcessDispositionWizard(models.TransientModel):
    """Confirms that a signed disposition is carried out now, and with what quantity.

    Written by whoever presses the button and gone after a while; what it does lasts in stock,
    orders and the audit chain.
    """

    _name = "process.disposition.wizard"
    _description = "Carry out a disposition"

    deviation_id = fields.Many2one("process.deviation", required=True, readonly=True)
    disposition = fields.Selection(related="deviation_id.disposition")
    disposition_reason = fields.Text(related="deviation_id.disposition_reason")
    redirect_product_id = fields.Many2one(related="deviation_id.redirect_product_id")
    lot_ids = fields.Many2many(related="deviation_id.lot_ids")
    on_hand_quantity = fields.Float(related="deviation_id.on_hand_quantity")

    def _get_quantity(self) -> float | None:
        """Return what an order that still runs has made; there is none here."""
        return None

    def action_apply(self):
        """Carry it out: the decision was signed, this is its execution."""
        self.ensure_one()
        self.deviation_id._check_carry_out()
        self.deviation_id.sudo()._do_carry_out(self._get_quantity())
        return {"type": "ir.actions.act_window_close"}
