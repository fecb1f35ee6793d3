# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from odoo.addons.audit_chain.tools import chain

from .common import CarbonCase


class TestCarbonVersions(CarbonCase):
    # -- versions --

    def test_recalculation_makes_a_version_only_where_it_differs(self):
        order = self.make_fossil_order()
        self.count_up(order, "power", (10, 1000.0), (3500, 1100.0))
        first = self.finish(order)
        self.assertEqual(first.version, 1)
        order.with_user(self.manager).action_carbon_recalculate()
        self.assertEqual(order.carbon_footprint_ids, first)
        self.count_up(order, "steam", (10, 0.0), (3500, 50.0))
        self.count_up(order, "water", (10, 7.5), (3500, 9.5))
        order.with_user(self.manager).action_carbon_recalculate()
        second = order.carbon_footprint_id
        self.assertEqual((second.version, second.state), (2, "complete"))
        self.assertEqual(second.previous_id, first)
        self.assertFalse(first.is_current)
        self.assertEqual(first.state, "incomplete")
        self.assertEqual(second._snapshot()["supersedes"], 1)
        shared = first.line_ids.activity_id & second.line_ids.activity_id
        self.assertEqual(set(shared.mapped("name")) & {"Electricity"}, {"Electricity"})
        self.assertEqual(
            order.carbon_activity_ids.filtered("is_current"), second.line_ids.activity_id
        )

    def test_a_new_factor_version_makes_a_new_footprint(self):
        order = self.make_fossil_order()
        self.count_all(order)
        first = self.finish(order)
        self.env["carbon.factor.version"].create(
            {
                "factor_id": self.power.id,
                "name": "2026",
                "valid_from": "2026-01-01",
                "value": 0.1,
                "source": "s",
                "licence": "l",
            }
        ).action_approve()
        order.with_user(self.manager).action_carbon_recalculate()
        second = order.carbon_footprint_id
        self.assertEqual(self.line(second, "Electricity").kg_co2e, 10.0)
        self.assertEqual(self.line(first, "Electricity").kg_co2e, 17.7)

    def test_late_readings_are_picked_up_by_the_scheduled_action(self):
        order = self.make_fossil_order()
        first = self.finish(order)
        self.count_all(order)
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=60.0) as progress:
            self.env["mrp.production"]._cron_complete_carbon_footprints()
        self.assertEqual(progress.call_count, 2)
        order.invalidate_recordset()
        self.assertEqual(order.carbon_footprint_id.state, "complete")
        self.assertEqual(order.carbon_footprint_id.previous_id, first)

    def test_a_corrected_quantity_makes_a_new_footprint(self):
        lot = self.make_lot(self.fossil, "F1", 2000.0)
        order = self.make_order([(lot, 1000.0)])
        self.count_all(order)
        first = self.finish(order)
        order.move_raw_ids.move_line_ids.quantity = 1100.0
        second = order.carbon_footprint_id
        self.assertEqual(second.previous_id, first)
        self.assertIn("corrected", second.reason)
        self.assertEqual(second.scope3_kg_co2e, round(640.41464 * 1.1 + 0.3826, 6))

    def test_every_entry_of_the_chain_holds(self):
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.finish(order)
        self.count_all(order)
        order.with_user(self.manager).action_carbon_recalculate()
        check = self.env["audit.chain.check"]._run()
        result = check.result_ids.filtered(
            lambda line: line.model == "carbon.footprint" and line.company_id == self.company
        )
        self.assertEqual((result.is_ok, result.entry_count), (True, 2), result.reason)

    def test_only_a_sustainability_manager_recalculates(self):
        order = self.make_fossil_order()
        self.finish(order)
        with self.assertRaisesRegex(AccessError, "sustainability manager"):
            order.with_user(self.worker).action_carbon_recalculate()

    def test_manual_entries_are_counted_and_then_frozen(self):
        order = self.make_fossil_order()
        self.count_all(order)
        entry = (
            self.env["carbon.activity"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Generator diesel by bill",
                    "production_id": order.id,
                    "amount": 10.0,
                    "unit": "kg",
                    "factor_id": self.env.ref("carbon_footprint.factor_diesel_gb").id,
                    "document": "Bill 4711",
                    "kg_co2e": 1.0,
                    "state": "counted",
                }
            )
        )
        self.assertEqual((entry.state, entry.kg_co2e), ("draft", False))
        entry.amount = 20.0
        footprint = self.finish(order)
        self.assertEqual((entry.state, entry.kg_co2e), ("counted", 64.078229))
        self.assertEqual(footprint.scope1_kg_co2e, 64.078229)
        with self.assertRaisesRegex(UserError, "frozen"):
            entry.amount = 5.0
        entry.with_user(self.manager).action_withdraw()
        order.with_user(self.manager).action_carbon_recalculate()
        self.assertEqual(order.carbon_footprint_id.scope1_kg_co2e, 0.0)
        self.assertEqual(footprint.scope1_kg_co2e, 64.078229)

    # -- proof --

    def test_the_snapshot_is_canonical_and_in_the_chain(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        content = footprint._snapshot()
        self.assertEqual(chain.canonical(content), footprint.snapshot)
        self.assertEqual(json.loads(footprint.payload)["footprint"], content)
        lines = self.env["carbon.footprint"].export_chain_jsonl(self.company.id)
        verdict = chain.verify(chain.parse_lines(lines.splitlines()))
        self.assertTrue(verdict.ok, verdict)
        record = self.env["audit.record"].search(
            [("event", "=", "carbon.footprint"), ("res_id", "=", footprint.id)]
        )
        details = json.loads(record.details)
        self.assertEqual(details["total_kg_co2e"], content["total_kg_co2e"])
        self.assertEqual(details["snapshot_sha256"], chain.digest(content))

    def test_nothing_of_it_changes(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        for record, vals in (
            (footprint, {"product_kg_co2e": 1.0}),
            (footprint.line_ids[0], {"product_kg_co2e": 1.0}),
            (footprint.output_ids[0], {"kg_co2e": 1.0}),
            (footprint.line_ids[0].activity_id, {"amount": 1.0}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.sudo().with_context(force=True).write(vals)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.sudo().unlink()

    def test_the_database_refuses_too(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        self.env.flush_all()
        for statement, record in (
            ("UPDATE carbon_footprint SET product_kg_co2e = 1 WHERE id = %s", footprint),
            (
                "UPDATE carbon_footprint_line SET product_kg_co2e = 1 WHERE id = %s",
                footprint.line_ids[0],
            ),
            ("DELETE FROM carbon_footprint_output WHERE id = %s", footprint.output_ids[0]),
            (
                "UPDATE carbon_activity SET kg_co2e = 0 WHERE id = %s",
                footprint.line_ids[0].activity_id,
            ),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [record.id])
