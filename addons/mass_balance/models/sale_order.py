# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SaleOrder(models.Model):
    """A sale: shows the declarations its deliveries drafted."""

    _inherit = "sale.order"

    mb_declaration_count = fields.Integer(
        compute="_compute_mb_declaration_count", compute_sudo=True
    )

    mb_warning = fields.Text(
        string="Credits run short", compute="_compute_mb_warning", compute_sudo=True
    )

    @api.depends("order_line.mb_available", "order_line.product_uom_qty", "order_line.mb_planned")
    def _compute_mb_warning(self):
        for order in self:
            lines = order.order_line.filtered(lambda line: line.mb_claim not in (False, "none"))
            open_lines = lines if order.state != "cancel" else lines.browse()
            texts = [line._get_mb_shortage() for line in open_lines]
            order.mb_warning = "\n".join(text for text in texts if text) or False

    def _compute_mb_declaration_count(self):
        groups = self.env["sustainability.declaration"]._read_group(
            [("sale_line_id", "in", self.order_line.ids)], ["sale_line_id"], ["__count"]
        )
        counts = {}
        for line, count in groups:
            counts[line.order_id.id] = counts.get(line.order_id.id, 0) + count
        for order in self:
            order.mb_declaration_count = counts.get(order.id, 0)

    def _action_cancel(self):
        """Give the credits planned for a cancelled order back."""
        self.sudo().order_line.mb_reservation_ids.filtered(
            lambda record: record.state == "planned"
        )._stamp(state="released")
        return super()._action_cancel()

    def action_view_mb_declarations(self):
        """Open the declarations of this order's deliveries."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sustainability declarations"),
            "res_model": "sustainability.declaration",
            "view_mode": "list,form",
            "domain": [("sale_line_id", "in", self.order_line.ids)],
        }
