# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The page of a plan's stages: one call saves the order, for those who may and in drafts only."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestPlanEditor(ProcessControlCase):
    def setUp(self):
        super().setUp()
        self.draft = self._create_plan(code="T-NEW")

    def get_names(self, plan):
        plan.invalidate_recordset()
        return plan.stage_ids.mapped("name")

    def test_order(self):
        reception, pasteurisation, filling = self.draft.stage_ids.ids
        self.draft.with_user(self.engineer).action_order_stages(
            [filling, reception, pasteurisation]
        )
        self.assertEqual(self.get_names(self.draft), ["Filling", "Reception", "Pasteurisation"])
        names = [stage["name"] for stage in self.draft._prepare_content()["stages"]]
        self.assertEqual(names, ["Filling", "Reception", "Pasteurisation"])

    def test_each_stage_once_and_no_other(self):
        ids = self.draft.stage_ids.ids
        wrong = (ids[:2], [*ids, ids[0]], [ids[0], ids[0], ids[1]], [*ids[:2], "x"])
        for stage_ids in (*wrong, self.plan.stage_ids.ids, []):
            with self.subTest(stage_ids=stage_ids), self.assertRaisesRegex(UserError, "Load"):
                self.draft.with_user(self.engineer).action_order_stages(stage_ids)

    def test_drafts_only(self):
        self.draft.with_user(self.engineer).action_submit()
        for plan in (self.draft, self.plan):
            with self.assertRaises(UserError):
                plan.with_user(self.engineer).sudo().action_order_stages(plan.stage_ids.ids[::-1])

    def test_engineers_only(self):
        for user in (self.operator, self.supervisor, self.quality_manager, self.integration):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.draft.with_user(user).sudo().action_order_stages(self.draft.stage_ids.ids)

    def test_the_page_opens_for_readers(self):
        action = self.plan.with_user(self.operator).action_open_editor()
        self.assertEqual(action["tag"], "process_control.plan_editor")
        self.assertEqual(action["context"]["active_id"], self.plan.id)
