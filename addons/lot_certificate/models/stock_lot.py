# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class StockLot(models.Model):
    """A lot is what a certificate is about."""

    _inherit = "stock.lot"

    lot_certificate_ids = fields.One2many("lot.certificate", "lot_id", string="Certificates")
    # The other side of the order's field, so that the ORM reads it for all lots of a page at once.
    producing_order_ids = fields.Many2many(
        "mrp.production",
        "mrp_production_stock_lot_rel",
        "stock_lot_id",
        "mrp_production_id",
        string="Orders that make it",
        readonly=True,
        copy=False,
    )
    lot_certificate_count = fields.Integer(
        string="Number of certificates", compute="_compute_lot_certificate_count"
    )

    def _compute_lot_certificate_count(self):
        counts = dict(
            self.env["lot.certificate"]._read_group(
                [("lot_id", "in", self.ids)], ["lot_id"], ["__count"]
            )
        )
        for lot in self:
            lot.lot_certificate_count = counts.get(lot, 0)

    def _get_certificate_production(self):
        """Return the order that made the lot: the last one that is done, or that is under way."""
        orders = self.producing_order_ids.filtered(lambda order: order.state != "cancel")
        newest = orders.sorted("id", reverse=True)
        return newest.filtered(lambda order: order.state == "done")[:1] or newest[:1]

    def _get_certificate_made_quantity(self, production):
        """Return how much of the lot `production` made, in the unit of the product."""
        self.ensure_one()
        lines = production.move_finished_ids.move_line_ids.filtered(
            lambda line: line.lot_id == self and line.state == "done"
        )
        if not lines:
            return self.product_qty
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, self.product_uom_id, round=False)
            for line in lines
        )

    def action_create_certificate(self):
        """Open a new certificate of this lot."""
        self.ensure_one()
        certificate = self.env["lot.certificate"].create(
            {"kind": "batch", "lot_id": self.id, "company_id": self._get_certificate_company().id}
        )
        return certificate._get_records_action()

    def _get_certificate_company(self):
        """Return who made the lot, or holds it."""
        maker = self._get_certificate_production().company_id
        return maker or self.company_id or self.env.company

    def action_view_certificates(self):
        """Open the certificates of this lot."""
        return self._action_view_certificates()

    def _action_view_certificates(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lot_certificate.lot_certificate_action"
        )
        context = {"default_kind": "batch"}
        if len(self) == 1:
            context["default_lot_id"] = self.id
        return {**action, "domain": [("lot_id", "in", self.ids)], "context": context}
