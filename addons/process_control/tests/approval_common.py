# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two levels of approval to test with."""

from unittest.mock import patch

from odoo.fields import Command

from .common import ProcessControlCase


class ApprovalCase(ProcessControlCase):
    """A plan whose first stage takes two levels of approval, and a batch that is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls._create_plan(code="T-MILK-A")
        plan.stage_ids[0].with_user(cls.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "sequence": 1, "role": "supervisor"}),
            Command.create({"name": "Quality", "sequence": 2, "role": "quality_manager"}),
        ]
        cls._approve(plan)
        cls.approval_plan = plan
        cls.second_supervisor = cls._create_user("supervisor", name="Second supervisor")
        cls.both = cls._create_user("supervisor", name="Both", tz="UTC")
        cls.both.group_ids += cls.env.ref(
            "process_monitoring.group_process_monitoring_quality_manager"
        )

    def setUp(self):
        super().setUp()
        order = self.create_order(process_plan_id=self.approval_plan.id)
        self.run_record = self.start_batch(order)
        self.stage = self.get_stage(self.run_record, "Reception")

    def reach_gate(self, user=None):
        self.deliver(900.0, sensor="t-flow")
        return self.stage.with_user(user or self.operator).action_complete()

    def escalate(self):
        """Let the scheduled escalation look, within this test's transaction."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60.0):
            self.env["process.approval"]._cron_escalate()

    def get_approvals(self):
        return self.stage.approval_ids.sorted("id")
