# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import balance


class MassBalanceAccountFigures(models.AbstractModel):
    """The figures of a book: this period's movements, its balance, and the stock beside it."""

    _name = "mass.balance.account.figures"
    _description = "Figures of a mass-balance book"

    entry_count = fields.Integer(compute="_compute_figures")
    current_period_id = fields.Many2one("mass.balance.period", compute="_compute_current_period")
    opening_quantity = Quantity(string="Opening (kg)", compute="_compute_figures")
    in_quantity = Quantity(string="In (kg)", compute="_compute_figures")
    converted_quantity = Quantity(string="Converted (kg)", compute="_compute_figures")
    out_quantity = Quantity(string="Out (kg)", compute="_compute_figures")
    other_quantity = Quantity(string="Losses and corrections (kg)", compute="_compute_figures")
    balance = Quantity(string="Balance (kg)", compute="_compute_figures")
    stock_quantity = Quantity(string="In stock (kg)", compute="_compute_stock_quantity")

    @api.depends("period_ids")
    def _compute_current_period(self):
        for account in self:
            regular = account.period_ids.filtered(lambda p: p.state == "open" and not p.revision)
            account.current_period_id = regular.sorted("date_start")[-1:]

    @api.depends("entry_ids")
    def _compute_figures(self):
        sums = self._read_sums()
        for account in self:
            current = account.current_period_id
            own = sums.get(account.id, {})
            place = current and current._get_place()
            before = {k: v for k, v in own.items() if place and k[0] < place}
            now = {k[1]: v for k, v in own.items() if place and k[0] == place}
            total = sum((signed for signed, _count in own.values()), balance.ZERO)
            account.opening_quantity = sum((s for s, _count in before.values()), balance.ZERO)
            account.in_quantity = now.pop("in", (balance.ZERO, 0))[0]
            account.converted_quantity = now.pop("convert", (balance.ZERO, 0))[0]
            account.out_quantity = now.pop("out", (balance.ZERO, 0))[0]
            account.other_quantity = sum((s for s, _count in now.values()), balance.ZERO)
            account.balance = total
            account.entry_count = sum(count for _signed, count in own.values())

    def _read_sums(self) -> dict[int, dict]:
        """One SQL aggregate: account → (place of the period, direction) → (signed sum, lines)."""
        groups = self.env["mass.balance.entry"]._read_group(
            [("account_id", "in", self.ids)],
            ["account_id", "period_id", "direction"],
            ["signed_quantity:sum", "__count"],
        )
        found = defaultdict(dict)
        for account, period, direction, signed, count in groups:
            found[account.id][(period._get_place(), direction)] = (to_decimal(signed), count)
        return found

    def _compute_stock_quantity(self):
        for account in self:
            account.stock_quantity = account._get_stock_quantity()

    def _get_stock_quantity_at(self, moment):
        """Return what lay at the site at a moment of the past (naive UTC), in kg."""
        self.ensure_one()
        place = {"location": self.warehouse_id.view_location_id.id, "to_date": moment}
        products = self._get_products().with_context(**place)
        return sum(
            (
                product._get_kg(product.qty_available, product.uom_id)
                for product in products
                if not product._get_unweighable_reason(product.uom_id)
            ),
            balance.ZERO,
        )

    def _get_stock_quantity(self):
        """Return what lies at the site of the book's products, certified or not, in kg."""
        self.ensure_one()
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("location_id", "child_of", self.warehouse_id.view_location_id.id),
                    ("location_id.usage", "=", "internal"),
                    ("product_id", "in", self._get_products().ids),
                ],
                ["product_id"],
                ["quantity:sum"],
            )
        )
        return sum(
            (
                product._get_kg(quantity, product.uom_id)
                for product, quantity in groups
                if not product._get_unweighable_reason(product.uom_id)
            ),
            balance.ZERO,
        )

    def _get_products(self):
        """Return the products that belong to the book's product group."""
        self.ensure_one()
        candidates = (
            self.env["product.product"]
            .sudo()
            .search(
                [
                    ("company_id", "in", [self.company_id.id, False]),
                    "|",
                    "|",
                    ("mb_group", "=", self.product_group),
                    ("mb_material", "=", self.product_group),
                    ("name", "=", self.product_group),
                ]
            )
        )
        return candidates.filtered(
            lambda p: p.product_tmpl_id._get_mb_group() == self.product_group
        )
