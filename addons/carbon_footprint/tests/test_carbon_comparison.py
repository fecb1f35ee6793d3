# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo.exceptions import UserError

from .common import CarbonCase


class TestCarbonComparison(CarbonCase):
    def test_versions_differ_by_factor_and_by_quantity(self):
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.count_all(order)
        first = self.finish(order)
        with self.assertRaisesRegex(UserError, "two footprints"):
            first.action_compare()
        self.power._get_version(first.date).action_withdraw()
        version = self.env["carbon.factor.version"].create(
            {
                "factor_id": self.power.id,
                "name": "contract",
                "value": 0.05,
                "source": "Supplier",
                "licence": "contract",
                "valid_from": first.date,
            }
        )
        version.action_approve()
        order.move_raw_ids.move_line_ids.quantity = 900.0
        order.invalidate_recordset()
        second = order.carbon_footprint_id
        self.assertNotEqual(first, second)
        action = (first | second).with_user(self.worker).action_compare()
        record = self.env["carbon.comparison"].browse(action["res_id"]).with_user(self.worker)
        self.assertEqual((record.left_id, record.right_id), (first, second))
        lines = {line.name: line for line in record.line_ids}
        self.assertEqual(lines["Electricity"].kind, "factor")
        self.assertEqual(lines["Electricity"].right_factor, version.display_name)
        self.assertEqual(lines["Electricity"].by_quantity, 0.0)
        self.assertEqual(lines["Fossil naphtha"].kind, "quantity")
        self.assertEqual(lines["Water"].difference, 0.0)
        effects = sum(
            Decimal(repr(line[name]))
            for line in record.line_ids
            for name in ("by_quantity", "by_factor", "by_share")
        )
        wanted = Decimal(repr(second.product_kg_co2e)) - Decimal(repr(first.product_kg_co2e))
        self.assertEqual(effects, wanted)
        self.assertEqual(record.difference, float(wanted))
        self.assertFalse(record.difference_text)
