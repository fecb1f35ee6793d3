# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Vouchers: what no goods say, booked by signature; here openings and corrections."""

import json
from hashlib import sha256

from odoo.exceptions import AccessError, UserError

from .common import Command, D, MassBalanceCase, new_test_user


class VoucherCase(MassBalanceCase):
    """`voucher` drafts one, `book` signs it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.partner_id.country_id = cls.env.ref("base.de")

    def file(self, text="Closing of 2026-06-30: 60 kg"):
        return (
            self.env["ir.attachment"]
            .with_user(self.manager)
            .create({"name": "closing.txt", "raw": text.encode()})
        )

    def voucher(self, kind, account=None, **values):
        defaults = {"kind": kind, "account_id": account and account.id, "reason": "As agreed"}
        model = self.env["mass.balance.voucher"].with_user(self.manager)
        return model.create({**defaults, **values})

    def sign_voucher(self, voucher):
        return self.sign(voucher, "book", self.manager)

    def assert_refused(self, words, voucher):
        with self.assertRaisesRegex(UserError, words):
            self.sign_voucher(voucher)
        self.assertEqual(voucher.state, "draft")
        self.assertFalse(voucher.entry_ids)


class TestCorrection(VoucherCase):
    """A correction is a new line that names its reason; what is put back was taken before."""

    def setUp(self):
        super().setUp()
        self.receive_certified(100)
        self.account = self.book("input", "naphtha")
        self.credit = self.account.credit_ids

    def correct(self, quantity, **values):
        return self.voucher(
            "correction", self.account, quantity=quantity, credit_id=self.credit.id, **values
        )

    def test_take_out_with_evidence(self):
        voucher = self.correct(2.5, attachment_ids=[Command.set(self.file("Recount").ids)])
        signature = self.sign_voucher(voucher)
        entry = voucher.entry_ids
        self.assertEqual((entry.direction, entry.signed_quantity), ("correction", -2.5))
        self.assertEqual(entry.reason, "As agreed")
        body = json.loads(entry.payload)
        self.assertEqual(body["voucher"], voucher.name)
        self.assertEqual(body["evidence"], [f"closing.txt: {sha256(b'Recount').hexdigest()}"])
        self.assertTrue(signature.is_valid)
        self.assertEqual(self.held("input", "naphtha"), D("97.500"))

    def test_what_is_signed_stays(self):
        voucher = self.correct(1, attachment_ids=[Command.set(self.file().ids)])
        self.sign_voucher(voucher)
        for call in (
            lambda: voucher.write({"reason": "x"}),
            lambda: voucher.sudo().write({"state": "draft"}),
            lambda: voucher.sudo().unlink(),
            lambda: voucher.attachment_ids.sudo().write({"raw": b"x"}),
            lambda: voucher.attachment_ids.sudo().unlink(),
        ):
            with self.assertRaises(UserError):
                call()
        with self.assertRaisesRegex(UserError, "already booked"):
            self.sign_voucher(voucher)

    def test_put_back_no_more_than_was_taken(self):
        self.scrap(self.bio, 10, self.lot("BN-1"))
        taken = self.entries(direction="correction")
        self.assert_refused("name the entry", self.correct(4, change="more"))
        wrong = self.entries(direction="in")
        self.assert_refused("name the entry", self.correct(4, change="more", corrected_id=wrong.id))
        drawn = self.deliver(1, product=self.bio).entry_ids
        self.assert_refused("cancelling it", self.correct(1, change="more", corrected_id=drawn.id))
        self.sign_voucher(self.correct(4, change="more", corrected_id=taken.id))
        self.assertEqual(self.held("input", "naphtha"), D("93.000"))
        self.assert_refused(
            "6.000 kg can be put back", self.correct(6.001, change="more", corrected_id=taken.id)
        )

    def test_refusals(self):
        self.assert_refused("100.000 kg are left", self.correct(100.001))
        self.assert_refused("say why", self.correct(1, reason="  "))
        self.assert_refused("choose the book", self.voucher("correction", quantity=1))
        self.assert_refused("choose the set", self.voucher("correction", self.account, quantity=1))

    def test_only_the_manager(self):
        voucher = self.correct(1)
        reader = new_test_user(
            self.env,
            "mb_reader9",
            "mass_balance.group_mass_balance_user",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            self.sign(voucher, "book", reader)
        with self.assertRaises(AccessError):
            self.env["mass.balance.voucher"].with_user(reader).create({"reason": "x"})

    def test_nobody_is_born_booked(self):
        voucher = self.correct(1, state="booked", booked_by_id=self.manager.id, name="MBV-1")
        self.assertEqual((voucher.state, voucher.booked_by_id.id), ("draft", False))
        self.assertNotEqual(voucher.name, "MBV-1")


class TestOpening(VoucherCase):
    """A plant that starts brings its stocks along: once per book, with evidence, signed."""

    def setUp(self):
        super().setUp()
        self.declaration = self.make_declaration(number="OLD-7", quantity=80)
        self.old_lot = self.env["stock.lot"].create(
            {"name": "BN-0", "product_id": self.bio.id, "company_id": self.company.id}
        )
        self.env["stock.quant"]._update_available_quantity(
            self.bio, self.warehouse.lot_stock_id, 70, lot_id=self.old_lot
        )

    def opening(self, quantity=60, **values):
        line = {
            "declaration_id": self.declaration.id,
            "lot_id": self.old_lot.id,
            "quantity": quantity,
        }
        defaults = {
            "warehouse_id": self.warehouse.id,
            "product_id": self.bio.id,
            "line_ids": [Command.create(line)],
            "attachment_ids": [Command.set(self.file().ids)],
        }
        return self.voucher("opening", **{**defaults, **values})

    def test_input_stock_opens_a_book(self):
        voucher = self.opening()
        self.sign_voucher(voucher)
        entry = voucher.entry_ids
        self.assertEqual((entry.direction, entry.signed_quantity), ("opening", 60))
        self.assertEqual(self.declaration.state, "booked")
        self.assertEqual(self.old_lot.mb_declaration_id, self.declaration)
        self.produce({self.old_lot: 60}, made=54, by=0)
        self.assertEqual(self.held("output", "Polypropylene"), D("54.000"))

    def test_credits_open_an_output_book(self):
        voucher = self.opening(book_kind="output", product_id=self.polymer.id)
        self.sign_voucher(voucher)
        self.assertEqual(self.held("output", "Polypropylene"), D("60.000"))

    def test_rule_20_the_declaration_is_used_for_it(self):
        """60 of 80 are brought along; a receipt books no more than the other 20."""
        self.sign_voucher(self.opening())
        picking = self.make_receipt(50, lot="BN-2", declaration=self.declaration)
        picking.button_validate()
        self.assertEqual(self.held("input", "naphtha"), D("80.000"))

    def test_once_and_before_everything_else(self):
        self.sign_voucher(self.opening(20))
        self.assert_refused("an opening comes before", self.opening(20))
        other = self.receive_certified(10, number="SD-5", lot="BN-5", raw_material="Tall oil")
        self.declaration = self.make_declaration(
            number="OLD-8", quantity=80, raw_material=other.raw_material
        )
        self.assert_refused("an opening comes before", self.opening(20))

    def test_refusals(self):
        for words, values in (
            ("attach the evidence", {"attachment_ids": False}),
            ("enter the site", {"line_ids": False}),
            ("70.000 kg of lot BN-0 lie", {"quantity": 70.001}),
            ("80.000 kg of declaration OLD-7", {"quantity": 80.001}),
            ("name the lot", {"product_id": self.polymer.id}),
        ):
            with self.subTest(words=words):
                self.assert_refused(words, self.opening(**values))
        self.own.write({"suspended_from": self.today})
        self.assert_refused("certification lapses", self.opening())

    def test_lines_of_two_books(self):
        other = self.make_declaration(number="OLD-9", raw_material="Tall oil")
        voucher = self.opening(
            line_ids=[
                Command.create({"declaration_id": d.id, "lot_id": self.old_lot.id, "quantity": 10})
                for d in (self.declaration, other)
            ]
        )
        self.assert_refused("different books", voucher)

    def test_cancelling_the_declaration_takes_it_back(self):
        self.sign_voucher(self.opening())
        self.declaration.cancel_reason = "Withdrawn by the supplier"
        self.declaration.action_cancel()
        self.assertEqual(self.held("input", "naphtha"), D("0.000"))

    def test_booked_lines_stay(self):
        voucher = self.opening()
        self.sign_voucher(voucher)
        for call in (
            lambda: voucher.line_ids.write({"quantity": 1}),
            lambda: voucher.line_ids.unlink(),
            lambda: voucher.line_ids.copy({"voucher_id": voucher.id}),
        ):
            with self.assertRaisesRegex(UserError, "stay as they are"):
                call()
