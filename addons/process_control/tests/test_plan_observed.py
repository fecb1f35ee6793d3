# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Observed requirements in a plan: what is approved (A19), frozen (A18), exported and compared."""

import base64
import json

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestPlanObserved(ProcessControlCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phosphatase = cls._create_parameter("t-phosphatase", "state", False)
        cls.strip = cls._create_sensor("t-strip", cls.phosphatase)
        cls.observed = cls._create_plan(code="T-OBS")
        cls.requirement = cls._observe(cls.observed)

    @classmethod
    def _observe(cls, plan, **vals):
        return cls.env["process.requirement"].create(
            {
                **cls._prepare_ccp(),
                "name": "Phosphatase",
                "parameter_id": cls.phosphatase.id,
                "sensor_id": cls.strip.id,
                "control_class": "oprp",
                "frequency": "per_batch",
                "plan_stage_id": plan.stage_ids[1].id,
                "limit_ids": [],
                "is_manual": True,
                "instruction": "Strip into the sample, wait 3 minutes.",
                "answer_ids": [
                    Command.create({"name": "negative", "is_conforming": True}),
                    Command.create({"name": "positive"}),
                ],
                **vals,
            }
        )

    # -- A19 ------------------------------------------------------------------------------------

    def test_a19_an_observed_oprp_is_approved(self):
        self._approve(self.observed)
        self.assertEqual(self.observed.state, "approved")
        self.assertTrue(self.observed.is_hash_valid)

    def test_a19_a_qualitative_critical_limit_is_not(self):
        self.requirement.control_class = "ccp"
        self.assertIn("must be measurable", self.observed.incomplete_reasons)
        with self.assertRaisesRegex(UserError, "observed, not measured"):
            self.observed.with_user(self.engineer).action_submit()

    def test_a19_not_beside_a_measured_ccp_either(self):
        self.assertIn("ccp", self.observed.stage_ids[1].requirement_ids.mapped("control_class"))
        self.requirement.write({"control_class": "ccp", "limit_rationale": "Law"})
        with self.assertRaisesRegex(UserError, "must be measurable"):
            self.observed.with_user(self.engineer).action_submit()

    def test_8543_an_observation_needs_its_instruction(self):
        for text in (False, "  "):
            self.requirement.instruction = text
            self.assertIn("instruction", self.observed.incomplete_reasons)

    def test_an_observation_needs_answers_of_both_kinds(self):
        self.requirement.answer_ids[1].is_conforming = True
        self.assertIn("every answer conforms", self.observed.incomplete_reasons)
        self.requirement.answer_ids = [Command.clear()]
        self.assertIn("answers that may be given", self.observed.incomplete_reasons)

    # -- A18 ------------------------------------------------------------------------------------

    def test_a18_answers_are_frozen_with_the_plan(self):
        self._approve(self.observed)
        answer = self.requirement.answer_ids[1]
        for attempt in (
            lambda: answer.write({"is_conforming": True}),
            answer.unlink,
            lambda: answer.copy({"name": "other"}),
            lambda: self.requirement.write({"instruction": "Look"}),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_a18_for_sql_too(self):
        self._approve(self.observed)
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "plan T-OBS revision 1 is approved"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE process_answer SET is_conforming = true WHERE requirement_id = %s",
                [self.requirement.id],
            )

    def test_a18_the_hash_covers_answers_and_instruction(self):
        before = self.observed._compute_content_hash()
        self.requirement.answer_ids[0].name = "neg"
        named = self.observed._compute_content_hash()
        self.requirement.instruction = "Other"
        self.assertEqual(len({before, named, self.observed._compute_content_hash()}), 3)

    # -- file and comparison --------------------------------------------------------------------

    def test_export_and_import(self):
        data = base64.b64decode(self.observed.document)
        wizard = self.env["process.plan.import.wizard"].with_user(self.engineer)
        action = wizard.create({"file": base64.b64encode(data)}).action_import()
        copy = self.env["process.plan"].browse(action["res_id"])
        self.assertNotEqual(copy.code, "T-OBS")
        found, wanted = copy._prepare_content(), json.loads(data)
        self.assertEqual(found["stages"], wanted["stages"])
        answers = copy.stage_ids[1].requirement_ids[1].answer_ids
        self.assertEqual(
            answers.mapped(lambda a: (a.name, a.is_conforming)),
            [("negative", True), ("positive", False)],
        )

    def test_a_copy_brings_its_answers(self):
        copy = self.observed.with_user(self.engineer).copy()
        self.assertEqual(len(copy.stage_ids.requirement_ids.answer_ids), 2)

    def test_the_comparison_names_the_answer(self):
        copy = self.observed.with_user(self.engineer).copy()
        requirement = copy.stage_ids.requirement_ids.filtered("answer_ids")
        requirement.answer_ids[1].is_conforming = True
        requirement.answer_ids = [Command.create({"name": "unclear"})]
        wizard = self.env["process.plan.compare.wizard"].create(
            {"plan_id": copy.id, "other_id": self.observed.id}
        )
        rows = [row for row in wizard._prepare_rows() if row["item"] == "Phosphatase"]
        words = [(row["kind"], row["part"], row["old"], row["new"]) for row in rows]
        self.assertEqual(
            words,
            [
                ("Changed", "Answer", "“positive” does not conform", "“positive” conforms"),
                ("Added", "Answer", "", "“unclear” does not conform"),
            ],
        )
