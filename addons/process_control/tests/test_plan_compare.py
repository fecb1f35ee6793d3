# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two revisions side by side: what was added, removed and changed, in words."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestPlanCompare(ProcessControlCase):
    def setUp(self):
        super().setUp()
        action = self.plan.with_user(self.engineer).action_new_revision()
        self.draft = self.env["process.plan"].with_user(self.engineer).browse(action["res_id"])

    def compare(self, user=None):
        action = self.draft.with_user(user or self.engineer).action_compare()
        return (
            self.env[action["res_model"]].with_user(user or self.engineer).browse(action["res_id"])
        )

    def test_nothing_differs(self):
        wizard = self.compare()
        self.assertEqual(wizard.other_id, self.plan)
        self.assertIn("say the same", wizard.table)

    def test_a_limit_a_stage_and_a_requirement(self):
        reception, pasteurisation, filling = self.draft.stage_ids
        critical = pasteurisation.requirement_ids.limit_ids.filtered(
            lambda limit: limit.kind == "critical"
        )
        critical.value = 72.3
        pasteurisation.min_duration = 90
        pasteurisation.requirement_ids.frequency = "interval"
        reception.requirement_ids.unlink()
        filling.unlink()
        self.draft.stage_ids = [
            Command.create(
                {
                    "name": "Cooling",
                    "sequence": 99,
                    "requirement_ids": [Command.create(self._prepare_ccp(name="Cooler"))],
                }
            )
        ]
        found = {
            (row["kind"], row["stage"], row["part"]): (row["old"], row["new"])
            for row in self.compare()._prepare_rows()
        }
        limit = found["Changed", "Pasteurisation", "Limit"]
        self.assertIn("72.0", limit[0])
        self.assertIn("72.3", limit[1])
        self.assertEqual(found["Changed", "Pasteurisation", "At least"], ("60 s", "90 s"))
        self.assertEqual(
            found["Changed", "Pasteurisation", "Frequency"], ("Continuous", "At intervals")
        )
        self.assertEqual(found["Removed", "Filling", "Stage"], ("Filling", ""))
        self.assertEqual(found["Added", "Cooling", "Stage"], ("", "Cooling: Cooler"))
        self.assertIn(("Removed", "Reception", "Requirement"), found)
        self.assertEqual(len(found), 6)
        table = self.compare(self.operator).table
        self.assertIn("72.3", table)

    def test_names_are_text_and_not_html(self):
        self.draft.stage_ids[0].name = "<b>Reception</b>"
        self.assertNotIn("<b>", self.compare().table)

    def test_the_window_offers_revisions_of_this_plan(self):
        with Form(self.compare()) as form:
            self.assertEqual(form.other_id, self.plan)

    def test_another_company_is_not_compared(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["process.plan"].create({"name": "Secret", "company_id": other.id})
        wizard = self.env["process.plan.compare.wizard"].with_user(self.engineer)
        with self.assertRaises(AccessError):
            wizard.create({"plan_id": self.draft.id, "other_id": theirs.id}).read(["table"])
