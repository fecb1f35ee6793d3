# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Monitoring itself: missed intervals (A8), silence (A9), bad quality (A10), calibration (A11)."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .. import clock
from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestMonitoringLost(ProcessMonitoringCase):
    def alerts(self, cycle):
        return sorted(cycle.alert_ids.mapped("kind"))

    # -- A8 -------------------------------------------------------------------------------------

    def interval(self):
        return self._create_requirement(
            "A8",
            [("critical", "ge", 72.0)],
            frequency="interval",
            interval_s=1800,
            tolerance_s=300,
        )

    def test_a8_missed_interval(self):
        cycle = self.open_cycle(self.interval())
        self.feed((T0, 72.6))
        cycle._evaluate(T0 + 35 * MINUTE)
        self.assertFalse(cycle.alert_ids, "10:35 is within the tolerance")
        cycle._evaluate(T0 + 36 * MINUTE)
        self.assertEqual(self.alerts(cycle), ["missing"])
        self.assertEqual(cycle.status, "missing")
        self.assertFalse(cycle.deviation_ids)
        self.assertIn(self.supervisor, cycle.alert_ids.activity_ids.user_id)

    def test_a8_late_entry_does_not_erase_the_miss(self):
        cycle = self.open_cycle(self.interval())
        self.feed((T0, 72.6))
        cycle._evaluate(T0 + 36 * MINUTE)
        self.feed((T0 + 30 * MINUTE, 72.6))
        cycle._evaluate(T0 + 50 * MINUTE)
        alert = cycle.alert_ids
        self.assertEqual(alert.state, "open")
        self.assertTrue(alert.ended_ms)
        codes = [finding["code"] for finding in cycle._get_findings(T0 + 50 * MINUTE)]
        self.assertEqual(codes, ["missed"])

    def test_a8_miss_shows_in_source_times_too(self):
        cycle = self.open_cycle(self.interval())
        self.feed((T0, 72.6), (T0 + 36 * MINUTE, 72.6))
        cycle._evaluate(T0 + 37 * MINUTE)
        self.assertEqual(self.alerts(cycle), ["missing"])

    def test_never_read_when_closed(self):
        requirement = self._create_requirement(
            "Once", [("critical", "ge", 72.0)], frequency="per_batch"
        )
        cycle = self.open_cycle(requirement)
        [finding] = cycle._get_findings(T0 + SECOND)
        self.assertEqual(finding["code"], "missing_reading")
        cycle._close(T0 + MINUTE)
        self.assertEqual(self.alerts(cycle), ["missing"])

    # -- A9 -------------------------------------------------------------------------------------

    def test_a9_silence_is_lost_monitoring(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6), (T0 + 5 * SECOND, 72.6))
        cycle._evaluate(T0 + 15 * SECOND)
        self.assertFalse(cycle.alert_ids, "10 s are allowed")
        cycle._evaluate(T0 + 16 * SECOND)
        deviation = cycle.deviation_ids
        self.assertEqual(self.alerts(cycle), ["stale"])
        self.assertEqual(cycle.status, "stale")
        self.assertEqual(deviation.kind, "stale")
        self.assertEqual(deviation.window_start_ms, T0 + 5 * SECOND)
        cycle._evaluate(T0 + 60 * SECOND)
        self.assertEqual(len(cycle.deviation_ids), 1)
        self.feed((T0 + 61 * SECOND, 72.6))
        cycle._evaluate(T0 + 62 * SECOND)
        self.assertEqual(deviation.window_end_ms, T0 + 61 * SECOND)
        self.assertEqual(cycle.status, "ok")

    def test_a9_gap_in_source_times(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6), (T0 + 10 * SECOND, 72.6), (T0 + 21 * SECOND, 72.6))
        cycle._evaluate(T0 + 22 * SECOND)
        deviation = cycle.deviation_ids
        self.assertEqual(deviation.kind, "stale")
        self.assertEqual(
            (deviation.window_start_ms, deviation.window_end_ms),
            (T0 + 10 * SECOND, T0 + 21 * SECOND),
        )

    def test_a9_silence_from_the_start(self):
        cycle = self.open_cycle()
        cycle._evaluate(T0 + 11 * SECOND)
        self.assertEqual(cycle.deviation_ids.window_start_ms, T0)

    def test_a9_winter_time_hides_no_gap(self):
        autumn = clock.to_ms("2025-10-26 00:59:50")
        cycle = self.open_cycle(start_ms=autumn)
        self.feed((autumn, 72.6), (autumn + 20 * SECOND, 72.6))
        cycle._evaluate(autumn + 21 * SECOND)
        self.assertEqual(self.alerts(cycle), ["stale"], "The repeated hour hides no gap")

    def test_a9_summer_time_makes_no_gap(self):
        start = clock.to_ms("2026-03-29 00:59:50")
        cycle = self.open_cycle(start_ms=start)
        self.feed(*[(start + n * SECOND, 72.6) for n in range(30)])
        cycle._evaluate(start + 30 * SECOND)
        self.assertFalse(cycle.alert_ids)

    def test_a9_restart_of_odoo_makes_no_gap(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        resumed = T0 + 10 * MINUTE
        self.env["process.cycle"]._start_listening(resumed)
        cycle._evaluate(resumed)
        self.assertFalse(cycle.alert_ids, "The readings may be waiting in the broker")
        self.feed(*[(T0 + n * SECOND, 72.6) for n in range(1, 601)])
        cycle._evaluate(resumed + SECOND)
        self.assertFalse(cycle.alert_ids)

    def test_a9_restart_of_odoo_hides_no_gap(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        resumed = T0 + 10 * MINUTE
        self.env["process.cycle"]._start_listening(resumed)
        self.feed((T0 + 30 * SECOND, 72.6))
        cycle._evaluate(T0 + 31 * SECOND)
        self.assertEqual(cycle.deviation_ids.window_start_ms, T0, "The gap is in the source times")
        silent = self.open_cycle(self.ccp.copy(), start_ms=T0)
        self.env["process.cycle"]._start_listening(resumed)
        silent._evaluate(resumed + 11 * SECOND)
        self.assertEqual(self.alerts(silent), ["stale"], "Still silent after the restart")

    def test_a9_pause_is_noticed_by_the_scheduler(self):
        cycle = self.open_cycle()
        cron = self.env.ref("process_monitoring.ir_cron_evaluate_cycles").sudo()
        cron.lastcall = fields.Datetime.now() - timedelta(minutes=1)
        self.env["process.cycle"]._note_pause(clock.now_ms())
        self.assertFalse(cycle.listening_since_ms)
        cron.lastcall = fields.Datetime.now() - timedelta(minutes=10)
        now_ms = clock.now_ms()
        self.env["process.cycle"]._note_pause(now_ms)
        self.assertEqual(cycle.listening_since_ms, now_ms)

    def test_a9_silence_ends_with_the_cycle(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        cycle._close(T0 + 5 * SECOND)
        cycle._evaluate(T0 + MINUTE)
        self.assertFalse(cycle.alert_ids)
        late = self.open_cycle(self.ccp.copy(), start_ms=T0)
        late._close(T0 + 30 * SECOND)
        self.assertEqual(self.alerts(late), ["stale"], "Silence before the end counts")

    def test_per_batch_may_be_silent(self):
        requirement = self._create_requirement(
            "Once", [("critical", "ge", 72.0)], frequency="per_batch"
        )
        cycle = self.open_cycle(requirement)
        self.feed((T0, 72.6))
        cycle._evaluate(T0 + 600 * MINUTE)
        self.assertFalse(cycle.alert_ids)

    # -- A10 ------------------------------------------------------------------------------------

    def test_a10_bad_quality_does_not_keep_monitoring_alive(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        for n in range(1, 12):
            self.feed((T0 + n * SECOND, 72.6), quality=0)
        cycle._evaluate(T0 + 11 * SECOND)
        self.assertEqual(self.alerts(cycle), ["stale", "unusable"])
        findings = cycle._get_findings(T0 + 11 * SECOND)
        messages = " ".join(finding["message"] for finding in findings)
        self.assertIn("no valid reading since 2026-03-02 10:00:00", messages)

    # -- A11 ------------------------------------------------------------------------------------

    def test_a11_overdue_calibration_of_a_ccp(self):
        today = clock.to_datetime(T0).date()
        self.sensor.calibration_due = today - timedelta(days=1)
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        cycle._evaluate(T0 + SECOND)
        self.assertEqual(self.alerts(cycle), ["uncalibrated"])
        self.assertEqual(cycle.deviation_ids.kind, "uncalibrated")
        codes = {finding["code"] for finding in cycle._get_findings(T0 + SECOND)}
        self.assertEqual(codes, {"uncalibrated", "open_deviation"})

    def test_a11_due_today_is_valid(self):
        self.sensor.calibration_due = clock.to_datetime(T0).date()
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        cycle._evaluate(T0 + SECOND)
        self.assertFalse(cycle.alert_ids)
        self.assertFalse(cycle._get_findings(T0 + SECOND))

    def test_a11_failed_calibration(self):
        self.sensor.is_calibration_failed = True
        self.assertEqual(self.sensor.calibration_state, "failed")
        cycle = self.open_cycle()
        cycle._evaluate(T0 + SECOND)
        self.assertEqual(self.alerts(cycle), ["uncalibrated"])
