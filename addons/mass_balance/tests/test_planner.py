# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credits planned for orders: set aside, left alone by others, drawn at shipment."""

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import D, MassBalanceCase, new_test_user


class TestPlanner(MassBalanceCase):
    """Two sets of polymer credits: 85 kg of the first supplier's lot, 42.5 kg of the second's."""

    def setUp(self):
        super().setUp()
        self.produce_standard()
        self.receive_certified(
            50, number="SD-2", lot="BN-2", origin_country_id=self.env.ref("base.se").id
        )
        self.receive(450, product=self.fossil, lot="FN-2")
        self.produce(
            {self.lot("BN-2"): 50, self.lot("FN-2", self.fossil): 450},
            made=425,
            by=25,
            product_lot="PP-2",
        )
        self.first, self.second = self.book("output", "Polypropylene").credit_ids.sorted("id")

    def propose(self):
        planner = (
            self.env["mass.balance.planner"]
            .with_user(self.manager)
            .create({"company_id": self.company.id})
        )
        planner.action_propose()
        return planner

    def reserve(self, line, credit, quantity):
        return (
            self.env["mass.balance.reservation"]
            .with_user(self.manager)
            .create({"sale_line_id": line.id, "credit_id": credit.id, "quantity": quantity})
        )

    def test_a_plan_is_proposed_set_aside_and_drawn(self):
        delivery = self.sell(100)
        line = delivery.move_ids.sale_line_id
        planner = self.propose()
        parts = {p.credit_id: D(str(p.quantity)) for p in planner.line_ids}
        self.assertEqual(sum(parts.values()), 100)
        self.assertTrue(all(planner.line_ids.mapped("reason")))
        planner.action_reserve()
        self.assertEqual(line.mb_planned, 100)
        self.assertEqual(self.held("output", "Polypropylene"), D("135.000") * 17 / 18)
        self.assertFalse(self.propose().line_ids)
        delivery.button_validate()
        self.assertEqual(set(line.mb_reservation_ids.mapped("state")), {"drawn"})
        drawn = {}
        for entry in delivery.declaration_ids.entry_ids:
            source = entry.source_declaration_id
            drawn[source] = drawn.get(source, D(0)) + entry._get_quantity()
        self.assertEqual(drawn, {c.declaration_id: kg for c, kg in parts.items()})

    def test_what_is_planned_is_left_alone_by_other_orders(self):
        mine = self.sell(80)
        self.reserve(mine.move_ids.sale_line_id, self.first, 80)
        other = self.deliver(40)
        self.assertFalse(other.filtered("refusal"))
        sources = other.entry_ids.source_declaration_id
        self.assertIn(self.second.declaration_id, sources)
        self.assertEqual(D(str(self.first.remaining)), 80)
        refused = self.deliver(30)
        self.assertIn("hold", refused.refusal)
        mine.button_validate()
        self.assertFalse(mine.declaration_ids.refusal)
        self.assertEqual(D(str(self.first.remaining)), 0)

    def test_a_plan_takes_the_named_set_and_not_the_oldest(self):
        delivery = self.sell(40)
        self.reserve(delivery.move_ids.sale_line_id, self.second, 40)
        delivery.button_validate()
        self.assertEqual(delivery.declaration_ids.origin_country_id, self.env.ref("base.se"))

    def test_a_part_delivery_keeps_the_rest_of_the_plan(self):
        delivery = self.sell(40)
        line = delivery.move_ids.sale_line_id
        plan = self.reserve(line, self.second, 40)
        delivery.move_ids.quantity = 15
        delivery.with_context(skip_backorder=True).button_validate()
        self.assertEqual((plan.state, plan.quantity), ("planned", 25))

    def test_no_more_is_planned_than_is_left(self):
        line = self.sell(200).move_ids.sale_line_id
        self.reserve(line, self.second, 40)
        with self.assertRaisesRegex(ValidationError, "are left"):
            self.reserve(line, self.second, 3)

    def test_another_claim_is_not_planned(self):
        line = self.sell(5, claim="iscc_eu").move_ids.sale_line_id
        with self.assertRaisesRegex(ValidationError, "claims something else"):
            self.reserve(line, self.first, 5)

    def test_a_limit_leaves_credits_out_and_says_so(self):
        line = self.sell(10).move_ids.sale_line_id
        line.write({"mb_has_ghg_limit": True, "mb_ghg_limit": 20})
        [row] = self.propose().line_ids
        self.assertEqual((row.short, row.credit_id.id), (10, False))
        self.assertIn("GHG value not known: 2", row.reason)
        with self.assertRaisesRegex(UserError, "Nothing is proposed"):
            row.planner_id.action_reserve()

    def test_a_cancelled_order_gives_its_plan_back(self):
        line = self.sell(40).move_ids.sale_line_id
        plan = self.reserve(line, self.second, 40)
        line.order_id._action_cancel()
        self.assertEqual(plan.state, "released")
        self.assertEqual(self.second.free_quantity, self.second.remaining)

    def test_only_the_manager_plans_and_nobody_rewrites(self):
        line = self.sell(5).move_ids.sale_line_id
        plan = self.reserve(line, self.first, 5)
        with self.assertRaisesRegex(UserError, "make a new one"):
            plan.write({"quantity": 6})
        seller = new_test_user(self.env, "mb_seller9", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            plan.with_user(seller).action_release()
        with self.assertRaises(AccessError):
            self.env["mass.balance.planner"].with_user(seller).create({})
        plan.action_release()
        self.assertEqual(plan.state, "released")

    def test_an_order_says_when_credits_run_short(self):
        order = self.sell(100).sale_id
        self.assertFalse(order.mb_warning)
        order.order_line.product_uom_qty = 120
        self.assertIn("120.000 kg are claimed of 127.500 kg", order.mb_warning)
        self.reserve(self.sell(20).move_ids.sale_line_id, self.second, 20)
        order.invalidate_recordset()
        order.order_line.invalidate_recordset()
        self.assertEqual(order.order_line.mb_available, 107.5)
        self.assertIn("their declaration cannot be issued", order.mb_warning)
