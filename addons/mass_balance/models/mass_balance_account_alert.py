# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance


class MassBalanceAccountAlert(models.AbstractModel):
    """What confirmed orders will still take from the books of a product, and when that is close.

    Orders name a product, a scheme and perhaps a category, not a book; so the books of one
    product and category at a site are looked at together.
    """

    _name = "mass.balance.account.alert"
    _description = "Alert of a mass-balance book"

    low_threshold = Quantity(
        string="Tell below (kg)",
        default=0.0,
        help="When less than this is left after the orders that are confirmed, the sustainability "
        "manager gets an activity. 0: only when more is promised than there is.",
    )
    promised_quantity = Quantity(string="Promised (kg)", compute="_compute_promised")
    free_quantity = Quantity(string="Free (kg)", compute="_compute_promised")
    is_low = fields.Boolean(string="Low", compute="_compute_promised", search="_search_is_low")

    @api.depends("low_threshold", "booked_balance")
    def _compute_promised(self):
        for account in self:
            promised = account._get_promised()
            free = account._get_pool_balance() - promised
            account.promised_quantity = promised
            account.free_quantity = free
            account.is_low = bool(promised) and free < to_decimal(account.low_threshold or 0.0)

    def _search_is_low(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search([]).filtered(lambda account: account.is_low in value)
        return [("id", "in", found.ids)]

    def _get_pool_balance(self):
        """Return what is left in all books that an order of this product could draw from."""
        self.ensure_one()
        books = self._get_books_of_product().filtered(lambda b: b.category == self.category)
        return sum((to_decimal(book.booked_balance) for book in books), balance.ZERO)

    def _get_promised(self):
        """Return the claims of confirmed orders that are not delivered yet, in kg."""
        self.ensure_one()
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("order_id.warehouse_id", "=", self.warehouse_id.id),
                    ("mb_claim", "=", self.scheme),
                    ("mb_category", "in", [self.category, False]),
                    ("state", "=", "sale"),
                ]
            )
        )
        return sum((self._get_open_claim(line) for line in lines), balance.ZERO)

    def _get_open_claim(self, line):
        product = line.product_id
        open_quantity = line.product_uom_qty - line.qty_delivered
        if open_quantity <= 0 or product._get_unweighable_reason(line.product_uom_id):
            return balance.ZERO
        if product.product_tmpl_id._get_mb_group() != self.product_group:
            return balance.ZERO
        kilograms = product._get_kg(open_quantity, line.product_uom_id)
        return balance.ceil_charge(kilograms * to_decimal(line.mb_claim_share, 2) / 100)

    @api.model
    def _cron_alert_low(self):
        """Tell the managers of the books that confirmed orders nearly use up."""
        for account in self.env["mass.balance.account"].search([]).filtered("is_low"):
            account.company_id._schedule_mass_balance_activity(
                account,
                self.env._("Sales near the available credits"),
                self.env._(
                    "%(book)s: %(promised)s kg are promised by confirmed orders, %(free)s kg "
                    "stay free; the threshold is %(threshold)s kg.",
                    book=account.name,
                    promised=to_text(account.promised_quantity),
                    free=to_text(account.free_quantity),
                    threshold=to_text(account.low_threshold),
                ),
            )
