# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class PurchaseOrder(models.Model):
    """A purchase: the buyer sees early what will stop the receipt."""

    _inherit = "purchase.order"

    mb_warning = fields.Text(
        string="Certificate problem", compute="_compute_mb_warning", compute_sudo=True
    )

    @api.depends("partner_id", "order_line.product_id", "date_planned", "company_id")
    def _compute_mb_warning(self):
        for order in self:
            products = order.order_line.product_id.filtered("is_mb_certified")
            texts = [order._get_certificate_problem(product) for product in products]
            order.mb_warning = "\n".join(text for text in texts if text) or False

    def _get_certificate_problem(self, product) -> str:
        """Return, in words, why the supplier's certificates do not cover a product; or ""."""
        supplier = self.partner_id.commercial_partner_id
        certifications = supplier._get_certifications(self.company_id)
        if not certifications:
            return self.env._(
                "%(product)s is bought as certified, and no certificate of %(supplier)s is "
                "recorded. The receipt will be refused.",
                product=product.display_name,
                supplier=supplier.name or self.env._("the supplier"),
            )
        day = fields.Date.context_today(self, self.date_planned or None)
        reasons = [
            certification._check_usable(
                day,
                certification.scheme,
                product.mb_material,
                product.mb_supplier_scopes or "",
            )
            for certification in certifications
        ]
        if not all(reasons):
            return ""
        return self.env._(
            "%(product)s: certificate %(number)s of %(supplier)s: %(reasons)s. The receipt will "
            "be refused.",
            product=product.display_name,
            number=certifications[0].number,
            supplier=supplier.name,
            reasons="; ".join(reasons[0]),
        )
