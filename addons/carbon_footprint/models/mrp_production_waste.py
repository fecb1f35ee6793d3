# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models


class MrpProduction(models.Model):
    """What an order scraps is waste of its batch: it was bought or made, and is treated.

    Odoo keeps scrap apart from what an order consumes and finishes. Scrapped material counts like
    consumed material; scrapped product takes its mass off its lot and carries nothing away, so what
    is left bears the whole; either is treated as waste, by the factor of the product. A disposition
    that destroys a lot is carried out by such scrap, of the order that made the lot.
    """

    _inherit = "mrp.production"

    def _get_carbon_scraps(self):
        """Return the done moves that scrapped something of the order: material or product."""
        self.ensure_one()
        moves = self.all_move_raw_ids | self.all_move_ids
        return moves.filtered(lambda move: move.state == "done" and move.scrap_id)

    def _get_carbon_consumed_moves(self, is_running: bool):
        """Return the moves of material that was consumed or scrapped."""
        self.ensure_one()
        consumed = self.move_raw_ids.filtered(
            lambda move: move.state == "done" or (is_running and move.picked)
        )
        return consumed | (self._get_carbon_scraps() & self.all_move_raw_ids)

    def _get_carbon_scrapped(self) -> dict:
        """Return the kg scrapped after they were made, by product and lot."""
        self.ensure_one()
        found = {}
        for line in (self._get_carbon_scraps() & self.all_move_ids).move_line_ids:
            kg, _sentence = line._get_carbon_kg()
            key = (line.product_id, line.lot_id)
            found[key] = found.get(key, Decimal(0)) + (kg or Decimal(0))
        return found

    def _collect_carbon_facts(self, rule, is_running: bool = False) -> list[dict]:
        facts = super()._collect_carbon_facts(rule, is_running)
        on_date = self._get_carbon_date()
        scrapped = self._get_carbon_scraps().move_line_ids
        return facts + [line._prepare_carbon_waste(on_date) for line in scrapped.sorted("id")]
