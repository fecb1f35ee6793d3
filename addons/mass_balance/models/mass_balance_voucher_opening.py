# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance


class MassBalanceVoucherOpening(models.AbstractModel):
    """What a plant brings along when it starts: opening stocks, with evidence, once per book."""

    _name = "mass.balance.voucher.opening"
    _description = "Opening of mass-balance books"

    def _get_line_texts(self) -> list[str]:
        return [line._get_text() for line in self.line_ids]

    def _get_opening_keys(self) -> list[dict]:
        template = self.product_id.product_tmpl_id
        return [
            line.declaration_id._prepare_account_key(self.warehouse_id, self.book_kind, template)
            for line in self.line_ids
        ]

    def _get_opening_text(self) -> dict:
        """Return which book opens, as it is signed; the lines say the rest of its key."""
        return {
            "site": self.warehouse_id.name or "",
            "book": self.book_kind or "",
            "product": self.product_id.product_tmpl_id._get_mb_group() if self.product_id else "",
        }

    def _check_opening(self) -> None:
        """Evidence, one book, complete declarations, and no more than lies there."""
        if not (self.warehouse_id and self.product_id and self.line_ids):
            self._refuse(self.env._("enter the site, the product and what was left of each set."))
        if not self.attachment_ids:
            self._refuse(
                self.env._(
                    "attach the evidence: the last closed balance of the books you kept before."
                )
            )
        keys = self._get_opening_keys()
        if any(key != keys[0] for key in keys):
            self._refuse(
                self.env._("its lines belong to different books: enter a voucher for each book.")
            )
        today = self.warehouse_id._get_plant_day()
        if not self.company_id._get_own_certification(self.warehouse_id, keys[0]["scheme"], today):
            self._refuse(
                self.env._(
                    "%s has no own certificate of this scheme that is valid today: credits are "
                    "lost when certification lapses.",
                    self.warehouse_id.name,
                )
            )
        for line in self.line_ids:
            self._check_opening_line(line)
        self._check_opening_stock(keys[0])

    def _check_opening_line(self, line) -> None:
        declaration, wanted = line.declaration_id.sudo(), to_decimal(line.quantity)
        number = declaration.number
        if declaration.direction != "in" or declaration.state not in ("complete", "booked"):
            self._refuse(self.env._("declaration %s is not complete.", number))
        left = declaration._get_kg() - declaration._get_booked_in()
        if not 0 < wanted <= left:
            self._refuse(
                self.env._(
                    "%(left)s kg of declaration %(number)s are not booked yet; enter a quantity "
                    "up to that.",
                    left=to_text(left),
                    number=number,
                )
            )
        if self.book_kind == "input":
            self._check_opening_lot(line, wanted)

    def _check_opening_lot(self, line, wanted) -> None:
        if line.lot_id.product_id != self.product_id:
            self._refuse(
                self.env._("name the lot of %s that lies in stock.", self.product_id.display_name)
            )
        held = self._get_lot_kg(line.lot_id)
        if wanted > held:
            self._refuse(
                self.env._(
                    "%(held)s kg of lot %(lot)s lie at %(site)s.",
                    held=to_text(held),
                    lot=line.lot_id.name,
                    site=self.warehouse_id.name,
                )
            )

    def _get_lot_kg(self, lot):
        """Return what of a lot lies at the site, in kg."""
        quants = lot.sudo().quant_ids.filtered(
            lambda q: (
                q.location_id.usage == "internal"
                and q.location_id.warehouse_id == self.warehouse_id
            )
        )
        uom = lot.product_id.uom_id
        return sum((lot.product_id._get_kg(q.quantity, uom) for q in quants), balance.ZERO)

    def _check_opening_stock(self, key: dict) -> None:
        """ISCC EU carries no more than the physical stock, into the first period too (rule 4)."""
        if key["scheme"] != "iscc_eu":
            return
        total = sum((to_decimal(line.quantity) for line in self.line_ids), balance.ZERO)
        book = self.env["mass.balance.account"].sudo().new(key)
        held = book._get_stock_quantity()
        if total > held:
            self._refuse(
                self.env._(
                    "under ISCC EU no more than the physical stock is carried: %(held)s kg lie at "
                    "%(site)s, %(total)s kg are entered.",
                    held=to_text(held),
                    site=self.warehouse_id.name,
                    total=to_text(total),
                )
            )

    def _book_opening(self):
        """Open the book with its lines; each declaration counts as used for its quantity."""
        account = self.env["mass.balance.account"]._get_or_create(self._get_opening_keys()[0])
        account._lock()
        entries = self.env["mass.balance.entry"].sudo()
        entries = entries.create([self._prepare_opening(account, line) for line in self.line_ids])
        for line in self.line_ids.sudo():
            if self.book_kind == "input":
                line.lot_id._set_declaration(line.declaration_id)
            if line.declaration_id.state == "complete":
                line.declaration_id._transition("booked")
        return entries

    def _prepare_opening(self, account, line) -> dict:
        return {
            "account_id": account.id,
            "direction": "opening",
            "quantity": to_decimal(line.quantity),
            "booking_date": self.warehouse_id._get_plant_day(),
            "document": self.name,
            "reason": self.reason,
            "declaration_id": line.declaration_id.id,
            "source_declaration_id": line.declaration_id.id,
            "lot_id": line.lot_id.id if self.book_kind == "input" else False,
            "voucher_id": self.id,
        }
