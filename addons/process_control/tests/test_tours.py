# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people do in the browser; what sensors say comes in between."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.process_monitoring.tools.sample import Sample

from .common import BAD, GOOD, ProcessControlCase

ORDERS = "mrp.mrp_production_action"
PLANS = "process_control.process_plan_action"
DEVIATIONS = "process_monitoring.process_deviation_action"


class TourCase(ProcessControlCase, HttpCase):
    def tour(self, action, name, user, record=None):
        user.password = user.login
        path = f"/odoo/action-{action}" + (f"/{record.id}" if record else "")
        self.start_tour(path, f"process_control_{name}", login=user.login, timeout=120)
        self.env.invalidate_all()

    def create_quick_order(self):
        """Return an order whose stages a tour can run through: a second of measuring is enough."""
        plan = self._create_plan(code="T-MILK-QUICK")
        plan.stage_ids[1].min_duration = 1
        self._approve(plan)
        return self.create_order(process_plan_id=plan.id)

    @contextmanager
    def line_runs(self):
        """The sensors of a stage speak as soon as somebody starts it, two seconds of good milk."""
        stages = self.registry["process.stage"]
        start = stages._do_start

        def start_and_measure(stage, *args, **kwargs):
            result = start(stage, *args, **kwargs)
            sensors = {"Reception": ("t-flow", 900.0), "Pasteurisation": ("t-temp", GOOD)}
            if stage.name in sensors:
                code, value = sensors[stage.name]
                times = [stage.start_ms + 500 * index for index in range(5)]
                stage.env["process.reading"]._ingest(
                    [Sample(code, ms, value=value) for ms in times]
                )
            return result

        with patch.object(stages, "_do_start", start_and_measure):
            yield


@tagged("post_install", "-at_install")
class TestTours(TourCase):
    def test_write_and_approve_a_plan(self):
        self.tour(PLANS, "write_plan", self.engineer)
        plan = self.env["process.plan"].search([("process_type", "=", "tour_milk")])
        self.assertEqual(plan.state, "in_review")
        self.assertEqual(plan.stage_ids.mapped("name"), ["Reception", "Filling"])
        self.tour(PLANS, "approve_plan", self.supervisor, plan)
        self.assertEqual(plan.state, "approved")
        self.assertEqual(plan.approved_by_id, self.supervisor)
        self.assertTrue(plan.is_hash_valid)

    def test_emergency_stop(self):
        order = self.create_order()
        run = self.start_batch(order)
        self.tour(ORDERS, "emergency_stop", self.operator, order)
        self.assertEqual(run.state, "stopped")
        self.assertIn("Steam leak", run.deviation_ids.description)

    def test_run_a_batch_to_done(self):
        order = self.create_quick_order()
        with self.line_runs():
            self.tour(ORDERS, "run_to_evaluation", self.operator, order)
            self.tour(ORDERS, "evaluate", self.quality_manager)
            self.tour(ORDERS, "run_to_done", self.operator, order)
        run = order.process_run_id
        self.assertEqual((order.state, run.state), ("done", "complete"))
        self.assertEqual(order.lot_producing_ids.release_state, "quarantine")

    def test_blocked_decided_repeated(self):
        order = self.create_quick_order()
        run = self.start_batch(order)
        self.pass_reception(run)
        first = self.start_pasteurisation(run)
        self.deliver(GOOD, BAD, BAD, GOOD)
        self.evaluate(first)
        self.assertEqual(run.state, "held")
        self.tour(ORDERS, "blocked", self.operator, order)
        deviation = run.sudo().deviation_ids
        self.tour(DEVIATIONS, "decide", self.quality_manager, deviation)
        self.assertEqual((deviation.state, deviation.disposition), ("decided", "reprocess"))
        with self.line_runs():
            self.tour(ORDERS, "repeat", self.operator, order)
            second = self.get_stage(run, "Pasteurisation")
            self.sign_evaluation(second)
            self.tour(ORDERS, "after_repeat", self.operator, order)
        self.assertEqual((first.state, second.state, second.attempt), ("failed", "complete", 2))
        self.decide_rest(deviation)
        self.close(deviation)
        self.assertEqual(run.state, "complete")

    def decide_rest(self, deviation):
        """Name cause and prevention, as closing asks for."""
        deviation.with_user(self.quality_manager).write(
            {
                "cause_category": "machine",
                "cause": "Steam valve stuck",
                "correction": "Valve freed",
                "prevention": "Valve replaced, monthly check",
            }
        )

    def test_two_levels_by_two_people(self):
        both = self._create_user("supervisor", name="Both")
        both.group_ids += self.quality_manager.group_ids
        plan = self._create_plan(code="T-MILK-LEVELS")
        plan.stage_ids[0].with_user(self.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "sequence": 1, "role": "supervisor"}),
            Command.create({"name": "Quality", "sequence": 2, "role": "quality_manager"}),
        ]
        self._approve(plan)
        run = self.start_batch(self.create_order(process_plan_id=plan.id))
        stage = self.get_stage(run, "Reception")
        self.deliver(900.0, sensor="t-flow")
        stage.action_complete()
        self.tour(ORDERS, "approve_first", both)
        self.tour(ORDERS, "approve_second", self.quality_manager)
        approvals = stage.approval_ids.sorted("id")
        self.assertEqual(approvals.mapped("state"), ["approved", "approved"])
        signers = approvals.mapped("signature_ids.user_id")
        self.assertEqual(signers, both | self.quality_manager)
        stage.action_complete()
        self.assertEqual(stage.state, "complete")
