# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_text

from ..tools import balance


class StockMove(models.Model):
    """Goods that leave the books without a claim: scrap, losses, returns, unbuilt batches."""

    _inherit = "stock.move"

    def _is_withdrawal(self) -> bool:
        """Do goods of the books leave them without a claim: scrap, loss, return, unbuild?"""
        self.ensure_one()
        leaves = self.location_dest_id.usage in ("inventory", "supplier") or (
            self.location_dest_id.usage == "production" and self.unbuild_id
        )
        return (
            leaves
            and self.location_id.usage in ("internal", "transit", "production")
            and self.product_id.is_mb_material
        )

    def _book_withdrawal(self) -> None:
        """Take from the books what goes with scrapped, lost, returned or unbuilt material."""
        for line in self.move_line_ids.filtered("quantity"):
            reason = line.product_id._get_unweighable_reason(line.product_uom_id)
            if reason:
                line.company_id._schedule_mass_balance_activity(
                    line.product_id, self.env._("Not booked in the mass balance"), reason
                )
                continue
            kilograms = line._get_kg()
            credits = line.lot_id._get_input_credits()
            if credits:
                self._correct(credits, kilograms, line)
            else:
                self._book_output_withdrawal(line, kilograms)

    def _correct(self, credits, wanted, line) -> None:
        """Take up to a quantity from the given sets as corrections (one book each)."""
        entries = self.env["mass.balance.entry"]
        for account in credits.account_id:
            own = credits.filtered(lambda c, a=account: c.account_id == a)
            wanted = entries._take(account, wanted, self._prepare_correction(line), own)

    def _prepare_correction(self, line) -> dict:
        warehouse = line.location_id.warehouse_id or line.picking_id.picking_type_id.warehouse_id
        day = warehouse._get_plant_day(self.date) if warehouse else self.date.date()
        return {
            "direction": "correction",
            "sign": -1,
            "booking_date": day,
            "document": self.reference or self.picking_id.name or line.lot_id.name,
            "reason": self._get_withdrawal_reason(),
            "lot_id": line.lot_id.id,
            "move_id": self.id,
            "production_id": self._get_unbuilt_order().id,
        }

    def _get_withdrawal_reason(self) -> str:
        if self.unbuild_id:
            return self.env._("Unbuilt")
        if self.location_dest_id.usage == "supplier":
            return self.env._("Returned to the supplier")
        return self.env._("Scrapped") if self.scrap_id else self.env._("Lost")

    def _book_output_withdrawal(self, line, kilograms) -> None:
        """Scrapped product takes its share of the batch's credit with it (rule 12)."""
        entries = self._get_credited_entries(line)
        produced = sum((made._get_kg() for made in entries.move_id.move_line_ids), balance.ZERO)
        for source, account in {(e.source_declaration_id, e.account_id): None for e in entries}:
            own = entries.filtered(
                lambda e, s=source, a=account: e.source_declaration_id == s and e.account_id == a
            )
            attributed = sum((e._get_quantity() for e in own), balance.ZERO)
            charge = balance.scrap_charge(kilograms, attributed, produced)
            self._charge(own, charge, line)

    def _get_credited_entries(self, line):
        """Return the entries that gave credits to these goods: when unbuilt, those of the order."""
        order = self._get_unbuilt_order()
        if not order:
            return line._get_output_entries()
        return order.mb_entry_ids.filtered(
            lambda e: (
                e.direction == "convert"
                and e.signed_quantity > 0
                and e.move_id.product_id == line.product_id
            )
        )

    def _charge(self, made, charge, line) -> None:
        """Take a charge from the set that `made` credited, as far as it is not sold."""
        entries, account = self.env["mass.balance.entry"], made.account_id
        source = made.source_declaration_id
        credits = entries._get_credits(account).filtered(lambda c: c.declaration_id == source)
        values = self._prepare_correction(line)
        if self._get_unbuilt_order():
            values.update(conversion_id=made.conversion_id[:1].id, factor=made[0].factor)
        short = entries._take(account, charge, values, credits)
        if short:
            account.company_id._schedule_mass_balance_activity(
                account,
                self.env._("Credits of goods that are gone are already sold"),
                self.env._(
                    "%(document)s takes %(charge)s kg of credit with it, %(short)s kg of which "
                    "are already sold. Cancel a declaration of %(book)s, or cover it with new "
                    "credits.",
                    document=self.reference or line.lot_id.name,
                    charge=to_text(charge),
                    short=to_text(short),
                    book=account.name,
                ),
            )
