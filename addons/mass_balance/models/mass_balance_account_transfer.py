# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_text

from ..tools import balance, transfer


class MassBalanceAccountTransfer(models.AbstractModel):
    """Credits that go from one book to another: always two linked entries."""

    _name = "mass.balance.account.transfer"
    _description = "Transfer between mass-balance books"

    def _transfer_to_scheme(self, scheme: str, quantity, reason: str):
        """Move credits into the same book of another scheme: two linked entries (rule 9).

        ISCC EU to ISCC PLUS only. Returns the entries, out first. Sets keep their identity.
        """
        self.ensure_one()
        problem = transfer.scheme_problem(self.scheme, scheme)
        if problem:
            raise UserError(
                self.env._(
                    "%(book)s: credits go from ISCC EU to ISCC PLUS, never back or elsewhere.",
                    book=self.name,
                )
            )
        key = {name: self[name] for name in self._get_key_fields()}
        key.update(
            company_id=self.company_id.id,
            warehouse_id=self.warehouse_id.id,
            scheme=scheme,
            red_category=False,
        )
        target = self._get_or_create(key)
        (self | target)._lock()
        return self._move_credits(target, quantity, reason)

    def _move_credits(self, target, quantity, reason: str):
        entries = self.env["mass.balance.entry"].sudo()
        credits = self.env["mass.balance.credit"]._get_left(self)
        parts = balance.oldest_first(quantity, [(c, c._get_remaining()) for c in credits])
        if not parts:
            raise UserError(
                self.env._(
                    "The book %(book)s holds %(held)s kg: %(wanted)s kg cannot be taken from it.",
                    book=self.name,
                    held=to_text(self.booked_balance),
                    wanted=to_text(quantity),
                )
            )
        moved = entries
        for credit, part in parts:
            values = {
                "quantity": part,
                "booking_date": self.warehouse_id._get_plant_day(),
                "document": self.env._("Transfer to %s", target.name),
                "reason": reason,
                "source_declaration_id": credit.declaration_id.id,
                "lot_id": credit.lot_id.id,
            }
            out = entries.create([{**values, "account_id": self.id, "direction": "transfer_out"}])
            moved |= out | entries.create(
                [
                    {
                        **values,
                        "account_id": target.id,
                        "direction": "transfer_in",
                        "counterpart_id": out.id,
                    }
                ]
            )
        return moved
