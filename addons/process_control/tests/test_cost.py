# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the process tab costs when an order is opened."""

from odoo.tests import Form, tagged

from .common import GOOD, ProcessControlCase


@tagged("post_install", "-at_install")
class TestCost(ProcessControlCase):
    def count_queries(self, order):
        """Return the queries of reading the form of an order, once the caches are warm."""
        order = order.with_user(self.operator)
        spec = Form(order)._view["fields_spec"]
        counts = []
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order.web_read(spec)
            counts.append(self.cr.sql_log_count - before)
        return counts[-1]

    def test_the_process_tab_is_cheap(self):
        plain = self.env["mrp.production"].create(
            {
                "product_id": self._create_product("Cream", "t-cream", "lot").id,
                "product_qty": 5,
                "move_raw_ids": [(0, 0, {"product_id": self.raw.id, "product_uom_qty": 5})],
            }
        )
        plain.action_confirm()
        plain.action_generate_serial()
        order = self.create_order()
        run = self.start_batch(order)
        self.pass_reception(run)
        self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 4)
        base, full = self.count_queries(plain), self.count_queries(order)
        self.assertLessEqual(full, 1.5 * base, f"{full} queries, {base} without a process")
