# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Off-spec product comes in again: deviation, reprocess order, books and lots in one flow."""

from odoo.fields import Command

from odoo.addons.mass_balance.tests.common import D, MassBalanceCase, new_test_user


class TestReprocess(MassBalanceCase):
    """850 kg of polymer with 85 kg of credit are off-spec; what becomes of both is decided."""

    def setUp(self):
        super().setUp()
        group = "process_monitoring.group_process_monitoring_quality_manager"
        self.quality_manager = new_test_user(
            self.env,
            "reprocess_quality",
            f"{group},mrp.group_mrp_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.produce_standard()
        self.off_spec = self.lot("PP-1", self.polymer)
        self.deviation = self.env["process.deviation"].create(
            {
                "control_class": "oprp",
                "description": "Melt flow index out of specification",
                "company_id": self.company.id,
                "lot_ids": [Command.link(self.off_spec.id)],
            }
        )

    def decide(self, disposition):
        self.deviation.with_user(self.quality_manager).write(
            {
                "disposition": disposition,
                "disposition_reason": "Off-spec",
                "cause_category": "machine",
                "cause": "Extruder too cold",
                "correction": "Heating repaired",
                "prevention": "Checked at every start",
            }
        )
        self.sign(self.deviation, "disposition", self.quality_manager)

    def rework(self, made):
        """Carry out the order that the decision opened; return it."""
        order = self.deviation.disposition_order_ids
        order.action_confirm()
        order.action_assign()
        order.lot_producing_ids = self.env["stock.lot"].create(
            {"name": "PP-1-R", "product_id": self.polymer.id, "company_id": self.company.id}
        )
        order.qty_producing = made
        order.set_qty_producing()
        order.move_raw_ids.move_line_ids.quantity = 850
        order.move_raw_ids.picked = True
        order.with_context(skip_consumption=True, skip_backorder=True).button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def test_rule_13_what_is_reprocessed_keeps_its_credit_less_the_loss(self):
        self.assertEqual(self.off_spec.hold_state, "held")
        self.decide("reprocess")
        order = self.rework(made=840)
        self.assertTrue(order.is_disposition)
        self.assertEqual(order.move_raw_ids.move_line_ids.lot_id, self.off_spec)
        self.assertEqual(
            self.lines(production_id=order.id),
            [
                ("convert", "Polypropylene", D("-84.000")),
                ("loss", "Polypropylene", D("-1.000")),
                ("convert", "Polypropylene", D("84.000")),
            ],
        )
        self.assertEqual(self.held("output", "Polypropylene"), D("84.000"))
        self.assertEqual(self.held("input", "naphtha"), D("0.000"), "nothing is converted twice")
        again = order.lot_producing_ids
        self.assertEqual(again.mb_state, "attributed")
        self.assertEqual(self.off_spec.product_qty, 0)
        if again.hold_state == "quarantine":
            self.sign(again, "release", self.quality_manager)
        declaration = self.deliver(84)
        self.assertFalse(declaration.refusal)
        self.assertEqual(declaration.lot_ids, again)
        self.assertEqual(self.held("output", "Polypropylene"), D("0.000"))

    def test_what_was_sold_before_is_not_there_to_be_reprocessed(self):
        """Credits are no goods: 60 of 85 were declared with other polymer; 25 go through."""
        self.env["stock.quant"]._update_available_quantity(
            self.polymer,
            self.warehouse.lot_stock_id,
            100,
            lot_id=self.env["stock.lot"].create(
                {"name": "PP-OLD", "product_id": self.polymer.id, "company_id": self.company.id}
            ),
        )
        self.deliver(60)
        self.decide("reprocess")
        self.rework(made=850)
        self.assertEqual(self.held("output", "Polypropylene"), D("25.000"))

    def test_rule_12_what_is_destroyed_takes_its_credit_along(self):
        self.decide("destroy")
        deviation = self.deviation.with_user(self.quality_manager)
        action = deviation.action_carry_out()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard.with_user(self.quality_manager).create({}).action_apply()
        self.assertEqual(self.off_spec.product_qty, 0)
        self.assertEqual(self.held("output", "Polypropylene"), D("0.000"))
        self.assertEqual(self.held("output", "C4 fraction"), D("5.000"))
