# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import models

from ..tools import balance

INPUT_DIRECTIONS = ("convert", "loss", "fuel")


class StockMove(models.Model):
    """An order that is unbuilt: its outputs lose their credits, its certified input has it again.

    In the proportion in which credits could really be taken back from the outputs: what a
    declaration has drawn is used and does not come back as input. Of a lot no more than lies
    again at the site of its book.
    """

    _inherit = "stock.move"

    def _get_unbuilt_order(self):
        """Return the order these moves unbuild; empty for all other moves."""
        return self.sudo().unbuild_id.mo_id

    def _book_unbuilt(self) -> None:
        """Give the input back of what came out of an order's unbuilding, set by set."""
        back = self.filtered(
            lambda m: m.unbuild_id and m.location_id.usage == "production" and m.quantity
        )
        for order in back._get_unbuilt_order():
            own = back.filtered(lambda m, o=order: m._get_unbuilt_order() == o)
            rows = own._prepare_given_back(order)
            self.env["mass.balance.entry"].sudo().create(rows)

    def _prepare_given_back(self, order) -> list[dict]:
        """Return one correction for each set, book and lot that gets something back."""
        entries = order.mb_entry_ids
        inputs = entries.filtered(lambda e: e.direction in INPUT_DIRECTIONS)
        groups = defaultdict(entries.browse)
        for entry in inputs.filtered(lambda e: e.signed_quantity < 0).sorted("id"):
            groups[entry.source_declaration_id, entry.account_id, entry.lot_id] |= entry
        rows = []
        for (source, account, lot), taken in groups.items():
            own = entries.filtered(lambda e, s=source: e.source_declaration_id == s)
            withdrawn = own.filtered(lambda e: _is(e, "correction", -1))
            known = own.filtered(lambda e, t=taken: _is(e, "correction", 1) and e.corrected_id in t)
            product = taken.move_id.product_id[:1]
            share = balance.given_back(
                consumed=_total(taken),
                credited=_total(own.filtered(lambda e: _is(e, "convert", 1))),
                withdrawn=_total(withdrawn),
                returned=order._get_unbuilt_kg(product, lot, account.warehouse_id),
            )
            if share > _total(known):
                rows.append(self._prepare_unbuilt(taken[:1], share - _total(known)))
        return rows

    def _prepare_unbuilt(self, entry, quantity) -> dict:
        """Return the correction of one input entry; `entry` names set, book, lot and factor."""
        moves = self.filtered(lambda m: entry.lot_id in m.move_line_ids.lot_id) or self
        return {
            "account_id": entry.account_id.id,
            "direction": "correction",
            "sign": 1,
            "quantity": quantity,
            "booking_date": entry.account_id.warehouse_id._get_plant_day(moves[0].date),
            "document": self.unbuild_id[:1].name,
            "reason": self.env._("Unbuilt: the input is in stock again"),
            "source_declaration_id": entry.source_declaration_id.id,
            "lot_id": entry.lot_id.id,
            "move_id": moves[0].id,
            "production_id": entry.production_id.id,
            "conversion_id": entry.conversion_id.id,
            "factor": entry.factor,
            "corrected_id": entry.id,
        }


def _is(entry, direction: str, sign: int) -> bool:
    return entry.direction == direction and entry.signed_quantity * sign > 0


def _total(entries):
    return sum((entry._get_quantity() for entry in entries), balance.ZERO)
