# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Unbuild: the outputs' credits go and the certified input has its own again, never more."""

import json

from ..tools import recompute
from .common import D, MassBalanceCase


class TestUnbuild(MassBalanceCase):
    """The standard order: 100 kg certified of 1000 give 85 kg on 850 of polymer and 5 on C4."""

    def assert_held(self, polymer, coproduct, naphtha):
        found = (
            self.held("output", "Polypropylene"),
            self.held("output", "C4 fraction"),
            self.held("input", "naphtha"),
        )
        self.assertEqual(found, (D(polymer), D(coproduct), D(naphtha)))

    def get_faults(self):
        """Orders of the export that give more than their factor, by the tool of the pack."""
        text = self.env["mass.balance.entry"].export_chain_jsonl(self.company.id)
        lines = [json.loads(line)["body"] for line in text.splitlines()]
        return [finding.text for finding in recompute.check_factors(lines, {}) if not finding.ok]

    def test_a_whole_order_comes_back(self):
        order = self.produce_standard()
        unbuild = self.unbuild(order, 850)
        self.assert_held("0.000", "0.000", "100.000")
        entry = self.entries(direction="correction")[-1]
        self.assertEqual((entry.document, entry.lot_id), (unbuild.name, self.lot("BN-1")))
        self.assertIn("Unbuilt", entry.reason)
        self.assertEqual(entry.corrected_id.direction, "convert")
        order.invalidate_recordset()
        self.assertEqual((order.mb_input_quantity, order.mb_credit_quantity), (0, 0))

    def test_rule_13_what_came_back_is_converted_again_and_no_more(self):
        self.unbuild(self.produce_standard(), 850)
        fossil = self.lot("FN-1", self.fossil)
        self.produce({self.lot("BN-1"): 100, fossil: 900}, product_lot="PP-2")
        self.assert_held("85.000", "5.000", "0.000")

    def test_a_part_comes_back_in_proportion(self):
        order = self.produce_standard()
        self.unbuild(order, 85)
        self.assert_held("76.500", "4.500", "10.000")
        self.unbuild(order, 255)
        self.assert_held("51.000", "3.000", "40.000")
        self.assertFalse(self.get_faults())

    def test_a_third_is_rounded_against_us(self):
        """283.33 of 850 take 28.333 and C4's share; of the 100 less than a third comes back."""
        order = self.produce_standard()
        self.unbuild(order, 283.33)
        taken = D("90.000") - self.held("output", "Polypropylene")
        taken -= self.held("output", "C4 fraction")
        back = self.held("input", "naphtha")
        self.assertLessEqual(back, taken * 100 / 90)
        self.assertGreater(back, D("33.3"))
        self.assertFalse(self.get_faults())

    def test_what_was_drawn_does_not_come_back(self):
        """60 of 85 are sold: 25 and C4's 5 can be taken back, and a third of the input with them"""
        order = self.produce_standard()
        self.deliver(60)
        self.env["stock.quant"]._update_available_quantity(
            self.polymer, self.warehouse.lot_stock_id, 60, lot_id=order.lot_producing_ids
        )
        self.unbuild(order, 850)
        self.assert_held("0.000", "0.000", "33.333")
        account = self.book("output", "Polypropylene")
        self.assertIn(
            "Credits of goods that are gone", "".join(account.activity_ids.mapped("summary"))
        )

    def test_nothing_comes_back_when_all_is_sold(self):
        order = self.produce_standard(by=0)
        self.deliver(90)
        self.unbuild(order, 760)
        self.assert_held_input("0.000")

    def assert_held_input(self, expected):
        self.assertEqual(self.held("input", "naphtha"), D(expected))

    def test_rule_7_input_that_comes_back_elsewhere_stays_out(self):
        other = self.env["stock.warehouse"].create(
            {"name": "Second plant", "code": "P2", "company_id": self.company.id}
        )
        order = self.produce_standard()
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": self.polymer.id,
                "mo_id": order.id,
                "product_qty": 850,
                "lot_id": order.lot_producing_ids.id,
                "company_id": self.company.id,
                "location_dest_id": other.lot_stock_id.id,
            }
        )
        unbuild.action_unbuild()
        self.assert_held("0.000", "0.000", "0.000")

    def test_the_co_product_is_that_of_the_order(self):
        """C4 has no lot: the batch that is unbuilt pays, not the last one made."""
        order = self.produce_standard()
        self.receive(1000, product=self.fossil, lot="FN-2")
        self.produce({self.lot("FN-2", self.fossil): 1000}, product_lot="PP-2")
        self.receive_certified(number="SD-2", lot="BN-2")
        self.produce({self.lot("BN-2"): 50}, made=40, by=5, product_lot="PP-3")
        before = self.held("output", "C4 fraction")
        self.unbuild(order, 850)
        self.assertEqual(before - self.held("output", "C4 fraction"), D("5.000"))

    def test_a_declaration_that_comes_after_the_unbuild_converts_nothing(self):
        self.receive(100)
        self.receive(900, product=self.fossil, lot="FN-1")
        order = self.produce({self.lot("BN-1"): 100, self.lot("FN-1", self.fossil): 900})
        self.unbuild(order, 850)
        picking = (
            self.lot("BN-1")
            .quant_ids.env["stock.picking"]
            .search(
                [("partner_id", "=", self.supplier.id), ("move_ids.product_id", "=", self.bio.id)]
            )
        )
        self.make_declaration().picking_ids = picking
        self.assertEqual(self.held("input", "naphtha"), D("100.000"))
        self.assertFalse(self.book("output", "Polypropylene"))
