# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an outgoing declaration rests on: delivery, books, certificate, day; and declaring again."""

from datetime import datetime

from odoo.exceptions import UserError

from .common import OWN, D, Form, MassBalanceCase, timedelta


class TestDeclarationGrounds(MassBalanceCase):
    """Hostile cases of rules 20, 21 and 22: each is refused in words, and has a way out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.plant_tz = "Europe/Berlin"
        cls().produce_standard()

    def bring_back(self, delivery, quantity):
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=delivery.id, active_ids=delivery.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        return back

    def cancel(self, record):
        record.cancel_reason = "Goods came back"
        record.with_user(self.manager).action_cancel()

    def again(self, record):
        action = record.with_user(self.manager).action_declare_again()
        return self.env["sustainability.declaration"].browse(action["res_id"])

    def blockers(self, record):
        record.invalidate_recordset()
        return "\n".join(record._get_issue_blockers())

    # -- the delivery -------------------------------------------------------------------------

    def test_rule_22_no_more_is_declared_than_the_customer_keeps(self):
        record = self.deliver(60)
        self.assertFalse(self.blockers(record))
        self.bring_back(record.picking_ids, 20)
        self.assertIn("the customer keeps 40.000 kg", self.blockers(record))
        with self.assertRaisesRegex(UserError, "60.000 kg would be declared"):
            self.sign(record, "issue", self.manager)
        self.cancel(record)
        self.assertEqual(self.held("output", "Polypropylene"), D("85.000"))
        again = self.again(record)
        self.assertEqual((again.quantity, again.again_of_id), (40.0, record))
        self.assertNotEqual(again.number, record.number)
        self.assertEqual(again._snapshot()["in_place_of"], record.number)
        self.assertFalse(self.blockers(again))
        self.assertEqual(self.held("output", "Polypropylene"), D("45.000"))
        with self.assertRaisesRegex(UserError, "is left to declare"):
            self.again(record)

    def test_rule_22_all_that_came_back_is_not_declared_again(self):
        record = self.deliver(10)
        self.bring_back(record.picking_ids, 10)
        self.cancel(record)
        with self.assertRaisesRegex(UserError, "is left to declare"):
            self.again(record)

    def test_rule_22_only_what_is_cancelled_is_declared_again(self):
        record = self.deliver(10)
        with self.assertRaisesRegex(UserError, "Only a cancelled declaration"):
            self.again(record)
        reader = self._reader()
        with self.assertRaisesRegex(UserError, "sustainability manager"):
            record.with_user(reader).action_declare_again()

    def _reader(self):
        return self.env["res.users"].create(
            {"name": "Reader", "login": "mb_reader_again", "company_id": self.company.id}
            | {"company_ids": [(6, 0, self.company.ids)]}
            | {"group_ids": [(6, 0, self.env.ref("mass_balance.group_mass_balance_user").ids)]}
        )

    def test_rule_22_two_deliveries_of_one_order(self):
        """A part and its back-order are declared each for itself."""
        picking = self.sell(30)
        picking.move_ids.move_line_ids.quantity = 20
        Form.from_action(self.env, picking.button_validate()).save().process()
        rest = picking.backorder_ids
        rest.move_ids.picked = True
        rest.button_validate()
        first, second = picking.declaration_ids, rest.declaration_ids
        self.assertEqual((first.quantity, second.quantity), (20.0, 10.0))
        for record in (first, second):
            self.assertFalse(self.blockers(record))
            self.sign(record, "issue", self.manager)
        self.assertNotEqual(first.number, second.number)

    def test_rule_22_lines_with_and_without_claim_and_of_two_schemes(self):
        picking = self.sell(10)
        order = picking.sale_id
        for claim in ("none", "iscc_eu"):
            order.order_line = [
                (0, 0, {"product_id": self.polymer.id, "product_uom_qty": 5, "mb_claim": claim})
            ]
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        plus, other = picking.declaration_ids.sorted("id")
        self.assertEqual((plus.scheme, plus.quantity), ("iscc_plus", 10.0))
        self.assertFalse(self.blockers(plus))
        self.assertEqual(other.scheme, "iscc_eu")
        self.assertEqual(other.scheme_version, "4.1")
        self.assertIn("hold 0.000 kg", self.blockers(other))

    # -- the day ------------------------------------------------------------------------------

    def test_rule_21_the_day_of_dispatch_is_the_plants(self):
        """23:30 in Kiel is the next day's 00:30 for nobody, and in UTC still the same evening."""
        for zone, moment, day in (
            ("Europe/Berlin", datetime(2026, 5, 17, 21, 30), "2026-05-17"),
            ("Europe/Berlin", datetime(2026, 5, 17, 22, 30), "2026-05-18"),
            ("Pacific/Auckland", datetime(2026, 5, 17, 11, 30), "2026-05-17"),
            ("Pacific/Auckland", datetime(2026, 5, 17, 12, 30), "2026-05-18"),
            ("America/New_York", datetime(2026, 5, 18, 3, 30), "2026-05-17"),
        ):
            with self.subTest(zone=zone, moment=moment):
                self.warehouse.plant_tz = zone
                self.assertEqual(str(self.warehouse._get_plant_day(moment)), day)

    def test_rule_21_first_and_last_day_of_our_certificate(self):
        record = self.deliver(10)
        day = record.dispatch_date
        for start, end, words in (
            (day, day, ""),
            (day - timedelta(days=9), day - timedelta(days=1), "expired on"),
            (day + timedelta(days=1), day + timedelta(days=9), "not valid before"),
        ):
            with self.subTest(start=start, end=end):
                self.own.write({"valid_from": start, "valid_to": end})
                self.assertEqual(bool(words), bool(self.blockers(record)))
                self.assertIn(words, self.blockers(record))

    def test_rule_21_the_facts_of_the_dispatch_are_not_typed(self):
        record = self.deliver(10)
        site = self.env["stock.warehouse"].create(
            {"name": "Second plant", "code": "P2", "company_id": self.company.id}
        )
        for vals in (
            {"dispatch_date": self.today - timedelta(days=1)},
            {"issue_date": self.today - timedelta(days=1)},
            {"warehouse_id": site.id},
            {"certificate_number": "ISCC-PLUS-Cert-DE100-99999999"},
            {"scheme": "iscc_eu"},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "cannot be changed"):
                record.with_user(self.manager).write(vals)

    def test_rule_22_the_date_of_issuance_is_the_day_of_the_signature(self):
        """Dispatched in the old year and issued in the new one: the new year's template."""
        record = self.deliver(10)
        record._stamp(issue_date=self.today - timedelta(days=3))
        with self.assertRaisesRegex(UserError, "it is another day at the plant"):
            self.sign(record, "issue", self.manager)
        record.with_user(self.manager).action_open_signature()
        self.assertEqual(record.issue_date, record._get_issue_day())
        self.sign(record, "issue", self.manager)
        issued = record.issue_date
        record.with_user(self.manager).action_open_signature()
        self.assertEqual(record.issue_date, issued)

    # -- certificate and books ----------------------------------------------------------------

    def test_rule_21_a_certificate_that_is_entered_late(self):
        self.own.active = False
        record = self.deliver(10)
        self.assertIn("no own certificate", self.blockers(record))
        self.own.active = True
        record.with_user(self.manager).action_draw()
        self.assertEqual((record.certification_id, record.certificate_number), (self.own, OWN))
        self.assertFalse(self.blockers(record))

    def test_rule_21_the_certificate_of_another_site(self):
        record = self.deliver(10)
        site = self.env["stock.warehouse"].create(
            {"name": "Second plant", "code": "P2", "company_id": self.company.id}
        )
        self.own.warehouse_id = site
        self.assertIn("is issued for Second plant", self.blockers(record))

    def test_rule_21_another_number_on_the_paper(self):
        record = self.deliver(10)
        record._stamp(certificate_number="ISCC-PLUS-Cert-DE100-99999999")
        self.assertIn(f"ours is {OWN}", self.blockers(record))

    def test_rule_4_credits_do_not_outlast_an_interruption(self):
        """Carried forward without a term, as long as our certificates follow day upon day."""
        record, day = self.deliver(10), timedelta(days=1)
        self.cr.execute(
            "UPDATE sustainability_declaration SET dispatch_date = %s WHERE id = %s",
            [self.today + 40 * day, record.id],
        )
        record.invalidate_recordset()
        self.own.valid_to = self.today + 9 * day
        renewal = self._certify(
            self.company.partner_id,
            "ISCC-PLUS-Cert-DE100-12345679",
            "Polypropylene",
            valid_from=self.today + 10 * day,
        )
        self.assertNotIn("interrupted", self.blockers(record))
        self.own.active = False
        self.assertNotIn("interrupted", self.blockers(record), "an archived one did cover it")
        renewal.valid_from = self.today + 11 * day
        self.assertIn(f"interrupted on {self.today + 10 * day}", self.blockers(record))
        renewal.valid_from = self.today + 10 * day
        self.own.suspended_from = self.today + 5 * day
        self.assertIn(f"interrupted on {self.today + 5 * day}", self.blockers(record))
        self.env["ir.config_parameter"].set_param("mass_balance.credits_lapse", "0")
        self.assertNotIn("interrupted", self.blockers(record))

    def test_rule_7_credits_of_a_strange_book(self):
        """A product that changes its group after the draw no longer fits the credits."""
        record = self.deliver(10)
        self.polymer.mb_group = "Something else"
        self.assertIn("is not a book of", self.blockers(record))

    def test_rule_22_template_v4_can_be_completed(self):
        """The supplier's paper of 2026 is silent; what our own has to say is filled in."""
        self.env["ir.config_parameter"].sudo().set_param(
            "mass_balance.template_v4_from", str(self.today)
        )
        record = self.deliver(10)
        self.assertIn("Reflection of input characteristics", self.blockers(record))
        record.with_user(self.manager).write(
            {"input_reflection": "As received", "input_compensation": "None"}
        )
        self.assertFalse(self.blockers(record))

    def test_rule_22_identifiers_of_both_parties(self):
        record = self.deliver(10)
        self.assertEqual(record.supplier_identifier, "Reg. Cologne 4711")
        record.recipient_identifier = False
        self.assertIn("Missing: Recipient Identifier", self.blockers(record))

    def test_controlled_blending_is_no_option_of_the_eu(self):
        record = self.deliver(10)
        record._stamp(
            scheme="iscc_eu", certification_id=False, chain_of_custody="controlled_blending"
        )
        self.assertIn("option of ISCC PLUS", self.blockers(record))

    def test_terms_that_are_not_stated_are_not_zero(self):
        record = self.deliver(10)
        record._stamp(ghg_type="actual", ghg_value=812.5, ghg_unit="kgCO2eq/dry-ton")
        self.assertIsNone(record._snapshot()["ghg_eec"])
        record.ghg_eec = 800
        self.assertEqual(record._snapshot()["ghg_eec"], "800.000000")
        self.assertEqual(record._snapshot()["ghg_el"], "0.000000")
