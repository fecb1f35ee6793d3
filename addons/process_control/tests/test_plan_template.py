# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A plan as a template: copied, written to a file, read back, and never more than a draft."""

import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..tools import plan_document
from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestPlanTemplate(ProcessControlCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workcenter = cls.env["mrp.workcenter"].create({"name": "Pasteuriser 1", "code": "P1"})
        cls.rich = cls._create_plan(code="T-RICH", bom_id=cls.bom.id, change_note="First")
        stage = cls.rich.stage_ids[1]
        stage.write(
            {
                "workcenter_id": cls.workcenter.id,
                "max_duration": 90.5,
                "entry_criteria": "Tank is released",
                "approval_level_ids": [
                    Command.create({"name": "Shift", "role": "supervisor", "deadline_min": 5}),
                    Command.create(
                        {"name": "QM", "role": "quality_manager", "sequence": 2, "minimum": 2}
                    ),
                ],
            }
        )
        stage.requirement_ids.limit_ids[0].rationale = "Validation 2024"
        cls.auditor = cls.env["res.users"].create(
            {
                "name": "Auditor",
                "login": "t-plan-auditor",
                "group_ids": [
                    Command.link(cls.env.ref("audit_chain.group_audit_chain_auditor").id)
                ],
            }
        )
        cls.plans = cls.env["process.plan"].with_user(cls.engineer)

    def export(self, plan) -> bytes:
        return base64.b64decode(plan.document)

    def read_rich(self) -> dict:
        return json.loads(self.export(self.rich))

    def import_document(self, document, user=None):
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        wizard = self.env["process.plan.import.wizard"].with_user(user or self.engineer)
        action = wizard.create({"file": base64.b64encode(data)}).action_import()
        return self.env["process.plan"].browse(action["res_id"])

    def test_round_trip_is_identical(self):
        before, content_hash = self.export(self.rich), self.rich._compute_content_hash()
        self.rich.with_user(self.engineer).unlink()
        plan = self.import_document(before)
        self.assertEqual(self.export(plan), before)
        self.assertEqual(plan._compute_content_hash(), content_hash)
        self.assertEqual(plan.state, "draft")

    def test_the_code_is_taken(self):
        plan = self.import_document(self.export(self.plan))
        self.assertNotEqual(plan.code, self.plan.code)
        self.assertEqual((plan.revision, plan.state, plan.author_id), (1, "draft", self.engineer))
        there, here = json.loads(self.export(self.plan)), json.loads(self.export(plan))
        self.assertEqual({**there, "code": plan.code}, here)
        self._approve(plan)

    def test_an_import_is_a_draft_whatever_it_says(self):
        for extra in ({"state": "approved"}, {"content_hash": "0" * 64}, {"is_one_off": True}):
            with self.assertRaisesRegex(UserError, "not a part of a plan"):
                self.import_document({**self.read_rich(), **extra})
        wizard = self.env["process.plan.import.wizard"].with_user(self.engineer)
        wizard = wizard.create({"file": base64.b64encode(self.export(self.rich))})
        with self.assertRaises(UserError):
            wizard.with_context(default_state="approved").action_import()

    def test_unknown_references_are_named_and_nothing_is_imported(self):
        document = self.read_rich()
        document["product"] = "no-milk"
        stage = document["stages"][1]
        stage["workcenter"] = "P9"
        stage["requirements"][0]["monitoring"]["sensor"] = "t-nowhere"
        before = self.plans.search_count([])
        with self.assertRaises(UserError) as caught:
            self.import_document(document)
        message = str(caught.exception)
        self.assertEqual(
            message,
            "Nothing was imported, because here is no product “no-milk” (the plan); "
            "no work centre “P9” (stage Pasteurisation); "
            "no sensor “t-nowhere” (stage Pasteurisation, requirement Holding tube).",
        )
        self.assertEqual(self.plans.search_count([]), before)

    def test_two_records_of_one_name(self):
        self.workcenter.copy({"code": "P1"})
        with self.assertRaisesRegex(UserError, "more than one work centre “P1”"):
            self.import_document(self.read_rich())

    def test_a_late_refusal_leaves_nothing(self):
        document = self.read_rich()
        document["stages"][2]["name"] = "Last"
        document["stages"][2].update(min_duration="5", max_duration="1")
        before = self.plans.search_count([])
        with self.assertRaisesRegex(UserError, "Last"), self.cr.savepoint():
            self.import_document(document)
        self.assertEqual(self.plans.search_count([]), before)

    def test_the_unit_of_a_parameter_differs(self):
        document = self.read_rich()
        document["stages"][1]["requirements"][0]["monitoring"]["unit"] = "K"
        with self.assertRaisesRegex(UserError, "Nothing was imported.*“K” in the file"):
            self.import_document(document)

    def test_what_is_no_plan(self):
        for data in (b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"format": "other/1"}'):
            with self.assertRaisesRegex(UserError, "Nothing was imported"):
                self.import_document(data or b" ")

    def test_every_problem_has_words(self):
        words = self.plans._get_problem_words()
        _document, problems = plan_document.read(b"{}")
        self.assertTrue(problems)
        self.assertTrue({problem.code for problem in problems} <= set(words))

    def test_only_engineers_import_and_copy(self):
        data = self.export(self.rich)
        for user in (self.operator, self.supervisor, self.quality_manager, self.auditor):
            with self.assertRaises(AccessError):
                self.import_document(data, user)
            with self.assertRaises(AccessError):
                self.env["process.plan"].with_user(user).sudo()._do_import(data)
            with self.assertRaises(AccessError):
                self.rich.with_user(user).action_copy_as_new()

    def test_copy_as_new(self):
        action = self.plan.with_user(self.engineer).action_copy_as_new()
        plan = self.env["process.plan"].browse(action["res_id"])
        self.assertEqual((plan.state, plan.revision), ("draft", 1))
        self.assertFalse(plan.previous_id)
        self.assertEqual(self.plan._prepare_content()["stages"], plan._prepare_content()["stages"])


@tagged("post_install", "-at_install")
class TestPlanDownload(ProcessControlCase, HttpCase):
    def test_download(self):
        self.operator.password = "operator-password"
        action = self.plan.with_user(self.operator).action_export()
        self.authenticate(self.operator.login, "operator-password")
        response = self.url_open(action["url"])
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, base64.b64decode(self.plan.document))
        self.assertIn("T-MILK-r1.json", response.headers["Content-Disposition"])
