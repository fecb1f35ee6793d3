# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people do in the browser, and how refusals look to them."""

from datetime import date

from odoo.tests import HttpCase, tagged

from .common import Command, MassBalanceCase, new_test_user, timedelta


@tagged("post_install", "-at_install")
class TestTours(MassBalanceCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.password = cls.manager.login
        cls.worker = new_test_user(
            cls.env,
            "mb_worker",
            "purchase.group_purchase_user,stock.group_stock_user,sales_team.group_sale_salesman_all_leads,"
            "mass_balance.group_mass_balance_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.worker.password = cls.worker.login

    def tour(self, name, action, user=None, record=None):
        user = user or self.worker
        path = f"/odoo/action-{action}" + (f"/{record.id}" if record else "")
        self.start_tour(path, f"mass_balance_{name}", login=user.login, timeout=60)
        self.env.invalidate_all()

    def assert_tour(self, name, delivery):
        self.tour(name, "stock.stock_picking_action_picking_type", record=delivery)

    def test_from_the_buyer_to_the_receipt(self):
        self.certification.checked_on = False
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "company_id": self.company.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [Command.create({"product_id": self.bio.id, "product_qty": 100})],
            }
        )
        self.tour("order_with_a_warning", "purchase.purchase_rfq", record=order)
        self.certification.checked_on = self.today
        picking = order.picking_ids
        picking.write(
            {
                "mb_weighbridge_number": "W-9",
                "declaration_ids": [Command.link(self.make_declaration().id)],
            }
        )
        picking.move_ids.move_line_ids.lot_name = "BN-9"
        picking.move_ids.picked = True
        self.assert_tour("receive", picking)
        self.assertEqual(self.held("input", "naphtha"), 100)

    def test_from_the_plan_to_the_shipment(self):
        self.produce_standard()
        delivery = self.sell(40)
        self.tour("plan_credits", "mass_balance.mass_balance_planner_action", self.manager)
        self.assertEqual(delivery.move_ids.sale_line_id.mb_planned, 40)
        self.assert_tour("ship", delivery)
        self.assertEqual(delivery.declaration_ids.booked_quantity, 40)

    def test_rule_21_a_receipt_is_refused(self):
        self.certification.valid_to = self.today - timedelta(days=1)
        self.assert_tour("rule_21", self.make_receipt(100))

    def test_rules_7_10_and_19_the_claim_of_a_delivery_is_not_covered(self):
        self.produce_standard()
        self.receive(1000, product=self.polymer, lot="PP-9")
        self.assert_tour("rule_7", self.sell(86))
        self.receive_certified(20, number="SD-2", lot="BN-2", statement="none")
        self.receive_certified(20, number="SD-3", lot="BN-3")
        claimed = {"product": self.bio, "mb_statement": "iscc_compliant"}
        self.assert_tour("rule_19", self.sell(21, **claimed))
        self.receive_certified(
            20, number="SD-4", lot="BN-4", category="circular", waste_status="mixed"
        )
        self.assert_tour("rule_10", self.sell(15, product=self.bio))

    def test_rule_4_the_surplus_above_the_stock_is_forfeited(self):
        supplier = self._certify(
            self.supplier, "EU-ISCC-Cert-DE105-82948108", "Bio-naphtha", scheme="iscc_eu"
        )
        self._certify(
            self.company.partner_id, "EU-ISCC-Cert-DE100-1234567", "Bio-naphtha", scheme="iscc_eu"
        )
        self.receive_certified(
            46,
            scheme="iscc_eu",
            certification_id=supplier.id,
            red_category="annex_9b",
            ghg_type="actual",
            ghg_value=12,
            ghg_unit="kgCO2eq/dry-ton",
        )
        period = self.book("input", "naphtha").period_ids
        # last quarter's: a period is closed after its last day
        start = date(self.today.year - 1, 1, 1)
        self.env.cr.execute(
            "UPDATE mass_balance_period SET date_start = %s, date_end = %s WHERE id = %s",
            [start, date(self.today.year - 1, 3, 31), period.id],
        )
        period.invalidate_recordset()
        period.physical_stock = 40
        self.tour("rule_4", "mass_balance.mass_balance_period_action", self.manager, period)
        self.assertEqual((period.closed_quantity, period.forfeited_quantity), (40, 6))
