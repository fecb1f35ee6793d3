# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Observed requirements: answers that the plan judges (A7, A19), and entries for one window."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools.sample import Sample
from .common import MINUTE, T0, ProcessMonitoringCase


class AnswerCase(ProcessMonitoringCase):
    """Offers `strip`, a place where phosphatase is tested, and `observe` to make requirements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phosphatase = cls._create_parameter("t-phosphatase", "state", False)
        cls.strip = cls._create_sensor("t-strip", cls.phosphatase)

    @classmethod
    def observe(cls, answers=(("negative", True), ("positive", False)), **vals):
        return cls._create_requirement(
            "Phosphatase",
            [],
            **{
                "sensor": cls.strip,
                "control_class": "oprp",
                "frequency": "per_batch",
                "is_manual": True,
                "instruction": "Strip into the sample, wait 3 minutes, compare the colour.",
                "answer_ids": [
                    Command.create({"name": name, "is_conforming": conforms})
                    for name, conforms in answers
                ],
                **vals,
            },
        )


@tagged("post_install", "-at_install")
class TestAnswers(AnswerCase):
    def judge(self, text, **vals):
        cycle = self.open_cycle(self.observe(**vals))
        self.feed((T0 + MINUTE, text), sensor="t-strip")
        cycle._evaluate(T0 + 2 * MINUTE)
        return cycle

    def test_a7_the_plan_says_what_conforms(self):
        cycle = self.judge("negative")
        self.assertEqual((cycle.last_text, cycle.last_verdict), ("negative", "conform"))
        self.assertEqual((cycle.conform_count, cycle.breach_count), (1, 0))
        self.assertFalse(cycle._get_findings(T0 + 2 * MINUTE))

    def test_a7_an_answer_that_does_not_conform_is_a_breach(self):
        cycle = self.judge("positive")
        self.assertEqual(cycle.status, "breach")
        self.assertEqual(cycle.deviation_ids.kind, "breach")
        self.assertIn("“positive”, conforming: negative", cycle.alert_ids.message)
        self.assertEqual(self.get_readings(self.strip).verdict, "critical")

    def test_a7_an_answer_nobody_listed_shows_nothing(self):
        cycle = self.judge("Negative")
        self.assertEqual(cycle.last_verdict, "unusable")
        codes = [finding["code"] for finding in cycle._get_findings(T0 + 2 * MINUTE)]
        self.assertIn("missing_reading", codes)

    def test_of_class_quality_it_holds_nothing(self):
        cycle = self.judge("positive", control_class="quality")
        self.assertEqual(cycle.last_verdict, "quality")
        self.assertFalse(cycle.deviation_ids)

    def test_a4_only_while_the_condition_holds(self):
        requirement = self.observe(condition_sensor_id=self.valve.id, condition_value="forward")
        cycle = self.open_cycle(requirement)
        self.feed((T0, "divert"), sensor="t-valve")
        self.feed((T0 + 1000, "positive"), sensor="t-strip")
        self.assertEqual(cycle.last_verdict, "not_applicable")

    def test_the_list_is_frozen_with_the_cycle(self):
        requirement = self.observe()
        cycle = self.open_cycle(requirement)
        requirement.answer_ids.filtered(lambda a: a.name == "positive").is_conforming = True
        self.feed((T0 + MINUTE, "positive"), sensor="t-strip")
        self.assertEqual(cycle.last_verdict, "critical")

    def test_several_answers_conform(self):
        answers = [("clean", True), ("wiped again", True), ("soiled", False)]
        self.assertEqual(self.observe(answers).limits_text, "clean / wiped again")
        self.assertEqual(
            self.judge(
                "wiped again",
                answer_ids=[
                    Command.create({"name": name, "is_conforming": conforms})
                    for name, conforms in answers
                ],
            ).last_verdict,
            "conform",
        )

    def test_without_a_list_a_state_is_not_judged(self):
        cycle = self.judge("open", answer_ids=[])
        self.assertEqual(cycle.last_verdict, "unjudged")

    def test_a_measured_requirement_has_no_answers(self):
        with self.assertRaisesRegex(ValidationError, "measured, not observed"):
            self.ccp.answer_ids = [Command.create({"name": "fine", "is_conforming": True})]

    def test_one_answer_has_to_conform(self):
        with self.assertRaisesRegex(ValidationError, "no answer conforms"):
            self.observe([("positive", False)])

    def test_an_answer_that_nobody_could_give(self):
        with self.assertRaisesRegex(ValidationError, "blanks"):
            self.observe([("negative ", True)])

    # -- entered for one window ---------------------------------------------------------------

    def test_an_entry_counts_for_its_window_only(self):
        requirement = self.observe()
        mine, other = self.open_cycle(requirement), self.open_cycle(requirement)
        sample = Sample("t-strip", T0 + MINUTE, text="positive", origin="manual", cycle=mine.id)
        with self.at_ms(T0 + MINUTE):
            self.env["process.reading"]._ingest([sample])
        self.assertEqual((mine.reading_count, other.reading_count), (1, 0))
        self.assertEqual(mine.last_verdict, "critical")
        reading = self.env["process.reading"]
        self.assertTrue(reading.search(mine._get_readings_domain()))
        self.assertFalse(reading.search(other._get_readings_domain()))

    def test_a_window_opened_late_does_not_take_it_either(self):
        requirement = self.observe()
        mine = self.open_cycle(requirement)
        sample = Sample("t-strip", T0 + MINUTE, text="positive", origin="manual", cycle=mine.id)
        with self.at_ms(T0 + MINUTE):
            self.env["process.reading"]._ingest([sample])
        late = self.open_cycle(requirement, start_ms=T0)
        self.assertFalse(late.reading_count)
