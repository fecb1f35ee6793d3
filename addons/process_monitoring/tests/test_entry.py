# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Manual entry: A7 (nothing ticked, nothing prefilled), A8 (late), A25 (corrected)."""

import json

from psycopg2 import DatabaseError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import clock
from .common import MINUTE, SECOND, T0
from .test_answers import AnswerCase


class EntryCase(AnswerCase):
    """Offers `requirement`: every 30 minutes, tolerance 5, ≥ 72.0 °C, entered by operators."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requirement = cls._create_requirement(
            "Indicating thermometer",
            [("critical", "ge", 72.0)],
            frequency="interval",
            interval_s=1800,
            tolerance_s=300,
            is_manual=True,
            correction="Divert, call the supervisor.",
            instruction="Read at the end of the holding tube.",
        )

    def enter(self, cycle, value=None, at_ms=None, user=None, **vals):
        """Enter as an operator does, the server's clock standing at a time."""
        with self.at_ms(at_ms or T0):
            number = cycle.with_user(user or self.operator).action_enter(value=value, **vals)
        return self.env["process.entry"].browse(number)


@tagged("post_install", "-at_install")
class TestEntry(EntryCase):
    # -- A7 -------------------------------------------------------------------------------------

    def test_a7_the_verdict_is_computed(self):
        cycle = self.open_cycle(self.requirement)
        for value, verdict in (("72.0", "conform"), ("71.96", "critical"), ("95", "conform")):
            with self.subTest(value=value):
                at_ms = T0 + len(cycle.entry_ids) * MINUTE
                entry = self.enter(cycle, value, at_ms)
                self.assertEqual(entry.verdict, verdict)
                self.assertEqual((entry.measured_ms, entry.entered_ms), (at_ms, at_ms))
                self.assertEqual(entry.user_id, self.operator)
        self.assertEqual((cycle.reading_count, cycle.breach_count), (3, 1))
        self.assertEqual(set(self.get_readings().mapped("origin")), {"manual"})

    def test_a7_no_tick_can_be_stored(self):
        cycle = self.open_cycle(self.requirement)
        entry = self.enter(cycle, "71.0")
        vals = {
            "cycle_id": cycle.id,
            "requirement_id": self.requirement.id,
            "sensor_id": self.sensor.id,
            "measured_ms": T0,
            "entered_ms": T0,
            "user_id": self.operator.id,
            "verdict": "conform",
        }
        for model in (self.env["process.entry"], entry.sudo().browse()):
            with self.assertRaisesRegex(UserError, "judged by the limits"):
                model.create(vals)
        with self.assertRaises(AccessError):
            self.env["process.entry"].with_user(self.operator).check_access("create")
        with self.assertRaises(UserError):
            entry.sudo().verdict = "conform"
        with self.assertRaises(UserError):
            entry.sudo().unlink()

    def test_a7_not_by_sql_either(self):
        entry = self.enter(self.open_cycle(self.requirement), "71.0")
        self.env.flush_all()
        for query in ("UPDATE process_entry SET verdict = 'conform'", "DELETE FROM process_entry"):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(DatabaseError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(f"{query} WHERE id = %s", [entry.id])

    def test_a7_empty_is_not_zero(self):
        cycle = self.open_cycle(self.requirement)
        for value in (None, "", "  ", False, True, [], "nan", "seventy"):
            with self.subTest(value=value), self.assertRaises(UserError):
                self.enter(cycle, value)
        self.assertFalse(cycle.reading_count)
        self.assertEqual(self.enter(cycle, "0").value, 0.0)
        self.assertEqual(self.get_readings().value, 0.0)

    def test_a7_a_comma_is_not_guessed(self):
        cycle = self.open_cycle(self.requirement)
        with self.assertRaisesRegex(UserError, r"could be misread.*Write it as 72\.4"):
            self.enter(cycle, "72,4")
        lang = self.env["res.lang"]._activate_lang("de_DE")
        lang.write({"decimal_point": ",", "thousands_sep": "."})
        german = cycle.with_context(lang="de_DE")
        self.assertEqual(self.enter(german, "72,4").value, 72.4)
        with self.assertRaisesRegex(UserError, "72,4"):
            self.enter(german, "72.4", T0 + MINUTE)

    def test_a7_nothing_is_prefilled(self):
        cycle = self.open_cycle(self.requirement)
        self.enter(cycle, "72.5")
        wizard = self.open_wizard(cycle)
        filled = [n for n in ("value", "answer", "measured_time", "reason") if wizard[n]]
        self.assertFalse(filled)
        self.assertFalse(wizard.limits_text, "the limits are shown afterwards")

    def test_a7_an_answer_of_the_list_only(self):
        cycle = self.open_cycle(self.observe())
        for vals in ({"answer": "ok"}, {"answer": None}, {"value": "negative"}, {"value": "1"}):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "negative, positive"):
                self.enter(cycle, **vals)
        self.assertEqual(self.enter(cycle, answer="negative").verdict, "conform")
        entry = self.enter(cycle, answer="positive", at_ms=T0 + MINUTE)
        self.assertEqual(entry.verdict, "critical")
        with self.assertRaisesRegex(UserError, "enter a number"):
            self.enter(self.open_cycle(self.requirement), answer="negative")

    def open_wizard(self, record, user=None):
        record = record.with_user(user or self.operator)
        is_entry = record._name == "process.entry"
        action = record.action_correct() if is_entry else record.action_open_entry()
        return self.env[action["res_model"]].with_user(self.operator).browse(action["res_id"])

    def test_the_page_shows_what_was_found_and_what_to_do(self):
        wizard = self.open_wizard(self.open_cycle(self.requirement, clock.now_ms() - MINUTE))
        wizard.value = "71.0"
        action = wizard.action_save()
        self.assertEqual((action["res_id"], wizard.result), (wizard.id, "bad"))
        self.assertEqual(wizard.correction, "Divert, call the supervisor.")
        self.assertIn("72.0", wizard.limits_text)
        again = self.env["process.entry.wizard"].browse(wizard.action_again()["res_id"])
        again = again.with_user(self.operator)
        again.write({"value": "73.0", "reason": "Misread"})
        again.action_save()
        self.assertEqual((again.result, again.correction), ("good", False))

    # -- who ------------------------------------------------------------------------------------

    def test_who_may_enter(self):
        cycle = self.open_cycle(self.requirement)
        for user in (self.engineer,):
            with self.assertRaisesRegex(AccessError, "role Operator"):
                self.enter(cycle, "72.5", user=user)
        self.assertEqual(self.enter(cycle, "72.5", user=self.supervisor).user_id, self.supervisor)

    def test_the_plan_names_the_role(self):
        self.requirement.entry_role = "supervisor"
        cycle = self.open_cycle(self.requirement)
        with self.assertRaisesRegex(AccessError, "role Supervisor"):
            self.enter(cycle, "72.5")
        self.assertFalse(cycle.with_user(self.operator).is_for_me)
        self.assertTrue(cycle.with_user(self.supervisor).is_for_me)
        due = self.env["process.cycle"].with_user(self.operator)
        self.assertNotIn(cycle, due.search([("is_for_me", "=", True)]))

    def test_what_a_sensor_reads_is_not_entered(self):
        with self.assertRaisesRegex(UserError, "read by its sensor"):
            self.enter(self.open_cycle(), "72.5")

    # -- A8 -------------------------------------------------------------------------------------

    def test_a8_late_entry_keeps_both_times_and_the_miss(self):
        cycle = self.open_cycle(self.requirement)
        self.enter(cycle, "72.6")
        cycle._evaluate(T0 + 36 * MINUTE)
        self.assertEqual(cycle.alert_ids.mapped("kind"), ["missing"])
        due_ms, late_ms = T0 + 30 * MINUTE, T0 + 50 * MINUTE
        with self.assertRaisesRegex(UserError, "Write down why"):
            self.enter(cycle, "72.6", late_ms, measured_ms=due_ms)
        entry = self.enter(cycle, "72.6", late_ms, measured_ms=due_ms, reason="At the other line")
        self.assertEqual((entry.measured_ms, entry.entered_ms), (due_ms, late_ms))
        self.assertTrue(entry.is_late)
        cycle._evaluate(late_ms)
        codes = [finding["code"] for finding in cycle._get_findings(late_ms)]
        self.assertIn("missed", codes)

    def test_a8_the_miss_is_recorded_although_nobody_looked_in_between(self):
        cycle = self.open_cycle(self.requirement)
        self.enter(cycle, "72.6")
        late_ms = T0 + 50 * MINUTE
        self.enter(cycle, "72.6", late_ms, measured_ms=T0 + 30 * MINUTE, reason="Forgotten")
        cycle._evaluate(late_ms)
        self.assertIn("missing", cycle.alert_ids.mapped("kind"))

    def test_a8_within_the_tolerance_is_not_late(self):
        cycle = self.open_cycle(self.requirement)
        entry = self.enter(cycle, "72.6", T0 + 10 * MINUTE, measured_ms=T0 + 5 * MINUTE)
        self.assertFalse(entry.is_late)
        entry = self.enter(
            cycle,
            "72.6",
            T0 + 11 * MINUTE,
            measured_ms=T0 + 6 * MINUTE - 1,
            reason="One millisecond more than five minutes",
        )
        self.assertTrue(entry.is_late)

    def test_a8_times_that_cannot_be(self):
        cycle = self.open_cycle(self.requirement)
        with self.assertRaisesRegex(UserError, "lies in the future"):
            self.enter(cycle, "72.6", T0 + MINUTE, measured_ms=T0 + MINUTE + 1)
        with self.assertRaisesRegex(UserError, "before monitoring"):
            self.enter(cycle, "72.6", T0 + MINUTE, measured_ms=T0 - 1, reason="x")
        for moment in ("10:30", 1.5, True):
            with self.assertRaisesRegex(UserError, "whole milliseconds"):
                self.enter(cycle, "72.6", T0 + MINUTE, measured_ms=moment)

    def test_a8_a_closed_window_takes_nothing(self):
        cycle = self.open_cycle(self.requirement)
        entry = self.enter(cycle, "72.6")
        cycle._close(T0 + MINUTE)
        for vals in ({}, {"measured_ms": T0 + 30 * SECOND, "reason": "Late"}):
            with self.assertRaisesRegex(UserError, "its record is closed"):
                self.enter(cycle, "72.6", T0 + 2 * MINUTE, **vals)
        with self.assertRaisesRegex(UserError, "its record is closed"):
            self.enter(cycle, "72.6", T0 + 2 * MINUTE, corrects_id=entry.id, reason="Misread")

    def test_one_entry_for_one_time(self):
        cycle = self.open_cycle(self.requirement)
        self.enter(cycle, "72.6", T0 + MINUTE, measured_ms=T0 + SECOND)
        with self.assertRaisesRegex(UserError, "already. If it is wrong, correct it"):
            self.enter(cycle, "72.7", T0 + MINUTE, measured_ms=T0 + SECOND)
        other = self.open_cycle(self.requirement)
        entry = self.enter(other, "72.7", T0 + MINUTE, measured_ms=T0 + SECOND)
        self.assertEqual(entry.sequence, 1, "two batches at one point at one time")
        self.assertEqual((cycle.last_value, other.last_value), (72.6, 72.7))

    def test_a8_late_for_two_batches_at_one_time(self):
        """A8: the second of two entries of one millisecond is as late as the first."""
        cycles = [self.open_cycle(self.requirement) for _batch in range(2)]
        at_ms = T0 + 40 * MINUTE
        for cycle in cycles:
            with self.at_ms(T0 + 36 * MINUTE):
                cycle._evaluate(T0 + 36 * MINUTE)
            late = {"measured_ms": T0 + 30 * MINUTE, "reason": "Written on paper"}
            self.assertTrue(self.enter(cycle, "72.6", at_ms, **late).is_late)
            cycle._evaluate(at_ms)
            self.assertEqual(set(cycle.alert_ids.mapped("kind")), {"missing", "late"})

    def test_a8_entered_again_after_a_withdrawal_it_is_late(self):
        """A8: it is an entry of its own time, and takes nothing's place."""
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter(cycle, "72.6", T0 + MINUTE)
        self.enter(cycle, at_ms=T0 + 2 * MINUTE, corrects_id=wrong.id, reason="x", is_withdrawn=1)
        again = {"measured_ms": T0 + MINUTE, "reason": "It was of this batch after all"}
        entry = self.enter(cycle, "72.6", T0 + 20 * MINUTE, **again)
        self.assertEqual((entry.sequence, entry.is_late), (1, True))
        cycle._evaluate(T0 + 20 * MINUTE)
        self.assertIn("late", cycle.alert_ids.mapped("kind"))

    def test_a_correction_is_not_late_when_judged_again(self):
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter(cycle, "72.6", T0 + MINUTE)
        self.enter(cycle, "72.7", T0 + 20 * MINUTE, corrects_id=wrong.id, reason="Misread")
        readings = self.get_readings()
        judged = self.env["process.reading"]._judge_again(readings, cycle)
        self.assertEqual([line.entered_ms for line in judged], [T0 + MINUTE, 0])

    def test_a_whole_number_that_cannot_be_kept_is_refused(self):
        cycle = self.open_cycle(self.requirement)
        for value in (2**53 + 1, str(2**53 + 1)):
            with self.assertRaisesRegex(UserError, "too long"):
                self.enter(cycle, value)


@tagged("post_install", "-at_install")
class TestCorrection(EntryCase):
    def test_a25_a_correction_counts_and_the_old_entry_stays(self):
        cycle = self.open_cycle(self.requirement)
        self.enter(cycle, "72.6")
        wrong = self.enter(cycle, "7.26", T0 + MINUTE)
        self.assertEqual((cycle.breach_count, cycle.min_value), (1, 7.26))
        right = self.enter(
            cycle, "72.6", T0 + 2 * MINUTE, corrects_id=wrong.id, reason="Comma misplaced"
        )
        self.assertEqual((wrong.state, right.state), ("corrected", "effective"))
        self.assertEqual((wrong.value, wrong.verdict), (7.26, "critical"))
        self.assertEqual((right.measured_ms, right.entered_ms), (T0 + MINUTE, T0 + 2 * MINUTE))
        self.assertEqual(right.reason, "Comma misplaced")
        self.assertEqual((cycle.reading_count, cycle.breach_count, cycle.min_value), (2, 0, 72.6))
        self.assertEqual(
            (cycle.last_value, cycle.last_verdict, cycle.status), (72.6, "conform", "ok")
        )
        self.assertEqual(len(self.get_readings()), 3, "both stay legible")

    def test_a25_a_breach_that_was_seen_stays_until_it_is_handled(self):
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter(cycle, "7.26", T0 + MINUTE)
        self.enter(cycle, "72.6", T0 + 2 * MINUTE, corrects_id=wrong.id, reason="Misread")
        cycle._evaluate(T0 + 3 * MINUTE)
        deviation = cycle.deviation_ids
        self.assertEqual((deviation.kind, deviation.state), ("breach", "open"))
        codes = [finding["code"] for finding in cycle._get_findings(T0 + 3 * MINUTE)]
        self.assertIn("open_deviation", codes)

    def test_a25_a_correction_can_be_the_breach(self):
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter(cycle, "72.6", T0 + MINUTE)
        self.enter(cycle, "70.6", T0 + 2 * MINUTE, corrects_id=wrong.id, reason="Misread")
        cycle._evaluate(T0 + 3 * MINUTE)
        self.assertEqual((cycle.breach_count, cycle.conform_count), (1, 0))
        self.assertEqual(cycle.deviation_ids.window_start_ms, T0, "no good reading is left")

    def test_a25_a_reason_is_needed(self):
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter(cycle, "72.6")
        for reason in (None, "", "  \n "):
            with self.assertRaisesRegex(UserError, "what was wrong"):
                self.enter(cycle, "72.7", T0 + MINUTE, corrects_id=wrong.id, reason=reason)

    def test_a25_the_newest_of_a_line_is_corrected(self):
        cycle = self.open_cycle(self.requirement)
        first = self.enter(cycle, "72.6")
        second = self.enter(cycle, "72.7", T0 + MINUTE, corrects_id=first.id, reason="a")
        with self.assertRaisesRegex(UserError, "has been corrected"):
            self.enter(cycle, "72.8", T0 + MINUTE, corrects_id=first.id, reason="b")
        self.enter(cycle, "72.8", T0 + MINUTE, corrects_id=second.id, reason="b")
        self.assertEqual((cycle.reading_count, cycle.last_value), (1, 72.8))

    def test_a25_empty_does_not_withdraw(self):
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter(cycle, "72.6")
        with self.assertRaisesRegex(UserError, "Nothing is entered"):
            self.enter(cycle, "", T0 + MINUTE, corrects_id=wrong.id, reason="Wrong batch")
        self.assertEqual(wrong.state, "effective")

    def test_a25_what_belongs_elsewhere_is_withdrawn(self):
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter(cycle, "72.6")
        entry = self.enter(
            cycle, at_ms=T0 + MINUTE, corrects_id=wrong.id, reason="Other batch", is_withdrawn=True
        )
        self.assertEqual((wrong.state, entry.state), ("withdrawn", "withdrawn"))
        self.assertEqual((cycle.reading_count, cycle.status), (0, "waiting"))
        self.assertTrue(cycle._is_never_read())
        again = self.enter(cycle, "73.0", T0 + 2 * MINUTE, measured_ms=T0)
        self.assertEqual((again.sequence, cycle.last_value), (1, 73.0))

    def test_a25_of_another_window_is_refused(self):
        wrong = self.enter(self.open_cycle(self.requirement), "72.6")
        other = self.open_cycle(self.requirement)
        with self.assertRaisesRegex(UserError, "another monitoring"):
            self.enter(other, "72.6", T0 + MINUTE, corrects_id=wrong.id, reason="x")

    def test_a25_an_answer_is_corrected_too(self):
        cycle = self.open_cycle(self.observe())
        wrong = self.enter(cycle, answer="positive")
        self.enter(cycle, answer="negative", at_ms=T0 + 1, corrects_id=wrong.id, reason="Slip")
        self.assertEqual((cycle.last_text, cycle.breach_count), ("negative", 0))

    def test_a25_entries_are_chained(self):
        cycle = self.open_cycle(self.requirement)
        wrong = self.enter(cycle, "7.26")
        self.enter(cycle, "72.6", T0 + MINUTE, corrects_id=wrong.id, reason="Misread")
        lines = self.env["process.entry"].export_chain_jsonl(self.company.id).splitlines()
        bodies = [json.loads(line)["body"] for line in lines[-2:]]
        self.assertEqual([body["value"] for body in bodies], ["7.26", "72.6"])
        self.assertEqual(bodies[1]["corrects"], bodies[0]["seq"])
        self.assertEqual(bodies[1]["user"], self.operator.login)
        self.assertEqual(bodies[1]["verdict"], "conform")
