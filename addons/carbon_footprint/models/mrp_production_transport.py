# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_decimal

LEG_UNIT = "tkm"
PLACES = Decimal("0.000000001")
# how a way is classified, whatever the factor of the vehicle says of it
WAYS = {
    "incoming": {"category": "transport_in", "stage": "transport_in", "red_term": "etd"},
    "outgoing": {"category": "transport_out", "stage": "distribution", "red_term": "etd"},
}


class MrpProduction(models.Model):
    """The ways of what a batch consumed, and of what was delivered of the lots it made."""

    _inherit = "mrp.production"

    def _collect_carbon_facts(self, rule, is_running: bool = False) -> list[dict]:
        facts = super()._collect_carbon_facts(rule, is_running)
        legs = self.env["carbon.transport"]
        # a plant that enters no ways pays one look-up for them, not one for each lot
        if not legs.search_count([("company_id", "=", self.company_id.id)], limit=1):
            return facts
        return facts + self._collect_carbon_ways_in(is_running) + self._collect_carbon_ways_out()

    def _collect_carbon_ways_in(self, is_running: bool) -> list[dict]:
        """Return the way of each consumed lot: its part of each receipt that brought it."""
        self.ensure_one()
        moves = self._get_carbon_consumed_moves(is_running)
        facts = []
        for line in moves.move_line_ids.filtered("lot_id").sorted("id"):
            kg, _sentence = line._get_carbon_kg()
            received = self._get_carbon_transfers(line.lot_id, "incoming")
            whole = sum(received.mapped("quantity_product_uom"))
            for part in received if kg and whole else ():
                share = to_decimal(part.quantity_product_uom, 6) / to_decimal(whole, 6)
                facts += self._prepare_carbon_ways(part, kg * share)
        return facts

    def _collect_carbon_ways_out(self) -> list[dict]:
        """Return the way of what was delivered of the lots the order made, by its part of them."""
        self.ensure_one()
        facts = []
        finished = self.move_finished_ids.filtered(lambda move: move.state == "done")
        for lot in finished.move_line_ids.lot_id.sorted("id"):
            made = self.env["stock.move.line"].search(
                [
                    ("lot_id", "=", lot.id),
                    ("state", "=", "done"),
                    ("move_id.production_id", "!=", False),
                    ("move_id.scrap_id", "=", False),
                ]
            )
            own = made.filtered(lambda line: line.move_id.production_id == self)
            whole = sum(made.mapped("quantity_product_uom"))
            if not whole:
                continue
            share = to_decimal(sum(own.mapped("quantity_product_uom")), 6) / to_decimal(whole, 6)
            for line in self._get_carbon_transfers(lot, "outgoing"):
                kg, _sentence = line._get_carbon_kg()
                facts += self._prepare_carbon_ways(line, kg * share) if kg else []
        return facts

    def _get_carbon_transfers(self, lot, code: str):
        """Return the done lines of receipts or deliveries of a lot."""
        return self.env["stock.move.line"].search(
            [
                ("lot_id", "=", lot.id),
                ("state", "=", "done"),
                ("picking_id.picking_type_id.code", "=", code),
                ("company_id", "=", self.company_id.id),
            ],
            order="id",
        )

    def _prepare_carbon_ways(self, line, kg: Decimal) -> list[dict]:
        """Return a fact for each leg of a transfer that moved so many kg of a lot."""
        picking, lot = line.picking_id, line.lot_id
        code = picking.picking_type_code
        label = self.env._("Way in") if code == "incoming" else self.env._("Way out")
        on_date = self._get_carbon_date()
        facts = []
        for leg in picking.carbon_transport_ids:
            amount = kg / 1000 * to_decimal(leg.distance_km, 6)
            facts.append(
                {
                    "source": "material",
                    "name": f"{label}: {lot.product_id.name}",
                    "subject": lot.product_id.name,
                    "product_id": lot.product_id.id,
                    "lot_id": lot.id,
                    "lot_name": lot.name,
                    "document": ", ".join(part for part in (picking.name, leg.document) if part),
                    "unit": LEG_UNIT,
                    "amount": amount.quantize(PLACES),
                    "allocation_note": self.env._(
                        "%(kg)s kg over %(km)s km, %(factor)s",
                        kg=f"{kg.quantize(Decimal('0.001')).normalize():f}",
                        km=f"{leg.distance_km:g}",
                        factor=leg.factor_id.name,
                    ),
                    **leg.factor_id._prepare_fact(leg.factor_id._get_version(on_date)),
                    **WAYS[code],
                    "data_quality": "calculated",
                }
            )
        return facts
