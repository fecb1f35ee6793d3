# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The live cards and the chart in a real browser."""

from odoo.tests import HttpCase, tagged

from .. import clock
from .common import MINUTE, SECOND, ProcessMonitoringCase

WAIT_FOR = """
const wanted = %s;
const until = Date.now() + 20000;
const look = () => {
    if (wanted.every((selector) => document.querySelector(selector))) {
        console.log("test successful");
    } else if (Date.now() > until) {
        console.error("missing: " + wanted.filter((s) => !document.querySelector(s)));
    } else {
        setTimeout(look, 100);
    }
};
look();
"""


@tagged("post_install", "-at_install")
class TestBrowser(ProcessMonitoringCase, HttpCase):
    def assert_seen(self, action, record, selectors, user):
        url = f"/odoo/action-process_monitoring.{action}/{record.id}"
        self.browser_js(url, WAIT_FOR % selectors, login=user.login, timeout=60)

    def breach(self):
        start = clock.now_ms() - MINUTE
        cycle = self.open_cycle(start_ms=start)
        values = [72.9 - (n - 30) / 20 if 30 <= n < 50 else 72.9 for n in range(60)]
        self.feed(*[(start + n * SECOND, value) for n, value in enumerate(values)])
        cycle._evaluate(start + MINUTE)
        return cycle

    def test_live_card_and_chart_of_a_cycle(self):
        cycle = self.breach()
        self.assertEqual(cycle.status, "ok")
        self.assert_seen(
            "process_cycle_action",
            cycle,
            [
                ".o_process_live_card[data-status=ok]",
                ".o_process_spark polyline",
                ".o_process_chart .o_process_chart_bad",
                ".o_process_chart .o_process_bound_critical line",
                ".o_process_chart .o_process_chart_window",
            ],
            self.operator,
        )

    def test_chart_of_a_deviation(self):
        deviation = self.breach().deviation_ids
        self.assert_seen(
            "process_deviation_action",
            deviation,
            [
                ".o_process_chart .o_process_chart_window",
                "button[name=action_decide]",
                "[name=disposition_ccp] input[type=radio]",
            ],
            self.quality_manager,
        )

    def test_alert_form(self):
        alert = self.breach().alert_ids.filtered(lambda a: a.kind == "breach")
        self.assert_seen(
            "process_alert_action", alert, ["button[name=action_acknowledge]"], self.operator
        )
