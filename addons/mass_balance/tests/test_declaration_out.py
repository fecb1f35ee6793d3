# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Outgoing declarations: rules 7, 10, 17, 20, 21 and 22, from delivery to signature."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from .common import Command, D, Form, MassBalanceCase, new_test_user, timedelta


class TestDeclarationOut(MassBalanceCase):
    """A delivery draws credits and drafts; the manager's signature issues."""

    def issue(self, record):
        return self.sign(record, "issue", self.manager)

    def assert_issue_refused(self, record, words):
        with self.assertRaisesRegex(UserError, words):
            record.with_user(self.manager)._check_may_sign("issue")

    def test_delivery_draws_and_drafts(self):
        self.produce_standard()
        record = self.deliver(60)
        self.assertEqual(record.state, "draft")
        self.assertEqual(self.held("output", "Polypropylene"), D("25.000"))
        self.assertEqual(record.quantity, 60)
        self.assertEqual(record._missing_fields(), [])
        self.assertEqual(record.contract_number, "C-4711")
        self.assertEqual(record.supplier_name, "Test Polymer")
        self.assertEqual(record.recipient_name, "Filmwerk")
        self.assertEqual(record.raw_material, "Used cooking oil")
        self.assertEqual(record.origin_country_id.code, "FI")
        self.assertEqual(record.statement, "iscc_compliant")
        self.assertEqual(record.certification_id, self.own)
        self.assertEqual(record.category, "bio")
        self.assertEqual((record.method, record.attribution), ("credit", "proportional"))
        self.assertEqual(record.lot_ids.name, "PP-1")
        self.assertEqual(record.picking_ids.mb_state, "draft")

    def test_issue_by_signature(self):
        self.produce_standard()
        record = self.deliver(60)
        signature = self.issue(record)
        self.assertEqual(record.state, "issued")
        self.assertEqual(record.issued_by_id, self.manager)
        self.assertTrue(signature.is_valid)
        self.assertEqual(record.picking_ids.mb_state, "issued")
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            record.contract_number = "other"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            record.unlink()

    def test_only_the_manager_issues(self):
        self.produce_standard()
        record = self.deliver(60)
        reader = new_test_user(
            self.env,
            "mb_reader2",
            "mass_balance.group_mass_balance_user",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            record.with_user(reader)._check_may_sign("issue")

    def test_without_claim_nothing_is_drawn(self):
        self.produce_standard()
        self.assertFalse(self.deliver(60, claim="none"))
        self.assertEqual(self.held("output", "Polypropylene"), D("85.000"))

    def test_rule_7_short_credits_never_stop_the_goods(self):
        self.produce_standard()
        record = self.deliver(86)
        self.assertEqual(record.picking_ids.state, "done")
        self.assertIn("hold 85.000 kg", record.refusal)
        self.assertIn("86.000 kg are needed", record.refusal)
        self.assertEqual(self.held("output", "Polypropylene"), D("85.000"))
        self.assertIn(self.manager, record.picking_ids.activity_ids.user_id)
        self.assertFalse(record.activity_ids)
        self.assertEqual(record.picking_ids.mb_state, "refused")
        self.assert_issue_refused(record, "hold 85.000 kg")
        self.receive_certified(100, number="SD-2", lot="BN-2")
        self.produce({self.lot("BN-2"): 100}, made=90, by=0, product_lot="PP-2")
        record.with_user(self.manager).action_draw()
        self.assertFalse(record.refusal)
        self.issue(record)
        self.assertEqual(self.held("output", "Polypropylene"), D("89.000"))

    def test_rule_7_books_of_sites_are_separate(self):
        """60 at one site and 40 at another do not cover 80 from the first."""
        self.produce_standard()
        second = self.env["stock.warehouse"].create(
            {"name": "Second plant", "code": "P2", "company_id": self.company.id}
        )
        source = self.make_declaration(number="SD-B")
        key = source._prepare_account_key(second, "output", self.polymer.product_tmpl_id)
        account = self.env["mass.balance.account"]._get_or_create(key)
        self.env["mass.balance.entry"].create(
            [
                {
                    "account_id": account.id,
                    "direction": "opening",
                    "quantity": D("40.000"),
                    "booking_date": self.today,
                    "document": "Opening",
                    "source_declaration_id": source.id,
                }
            ]
        )
        record = self.deliver(100)
        self.assertIn("hold 85.000 kg", record.refusal)

    def test_rule_10_category_is_chosen_and_kept(self):
        self._two_categories()
        record = self.deliver(60, mb_category="bio")
        self.assertIn("hold 50.000 kg", record.refusal)
        undecided = self.deliver(10)
        self.assertIn("choose the raw-material category", undecided.refusal)
        undecided.category = "circular"
        undecided.action_draw()
        self.assertEqual(undecided.category, "circular")
        self.assertEqual(self.held("output", "Polypropylene", category="circular"), D("40.000"))
        self.assertEqual(self.held("output", "Polypropylene", category="bio"), D("50.000"))

    def _two_categories(self):
        self.env.cr.execute("DELETE FROM mass_balance_conversion")
        self.env.invalidate_all()
        self._approve_factor(numerator=1, denominator=1)
        circular = self._product(
            "Pyrolysis oil",
            mb_material="Pyrolysis oil",
            mb_category="circular",
            is_mb_material=True,
            mb_group="naphtha",
            mb_product_type="raw",
        )
        self.certification.materials = "Bio-naphtha\nPyrolysis oil"
        self.receive_certified(50, number="SD-1", lot="BN-1")
        self.receive_certified(
            50, number="SD-2", lot="CN-1", product_id=circular.id, waste_status="post_consumer"
        )
        self.produce({self.lot("BN-1"): 50}, made=50, by=0, product_lot="PP-1")
        self.bom.bom_line_ids[0].product_id = circular
        self.produce({self.lot("CN-1", circular): 50}, made=50, by=0, product_lot="PP-2")

    def _two_sets(self, **second):
        self.env.cr.execute("DELETE FROM mass_balance_conversion")
        self.env.invalidate_all()
        self._approve_factor(numerator=1, denominator=1)
        self.receive_certified(60, number="SD-1", lot="BN-1")
        self.receive_certified(40, number="SD-2", lot="BN-2", **second)
        self.produce({self.lot("BN-1"): 60, self.lot("BN-2"): 40}, made=100, by=0)

    def test_rule_18_two_sets_give_two_declarations(self):
        self._two_sets(origin_country_id=self.env.ref("base.se").id)
        records = self.deliver(80).sorted("id")
        self.assertEqual(records.mapped("quantity"), [60.0, 20.0])
        self.assertEqual(records.mapped("origin_country_id.code"), ["FI", "SE"])
        self.assertEqual(len(set(records.mapped("number"))), 2)
        for record in records:
            self.assertEqual(record.contract_number, "C-4711")
            self.assertEqual(record.picking_ids, records[0].picking_ids)
            self.issue(record)

    def test_rule_17_one_kind_with_two_ghg_values_is_one_declaration(self):
        ghg = {"ghg_type": "actual", "ghg_unit": "kgCO2eq/dry-ton"}
        self._two_sets(ghg_value=31.8, **ghg)
        record = self.deliver(80)
        self.assertEqual(len(record), 1)
        self.assertEqual(record.quantity, 80)
        self.assertEqual(
            [part["quantity_kg"] for part in record._snapshot()["sources"]], ["60.000", "20.000"]
        )

    def test_rule_18_the_set_of_a_draft_is_not_recombined(self):
        self.produce_standard()
        record = self.deliver(60)
        for vals in (
            {"origin_country_id": self.env.ref("base.se").id},
            {"raw_material": "Tall oil"},
            {"quantity": 70},
            {"ghg_value": 1, "ghg_type": "actual"},
            {"waste_status": "mixed"},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "cannot be changed"):
                record.write(vals)
        record.contract_number = "C-4712"

    def test_rule_22_missing_field_blocks_issue(self):
        self.produce_standard()
        record = self.deliver(60)
        for name in ("contract_number", "dispatch_place", "recipient_address", "scheme_version"):
            with self.subTest(name=name), self.cr.savepoint(flush=True) as point:
                record[name] = False
                self.assert_issue_refused(record, "Missing")
                point.rollback()
            record.invalidate_recordset()

    def test_rule_22_cancel_reverses_and_keeps_the_number(self):
        self.produce_standard()
        record = self.deliver(60)
        self.issue(record)
        number = record.number
        record.cancel_reason = "Customer refused the goods"
        record.with_user(self.manager).action_cancel()
        self.assertEqual(record.state, "cancelled")
        self.assertEqual(self.held("output", "Polypropylene"), D("85.000"))
        again = self.deliver(60)
        self.assertNotEqual(again.number, number)
        self.assertGreater(again.number, number)

    def test_rule_22_sum_of_declarations_is_what_went_out(self):
        self.produce_standard()
        records = self.deliver(33.3) | self.deliver(33.3) | self.deliver(18.4)
        out = -self.env["mass.balance.entry"]._sum(
            [("direction", "=", "out"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(sum(record._get_kg() for record in records), out)
        self.assertEqual(out, D("85.000"))
        self.assertEqual(self.held("output", "Polypropylene"), D("0.000"))

    def test_rule_21_own_certificate(self):
        self.produce_standard()
        record = self.deliver(60)
        self.own.valid_to = self.today - timedelta(days=1)
        self.assert_issue_refused(record, "it expired on")
        self.own.valid_to = self.today
        self.assertFalse(record._get_issue_blockers())
        self.own.suspended_from = self.today
        self.assert_issue_refused(record, "suspended")
        self.own.write({"suspended_from": False, "materials": "Something else"})
        self.assert_issue_refused(record, "does not list the material Polypropylene")

    def test_rule_21_without_own_certificate(self):
        self.produce_standard()
        self.own.active = False
        record = self.deliver(60)
        self.assert_issue_refused(record, "no own certificate")

    def test_the_share_claimed(self):
        self.produce_standard()
        record = self.deliver(100, mb_claim_share=50)
        self.assertEqual(record.quantity, 50)
        self.assertEqual(record.certified_share, 50)
        with self.assertRaises(UserError):
            self.sell(10, mb_claim_share=101)

    def test_trading_without_conversion(self):
        """Bio-naphtha sold as it came is drawn from its input book."""
        self.bio.sale_ok = True
        self.receive_certified(100)
        record = self.deliver(40, product=self.bio)
        self.assertFalse(record.refusal)
        self.assertEqual(self.held("input", "naphtha"), D("60.000"))
        self.assertEqual(record.material, "Bio-naphtha")

    def test_users_do_not_draft(self):
        values = self.declaration_values(direction="out", certification_id=False)
        with self.assertRaisesRegex(UserError, "drafted by a delivery"):
            self.env["sustainability.declaration"].with_user(self.manager).create(values)

    def test_ghg_needs_the_add_on(self):
        self.produce_standard()
        value = {"value": "812.5", "unit": "kgCO2eq/dry-ton", "type": "actual"}
        model = type(self.env["sustainability.declaration"])
        with patch.object(model, "_get_ghg_value", lambda self, lots: value):
            plain = self.deliver(10)
            self.assertFalse(plain.ghg_type)
            self.assertFalse(plain._get_issue_blockers())
            self.own.has_ghg_addon = True
            shown = self.deliver(10)
        self.assertEqual((shown.ghg_value, shown.ghg_type), (812.5, "actual"))
        self.assertEqual(shown._snapshot()["ghg_value"], "812.500000")
        self.own.has_ghg_addon = False
        self.assert_issue_refused(shown, "no GHG add-on")

    def test_two_lines_of_one_delivery(self):
        self.produce_standard()
        picking = self.sell(30)
        order = picking.sale_id
        order.order_line = [
            Command.create(
                {"product_id": self.coproduct.id, "product_uom_qty": 5, "mb_claim": "iscc_plus"}
            )
        ]
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(len(picking.declaration_ids), 2)
        self.assertEqual(order.mb_declaration_count, 2)

    def test_the_links_of_a_draft_are_the_deliverys(self):
        self.produce_standard()
        record = self.deliver(60)
        with self.assertRaisesRegex(UserError, "drafted them"), self.cr.savepoint():
            record.picking_ids.declaration_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            record.picking_ids = [Command.clear()]

    def test_a_refused_draft_keeps_its_delivery(self):
        """Lines cannot be added to the delivery of a draft that waits for its credits."""
        self.produce_standard()
        record = self.deliver(86)
        line = record.picking_ids.move_line_ids
        with self.assertRaisesRegex(UserError, "lines cannot be added"):
            line.copy({"lot_id": line.lot_id.id, "quantity": 5})
        with self.assertRaisesRegex(UserError, "stay as they are"):
            line.quantity = 50

    def test_declared_goods_that_come_back_are_told(self):
        self.produce_standard()
        record = self.deliver(60)
        delivery = record.picking_ids
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=delivery.id, active_ids=delivery.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 60
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertIn(self.manager, back.activity_ids.user_id)
        self.assertEqual(self.held("output", "Polypropylene"), D("25.000"))
        self.assertEqual(record.state, "draft")

    def test_available_on_the_order_line(self):
        self.produce_standard()
        picking = self.sell(10)
        self.assertEqual(picking.sale_id.order_line.mb_available, 85)

    def test_numbers_follow_without_gap(self):
        self.produce_standard()
        numbers = [int(self.deliver(5).number[-5:]) for _index in range(3)]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 3)))

    def test_check_button_speaks(self):
        self.produce_standard()
        record = self.deliver(86)
        self.assertEqual(record.action_check()["params"]["type"], "warning")
        self.assertEqual(self.deliver(5).action_check()["params"]["type"], "success")
