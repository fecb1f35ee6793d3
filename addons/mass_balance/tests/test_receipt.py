# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Receipts: rules 5, 18, 20 and 21 as a warehouse meets them, by every way of validating."""

from odoo.exceptions import UserError

from .common import Command, D, MassBalanceCase, new_test_user, timedelta


class TestReceipt(MassBalanceCase):
    """What is received, refused, kept pending and booked."""

    def test_certified_receipt_is_booked(self):
        declaration = self.receive_certified(100)
        self.assertEqual(declaration.state, "booked")
        self.assertEqual(self.held("input", "naphtha"), D("100.000"))
        lot = self.lot("BN-1")
        self.assertEqual(lot.mb_declaration_id, declaration)
        self.assertEqual(lot.mb_state, "certified")
        self.assertEqual(lot.mb_origin_country_id.code, "FI")
        entry = self.entries()
        self.assertEqual((entry.direction, entry.lot_id), ("in", lot))
        self.assertEqual(entry.period_id.date_start.month % 3, 1)

    def test_fossil_is_received_freely(self):
        self.receive(900, product=self.fossil, lot="FN-1")
        self.assertFalse(self.entries())

    def test_rule_5_no_more_than_was_weighed(self):
        declaration = self.make_declaration(quantity=100)
        self.receive(98.7, declaration=declaration)
        self.assertEqual(self.held("input", "naphtha"), D("98.700"))
        self.assertEqual(declaration.difference_quantity, 1.3)
        exact = self.receive_certified(10, number="SD-2", lot="BN-2")
        exceptions = self.env["sustainability.declaration"].search([("has_difference", "=", True)])
        self.assertIn(declaration, exceptions)
        self.assertNotIn(exact, exceptions)

    def test_rule_5_no_more_than_was_declared(self):
        declaration = self.make_declaration(quantity=98)
        self.receive(98.7, declaration=declaration)
        self.assertEqual(self.held("input", "naphtha"), D("98.000"))

    def test_rule_5_tonnes_and_kilograms(self):
        declaration = self.make_declaration(quantity=0.1, quantity_unit="t")
        self.receive(100, declaration=declaration)
        self.assertEqual(self.held("input", "naphtha"), D("100.000"))

    def test_rule_5_no_weighbridge_document_no_credit(self):
        declaration = self.make_declaration()
        picking = self.receive(100, declaration=declaration, mb_weighbridge_number=False)
        self.assertEqual(declaration.state, "complete")
        self.assertIn("weighbridge", declaration.refusal)
        self.assertFalse(self.entries())
        self.assertEqual(picking.mb_state, "pending")
        self.assertTrue(declaration.activity_ids.filtered(lambda a: a.user_id == self.manager))
        picking.mb_weighbridge_number = "W-9"
        self.assertEqual(declaration.state, "booked")
        self.assertFalse(declaration.refusal)
        self.assertEqual(self.held("input", "naphtha"), D("100.000"))

    def test_a_truck_before_its_declaration_is_pending(self):
        picking = self.receive(100)
        self.assertEqual(picking.mb_state, "pending")
        self.assertEqual(self.lot("BN-1").mb_state, "pending")
        self.assertFalse(self.entries())
        draft = self.make_declaration(complete=False, contract_number=False)
        picking.declaration_ids = draft
        self.assertFalse(self.entries())
        draft.contract_number = "PO-1"
        draft.action_complete()
        self.assertEqual(draft.state, "booked")
        self.assertEqual(picking.mb_state, "booked")
        self.assertEqual(self.lot("BN-1").mb_state, "certified")

    def test_linking_from_the_declaration_books_too(self):
        picking = self.receive(100)
        declaration = self.make_declaration()
        declaration.picking_ids = picking
        self.assertEqual(declaration.state, "booked")

    def test_received_without_claim_never_gets_a_credit(self):
        picking = self.receive(100, mb_is_no_claim=True)
        self.assertEqual(self.lot("BN-1").mb_state, "no_claim")
        with self.assertRaisesRegex(UserError, "settled"):
            picking.mb_is_no_claim = False
        declaration = self.make_declaration()
        picking.declaration_ids = declaration
        self.assertFalse(self.entries())
        declaration.action_book()
        self.assertFalse(self.entries())

    def test_one_declaration_for_two_trucks(self):
        declaration = self.make_declaration(quantity=150)
        self.receive(100, declaration=declaration)
        self.receive(60, lot="BN-2", declaration=declaration)
        self.assertEqual([line[2] for line in self.lines()], [D("100.000"), D("50.000")])
        self.receive(5, lot="BN-3", declaration=declaration)
        self.assertEqual(self.held("input", "naphtha"), D("150.000"))

    def test_booking_twice_books_once(self):
        declaration = self.receive_certified(100)
        declaration.action_book()
        declaration.action_book()
        self.assertEqual(len(self.entries()), 1)

    def test_rule_18_a_lot_carries_one_set(self):
        self.receive_certified(100, lot="BN-1")
        second = self.make_declaration(number="SD-2", origin_country_id=self.env.ref("base.se").id)
        with self.assertRaisesRegex(UserError, "lot of its own"):
            self.receive(50, lot="BN-1", declaration=second)

    def test_rule_18_the_set_of_a_lot_is_not_typed(self):
        first = self.receive_certified(100)
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            self.lot("BN-1").mb_declaration_id = False
        lot = self.env["stock.lot"].create(
            {"name": "X", "product_id": self.bio.id, "mb_declaration_id": first.id}
        )
        self.assertFalse(lot.mb_declaration_id)

    def test_rule_21_no_own_certificate_no_credit(self):
        self.own.valid_to = self.today - timedelta(days=1)
        declaration = self.make_declaration()
        self.receive(100, declaration=declaration)
        self.assertFalse(self.entries())
        self.assertIn("no valid certificate", declaration.refusal)

    def test_the_link_of_a_booked_receipt_stays(self):
        declaration = self.receive_certified(100)
        picking = declaration.picking_ids
        for call in (
            lambda: picking.write({"declaration_ids": [Command.clear()]}),
            lambda: declaration.write({"picking_ids": [Command.clear()]}),
        ):
            with self.assertRaisesRegex(UserError, "the link stays"), self.cr.savepoint():
                call()
            self.env.invalidate_all()

    def test_two_declarations_on_a_receipt_are_left_to_a_person(self):
        both = self.make_declaration() | self.make_declaration(number="SD-2")
        picking = self.receive(100, declaration=both)
        self.assertFalse(self.entries())
        picking.move_line_ids.declaration_id = both[1]
        self.assertEqual(both.mapped("state"), ["complete", "booked"])

    def test_a_declaration_of_somebody_else_is_refused(self):
        other = self._partner("Other", "Oslo", "base.no")
        certification = self._certify(other, "ISCC-PLUS-Cert-NL220-2228065006", "Bio-naphtha")
        declaration = self.make_declaration(partner_id=other.id, certification_id=certification.id)
        with self.assertRaisesRegex(UserError, "was issued by Other"):
            self.make_receipt(100, declaration=declaration)

    def test_a_done_line_in_the_books_stays(self):
        self.receive_certified(100)
        line = self.entries().move_id.move_line_ids
        with self.assertRaisesRegex(UserError, "in the mass-balance books"):
            line.quantity = 150
        with self.assertRaisesRegex(UserError, "in the mass-balance books"):
            line.lot_id = self.env["stock.lot"].create({"name": "Y", "product_id": self.bio.id})
        line.write({"quantity": 100})
        with self.assertRaisesRegex(UserError, "lines cannot be added"):
            line.copy({"lot_id": line.lot_id.id, "quantity": 5})


class TestReceiptRefusal(MassBalanceCase):
    """An uncovered receipt is refused by every path that could validate it."""

    def assert_refused(self, words, picking=None, call=None):
        picking = picking or self.make_receipt(100)
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            (call or (lambda p: p.button_validate()))(picking)
        self.assertNotEqual(picking.state, "done")
        return picking

    def expire(self):
        self.certification.valid_to = self.today - timedelta(days=1)

    def test_expired(self):
        self.expire()
        self.assert_refused("expired on")

    def test_expired_is_judged_on_the_day_of_dispatch(self):
        declaration = self.make_declaration(dispatch_date=self.today - timedelta(days=1))
        self.expire()
        self.receive(100, declaration=declaration)
        late = self.make_receipt(100, lot="BN-2", mb_dispatch_date=self.today)
        self.assert_refused("expired on", late)
        late.mb_dispatch_date = self.today - timedelta(days=1)
        late.button_validate()
        self.assertEqual(late.state, "done")

    def test_suspended_unchecked_scheme_scope_material(self):
        for values, words in (
            ({"suspended_from": self.today}, "suspended from"),
            ({"checked_on": False}, "no check on the scheme's website"),
            ({"materials": "UCO"}, "does not list the material Bio-naphtha"),
            ({"materials": False}, "does not list the material Bio-naphtha"),
            ({"valid_from": self.today + timedelta(days=1)}, "not valid before"),
        ):
            with self.subTest(words=words), self.cr.savepoint(flush=True) as point:
                self.certification.write(values)
                self.assert_refused(words)
                point.rollback()
            self.certification.invalidate_recordset()
        self.bio.mb_supplier_scopes = "RE"
        self.assert_refused("does not name the scope RE")

    def test_wrong_scheme_of_the_declaration(self):
        declaration = self.make_declaration(complete=False)
        eu = self._certify(
            self.supplier, "EU-ISCC-Cert-DE105-82948109", "Bio-naphtha", scheme="iscc_eu"
        )
        with self.assertRaisesRegex(UserError, "different schemes"):
            declaration.write({"certification_id": eu.id, "scheme": "iscc_plus"})

    def test_no_certificate_at_all(self):
        self.certification.unlink()
        self.assert_refused("no certificate of Baltic Renewables is recorded")

    def test_no_supplier_at_all(self):
        self.assert_refused("unknown supplier", self.make_receipt(100, partner_id=False))

    def test_one_usable_certificate_is_enough(self):
        self.expire()
        self._certify(self.supplier, "ISCC-PLUS-Cert-DE105-82948110", "Bio-naphtha")
        self.assertEqual(self.receive(100).state, "done")

    def test_the_declaration_names_its_certificate(self):
        """Another valid certificate does not help a declaration issued under an expired one."""
        declaration = self.make_declaration()
        self.expire()
        self._certify(self.supplier, "ISCC-PLUS-Cert-DE105-82948110", "Bio-naphtha")
        self.assert_refused("expired on", self.make_receipt(100, declaration=declaration))

    def test_every_path_is_refused(self):
        self.expire()
        stocker = new_test_user(
            self.env, "mb_stocker", "stock.group_stock_user", company_id=self.company.id
        )
        keys = {
            "skip_sanity_check": True,
            "skip_backorder": True,
            "cancel_backorder": True,
            "skip_mo_check": True,
            "skip_expired": True,
            "is_scrap": True,
            "no_claim": True,
            "mb_is_no_claim": True,
            "tracking_disable": True,
            "install_mode": True,
        }
        paths = {
            "button": lambda p: p.button_validate(),
            "action_done": lambda p: p._action_done(),
            "move": lambda p: p.move_ids._action_done(),
            "move without backorder": lambda p: p.move_ids._action_done(cancel_backorder=True),
            "user": lambda p: p.with_user(stocker).button_validate(),
            "sudo": lambda p: p.sudo().button_validate(),
            "context": lambda p: p.with_context(**keys).button_validate(),
            "context done": lambda p: p.with_context(**keys)._action_done(),
        }
        for name, call in paths.items():
            with self.subTest(path=name):
                self.assert_refused("expired on", call=call)
        self.assertFalse(
            self.env["stock.quant"].search(
                [("product_id", "=", self.bio.id), ("location_id.usage", "=", "internal")]
            )
        )

    def test_backorder_is_refused_like_its_order(self):
        picking = self.make_receipt(100)
        picking.move_line_ids.quantity = 60
        picking.move_line_ids.lot_name = "BN-1"
        action = picking.button_validate()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        wizard.process()
        backorder = picking.backorder_ids
        self.assertEqual(picking.state, "done")
        backorder.move_ids.move_line_ids.unlink()
        backorder.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": self.bio.id,
                    "lot_name": "BN-2",
                    "quantity": 40,
                    "picking_id": backorder.id,
                    "location_id": backorder.location_id.id,
                    "location_dest_id": backorder.location_dest_id.id,
                }
            )
        ]
        backorder.move_ids.picked = True
        self.expire()
        self.assert_refused("expired on", backorder)

    def test_a_line_added_to_a_done_receipt_is_refused(self):
        picking = self.receive(100)
        self.expire()
        line = picking.move_line_ids
        with self.assertRaisesRegex(UserError, "expired on"):
            line.copy({"lot_id": line.lot_id.id, "quantity": 5})

    def test_a_move_without_a_picking_is_refused(self):
        lot = self.env["stock.lot"].create({"name": "BN-9", "product_id": self.bio.id})
        move = self.env["stock.move"].create(
            {
                "product_id": self.bio.id,
                "product_uom_qty": 10,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "company_id": self.company.id,
                "move_line_ids": [
                    Command.create(
                        {
                            "product_id": self.bio.id,
                            "quantity": 10,
                            "lot_id": lot.id,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
                "picked": True,
            }
        )
        with self.assertRaisesRegex(UserError, "unknown supplier"):
            move._action_done()

    def test_what_is_not_picked_is_not_judged(self):
        """Fossil goods on the same truck are received; the certified line waits."""
        self.expire()
        picking = self.make_receipt(100)
        other = self.make_receipt(900, product=self.fossil, lot="FN-1")
        other.move_ids.write({"picking_id": picking.id})
        other.move_ids.move_line_ids.write({"picking_id": picking.id})
        picking.move_ids.filtered(lambda m: m.product_id == self.bio).picked = False
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(
            picking.move_ids.filtered(lambda m: m.state == "done").product_id, self.fossil
        )

    def test_purchase_warns_and_lets_order(self):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "company_id": self.company.id,
                "order_line": [Command.create({"product_id": self.bio.id, "product_qty": 100})],
            }
        )
        self.assertFalse(order.mb_warning)
        self.certification.checked_on = False
        order.invalidate_recordset()
        self.assertIn("no check on the scheme's website", order.mb_warning)
        self.certification.unlink()
        order.invalidate_recordset()
        self.assertIn("no certificate of Baltic Renewables", order.mb_warning)
        order.button_confirm()
        self.assertEqual(order.state, "purchase")
