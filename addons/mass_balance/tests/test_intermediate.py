# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The product of one order as certified input of another; product that is worked over again."""

from .common import Command, D, MassBalanceCase


class TestIntermediate(MassBalanceCase):
    """Polymer becomes film: its batch brings its own share along, and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.film = cls._product(
            "Film",
            mb_material="Film",
            mb_output_kind="polymer",
            is_mb_material=True,
            mb_product_type="final",
        )
        cls.film_factor = cls._approve_factor(
            product_tmpl_id=cls.film.product_tmpl_id.id, numerator=95, denominator=100
        )

    def make(self, product, lots, made, name):
        """Finish an order of a product from {lot: kg}."""
        order = self.env["mrp.production"].create(
            {
                "product_id": product.id,
                "product_qty": made,
                "bom_id": False,
                "company_id": self.company.id,
                "move_raw_ids": [
                    Command.create(
                        {
                            "product_id": lot.product_id.id,
                            "product_uom_qty": kg,
                            "product_uom": lot.product_id.uom_id.id,
                        }
                    )
                    for lot, kg in lots.items()
                ],
            }
        )
        order.action_confirm()
        order.lot_producing_ids = self.env["stock.lot"].create(
            {"name": name, "product_id": product.id, "company_id": self.company.id}
        )
        order.qty_producing = made
        order.set_qty_producing()
        for move, (lot, kg) in zip(order.move_raw_ids, lots.items(), strict=True):
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {
                        "product_id": lot.product_id.id,
                        "lot_id": lot.id,
                        "quantity": kg,
                        "product_uom_id": move.product_uom.id,
                        "location_id": move.location_id.id,
                        "location_dest_id": move.location_dest_id.id,
                    }
                )
            ]
            move.picked = True
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def polymer_lot(self):
        return self.lot("PP-1", self.polymer)

    def test_the_batch_brings_its_share(self):
        """85 kg on 850: 400 kg bring 40, × 0.95 = 38 on film."""
        self.produce_standard()
        order = self.make(self.film, {self.polymer_lot(): 400}, 380, "F-1")
        self.assertEqual(
            self.lines(production_id=order.id),
            [
                ("convert", "Polypropylene", D("-38.000")),
                ("loss", "Polypropylene", D("-2.000")),
                ("convert", "Film", D("38.000")),
            ],
        )
        self.assertEqual(self.held("output", "Polypropylene"), D("45.000"))
        self.assertEqual(self.book("output", "Film").raw_material, "Used cooking oil")
        self.assertEqual((order.mb_input_quantity, order.mb_credit_quantity), (40, 38))
        order.action_book_mass_balance()
        self.assertEqual(self.held("output", "Film"), D("38.000"), "once")

    def test_no_more_than_the_book_still_has(self):
        self.produce_standard()
        self.deliver(80)
        self.make(self.film, {self.polymer_lot(): 400}, 380, "F-1")
        self.assertEqual(self.held("output", "Polypropylene"), D("0.000"))
        self.assertEqual(self.held("output", "Film"), D("4.750"))

    def test_the_share_is_rounded_down(self):
        self.warehouse.mb_attribution = "free"
        self.produce_standard()
        self.make(self.film, {self.polymer_lot(): 10}, 9.5, "F-1")
        # 10 × 90 / 850 = 1.0588… of 90; × 0.95 = 1.0051
        self.assertEqual(self.held("output", "Polypropylene"), D("88.942"))
        self.assertEqual(self.held("output", "Film"), D("1.005"))

    def test_a_late_declaration_reaches_the_film(self):
        self.receive(100)
        self.receive(900, product=self.fossil, lot="FN-1")
        self.produce({self.lot("BN-1"): 100, self.lot("FN-1", self.fossil): 900})
        self.make(self.film, {self.polymer_lot(): 850}, 807.5, "F-1")
        self.assertFalse(self.entries())
        picking = self.env["stock.picking"].search(
            [("partner_id", "=", self.supplier.id), ("move_ids.product_id", "=", self.bio.id)]
        )
        self.make_declaration().picking_ids = picking
        self.assertEqual(self.held("output", "Polypropylene"), D("0.000"))
        self.assertEqual(self.held("output", "Film"), D("80.750"))

    def test_feedstock_and_intermediate_in_one_order(self):
        """Two kinds of certified input at once, each by its own factor."""
        self.produce_standard()
        self.receive_certified(100, number="SD-2", lot="BN-2")
        self._approve_factor(
            product_tmpl_id=self.film.product_tmpl_id.id,
            material="naphtha",
            numerator=50,
            denominator=100,
        )
        self.make(self.film, {self.polymer_lot(): 400, self.lot("BN-2"): 100}, 430, "F-1")
        self.assertEqual(self.held("output", "Film"), D("88.000"))
        self.assertEqual(self.held("input", "naphtha"), D("0.000"))

    def test_rule_13_working_over_again_is_no_second_conversion(self):
        """850 kg are worked over to 840: credits pay for the 10 kg, never for the process again."""
        self.produce_standard()
        order = self.make(self.polymer, {self.polymer_lot(): 850}, 840, "PP-2")
        self.assertEqual(
            self.lines(production_id=order.id),
            [
                ("convert", "Polypropylene", D("-84.000")),
                ("loss", "Polypropylene", D("-1.000")),
                ("convert", "Polypropylene", D("84.000")),
            ],
        )
        self.assertEqual(self.held("output", "Polypropylene"), D("84.000"))
        self.assertEqual(order.mb_entry_ids[0].factor, "840.000000000/850.000000000")
        self.scrap(self.polymer, 84, self.lot("PP-2", self.polymer))
        self.assertEqual(self.held("output", "Polypropylene"), D("75.600"))

    def test_working_over_gains_nothing(self):
        self.produce_standard()
        self.make(self.polymer, {self.polymer_lot(): 850}, 900, "PP-2")
        self.assertEqual(self.held("output", "Polypropylene"), D("85.000"))

    def test_two_categories_in_one_order_stay_apart(self):
        """Rule 10 in production: bio and circular feedstock, one order, two books each."""
        circular = self._product(
            "Pyrolysis oil",
            mb_material="Pyrolysis oil",
            mb_category="circular",
            is_mb_material=True,
            mb_group="pyrolysis oil",
            mb_product_type="raw",
        )
        self.certification.materials = "Bio-naphtha\nPyrolysis oil"
        self.receive_certified(60, number="SD-1", lot="BN-1")
        self.receive_certified(
            40, number="SD-2", lot="CN-1", product_id=circular.id, waste_status="post_consumer"
        )
        lots = {self.lot("BN-1"): 60, self.lot("CN-1", circular): 40}
        self.make(self.polymer, lots, 90, "PP-9")
        self.assertEqual(self.held("output", "Polypropylene", category="bio"), D("54.000"))
        self.assertEqual(self.held("output", "Polypropylene", category="circular"), D("36.000"))

    def test_rule_16_books_of_two_bases_do_not_meet(self):
        self.produce_standard()
        self.cr.execute(
            "UPDATE mass_balance_account SET basis = 'lhv' WHERE product_group = 'Film'"
        )
        self.make(self.film, {self.polymer_lot(): 100}, 95, "F-1")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE mass_balance_account SET basis = 'lhv' WHERE product_group = 'Film'"
        )
        self.env.invalidate_all()
        order = self.make(self.film, {self.polymer_lot(): 100}, 95, "F-2")
        self.assertIn("one of each", order.mb_refusal)


class TestSites(MassBalanceCase):
    """Certified stock that is driven to another site takes its credit along (rule 7)."""

    def setUp(self):
        super().setUp()
        self.other = self.env["stock.warehouse"].create(
            {"name": "Second plant", "code": "P2", "company_id": self.company.id}
        )
        self.receive_certified(100)

    def drive(self, quantity, origin=None, target=None):
        """Move the lot from one place to another; returns the move."""
        origin = origin or self.warehouse.lot_stock_id
        target = target or self.other.lot_stock_id
        move = self.env["stock.move"].create(
            {
                "product_id": self.bio.id,
                "product_uom_qty": quantity,
                "location_id": origin.id,
                "location_dest_id": target.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        move.picked = True
        move._action_done()
        return move

    def sites(self):
        return [
            self.held("input", "naphtha", warehouse_id=site.id)
            for site in (self.warehouse, self.other)
        ]

    def test_the_credit_goes_along(self):
        self.drive(40)
        self.assertEqual(self.sites(), [D("60.000"), D("40.000")])
        out, into = self.entries()[1:]
        self.assertEqual((out.direction, into.direction), ("transfer_out", "transfer_in"))
        self.assertEqual((into.counterpart_id, into.document), (out, "BN-1"))
        self.assertEqual(into.lot_id, self.lot("BN-1"))
        self.assertEqual(into.account_id.credit_ids._get_transfer_mark(), "none")
        self.drive(10, self.other.lot_stock_id, self.warehouse.lot_stock_id)
        self.assertEqual(self.sites(), [D("70.000"), D("30.000")])

    def test_on_the_way_it_stays_where_it_was(self):
        transit = self.company.internal_transit_location_id
        self.drive(40, target=transit)
        self.assertEqual(self.sites()[0], D("100.000"))
        self.drive(40, origin=transit)
        self.assertEqual(self.sites(), [D("60.000"), D("40.000")])

    def test_no_more_than_the_lot_has_in_the_books(self):
        self.receive(50, lot="BN-2", declaration=self.make_declaration(number="S2", quantity=48))
        lot = self.lot("BN-2")
        self.assertEqual(self.held("input", "naphtha"), D("148.000"))
        quants = self.env["stock.quant"]
        quants._update_available_quantity(
            self.bio, self.warehouse.lot_stock_id, -100, lot_id=self.lot("BN-1")
        )
        self.drive(50)
        self.assertEqual(lot._get_input_credits().account_id.warehouse_id, self.other)
        self.assertEqual(self.sites(), [D("100.000"), D("48.000")])

    def test_a_site_without_certificate_gets_no_credit(self):
        self.own.warehouse_id = self.warehouse
        self.drive(40)
        self.assertFalse(self.book("input", "naphtha", warehouse_id=self.other.id))
        account = self.book("input", "naphtha")
        self.assertEqual(account.booked_balance, 100)
        self.assertIn(self.manager, account.activity_ids.user_id)
