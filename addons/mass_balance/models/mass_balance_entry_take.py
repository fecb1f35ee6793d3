# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, models

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import balance


class MassBalanceEntryTake(models.AbstractModel):
    """How entries are summed, reversed, and taken from the sets of a book, oldest first."""

    _name = "mass.balance.entry.take"
    _description = "Taking from mass-balance books"

    @api.model
    def _sum(self, domain: list) -> Decimal:
        """Return the signed sum of the entries of a domain, exact to the gram."""
        [(total,)] = self.sudo()._read_group(domain, [], ["signed_quantity:sum"])
        return to_decimal(total or 0.0)

    def _get_quantity(self) -> Decimal:
        self.ensure_one()
        return to_decimal(self.quantity)

    def _get_credit(self):
        """Return the running figure of the set this entry changed."""
        self.ensure_one()
        lot = self.lot_id if self.kind == "input" else self.lot_id.browse()
        domain = [
            ("account_id", "=", self.account_id.id),
            ("declaration_id", "=", self.source_declaration_id.id),
            ("lot_id", "=", lot.id),
        ]
        return self.env["mass.balance.credit"].search(domain, limit=1)

    def _get_correctable(self) -> Decimal:
        """Return what of this entry no correction that names it has taken back yet."""
        self.ensure_one()
        back = self._sum([("corrected_id", "=", self.id), ("signed_quantity", ">", 0)])
        return self._get_quantity() - back

    def _reverse(self, reason: str, declaration=None):
        """Book the opposite of each entry as corrections; return them."""
        rows = [
            {
                "account_id": entry.account_id.id,
                "direction": "correction",
                "sign": -1 if to_decimal(entry.signed_quantity) > 0 else 1,
                "quantity": entry._get_quantity(),
                "booking_date": entry.account_id.warehouse_id._get_plant_day(),
                "document": entry.document,
                "reason": reason,
                "declaration_id": (declaration or entry.declaration_id).id,
                "source_declaration_id": entry.source_declaration_id.id,
                "lot_id": entry.lot_id.id,
                "move_id": entry.move_id.id,
                "production_id": entry.production_id.id,
                "corrected_id": entry.id,
            }
            for entry in self.sudo()
        ]
        return self.sudo().create(rows)

    @api.model
    def _take(self, account, wanted: Decimal, values: dict, credits=None) -> Decimal:
        """Take up to `wanted` from a book, oldest set first; return what it could not give.

        `values` are the fields of the entries beside book, quantity and set.
        """
        account._lock()
        credits = credits if credits is not None else self._get_credits(account)
        rows, left = [], wanted
        for credit in credits:
            part = min(credit._get_remaining(), left)
            if part > 0:
                row = {
                    **values,
                    "account_id": account.id,
                    "quantity": part,
                    "source_declaration_id": credit.declaration_id.id,
                }
                if account.kind == "input":
                    row["lot_id"] = credit.lot_id.id
                rows.append(row)
                left -= part
        self.sudo().create(rows)
        return max(left, balance.ZERO)

    @api.model
    def _get_credits(self, account):
        return self.env["mass.balance.credit"]._get_left(account)
