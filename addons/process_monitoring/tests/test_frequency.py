# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Frequencies and their findings (A8, A9, A10), the clocks, and the connection (process.feed)."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import clock
from ..tools.sample import Sample
from .common import MINUTE, SECOND, T0, ProcessMonitoringCase

HOUR = 60 * MINUTE


class FrequencyCase(ProcessMonitoringCase):
    def kinds(self, cycle):
        return sorted(cycle.alert_ids.mapped("kind"))

    def codes(self, cycle, now_ms):
        return sorted(finding["code"] for finding in cycle._get_findings(now_ms))

    def requirement(self, frequency, **vals):
        return self._create_requirement(
            frequency, [("critical", "ge", 72.0)], frequency=frequency, **vals
        )


@tagged("post_install", "-at_install")
class TestFrequency(FrequencyCase):
    def test_a8_due_in_words(self):
        cycle = self.open_cycle(self.requirement("interval"))
        self.feed((T0, 72.6))
        self.assertEqual(cycle._format_next_due(T0 + 10 * MINUTE), "next reading due at 10:30")
        self.assertEqual(
            cycle._format_next_due(T0 + 32 * MINUTE), "due since 10:30, missed after 10:35"
        )
        self.assertEqual(cycle._format_next_due(T0 + 36 * MINUTE), "missed: was due at 10:30")
        self.assertEqual(cycle.requirement_id.frequency_text, "every 30 min, at most 5 min late")

    def test_a8_entered_late_while_nobody_was_looking(self):
        """Nobody evaluated: what is entered at 10:50 for 10:30 was missed all the same."""
        cycle = self.open_cycle(self.requirement("interval"))
        self.feed((T0, 72.6), origin="manual")
        with self.at_ms(T0 + 50 * MINUTE):
            self.env["process.reading"]._ingest(
                [self.sample(T0 + 30 * MINUTE, 72.6, origin="manual")]
            )
        cycle._evaluate(T0 + 50 * MINUTE)
        self.assertEqual(self.kinds(cycle), ["late", "missing"])
        late = cycle.alert_ids.filtered(lambda alert: alert.kind == "late")
        self.assertEqual((late.source_ms, late.last_ms), (T0 + 30 * MINUTE, T0 + 50 * MINUTE))
        self.assertIn("missed", self.codes(cycle, T0 + 50 * MINUTE))

    def sample(self, moment, value, **vals):
        return Sample("t-temp", moment, value=value, **vals)

    def test_start_and_stop(self):
        cycle = self.open_cycle(self.requirement("start_stop"))
        cycle._evaluate(T0 + 5 * MINUTE)
        self.assertFalse(cycle.alert_ids)
        cycle._evaluate(T0 + 6 * MINUTE)
        self.assertEqual(self.kinds(cycle), ["missing"])
        self.feed((T0 + 7 * MINUTE, 72.6))
        cycle.alert_ids.sudo()._resolve(T0 + 7 * MINUTE, self.supervisor)
        [finding] = cycle._get_findings(T0 + HOUR)
        self.assertEqual(finding["code"], "missing_reading")
        self.assertIn("take it now", finding["message"])
        self.feed((T0 + HOUR, 72.6))
        cycle._evaluate(T0 + HOUR)
        self.assertFalse(self.codes(cycle, T0 + HOUR + 5 * MINUTE))
        cycle._close(T0 + HOUR + 5 * MINUTE)
        self.assertEqual(len(cycle.alert_ids), 1)

    def test_a8_what_was_resolved_is_missed_again_after_another_interval(self):
        cycle = self.open_cycle(self.requirement("interval"))
        self.feed((T0, 72.6))
        cycle._evaluate(T0 + 36 * MINUTE)
        cycle.alert_ids.sudo()._resolve(T0 + 40 * MINUTE, self.supervisor)
        cycle._evaluate(T0 + 70 * MINUTE)
        self.assertEqual(len(cycle.alert_ids), 1)
        cycle._evaluate(T0 + 76 * MINUTE)
        self.assertEqual(len(cycle.alert_ids), 2)

    def test_a_stop_without_a_reading_is_missed(self):
        cycle = self.open_cycle(self.requirement("start_stop"))
        self.feed((T0 + MINUTE, 72.6))
        cycle._close(T0 + HOUR)
        self.assertEqual(self.kinds(cycle), ["missing"])

    def shifts(self):
        return self.env["resource.calendar"].create(
            {
                "name": "Three shifts",
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": "morning" if start < 12 else "afternoon",
                        }
                    )
                    for day in range(7)
                    for start, end in ((0, 6), (6, 14), (14, 22), (22, 24))
                ],
            }
        )

    def test_once_per_shift(self):
        """T0 is 11:00 in Berlin: the early shift ends at 14:00, 13:00 UTC."""
        requirement = self.requirement("per_shift", shift_calendar_id=self.shifts().id)
        self.assertEqual(len(requirement._get_shifts()), 21, "The night is one shift")
        self.assertEqual(requirement.frequency_text, "once per shift (Three shifts)")
        cycle = self.open_cycle(requirement)
        self.assertEqual(cycle._format_next_due(T0), "next reading due at 13:00")
        cycle._evaluate(T0 + 3 * HOUR + 5 * MINUTE)
        self.assertFalse(cycle.alert_ids)
        cycle._evaluate(T0 + 3 * HOUR + 6 * MINUTE)
        self.assertEqual(self.kinds(cycle), ["missing"])
        self.assertEqual(cycle.alert_ids.source_ms, T0)
        self.feed((T0 + 4 * HOUR, 72.6))
        now_ms = T0 + 10 * HOUR
        self.assertNotIn("missing_reading", self.codes(cycle, now_ms))
        cycle._evaluate(now_ms)
        self.assertEqual(cycle.status, "ok")
        self.assertIn("missing_reading", self.codes(cycle, T0 + 12 * HOUR), "Night has none")

    def test_shifts_are_frozen_with_the_cycle(self):
        calendar = self.shifts()
        cycle = self.open_cycle(self.requirement("per_shift", shift_calendar_id=calendar.id))
        calendar.attendance_ids.unlink()
        self.assertEqual(cycle._get_due().due_ms, T0 + 3 * HOUR)

    def test_a_calendar_without_hours_has_no_shifts(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Empty", "attendance_ids": [Command.clear()]}
        )
        with self.assertRaisesRegex(ValidationError, "no fixed hours"):
            self.requirement("per_shift", shift_calendar_id=calendar.id)

    def test_on_hold_nothing_is_due(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        cycle._pause(T0 + 5 * SECOND)
        cycle._evaluate(T0 + HOUR)
        self.assertFalse(cycle.alert_ids)
        self.assertEqual(cycle._format_next_due(T0 + HOUR), "on hold: nothing is due")
        cycle._resume(T0 + HOUR)
        cycle._evaluate(T0 + HOUR + 10 * SECOND)
        self.assertFalse(cycle.alert_ids)
        self.feed((T0 + HOUR + 10 * SECOND, 72.6))
        cycle._evaluate(T0 + HOUR + 11 * SECOND)
        self.assertFalse(cycle.alert_ids, "Nor does the reading after the hold show a gap")
        cycle._evaluate(T0 + HOUR + 21 * SECOND)
        self.assertEqual(self.kinds(cycle), ["stale"])

    def test_a10_retained_replay_is_no_reading(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        with self.at_ms(T0 + 11 * SECOND):
            result = self.env["process.reading"]._ingest([self.sample(T0, 72.6)])
        self.assertEqual(result.duplicates, 1)
        cycle._evaluate(T0 + 11 * SECOND)
        self.assertEqual(self.kinds(cycle), ["stale"])

    # -- clocks ---------------------------------------------------------------------------------

    def test_a9_clock_set_back_hides_no_gap(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        back = T0 - HOUR
        cron = self.env.ref("process_monitoring.ir_cron_evaluate_cycles").sudo()
        cron.lastcall = clock.to_datetime(T0)
        self.env["process.cycle"]._note_pause(back)
        cycle._evaluate(back + 20 * SECOND)
        self.assertEqual(cycle.listening_since_ms, back)
        self.assertFalse(cycle.alert_ids, "Not longer than allowed by any clock")
        cycle._evaluate(T0 + 11 * SECOND)
        self.assertEqual(self.kinds(cycle), ["stale"])

    def test_a9_clock_set_forward_makes_no_gap(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        ahead = T0 + HOUR
        cron = self.env.ref("process_monitoring.ir_cron_evaluate_cycles").sudo()
        cron.lastcall = clock.to_datetime(T0 + SECOND)
        self.env["process.cycle"]._note_pause(ahead)
        cycle._evaluate(ahead)
        self.assertFalse(cycle.alert_ids)
        with self.at_ms(ahead + 2 * SECOND):
            self.env["process.reading"]._ingest([self.sample(T0 + 2 * SECOND, 72.6)])
        cycle._evaluate(ahead + 11 * SECOND)
        self.assertFalse(cycle.alert_ids, "It is alive, whatever its clock says")

    def test_a_sensor_that_is_ahead_of_time(self):
        cycle = self.open_cycle()
        with self.at_ms(T0):
            self.env["process.reading"]._ingest([self.sample(T0 + 4 * SECOND, 72.6)])
        cycle._evaluate(T0 + 14 * SECOND)
        self.assertFalse(cycle.alert_ids)
        cycle._evaluate(T0 + 15 * SECOND)
        self.assertEqual(self.kinds(cycle), ["stale"])

    # -- the scheduled action -------------------------------------------------------------------

    @mute_logger("odoo.addons.process_monitoring.models.process_cycle_rounds")
    def test_an_error_is_on_the_record_until_it_is_gone(self):
        cycle = self.open_cycle()
        with (
            patch.object(type(cycle), "_evaluate", side_effect=ValueError("no such limit")),
            patch.object(self.env.cr, "rollback"),
        ):
            cycle._evaluate_safely()
        self.assertEqual(cycle.evaluation_error, "ValueError: no such limit")
        cycle._evaluate(T0 + SECOND)
        self.assertFalse(cycle.evaluation_error)


@tagged("post_install", "-at_install")
class TestFeed(FrequencyCase):
    """The connection says how far it is: `process.feed`."""

    def setUp(self):
        super().setUp()
        self.feeds = self.env["process.feed"]
        self.feeds._start_listening("mqtt", now_ms=T0)
        self.feeds._report("mqtt", complete_until_ms=T0, now_ms=T0)

    def report(self, moment, **vals):
        self.feeds._report("mqtt", complete_until_ms=moment, now_ms=moment, **vals)

    def backlog(self, now_ms, *points):
        with self.at_ms(now_ms):
            self.env["process.reading"]._ingest(
                [Sample("t-temp", moment, value=value) for moment, value in points]
            )

    def test_a9_bridge_down_makes_no_gap(self):
        cycle = self.open_cycle()
        self.feed((T0 + SECOND, 72.6))
        self.report(T0 + SECOND)
        cycle._evaluate(T0 + 10 * MINUTE)
        self.assertEqual(self.kinds(cycle), ["disconnected"])
        self.assertFalse(cycle.deviation_ids)
        self.assertEqual(self.codes(cycle, T0 + 10 * MINUTE), ["stale"], "The gate is shut")
        back = T0 + 10 * MINUTE
        self.assertEqual(self.feeds._start_listening("mqtt", now_ms=back), T0 + SECOND)
        cycle._evaluate(back + SECOND)
        self.backlog(back, *[(T0 + n * SECOND, 72.6) for n in range(2, 300)])
        cycle._evaluate(back + 2 * SECOND)
        self.backlog(back, *[(T0 + n * SECOND, 72.6) for n in range(300, 601)])
        self.report(back)
        cycle._evaluate(back + 3 * SECOND)
        self.assertEqual(self.kinds(cycle), ["disconnected"])
        self.assertTrue(cycle.alert_ids.ended_ms)
        self.assertFalse(self.codes(cycle, back + 3 * SECOND))

    def test_a9_bridge_down_hides_no_gap_and_the_alert_is_late(self):
        cycle = self.open_cycle()
        self.feed((T0 + SECOND, 72.6))
        self.report(T0 + SECOND)
        back = T0 + 10 * MINUTE
        self.feeds._start_listening("mqtt", now_ms=back)
        points = [(T0 + n * SECOND, 72.6) for n in range(2, 601) if not 100 < n < 150]
        self.backlog(back, *points)
        self.report(back)
        cycle._evaluate(back + SECOND)
        alert = cycle.alert_ids
        self.assertEqual((alert.kind, alert.is_late), ("stale", True))
        self.assertEqual(cycle.deviation_ids.window_start_ms, T0 + 100 * SECOND)
        self.assertEqual(cycle.deviation_ids.window_end_ms, T0 + 150 * SECOND)

    def test_a31_breach_in_the_backlog_is_late(self):
        cycle = self.open_cycle()
        back = T0 + 10 * MINUTE
        self.backlog(back, *[(T0 + n * SECOND, 71.0 if n == 60 else 72.6) for n in range(601)])
        self.report(back)
        cycle._evaluate(back)
        alert = cycle.alert_ids
        self.assertEqual((alert.kind, alert.is_late), ("breach", True))
        self.assertEqual(alert.source_ms, T0 + 60 * SECOND)

    def test_a9_silence_is_judged_up_to_where_the_connection_is(self):
        cycle = self.open_cycle()
        self.feed((T0 + SECOND, 72.6))
        self.report(T0 + 11 * SECOND)
        cycle._evaluate(T0 + 15 * SECOND)
        self.assertFalse(cycle.alert_ids)
        self.report(T0 + 12 * SECOND)
        cycle._evaluate(T0 + 15 * SECOND)
        self.assertEqual(self.kinds(cycle), ["stale"])
        self.assertFalse(cycle.alert_ids.is_late)

    def test_a_gap_that_was_filled_meanwhile_is_none(self):
        cycle = self.open_cycle()
        self.backlog(T0 + 30 * SECOND, (T0 + SECOND, 72.6), (T0 + 21 * SECOND, 72.6))
        cycle._evaluate(T0 + 30 * SECOND)
        self.assertFalse(cycle.alert_ids, "The connection has not come so far yet")
        self.backlog(T0 + 31 * SECOND, (T0 + 11 * SECOND, 72.6))
        self.report(T0 + 25 * SECOND)
        cycle._evaluate(T0 + 31 * SECOND)
        self.assertFalse(cycle.alert_ids)
        self.assertFalse(cycle.pending_events)

    def test_the_end_is_judged_when_all_is_in(self):
        cycle = self.open_cycle()
        self.feed((T0 + SECOND, 72.6))
        cycle._close(T0 + 30 * SECOND)
        self.assertFalse(cycle.alert_ids)
        self.assertTrue(cycle.is_evaluation_due)
        self.backlog(T0 + MINUTE, (T0 + 9 * SECOND, 72.6), (T0 + 19 * SECOND, 72.6))
        self.report(T0 + MINUTE)
        cycle._evaluate(T0 + MINUTE)
        self.assertEqual(self.kinds(cycle), ["stale"])
        self.assertEqual(cycle.alert_ids.source_ms, T0 + 19 * SECOND)
        cycle._evaluate(T0 + 2 * MINUTE)
        self.assertEqual(len(cycle.alert_ids), 1)
        self.assertFalse(cycle.is_evaluation_due)

    def test_what_is_typed_has_no_connection(self):
        cycle = self.open_cycle()
        self.feed((T0 + SECOND, 72.6), origin="manual")
        cycle._evaluate(T0 + 12 * SECOND)
        self.assertEqual(self.kinds(cycle), ["stale"])

    def test_the_one_that_is_behind_counts_unless_it_is_gone(self):
        self.feeds._report("mqtt", "b", complete_until_ms=T0 + 5 * SECOND, now_ms=T0 + 5 * SECOND)
        find = self.feeds._find
        self.assertEqual(find("mqtt", self.company, T0 + 5 * SECOND).complete_until_ms, T0)
        later = T0 + 2 * MINUTE
        self.feeds._report("mqtt", "b", complete_until_ms=later, now_ms=later)
        self.assertEqual(find("mqtt", self.company, later).client, "b")
        self.feeds._stop_listening("mqtt", "b")
        self.assertEqual(find("mqtt", self.company, later).complete_until_ms, T0)

    def test_a_promise_is_never_taken_back_and_not_of_the_future(self):
        self.report(T0 + MINUTE)
        self.feeds._report("mqtt", complete_until_ms=T0, now_ms=T0 + MINUTE)
        self.feeds._report("mqtt", complete_until_ms=T0 + HOUR, now_ms=T0 + MINUTE)
        feed = self.feeds._find("mqtt", self.company, T0 + MINUTE)
        self.assertEqual(feed.complete_until_ms, T0 + MINUTE)
        self.feeds._report("mqtt", now_ms=T0 + MINUTE)
        self.assertEqual(feed.state, "catching_up")

    def test_only_the_bridge_writes_it(self):
        feed = self.feeds._find("mqtt", self.company, T0)
        for user in (self.operator, self.engineer, self.quality_manager):
            self.assertTrue(feed.with_user(user).read(["state"]))
            with self.assertRaises(Exception), self.cr.savepoint():
                feed.with_user(user).state = "listening"

    def test_companies_do_not_see_each_other(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        foreign = self.feeds.with_company(other)
        foreign._report("mqtt", complete_until_ms=T0 + HOUR, now_ms=T0 + HOUR)
        self.assertEqual(self.feeds._find("mqtt", self.company, T0).company_id, self.company)
        self.assertFalse(
            self.feeds.with_user(self.engineer).search([("company_id", "=", other.id)])
        )

    def test_a9_pause_of_odoo_with_a_connection_needs_no_excuse(self):
        cycle = self.open_cycle()
        self.feed((T0 + SECOND, 72.6))
        cron = self.env.ref("process_monitoring.ir_cron_evaluate_cycles").sudo()
        cron.lastcall = fields.Datetime.now() - timedelta(minutes=10)
        self.report(T0 + 30 * SECOND)
        self.env["process.cycle"]._note_pause(clock.now_ms())
        cycle._evaluate(T0 + 30 * SECOND)
        self.assertEqual(self.kinds(cycle), ["stale"])
