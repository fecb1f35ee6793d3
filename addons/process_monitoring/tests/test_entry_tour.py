# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The phone of an operator, 390 px wide: scan, enter, verdict, correction, answer."""

from odoo.tests import HttpCase, tagged

from .. import clock
from .common import MINUTE
from .test_entry import EntryCase


@tagged("post_install", "-at_install")
class TestEntryTour(EntryCase, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a7_scan_enter_verdict(self):
        self.operator.password = self.operator.login
        start_ms = clock.now_ms() - 31 * MINUTE
        measured = self.open_cycle(self.requirement, start_ms)
        observed = self.open_cycle(self.observe(), start_ms)
        self.start_tour(
            "/odoo/action-process_monitoring.process_cycle_action_due",
            "process_monitoring_due",
            login=self.operator.login,
            timeout=120,
        )
        self.env.invalidate_all()
        wrong, right = measured.entry_ids.sorted("id")
        self.assertEqual((wrong.value, wrong.state, right.value), (7.26, "corrected", 72.6))
        self.assertEqual((right.corrects_id, right.reason), (wrong, "Comma misplaced"))
        self.assertEqual((measured.reading_count, measured.last_verdict), (1, "conform"))
        self.assertEqual(observed.entry_ids.mapped("answer"), ["negative"])
        self.assertEqual(set((measured | observed).entry_ids.user_id.ids), {self.operator.id})
