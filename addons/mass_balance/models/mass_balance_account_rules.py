# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .selections import ATTRIBUTIONS, BASES, METHODS

RULE_FIELDS = ("method", "attribution", "basis")
PRODUCT_FIELDS = ("company_id", "warehouse_id", "scheme", "product_group")


class MassBalanceAccountRules(models.AbstractModel):
    """By which method, attribution and basis a book is kept, and when that may change.

    One site keeps one product by one rule for a certification year, in all books of the product
    (rules 14 and 16); a book that is fed by another has the rules of that one.
    """

    _name = "mass.balance.account.rules"
    _description = "Rules of a mass-balance book"

    method = fields.Selection(METHODS, required=True, tracking=True)
    attribution = fields.Selection(ATTRIBUTIONS, required=True, tracking=True)
    basis = fields.Selection(BASES, required=True, tracking=True)

    def _get_rules(self) -> tuple:
        """Return method, attribution and basis: one declaration shows exactly one of each."""
        self.ensure_one()
        return tuple(self[name] for name in RULE_FIELDS)

    @api.model
    def _prepare_rules(self, key: dict, like=None) -> dict:
        """Return the rules of a book that is about to be opened."""
        like = like or self._find_book_of_year(key)
        if like:
            return {name: like[name] for name in RULE_FIELDS}
        warehouse = self.env["stock.warehouse"].sudo().browse(key["warehouse_id"])
        return {
            "method": warehouse.mb_method or "credit",
            "attribution": warehouse.mb_attribution or "proportional",
            "basis": warehouse.mb_basis or "mass",
        }

    def _find_book_of_year(self, key: dict):
        """Return a book of the same product at the site with entries in this certification year."""
        same = [(name, "=", key.get(name)) for name in PRODUCT_FIELDS]
        return self.sudo().search(same)._get_first_entry_of_year().account_id

    def _get_books_of_product(self):
        """Return all books that these products have at their sites under their schemes."""
        books = self.sudo()
        for account in self:
            key = {name: account[name] for name in PRODUCT_FIELDS}
            books |= books.search([(name, "=", _id(value)) for name, value in key.items()])
        return books

    @api.model
    def _get_changed_rules(self, vals: dict) -> dict:
        return {name: vals[name] for name in RULE_FIELDS if name in vals}

    def _get_first_entry_of_year(self):
        """Return one entry that these books have had since the site's certificate began."""
        for account in self:
            today = account.warehouse_id._get_plant_day()
            own = account.company_id._get_own_certification(
                account.warehouse_id, account.scheme, today
            )
            domain = [("account_id", "=", account.id)]
            if own:
                domain.append(("booking_date", ">=", own.valid_from))
            entry = self.env["mass.balance.entry"].sudo().search(domain, order="id", limit=1)
            if entry:
                return entry
        return self.env["mass.balance.entry"]

    def _check_rules_may_change(self, vals: dict) -> None:
        """Refuse another rule while a book of the product has entries in this year."""
        for account in self:
            if all(vals.get(name, account[name]) == account[name] for name in RULE_FIELDS):
                continue
            entry = account._get_books_of_product()._get_first_entry_of_year()
            if entry:
                raise UserError(
                    self.env._(
                        "The book %(book)s has entries since %(day)s: method, attribution and "
                        "basis stay as they are until the next certificate begins.",
                        book=entry.account_id.name,
                        day=entry.booking_date,
                    )
                )

    def _check_method(self) -> None:
        for account in self:
            if account.method == "rolling_average" and account.attribution != "proportional":
                raise UserError(
                    self.env._(
                        "%s: a rolling average spreads the certified share over all outputs. "
                        "Choose proportional attribution, or the credit method.",
                        account.name,
                    )
                )


def _id(value):
    """Return what a search compares: the id of a record, any other value as it is."""
    return value.id if isinstance(value, models.BaseModel) else value
