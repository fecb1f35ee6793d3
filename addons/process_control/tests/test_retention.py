# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How long readings are kept: the plan a batch ran with may ask for longer than the company."""

from datetime import UTC, datetime

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestRetention(ProcessControlCase):
    def get_months(self, run):
        [months] = {cycle._get_retention_months() for cycle in run.stage_ids.cycle_ids}
        return months

    def test_the_longer_term_holds(self):
        self.company.process_retention_months = 24
        self.assertEqual(self.get_months(self.start_batch()), 24)
        revision = self.plan._do_new_revision(2)
        revision.with_user(self.engineer).retention_months = 60
        self._approve(revision)
        run = self.start_batch()
        self.assertEqual(run.plan_id, revision)
        self.assertEqual(self.get_months(run), 60)
        self.company.process_retention_months = 120
        self.assertEqual(self.get_months(run), 120)

    def test_a_batch_within_the_plans_term_keeps_its_month(self):
        """Archiving never touches a batch within its retention, whoever states the term."""
        self.company.process_retention_months = 2
        revision = self.plan._do_new_revision(2)
        revision.with_user(self.engineer).retention_months = 36
        self._approve(revision)
        run = self.start_batch()
        cycle = run.stage_ids.cycle_ids[0]
        cycle.sudo()._close(self.clock)
        ended = datetime.fromtimestamp(cycle.end_ms / 1000, UTC)
        later = ended.replace(year=ended.year + 3, day=min(ended.day, 28))
        day_ms = 86_400_000
        moment = int(later.timestamp() * 1000)
        self.assertIn("kept until", cycle._get_retention_reason(moment - 4 * day_ms))
        self.assertFalse(cycle._get_retention_reason(moment + 4 * day_ms))

    def test_the_term_is_part_of_what_is_approved(self):
        self.assertEqual(self.plan._prepare_content()["retention_months"], 0)
        with self.assertRaises(UserError):
            self.plan.with_user(self.engineer).retention_months = 1
