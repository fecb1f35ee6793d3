# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 10, 19, 20 and 21 of docs/rules.md, on the side of claims."""

from datetime import date

from .common import D, MassBalanceCase


class TestRulesOfClaims(MassBalanceCase):
    def setUp(self):
        super().setUp()
        # goods enough in the tank: what is refused is the claim, never the delivery
        self.receive(500, product=self.bio, lot="BN-0", mb_is_no_claim=True)

    def trade(self, quantity, **values):
        """Sell the certified feedstock as it came; returns the declarations."""
        return self.deliver(quantity, product=self.bio, **values)

    def test_rule_10_sixty_of_fifty_and_fifty(self):
        self.receive_certified(50, number="SD-1", lot="BN-1")
        self.receive_certified(
            50, number="SD-2", lot="BN-2", category="circular", waste_status="mixed"
        )
        refused = self.trade(60, mb_category="bio")
        self.assertIn("hold 50.000 kg", refused.refusal)
        self.assertFalse(self.trade(50, mb_category="bio").refusal)

    def test_rule_10_bio_circular_needs_its_waste_status(self):
        record = self.make_declaration(complete=False, category="bio_circular")
        self.assertIn("Waste status", record.missing_text.replace("Waste Status", "Waste status"))

    def test_rule_19_seventy_one_of_seventy(self):
        self.receive_certified(70, number="SD-1", lot="BN-1")
        self.receive_certified(30, number="SD-2", lot="BN-2", statement="none")
        refused = self.trade(71, mb_statement="iscc_compliant")
        self.assertIn("70.000 kg", refused.refusal)
        self.assertIn("as ISCC Compliant", refused.refusal)
        allowed = self.trade(70, mb_statement="iscc_compliant")
        self.assertFalse(allowed.refusal)
        self.assertEqual(allowed.statement, "iscc_compliant")
        rest = self.trade(30)
        self.assertEqual((rest.refusal, rest.statement), (False, "none"))

    def test_rule_20_another_scheme_s_forty_is_on_no_iscc_declaration(self):
        other = self._certify(
            self.supplier, "REDcert-DE-100-1234567", "Bio-naphtha", scheme="other"
        )
        self._certify(self.company.partner_id, "REDcert-DE-1", "Bio-naphtha", scheme="other")
        self.receive_certified(
            40, scheme="other", certification_id=other.id, scheme_version="RED 07"
        )
        self.assertEqual(self.held("input", "naphtha", scheme="other"), 40)
        refused = self.trade(40)
        self.assertIn("hold 0.000 kg", refused.refusal)

    def test_rule_21_the_numbers_of_the_example(self):
        record = self._certify(
            self.supplier,
            "ISCC-PLUS-Cert-US201-138762025",
            "Bio-naphtha",
            valid_from=date(2025, 5, 18),
            valid_to=date(2026, 5, 17),
        )
        self.assertFalse(record._check_usable(date(2026, 5, 17), "iscc_plus", "Bio-naphtha"))
        self.assertTrue(record._check_usable(date(2026, 5, 18), "iscc_plus", "Bio-naphtha"))
        record.suspended_from = date(2026, 2, 1)
        self.assertFalse(record._check_usable(date(2026, 1, 31), "iscc_plus"))
        self.assertTrue(record._check_usable(date(2026, 2, 2), "iscc_plus"))

    def test_rule_17_a_mixture_shows_the_highest_and_no_average(self):
        from ..tools import declaration

        values = [D("12.5"), D("31.8")]
        self.assertTrue(declaration.is_ghg_allowed(D("31.8"), values))
        self.assertFalse(declaration.is_ghg_allowed(D("20.22"), values))
