# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Corrective actions: closed by somebody else after the planned day, or opened again (A22)."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .. import clock
from ..models.process_capa import TRANSITIONS
from .common import SECOND, T0
from .test_deviation import DeviationCase

DAY_MS = 86_400_000


class CapaCase(DeviationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.judge = cls._create_user("quality_manager", name="Judge")

    def open_capa(self):
        deviation = self.open_deviation()
        action = deviation.with_user(self.quality_manager).action_open_capa()
        return self.env["process.capa"].browse(action["res_id"]).with_user(self.quality_manager)

    def plan(self, capa, days=30):
        """Analyse, plan one action and have it done; say what will be judged, and when."""
        today = clock.to_datetime(clock.now_ms()).date()
        capa.write(
            {
                "cause_category": "machine",
                "why_1": "Valve stuck",
                "why_2": "Not greased",
                "root_cause": "No maintenance plan for the valve",
                "action_ids": [
                    Command.create(
                        {
                            "name": "Monthly greasing",
                            "responsible_id": self.operator.id,
                            "due_date": today + timedelta(days=7),
                        }
                    )
                ],
            }
        )
        capa.check_id.write(
            {"criterion": "No stuck valve in 30 days", "planned_date": today + timedelta(days=days)}
        )
        action = capa.action_ids[:1].with_user(self.operator)
        action.evidence = "Work order 17"
        action.action_done()
        return action

    def verify(self, capa, days=30):
        self.plan(capa, days)
        capa.action_verify()

    def evaluate(self, capa, meaning, user=None, days=0):
        user = user or self.judge
        check = capa.check_id.with_user(user)
        with self.at_ms(clock.now_ms() + days * DAY_MS):
            check.finding = "31 days, valve moved 400 times"
            return self.sign(check, meaning, user)


@tagged("post_install", "-at_install")
class TestCapa(CapaCase):
    def test_opened_from_deviations_both_ways(self):
        capa = self.open_capa()
        deviation = capa.deviation_ids
        self.assertEqual((deviation.capa_count, capa.control_class), (1, "ccp"))
        self.assertRegex(capa.name, r"^CAPA/\d{4}/\d{4}$")
        self.assertEqual(deviation.action_view_capas()["domain"], [("id", "in", capa.ids)])
        self.assertEqual(capa.action_view_deviations()["domain"], [("id", "in", deviation.ids)])
        with self.assertRaises(AccessError):
            deviation.with_user(self.operator).action_open_capa()

    def test_a22_closed_on_the_planned_day_by_somebody_else(self):
        capa = self.open_capa()
        self.verify(capa)
        waiting = capa.activity_ids.filtered(lambda a: a.user_id == self.judge)
        self.assertEqual(waiting.date_deadline, capa.planned_date)
        self.evaluate(capa, "effective", days=30)
        self.assertEqual((capa.state, capa.check_id.result), ("closed", "effective"))
        self.assertEqual(capa.check_id.evaluated_by_id, self.judge)
        self.assertTrue(capa.check_id.signature_ids.is_valid)
        self.assertTrue(capa.closed_date)
        for vals in ({"title": "Else"}, {"state": "open"}, {"owner_id": self.judge.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                capa.sudo().write(vals)

    def test_a22_not_before_the_planned_day(self):
        capa = self.open_capa()
        self.verify(capa)
        with self.assertRaisesRegex(UserError, "is judged from"):
            self.evaluate(capa, "effective", days=29)
        self.assertEqual(capa.state, "verifying")

    def test_a22_not_by_the_owner_nor_by_who_was(self):
        capa = self.open_capa()
        self.verify(capa, days=0)
        with self.assertRaisesRegex(UserError, "owns or owned"):
            self.evaluate(capa, "effective", self.quality_manager)
        capa.owner_id = self.supervisor
        self.assertEqual(capa.former_owner_ids, self.quality_manager)
        with self.assertRaisesRegex(UserError, "owns or owned"):
            self.evaluate(capa, "effective", self.quality_manager)
        with self.assertRaises(AccessError):
            self.sign(capa.check_id, "effective", self.supervisor)
        self.evaluate(capa, "effective")
        self.assertEqual(capa.state, "closed")

    def test_a22_failing_reopens_in_a_new_round(self):
        capa = self.open_capa()
        self.verify(capa, days=0)
        first = capa.check_id
        self.evaluate(capa, "ineffective")
        self.assertEqual((capa.state, capa.round), ("open", 2))
        self.assertEqual(first.result, "ineffective")
        self.assertTrue(first.signature_ids.is_valid, "What was signed stays what it was")
        self.assertNotEqual(capa.check_id, first)
        self.assertIn(capa.owner_id, capa.activity_ids.user_id)
        with self.assertRaisesRegex(UserError, "no action in this round"):
            capa.action_verify()
        with self.assertRaises(UserError):
            first.sudo().write({"finding": "Something else"})
        self.plan(capa, days=0)
        capa.action_ids.filtered(lambda a: a.state == "todo").write({"evidence": "Seen"})
        capa.action_ids.filtered(lambda a: a.state == "todo").action_done()
        capa.action_verify()
        self.evaluate(capa, "effective")
        self.assertEqual(capa.state, "closed")

    def test_a22_nothing_missing_before_it_is_judged(self):
        capa = self.open_capa()
        with self.assertRaises(UserError) as caught:
            capa.action_verify()
        for word in ("root cause", "no action", "effectiveness is judged"):
            self.assertIn(word, str(caught.exception))
        self.verify(capa, days=0)
        with self.assertRaisesRegex(UserError, "write down what was seen"):
            self.sign(capa.check_id, "effective", self.judge)

    def test_action_is_done_with_evidence_by_who_is_responsible(self):
        capa = self.open_capa()
        capa.write(
            {
                "action_ids": [
                    Command.create(
                        {
                            "name": "Grease",
                            "responsible_id": self.operator.id,
                            "due_date": "2026-01-05",
                        }
                    )
                ]
            }
        )
        action = capa.action_ids
        self.assertIn(self.operator, capa.activity_ids.user_id)
        with self.assertRaises(AccessError):
            action.with_user(self._create_user("operator", name="Other")).action_done()
        own = action.with_user(self.operator)
        with self.assertRaisesRegex(UserError, "what shows"):
            own.action_done()
        with self.assertRaises(UserError):
            own.due_date = "2030-01-01"
        own.evidence = "Photo"
        own.action_done()
        self.assertEqual((action.state, action.done_by_id), ("done", self.operator))
        self.assertNotIn(self.operator, capa.activity_ids.user_id)
        with self.assertRaises(UserError):
            own.evidence = "Another"
        with self.assertRaises(UserError):
            action.sudo().unlink()

    def test_overdue_is_told_once(self):
        capa = self.open_capa()
        capa.write(
            {
                "action_ids": [
                    Command.create(
                        {
                            "name": "Grease",
                            "responsible_id": self.operator.id,
                            "due_date": "2026-01-05",
                        }
                    )
                ]
            }
        )
        for _ in range(2):
            self.env["process.capa.action"]._cron_remind()
        told = capa.activity_ids.filtered(lambda a: a.user_id == capa.owner_id)
        self.assertEqual(told.mapped("summary"), ["Overdue: Grease"])

    def test_all_transitions(self):
        states = ("open", "verifying", "closed")
        capa = self.open_capa().sudo()
        for old in states:
            for new in states:
                capa._stamp({"state": old})
                if (old, new) in TRANSITIONS:
                    capa._move_to(new, {})
                    self.assertEqual(capa.state, new)
                else:
                    with self.assertRaises(UserError):
                        capa._move_to(new, {})

    def test_born_open_whatever_the_call_says(self):
        capa = self.env["process.capa"].create(
            {"title": "T", "state": "closed", "round": 3, "closed_date": "2026-01-01", "name": "X"}
        )
        self.assertEqual((capa.state, capa.round, capa.closed_date), ("open", 1, False))
        self.assertNotEqual(capa.name, "X")
        check = self.env["process.capa.check"].search([("capa_id", "=", capa.id)])
        self.assertFalse(check.result)

    # -- recurrence -------------------------------------------------------------------------------

    def test_recurrence_within_90_days_suggests_an_action(self):
        first = self.open_deviation()
        second = first.copy({"requirement_id": first.requirement_id.copy().id, "cycle_id": False})
        self.assertEqual(second.recurrence_count, 1, "A revision's copy is the same requirement")
        self.assertTrue(second.is_capa_suggested)
        self.assertEqual(first.recurrence_count, 0)
        first._stamp({"opened_ms": second.opened_ms - 91 * DAY_MS})
        second.invalidate_recordset()
        self.assertEqual(second.recurrence_count, 0)
        first._stamp({"opened_ms": second.opened_ms - 89 * DAY_MS})
        second.invalidate_recordset()
        action = second.with_user(self.quality_manager).action_open_capa()
        capa = self.env["process.capa"].browse(action["res_id"])
        self.assertEqual(capa.deviation_ids, first + second)
        self.assertFalse(second.is_capa_suggested)


@tagged("post_install", "-at_install")
class TestPicture(DeviationCase, HttpCase):
    def test_picture_of_the_window_is_in_the_activity_and_read_with_rights(self):
        deviation = self.open_deviation()
        path = f"/process_monitoring/deviation/{deviation.id}/chart.svg"
        self.assertIn(path, deviation.activity_ids[0].note)
        self.quality_manager.password = "Correct-Horse-9"
        self.authenticate(self.quality_manager.login, "Correct-Horse-9")
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("image/svg+xml"))
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
        self.assertIn("<circle", answer.text, "The bad reading")
        self.assertIn("stroke-dasharray", answer.text, "The limit")
        stranger = self.env["res.users"].create(
            {"name": "Stranger", "login": "stranger@example.com", "password": "Correct-Horse-9"}
        )
        self.authenticate(stranger.login, "Correct-Horse-9")
        self.assertNotIn("<svg", self.url_open(path).text)
        self.assertGreater(deviation.opened_ms, T0 + SECOND)
