# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Scrap, returns and losses: what leaves without a claim takes its credit along (rule 12)."""

from odoo.tests import Form

from .common import D, MassBalanceCase


class TestWithdrawal(MassBalanceCase):
    """Corrections follow the goods."""

    def test_scrapped_feedstock_leaves_its_book(self):
        self.receive_certified(100)
        self.scrap(self.bio, 12.5, self.lot("BN-1"))
        self.assertEqual(self.held("input", "naphtha"), D("87.500"))
        entry = self.entries(direction="correction")
        self.assertEqual(entry.reason, "Scrapped")
        self.assertEqual(entry.lot_id, self.lot("BN-1"))

    def test_scrapped_fossil_is_nobodys_business(self):
        self.receive(900, product=self.fossil, lot="FN-1")
        self.scrap(self.fossil, 100, self.lot("FN-1", self.fossil))
        self.assertFalse(self.entries())

    def test_rule_12_scrapped_product_takes_its_share(self):
        """850 kg carry 85 kg of credit; 100 kg of them scrapped take 10 kg."""
        self.produce_standard()
        self.scrap(self.polymer, 100, self.lot("PP-1", self.polymer))
        self.assertEqual(self.held("output", "Polypropylene"), D("75.000"))
        self.scrap(self.polymer, 1, self.lot("PP-1", self.polymer))
        self.assertEqual(self.held("output", "Polypropylene"), D("74.900"))

    def test_scrap_is_rounded_against_us(self):
        self.warehouse.mb_attribution = "free"
        self.produce_standard()
        self.scrap(self.polymer, 10, self.lot("PP-1", self.polymer))
        # 10 × 90 / 850 = 1.0588…
        self.assertEqual(self.lines(direction="correction")[0][2], D("-1.059"))

    def test_scrap_without_lot_is_taken_for_the_last_batch(self):
        self.produce_standard()
        self.scrap(self.coproduct, 10)
        self.assertEqual(self.held("output", "C4 fraction"), D("4.000"))

    def test_scrap_of_what_is_sold_is_told(self):
        self.produce_standard()
        self.deliver(85)
        self.scrap(self.polymer, 100, self.lot("PP-1", self.polymer))
        self.assertEqual(self.held("output", "Polypropylene"), D("0.000"))
        account = self.book("output", "Polypropylene")
        self.assertIn(
            "Credits of goods that are gone are already sold",
            account.activity_ids.mapped("summary"),
        )

    def test_return_to_the_supplier(self):
        self.receive_certified(100)
        picking = self.entries().move_id.picking_id
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 30
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertEqual(self.held("input", "naphtha"), D("70.000"))
        self.assertEqual(self.entries(direction="correction").reason, "Returned to the supplier")

    def test_inventory_loss(self):
        self.receive_certified(100)
        quant = self.lot("BN-1").quant_ids.filtered(lambda q: q.location_id.usage == "internal")
        quant.with_context(inventory_mode=True).inventory_quantity = 95
        quant.action_apply_inventory()
        self.assertEqual(self.held("input", "naphtha"), D("95.000"))
        quant.with_context(inventory_mode=True).inventory_quantity = 100
        quant.action_apply_inventory()
        self.assertEqual(self.held("input", "naphtha"), D("95.000"))

    def test_internal_moves_change_nothing(self):
        self.receive_certified(100)
        shelf = self.env["stock.location"].create(
            {"name": "Tank 2", "location_id": self.warehouse.lot_stock_id.id}
        )
        move = self.env["stock.move"].create(
            {
                "product_id": self.bio.id,
                "product_uom_qty": 100,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": shelf.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        move.picked = True
        move._action_done()
        self.assertEqual(self.held("input", "naphtha"), D("100.000"))
        self.assertEqual(len(self.entries()), 1)

    # -- backorders and returns -------------------------------------------------------------------

    def test_a_backorder_of_a_delivery_draws_what_it_delivers(self):
        self.produce_standard()
        picking = self.sell(50)
        picking.move_ids.quantity = 20
        picking.with_context(skip_backorder=True).button_validate()
        rest = picking.backorder_ids
        self.assertEqual(self.held("output", "Polypropylene"), D("65.000"))
        rest.action_assign()
        rest.move_ids.picked = True
        rest.button_validate()
        self.assertEqual(self.held("output", "Polypropylene"), D("35.000"))
        self.assertEqual(
            (picking.declaration_ids | rest.declaration_ids).mapped("quantity"), [20, 30]
        )

    def test_a_backorder_of_an_order_converts_what_it_consumes(self):
        """Half is finished now, the other half later: each books its own part, once."""
        self.receive_certified(100)
        self.receive(900, product=self.fossil, lot="FN-1")
        order = self.produce(
            {self.lot("BN-1"): 50, self.lot("FN-1", self.fossil): 450}, made=850, by=25, done=False
        )
        order.qty_producing = 425
        order.with_context(skip_consumption=True, skip_backorder=True).with_context(
            mo_ids_to_backorder=order.ids
        ).button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(self.held("input", "naphtha"), D("50.000"))
        total = self.held("output", "Polypropylene") + self.held("output", "C4 fraction")
        self.assertLessEqual(total, D("45.000"))
        self.assertGreater(total, D("44.990"))
        rest = order.production_group_id.production_ids - order
        self.assertEqual(rest.product_qty, 425)
        self.assertFalse(rest.mb_entry_ids)
