# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credits that go to another site or another scheme: rules 8, 9 and 11, on a signed voucher."""

from .common import D
from .test_voucher import VoucherCase


class TestSiteTransfer(VoucherCase):
    """Rule 8: ISCC PLUS, one group, neighbours, one product, two linked entries."""

    def setUp(self):
        super().setUp()
        self.produce_standard()
        self.source = self.book("output", "Polypropylene")

    def site(self, country, company=None, **values):
        company = company or self.company
        partner = self._partner(f"Site {country}", "Town", f"base.{country}")
        site = self.env["stock.warehouse"].create(
            {
                "name": f"Plant {country}",
                "code": country.upper() + str(company.id % 100),
                "company_id": company.id,
                "partner_id": partner.id,
                **values,
            }
        )
        self.manager.company_ids |= company
        return site

    def transfer(self, site, quantity=30, **values):
        return self.voucher(
            "site", self.source, target_warehouse_id=site.id, quantity=quantity, **values
        )

    def test_rule_8_germany_to_the_netherlands(self):
        """30 of 85 go; the sum stays; the declaration from there says who transferred."""
        site = self.site("nl")
        voucher = self.transfer(site)
        signature = self.sign_voucher(voucher)
        self.assertTrue(signature.is_valid)
        self.assertEqual((voucher.state, voucher.booked_by_id), ("booked", self.manager))
        out, into = voucher.entry_ids.sorted("id")
        self.assertEqual((out.direction, into.direction), ("transfer_out", "transfer_in"))
        self.assertEqual(into.counterpart_id, out)
        self.assertEqual(into.warehouse_id, site)
        self.assertEqual(
            self.held("output", "Polypropylene", warehouse_id=self.warehouse.id), D("55.000")
        )
        self.assertEqual(self.held("output", "Polypropylene", warehouse_id=site.id), D("30.000"))
        self.env["stock.quant"]._update_available_quantity(
            self.polymer, site.lot_stock_id, 30, lot_id=self.lot("PP-1", self.polymer)
        )
        here, warehouse = self.deliver(10), self.warehouse
        self.warehouse = site
        there = self.deliver(30)
        self.warehouse = warehouse
        self.assertFalse(here.refusal or there.refusal)
        self.assertEqual((here.credit_transfer, there.credit_transfer), ("none", "issuer"))
        self.assertEqual(self.held("output", "Polypropylene", warehouse_id=site.id), D("0.000"))

    def test_rule_8_upstream_is_passed_on(self):
        self.receive_certified(10, number="SD-9", lot="BN-9", credit_transfer="issuer")
        self.assertEqual(
            self.book("input", "naphtha").credit_ids[-1]._get_transfer_mark(), "upstream"
        )

    def test_rule_8_refusals(self):
        stranger = self.env["res.company"].create(
            {"name": "Stranger", "country_id": self.env.ref("base.nl").id}
        )
        self._certify(
            stranger.partner_id, "ISCC-PLUS-Cert-DE100-12345699", "PP", company_id=stranger.id
        )
        nearby = self.site("nl")
        for words, voucher in (
            ("neighbouring countries", self.transfer(self.site("es"))),
            ("corporate group", self.transfer(self.site("nl", stranger))),
            (
                "same product",
                self.transfer(
                    nearby,
                    target_account_id=self.book("output", "C4 fraction")
                    .sudo()
                    .copy({"warehouse_id": nearby.id})
                    .id,
                ),
            ),
            ("both books belong", self.transfer(self.warehouse)),
            ("holds 85.000 kg", self.transfer(nearby, quantity=85.001)),
            ("above zero", self.transfer(nearby, quantity=0)),
            ("choose the site", self.voucher("site", self.source, quantity=1)),
        ):
            with self.subTest(words=words):
                self.assert_refused(words, voucher)
        self.assertEqual(self.held("output", "Polypropylene"), D("85.000"))

    def test_rule_8_a_site_without_plant_or_store(self):
        site = self.site("nl")
        self._certify(
            self.company.partner_id,
            "ISCC-PLUS-Cert-DE100-12345698",
            "PP",
            scope_codes="TR",
            warehouse_id=site.id,
        )
        self.own.warehouse_id = self.warehouse
        self.assert_refused("processing unit or a store", self.transfer(site))

    def test_rule_8_another_company_of_the_group(self):
        head = self._partner("Holding", "Bonn", "base.de")
        sister = self.env["res.company"].create(
            {
                "name": "Sister BV",
                "country_id": self.env.ref("base.nl").id,
                "mb_group_partner_id": head.id,
            }
        )
        self.company.mb_group_partner_id = head
        site = self.site("nl", sister)
        self.assert_refused("certificate that is valid today", self.transfer(site))
        self._certify(
            sister.partner_id, "ISCC-PLUS-Cert-DE100-12345697", "PP", company_id=sister.id
        )
        voucher = self.transfer(site)
        self.manager.company_ids -= sister
        self.assert_refused("no access to Sister", voucher)
        self.manager.company_ids |= sister
        self.sign_voucher(voucher)
        legs = voucher.sudo().entry_ids.sorted("id")
        self.assertEqual(legs.mapped("company_id"), self.company | sister)
        self.assertEqual(legs[1].signed_quantity, 30)

    def test_rule_8_a_pair_of_countries_by_setting(self):
        self.warehouse.partner_id.country_id = self.env.ref("base.dk")
        voucher = self.transfer(self.site("se"))
        self.assert_refused("neighbouring", voucher)
        parameter = self.env["ir.config_parameter"].sudo()
        parameter.set_param("mass_balance.neighbour_pairs", "Denmark")
        self.assert_refused("pairs of country codes", voucher)
        parameter.set_param("mass_balance.neighbour_pairs", "DK-SE")
        self.sign_voucher(voucher)
        self.assertEqual(voucher.state, "booked")

    def test_rule_8_never_under_iscc_eu(self):
        self.env.flush_all()
        self.cr.execute("UPDATE mass_balance_account SET scheme = 'iscc_eu'")
        self.env.invalidate_all()
        self.assert_refused("under ISCC PLUS only", self.transfer(self.site("nl")))


class TestSchemeTransfer(VoucherCase):
    """Rule 9: from EU to PLUS, two linked entries, never back."""

    def setUp(self):
        super().setUp()
        self.certification = self._certify(
            self.supplier, "EU-ISCC-Cert-DE105-82948109", "Bio-naphtha", scheme="iscc_eu"
        )
        own = "EU-ISCC-Cert-DE100-12345679"
        self._certify(self.company.partner_id, own, "Bio-naphtha\nPolypropylene", scheme="iscc_eu")
        ghg = {"ghg_type": "total_default", "ghg_value": 12, "ghg_unit": "gCO2eq/MJ"}
        self.receive_certified(100, red_category="annex_9a", **ghg)

    def test_rule_9_by_voucher(self):
        european = self.book("input", "naphtha", scheme="iscc_eu")
        voucher = self.voucher("scheme", european, quantity=25)
        self.sign_voucher(voucher)
        out, into = voucher.entry_ids.sorted("id")
        self.assertEqual((out.scheme, into.scheme), ("iscc_eu", "iscc_plus"))
        self.assertEqual(into.counterpart_id, out)
        self.assert_refused("never back", self.voucher("scheme", into.account_id, quantity=25))

    def test_what_was_transferred_is_converted_in_its_new_scheme(self):
        european = self.book("input", "naphtha", scheme="iscc_eu")
        self.sign_voucher(self.voucher("scheme", european, quantity=100))
        self.produce({self.lot("BN-1"): 100}, made=90, by=0)
        made = self.book("output", "Polypropylene")
        self.assertEqual((made.scheme, made.booked_balance), ("iscc_plus", 90))

    def test_rule_11_eu_credits_of_two_factors_are_two_pools(self):
        """CF 1.00 and 0.95 of one category never meet in one book."""
        self.cr.execute("DELETE FROM mass_balance_conversion")
        self.env.invalidate_all()
        self._approve_factor(numerator=95, denominator=100, material="naphtha")
        self.produce({self.lot("BN-1"): 50}, made=47.5, by=0)
        self._approve_factor(numerator=100, denominator=100, material="oil")
        self.bio.mb_group = "oil"
        self.receive_certified(
            50,
            number="SD-2",
            lot="BN-2",
            red_category="annex_9a",
            ghg_type="total_default",
            ghg_value=12,
            ghg_unit="gCO2eq/MJ",
        )
        self.produce({self.lot("BN-2"): 50}, made=50, by=0, product_lot="PP-2")
        pools = self.book("output", "Polypropylene")
        self.assertEqual(sorted(pools.mapped("factor_key")), ["1", "19/20"])
        self.assertEqual(sorted(pools.mapped("booked_balance")), [47.5, 50])
