# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Books: the key, the rules of a certification year, the figures of the form."""

from freezegun import freeze_time

from odoo.exceptions import UserError

from .common import D, MassBalanceCase, timedelta


class TestAccount(MassBalanceCase):
    """One book for each key; nothing is netted."""

    def test_the_key_is_given_once(self):
        self.receive_certified(100)
        account = self.book("input", "naphtha")
        self.assertEqual(account.raw_material, "Used cooking oil")
        self.assertEqual(account.statement, "iscc_compliant")
        for name, value in (
            ("category", "circular"),
            ("scheme", "iscc_eu"),
            ("warehouse_id", False),
            ("product_group", "x"),
            ("booked_balance", 5),
            ("uom_name", "t"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, "never be changed"):
                account.sudo().write({name: value})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            account.sudo().unlink()

    def test_a_balance_is_not_typed_at_birth(self):
        self.receive_certified(100)
        source = self.book("input", "naphtha")
        born = source.sudo().copy({"product_group": "other", "booked_balance": 9})
        self.assertEqual(born.booked_balance, 0)

    def test_equal_keys_share_a_book(self):
        self.receive_certified(60, number="SD-1", lot="BN-1")
        self.receive_certified(40, number="SD-2", lot="BN-2")
        self.assertEqual(len(self.book("input", "naphtha")), 1)
        self.assertEqual(self.held("input", "naphtha"), D("100.000"))

    def test_rule_19_statements_are_books_of_their_own(self):
        self.receive_certified(70, number="SD-1", lot="BN-1")
        self.receive_certified(30, number="SD-2", lot="BN-2", statement="none")
        self.assertEqual(self.held("input", "naphtha", statement="iscc_compliant"), D("70.000"))
        self.assertEqual(self.held("input", "naphtha", statement="none"), D("30.000"))

    def test_rule_11_red_categories_are_books_of_their_own(self):
        self.certification = self._certify(
            self.supplier, "EU-ISCC-Cert-DE105-82948109", "Bio-naphtha", scheme="iscc_eu"
        )
        self._certify(
            self.company.partner_id, "EU-ISCC-Cert-DE100-12345679", "Bio-naphtha", scheme="iscc_eu"
        )
        ghg = {"ghg_type": "total_default", "ghg_value": 12, "ghg_unit": "gCO2eq/MJ"}
        self.receive_certified(30, number="SD-1", lot="BN-1", red_category="annex_9a", **ghg)
        self.receive_certified(20, number="SD-2", lot="BN-2", red_category="annex_9b", **ghg)
        self.assertEqual(self.held("input", "naphtha", red_category="annex_9a"), D("30.000"))
        self.assertEqual(self.held("input", "naphtha", red_category="annex_9b"), D("20.000"))

    def test_rule_9_eu_goes_to_plus_and_never_back(self):
        self.certification = self._certify(
            self.supplier, "EU-ISCC-Cert-DE105-82948109", "Bio-naphtha", scheme="iscc_eu"
        )
        own = "EU-ISCC-Cert-DE100-12345679"
        self._certify(self.company.partner_id, own, "Bio-naphtha", scheme="iscc_eu")
        ghg = {"ghg_type": "total_default", "ghg_value": 12, "ghg_unit": "gCO2eq/MJ"}
        self.receive_certified(100, red_category="annex_9a", **ghg)
        european = self.book("input", "naphtha", scheme="iscc_eu")
        out, into = european._transfer_to_scheme("iscc_plus", D("25.000"), "Sold as PLUS")
        self.assertEqual((out.direction, into.direction), ("transfer_out", "transfer_in"))
        self.assertEqual(into.counterpart_id, out)
        self.assertEqual(into.source_declaration_id, out.source_declaration_id)
        self.assertEqual(self.held("input", "naphtha", scheme="iscc_eu"), D("75.000"))
        self.assertEqual(self.held("input", "naphtha", scheme="iscc_plus"), D("25.000"))
        plus = self.book("input", "naphtha", scheme="iscc_plus")
        with self.assertRaisesRegex(UserError, "never back"):
            plus._transfer_to_scheme("iscc_eu", D("25.000"), "Back")
        with self.assertRaisesRegex(UserError, "holds 75.000 kg"):
            european._transfer_to_scheme("iscc_plus", D("75.001"), "Too much")

    def test_rules_14_and_16_hold_for_the_certification_year(self):
        self.receive_certified(100)
        account = self.book("input", "naphtha")
        for vals in ({"basis": "lhv"}, {"attribution": "free"}, {"method": "rolling_average"}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "next certificate"):
                account.write(vals)
        account.write({"basis": "mass"})
        self.own.write({"valid_from": self.today + timedelta(days=1)})
        self._certify(
            self.company.partner_id,
            "ISCC-PLUS-Cert-DE100-12345680",
            "Polypropylene",
            valid_from=self.today,
        )
        with self.assertRaisesRegex(UserError, "next certificate"):
            account.write({"attribution": "free"})

    def test_a_rolling_average_is_proportional(self):
        with self.assertRaisesRegex(UserError, "rolling average"):
            self.warehouse.write({"mb_method": "rolling_average", "mb_attribution": "free"})
        self.warehouse.write({"mb_method": "rolling_average", "mb_attribution": "proportional"})
        self.receive_certified(100)
        account = self.book("input", "naphtha")
        self.assertEqual(account.method, "rolling_average")
        self.cr.execute("UPDATE mass_balance_account SET method = 'credit'")
        self.env.invalidate_all()

    def test_figures_of_the_form(self):
        self.produce_standard()
        self.deliver(60)
        book = self.book("output", "Polypropylene")
        self.assertEqual(
            (book.opening_quantity, book.converted_quantity, book.out_quantity, book.balance),
            (0, 85, -60, 25),
        )
        self.assertEqual(book.entry_count, 2)
        self.assertEqual(book.stock_quantity, 790)
        source = self.book("input", "naphtha")
        self.assertEqual(
            (source.in_quantity, source.converted_quantity, source.other_quantity), (100, -90, -10)
        )
        self.assertEqual(source.stock_quantity, 0)
        for action in (
            book.action_view_entries(),
            book.action_view_credits(),
            book.action_view_periods(),
        ):
            self.assertTrue(self.env[action["res_model"]].search(action["domain"]))

    def test_the_name_says_the_key(self):
        self.receive_certified(100)
        name = self.book("input", "naphtha").name
        self.assertEqual(
            name, f"{self.warehouse.code} / ISCC PLUS / Input / naphtha / Bio / Used cooking oil"
        )

    def test_stock_counts_fossil_of_the_group_too(self):
        self.receive_certified(100)
        self.receive(900, product=self.fossil, lot="FN-1")
        self.assertEqual(self.book("input", "naphtha").stock_quantity, 1000)

    def test_rule_16_one_basis_for_a_product_at_a_site(self):
        """Another default of the site, a later category: the product keeps its basis this year."""
        self.receive_certified(100)
        self.warehouse.mb_basis = "lhv"
        self.receive_certified(10, number="SD-2", lot="BN-2", raw_material="Tall oil")
        books = self.book("input", "naphtha")
        self.assertEqual((len(books), set(books.mapped("basis"))), (2, {"mass"}))
        unused = books[-1].sudo().copy({"raw_material": "Straw"})
        with self.assertRaisesRegex(UserError, "next certificate"):
            unused.write({"basis": "lhv"})
        self.own.valid_to = self.today - timedelta(days=1)
        self._certify(
            self.company.partner_id,
            "ISCC-PLUS-Cert-DE100-12345680",
            "Polypropylene",
            valid_from=self.today + timedelta(days=1),
        )

    def test_rule_16_all_books_of_a_product_change_together(self):
        self.receive_certified(100)
        book = self.book("input", "naphtha")
        sibling = book.sudo().copy({"raw_material": "Straw"})
        self.cr.execute(
            "UPDATE partner_certification SET valid_from = %s WHERE id = %s",
            [self.today, self.own.id],
        )
        self.env.invalidate_all()
        with freeze_time(self.today + timedelta(days=1)):
            self.own.valid_to = self.today
            self._certify(
                self.company.partner_id,
                "ISCC-PLUS-Cert-DE100-12345681",
                "Polypropylene",
                valid_from=self.today + timedelta(days=1),
            )
            book.sudo().write({"basis": "carbon"})
        self.assertEqual(sibling.basis, "carbon")

    def test_low_credits_are_told(self):
        self.produce_standard()
        book = self.book("output", "Polypropylene")
        self.sell(60)
        self.assertEqual((book.promised_quantity, book.free_quantity), (60, 25))
        self.assertFalse(book.is_low)
        book.with_user(self.manager).low_threshold = 30
        self.assertTrue(book.is_low)
        self.assertIn(book, book.search([("is_low", "=", True)]))
        self.env["mass.balance.account"]._cron_alert_low()
        self.assertEqual(book.activity_ids.user_id, self.manager)
        self.assertIn("25.000 kg stay free", book.activity_ids.note)

    def test_more_promised_than_there_is(self):
        self.produce_standard()
        book = self.book("output", "Polypropylene")
        self.sell(86).button_validate()
        self.assertFalse(book.is_low, "what is delivered is promised no more")
        book.invalidate_recordset()
        self.sell(90)
        self.assertTrue(book.is_low)
