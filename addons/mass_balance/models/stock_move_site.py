# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMove(models.Model):
    """Certified feedstock that is driven from one site of the company to another."""

    _inherit = "stock.move"

    def _book_site_moves(self) -> None:
        """Move the credit of a lot to the books of the site where it arrives.

        At the arrival, because only what is physically there is in a site's books; on the way
        it stays in those of the site it came from. Credits of output books stay where they are:
        they do not travel with the goods.
        """
        for line in self.move_line_ids.filtered("quantity"):
            site = line.location_dest_id.warehouse_id
            inside = ("internal", "transit")
            arrives = (
                site
                and line.location_dest_id.usage == "internal"
                and line.location_id.usage in inside
                and line.location_id.warehouse_id != site
            )
            if arrives and not line.product_id._get_unweighable_reason(line.product_uom_id):
                line.move_id._book_arrival(line, site)

    def _book_arrival(self, line, site) -> None:
        left = line._get_kg()
        elsewhere = line.lot_id._get_input_credits().filtered(
            lambda c: (
                c.account_id.company_id == self.company_id and c.account_id.warehouse_id != site
            )
        )
        origin = line.location_id.warehouse_id
        if origin:
            elsewhere = elsewhere.filtered(lambda c: c.account_id.warehouse_id == origin)
        for account in elsewhere.account_id:
            own = elsewhere.filtered(lambda c, a=account: c.account_id == a)
            parts = []
            for credit in own:
                part = min(credit._get_remaining(), left)
                if part > 0:
                    parts.append((credit, part))
                    left -= part
            if parts:
                document = self.picking_id.name or self.reference or line.lot_id.name
                self._book_arrival_parts(account, site, parts, document)

    def _book_arrival_parts(self, account, site, parts: list, document: str) -> None:
        day = site._get_plant_day(self.date)
        if not self.company_id._get_own_certification(site, account.scheme, day):
            self.company_id._schedule_mass_balance_activity(
                self.picking_id or account,
                self.env._("Certified material at a site without certificate"),
                self.env._(
                    "%(document)s brought certified material to %(site)s, which held no valid "
                    "certificate of this scheme on %(day)s. Its credit stays in the book "
                    "%(book)s.",
                    document=document,
                    site=site.name,
                    day=day,
                    book=account.name,
                ),
            )
            return
        key = {**account._get_key_values(), "warehouse_id": site.id}
        target = account._get_or_create(key, like=account)
        (account | target)._lock()
        common = {
            "booking_date": day,
            "document": document,
            "reason": self.env._("Moved to %s", site.name),
            "move_id": self.id,
        }
        account._move_parts(target, parts, common)
