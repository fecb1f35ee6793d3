# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A15: a CCP is left by the signature of who evaluated it, over a record that is whole."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.process_monitoring.tests.common import MINUTE, SECOND

from .common import BAD, GOOD, ProcessControlCase


@tagged("post_install", "-at_install")
class TestEvaluator(ProcessControlCase):
    def reach(self):
        """Return a batch at its CCP, held long enough and within all limits."""
        run = self.start_batch()
        self.pass_reception(run)
        stage = self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 8)
        return run, stage

    def codes(self, stage):
        return sorted(blocker["code"] for blocker in stage._gate_blockers(self.clock))

    def test_a15_each_reason_is_listed_by_itself(self):
        run = self.start_batch()
        self.pass_reception(run)
        stage = self.start_pasteurisation(run)
        self.assertEqual(self.codes(stage), ["approval", "min_duration", "missing_reading"])
        self.deliver(GOOD, GOOD)
        self.assertEqual(self.codes(stage), ["approval", "min_duration"])
        self.deliver(*[GOOD] * 6)
        self.assertEqual(self.codes(stage), ["approval"])
        self.sensor.calibration_due = "2020-01-01"
        self.assertEqual(self.codes(stage), ["approval", "uncalibrated"])
        self.sensor.calibration_due = False
        stage.action_record_deviation("Steam hissed")
        self.assertEqual(self.codes(stage), ["approval", "deviation"])

    def test_a15_everything_in_order_is_not_enough(self):
        run, stage = self.reach()
        notice = stage.action_complete(end_ms=self.clock)
        self.assertEqual(notice["tag"], "display_notification")
        self.assertEqual((stage.state, self.codes(stage)), ("running", ["approval_requested"]))
        order = run.production_id
        self.assertEqual(order.process_stepper[1]["label"], "Waits for approval")
        stage.action_complete()
        self.assertEqual(stage.state, "running", "asking again is no signature")
        self.sign_evaluation(stage)
        order.invalidate_recordset()
        self.assertEqual(order.process_stepper[1]["label"], "To be completed")
        stage.action_complete()
        self.assertEqual(stage.state, "complete")

    def test_a15_who_ran_the_stage_does_not_evaluate_it(self):
        _run, stage = self.reach()
        self.operator.group_ids += self.quality_manager.group_ids
        stage.action_complete()
        with self.assertRaisesRegex(UserError, "somebody else"):
            self.sign(stage.sudo().approval_ids, "approve", self.operator)
        self.assertEqual(self.codes(stage), ["approval_requested"])

    def test_measuring_ends_where_the_signature_is_asked_for(self):
        run, stage = self.reach()
        end_ms = self.clock
        stage.action_complete(end_ms=end_ms)
        cycle = stage.sudo().cycle_ids
        self.assertEqual((cycle.state, cycle.end_ms, stage.end_ms), ("closed", end_ms, end_ms))
        evidence = stage.sudo().approval_ids.evidence
        self.assertIn("≥ 72.0 °C critical", evidence, "what it is compared with is signed too")
        # the line is rinsed cold, and then it says nothing at all
        self.clock += SECOND
        self.deliver(BAD, BAD)
        self.clock += 10 * MINUTE
        self.evaluate(stage)
        self.assertEqual((run.state, stage.state), ("running", "running"))
        self.assertFalse(run.sudo().deviation_ids)
        self.assertFalse(cycle.alert_ids)
        self.sign_evaluation(stage)
        stage.action_complete()
        self.assertEqual((stage.state, stage.end_ms), ("complete", end_ms))
        self.assertEqual(stage.sudo().approval_ids.evidence, evidence)
        self.assertEqual(cycle.reading_count, 8)

    def test_the_end_that_was_signed_is_not_moved(self):
        _run, stage = self.reach()
        stage.action_complete(end_ms=self.clock)
        with self.assertRaisesRegex(UserError, "its approval was asked for"):
            stage.action_complete(end_ms=self.clock + SECOND)
        self.sign_evaluation(stage)
        stage.action_complete(end_ms=self.clock)
        self.assertEqual(stage.state, "complete")

    def test_a_breach_that_is_heard_of_later_still_holds_the_batch(self):
        run, stage = self.reach()
        late_ms = self.clock - 15 * SECOND
        stage.action_complete(end_ms=self.clock)
        self.feed((late_ms, BAD))
        self.evaluate(stage)
        self.assertEqual((run.state, stage.state), ("held", "held"))
        self.assertIn("open_deviation", self.codes(stage))

    def test_what_was_rejected_can_be_asked_again_or_repeated(self):
        _run, stage = self.reach()
        stage.action_complete()
        approval = stage.sudo().approval_ids
        self.sign(approval, "reject", self.quality_manager, "Chart of the flow is missing")
        self.assertEqual(self.codes(stage), ["approval_rejected"])
        again = self.env["process.stage"].browse(
            stage.with_user(self.supervisor).action_repeat("Flow was not recorded")
        )
        self.assertEqual((stage.state, again[0].attempt), ("failed", 2))

    def test_a_plan_whose_ccp_nobody_evaluates_is_not_handed_in(self):
        plan = self._create_plan(code="T-NOBODY")
        plan.stage_ids[1].with_user(self.engineer).approval_level_ids = [Command.clear()]
        plan.with_user(self.engineer).action_confirm_flow()
        with self.assertRaisesRegex(UserError, "Pasteurisation is a CCP, but nobody signs"):
            plan.with_user(self.engineer).action_submit()
        plan.stage_ids[0].with_user(self.engineer).approval_level_ids = [Command.clear()]
        self.assertNotIn("Reception", "\n".join(plan._get_incomplete_reasons()))

    def test_the_form_proposes_who_evaluates(self):
        plan = self._create_plan(code="T-PROPOSED")
        with Form(plan.stage_ids[2].with_user(self.engineer)) as form:
            form.is_ccp = True
        [level] = plan.stage_ids[2].approval_level_ids
        self.assertEqual(level.role, "quality_manager")
