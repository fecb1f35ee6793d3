# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text


class MassBalanceVoucherBooking(models.AbstractModel):
    """What each kind of voucher needs before it may be signed, and what it then books."""

    _name = "mass.balance.voucher.booking"
    _description = "Booking of a mass-balance voucher"

    def _check_voucher(self) -> None:
        self.ensure_one()
        if self.kind != "opening":
            self._check_book_and_quantity()
        checks = {
            "opening": self._check_opening,
            "correction": self._check_correction,
            "site": self._check_site,
            "scheme": lambda: self.account_id._check_to_scheme("iscc_plus"),
        }
        checks[self.kind]()

    def _book(self):
        """Book it; return the entries."""
        books = {
            "opening": self._book_opening,
            "correction": self._book_correction,
            "site": self._book_site,
            "scheme": self._book_scheme,
        }
        return books[self.kind]()

    def _refuse(self, reason: str) -> None:
        raise UserError(
            self.env._("Voucher %(number)s: %(reason)s", number=self.name, reason=reason)
        )

    def _get_kg(self):
        return to_decimal(self.quantity or 0.0)

    def _check_book_and_quantity(self) -> None:
        if not self.account_id:
            self._refuse(self.env._("choose the book."))
        if self._get_kg() <= 0:
            self._refuse(self.env._("enter a quantity above zero."))
        if self.kind != "correction" and self._get_kg() > to_decimal(self.book_balance):
            self._refuse(
                self.env._(
                    "the book %(book)s holds %(held)s kg.",
                    book=self.account_id.name,
                    held=to_text(self.book_balance),
                )
            )

    # -- transfers ------------------------------------------------------------------------------

    def _get_transfer_values(self) -> dict:
        return {"document": self.name, "voucher_id": self.id}

    def _book_scheme(self):
        account = self.account_id.sudo()
        return account._transfer_to_scheme(
            "iscc_plus", self._get_kg(), self.reason, **self._get_transfer_values()
        )

    def _check_site(self) -> None:
        """The conditions of rule 8, and the right to book at the other site."""
        # The other site may belong to a company that is not active in the user's session now.
        voucher = self.sudo()
        site = voucher.target_warehouse_id or voucher.target_account_id.warehouse_id
        if not site:
            self._refuse(self.env._("choose the site the credits go to."))
        if voucher.target_account_id and voucher.target_account_id.warehouse_id != site:
            self._refuse(self.env._("the book chosen is not a book of %s.", site.name))
        if site.company_id not in self.env.user.company_ids:
            self._refuse(
                self.env._(
                    "you have no access to %s, whose books it changes.", site.company_id.name
                )
            )
        self.account_id.sudo()._check_to_site(self._get_target_account())

    def _get_target_account(self):
        """Return the book that is meant at the other site; a new one is not stored by a check."""
        voucher = self.sudo()
        account, warehouse = voucher.account_id, voucher.target_warehouse_id
        if voucher.target_account_id:
            return voucher.target_account_id
        key = {
            **account._get_key_values(),
            "company_id": warehouse.company_id.id,
            "warehouse_id": warehouse.id,
        }
        return account._find(key) or account.new({**key, **account._prepare_rules(key, account)})

    def _book_site(self):
        account, target = self.account_id.sudo(), self._get_target_account()
        if not target.ids:
            target = account._get_or_create(target._get_key_values(), like=account)
        return account._transfer_to_site(
            target, self._get_kg(), self.reason, **self._get_transfer_values()
        )

    # -- correction -----------------------------------------------------------------------------

    def _check_correction(self) -> None:
        """A correction names its set; what is put back was taken by the entry it names."""
        if self.credit_id.account_id != self.account_id:
            self._refuse(self.env._("choose the set of characteristics of the book."))
        if self.corrected_id and self.corrected_id.account_id != self.account_id:
            self._refuse(self.env._("the entry that is corrected stands in another book."))
        if self.change == "more":
            self._check_put_back()
        elif self._get_kg() > self.credit_id._get_remaining():
            self._refuse(
                self.env._(
                    "%(left)s kg are left of %(set)s.",
                    left=to_text(self.credit_id.remaining),
                    set=self.credit_id.display_name,
                )
            )

    def _check_put_back(self) -> None:
        entry = self.corrected_id.sudo()
        if not entry or to_decimal(entry.signed_quantity) >= 0:
            self._refuse(
                self.env._("to put something back, name the entry that took it out by mistake.")
            )
        if entry.direction != "correction" or entry.declaration_id:
            self._refuse(
                self.env._(
                    "entry %s is no scrap, loss, return or recount. What a declaration drew comes "
                    "back by cancelling it, what was transferred by a transfer back.",
                    entry.chain_sequence,
                )
            )
        if entry._get_credit() != self.credit_id:
            self._refuse(self.env._("the entry that is corrected took another set."))
        left = entry._get_correctable()
        if self._get_kg() > left:
            self._refuse(
                self.env._(
                    "entry %(entry)s took %(taken)s kg, of which %(left)s kg can be put back.",
                    entry=entry.chain_sequence,
                    taken=to_text(entry.quantity),
                    left=to_text(left),
                )
            )

    def _book_correction(self):
        account, credit = self.account_id.sudo(), self.credit_id.sudo()
        account._lock()
        self._check_correction()
        return (
            self.env["mass.balance.entry"]
            .sudo()
            .create(
                [
                    {
                        "account_id": account.id,
                        "direction": "correction",
                        "sign": 1 if self.change == "more" else -1,
                        "quantity": self._get_kg(),
                        "booking_date": account.warehouse_id._get_plant_day(),
                        "document": self.name,
                        "reason": self.reason,
                        "source_declaration_id": credit.declaration_id.id,
                        "lot_id": credit.lot_id.id,
                        "corrected_id": self.corrected_id.id,
                        "period_id": self.period_id.id,
                        "voucher_id": self.id,
                    }
                ]
            )
        )
