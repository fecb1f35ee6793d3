# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A14: every state and command, stages in order, repetition, times as they were measured."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.process_monitoring.clock import now_ms
from odoo.addons.process_monitoring.tests.common import MINUTE, SECOND

from ..models.process_plan import STATES as PLAN_STATES
from ..models.process_plan import TRANSITIONS as PLAN_TRANSITIONS
from ..models.process_run import STATES
from ..models.process_stage import STATES as STAGE_STATES
from ..models.process_stage import TRANSITIONS as STAGE_TRANSITIONS
from ..tools import isa88
from .common import GOOD, ProcessControlCase


@tagged("post_install", "-at_install")
class TestBatchStates(ProcessControlCase):
    def test_states_are_those_of_the_model(self):
        self.assertEqual([code for code, _label in STATES], list(isa88.STATES))
        stage_states = {code for code, _label in STAGE_STATES}
        self.assertEqual({s for pair in STAGE_TRANSITIONS for s in pair}, stage_states)
        plan_states = {code for code, _label in PLAN_STATES}
        self.assertEqual({s for pair in PLAN_TRANSITIONS for s in pair}, plan_states)

    def test_all_96_pairs(self):
        run = self.start_batch().sudo()
        legal = 0
        for command in isa88.COMMANDS:
            for state in isa88.STATES:
                with self.subTest(command=command, state=state):
                    legal += self.check_pair(run, command, state)
        self.assertEqual(legal, 25)

    def check_pair(self, run, command, state):
        """Give a command in a state; return whether it was taken."""
        run._stamp({"state": state})
        before = len(run.transition_ids)
        path = isa88.path(command, state)
        savepoint = self.cr.savepoint()
        try:
            run._do_command(command)
        except UserError as error:
            self.assertIsNone(path)
            self.assertIn("cannot be given", str(error))
            self.env.flush_all()
            run.invalidate_recordset()
            self.assertEqual(run.state, state, "an illegal command changes nothing")
            self.assertEqual(len(run.transition_ids), before, "and writes nothing")
            return False
        else:
            self.assertEqual(run.state, path[-1])
            lines = run.transition_ids.sorted("id")[before:].filtered(lambda t: not t.stage_id)
            self.assertEqual(lines[0].kind, "command")
            self.assertEqual(tuple(lines[1:].mapped("to_state")), path)
            return True
        finally:
            savepoint.rollback()
            self.env.invalidate_all()

    def test_reset_from_held_is_refused_and_abort_from_stopped_allowed(self):
        run = self.start_batch()
        run.action_hold(reason="Look at the seal")
        with self.assertRaises(UserError):
            run.with_user(self.supervisor).action_reset(reason="again")
        run.with_user(self.supervisor).action_stop(reason="Seal is broken")
        self.assertEqual(run.state, "stopped")
        run.with_user(self.supervisor).action_abort(reason="Milk is lost")
        self.assertEqual(run.state, "aborted")

    def test_stages_follow_the_batch(self):
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        run.action_hold(reason="Look")
        self.assertEqual(stage.state, "held")
        run.action_restart()
        self.assertEqual(stage.state, "running")
        run.action_pause()
        self.assertEqual((run.state, stage.state), ("paused", "running"))
        run.action_resume()
        run.with_user(self.supervisor).action_abort(reason="Fire drill")
        self.assertEqual(stage.state, "failed")
        self.assertEqual(set(stage.sudo().cycle_ids.mapped("state")), {"closed"})

    def test_complete_only_when_every_stage_is_through(self):
        run = self.start_batch()
        self.pass_reception(run)
        run.sudo()._try_complete()
        self.assertEqual(run.state, "running")

    def test_reset_opens_a_new_run_and_keeps_the_old_one(self):
        order = self.create_order()
        run = self.start_batch(order)
        run.with_user(self.supervisor).action_stop(reason="Pump failed")
        with self.assertRaises(AccessError):
            run.action_reset(reason="again")
        run.with_user(self.supervisor).action_reset(reason="Pump repaired")
        self.assertEqual(run.state, "stopped")
        self.assertEqual(order.process_run_id.number, 2)
        self.assertEqual(order.process_state, "idle")
        self.assertEqual(order.process_run_id.plan_hash, run.plan_hash)

    def test_reset_after_complete_shuts_the_wall_again(self):
        order = self.create_order()
        run = self.run_through(self.start_batch(order))
        self.sign(order.lot_producing_ids, "release", self.quality_manager)
        run.with_user(self.supervisor).action_reset(reason="Once more")
        self.assertEqual(order.lot_producing_ids.release_state, "quarantine")
        with self.assertRaises(UserError):
            self.produce(order)

    def test_emergency_leads_to_a_stop_with_a_deviation_and_never_past_a_gate(self):
        for target in ("held", "stopped", "aborted"):
            with self.subTest(target=target):
                run = self.start_batch()
                with self.assertRaises(UserError), self.cr.savepoint():
                    run.action_emergency(target="complete", reason="Smoke")
                with self.assertRaises(UserError), self.cr.savepoint():
                    run.action_emergency(target=target)
                run.action_emergency(target=target, reason="Smoke")
                self.assertEqual(run.state, target)
                self.assertEqual(run.sudo().deviation_ids.reported_by_id, self.operator)
                types = run.transition_ids.filtered(lambda t: t.kind == "command")
                self.assertIn("emergency", types.mapped("transition_type"))

    def test_a_reason_and_a_role_are_needed(self):
        run = self.start_batch()
        for verb in ("action_stop", "action_abort"):
            with self.assertRaises(UserError):
                getattr(run.with_user(self.supervisor), verb)()
            with self.assertRaises(AccessError):
                getattr(run, verb)(reason="why")
        with self.assertRaises(AccessError):
            run.with_user(self.engineer).action_hold(reason="why")

    def test_an_order_is_initiated_once(self):
        order = self.create_order()
        order.action_initiate_process()
        with self.assertRaisesRegex(UserError, "already been initiated"):
            order.action_initiate_process()
        draft = self.env["mrp.production"].create({"product_id": self.milk.id})
        with self.assertRaisesRegex(UserError, "not confirmed"):
            draft.with_user(self.operator).action_initiate_process()


@tagged("post_install", "-at_install")
class TestStages(ProcessControlCase):
    def test_stages_start_in_order_and_one_at_a_time(self):
        run = self.start_batch()
        for name in ("Pasteurisation", "Filling", "Reception"):
            with self.assertRaises(UserError), self.cr.savepoint():
                self.get_stage(run, name).action_start()

    def test_minimum_duration_counts_as_measured(self):
        run = self.start_batch()
        self.pass_reception(run)
        stage = self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 6)
        self.assertEqual(stage._get_measured_ms(), 50 * SECOND)
        codes = {b["code"] for b in stage.evaluate()["blockers"]}
        self.assertEqual(codes, {"min_duration", "approval"})
        with self.assertRaisesRegex(UserError, "50 s of at least 1 min"):
            stage.action_complete()
        self.deliver(GOOD)
        codes = {b["code"] for b in stage.evaluate()["blockers"]}
        self.assertEqual(codes, {"approval"})

    def test_no_reading_no_completion(self):
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        with self.assertRaisesRegex(UserError, "no valid reading"):
            stage.action_complete()
        self.assertEqual(
            stage.evaluate()["readiness_assessment"]["compliance_status"], "incomplete"
        )

    def test_silence_at_the_end_blocks(self):
        run = self.start_batch()
        self.pass_reception(run)
        stage = self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 8)
        with self.assertRaisesRegex(UserError, "no valid reading since"), self.cr.savepoint():
            stage.action_complete(end_ms=self.clock + MINUTE)
        self.complete_ccp(stage)
        self.assertEqual(stage.state, "complete")

    def test_maximum_duration_needs_a_closed_deviation(self):
        plan = self._new_plan_with(max_duration=70)
        order = self.create_order(process_plan_id=plan.id)
        run = self.start_batch(order)
        self.pass_reception(run)
        stage = self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 9)
        with self.assertRaisesRegex(UserError, "at most"):
            stage.action_complete()
        ids = stage.action_record_deviation(description="Pump slow: 80 s")
        deviation = self.env["process.deviation"].browse(ids)
        self.decide(deviation)
        stage.action_repeat()
        attempt = self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 7)
        self.complete_ccp(attempt)
        self.close(deviation)
        self.assertEqual((stage.state, attempt.state), ("failed", "complete"))

    def _new_plan_with(self, **vals):
        plan = self._create_plan(code="T-MILK-X")
        plan.stage_ids[1].with_user(self.engineer).write(vals)
        self._approve(plan)
        return plan

    # -- late entries ---------------------------------------------------------------------------

    def test_late_entry_keeps_both_times(self):
        before = now_ms()
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        self.assertEqual(stage.start_ms, self.clock)
        self.assertGreaterEqual(stage.started_at_ms, before)
        self.assertTrue(stage.is_late_entry)
        self.assertEqual(run.start_ms, self.clock)

    def test_a_start_is_not_in_the_future_and_not_too_far_back(self):
        order = self.create_order()
        order.action_initiate_process()
        run = order.process_run_id.with_user(self.operator)
        for wrong in (now_ms() + MINUTE, now_ms() - 241 * MINUTE, -1, "now", True, 1.5):
            with self.subTest(start_ms=wrong), self.assertRaises(UserError), self.cr.savepoint():
                run.action_start(start_ms=wrong)
        self.assertEqual(run.state, "idle")

    def test_a_stage_does_not_start_before_the_one_before_was_done(self):
        run = self.start_batch()
        self.pass_reception(run)
        stage = self.get_stage(run, "Pasteurisation")
        with self.assertRaisesRegex(UserError, "lasted until"), self.cr.savepoint():
            stage.action_start(start_ms=self.clock - MINUTE)
        stage.action_start()
        self.assertFalse(stage.is_late_entry)

    def test_an_end_is_not_before_the_last_reading(self):
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        self.deliver(900.0, 900.0, sensor="t-flow")
        for wrong in (self.clock - 15 * SECOND, now_ms() + MINUTE):
            with self.assertRaises(UserError), self.cr.savepoint():
                stage.action_complete(end_ms=wrong)
        stage.action_complete(end_ms=self.clock)
        self.assertEqual(stage.end_ms, self.clock)

    # -- repetition -----------------------------------------------------------------------------

    def test_a17_rework_by_a_supervisor_opens_what_came_after(self):
        run = self.start_batch()
        first = self.pass_reception(run)
        second = self.pass_pasteurisation(run)
        readings = self.get_readings().read(["source_ms", "value", "verdict"])
        with self.assertRaises(AccessError):
            first.action_repeat(reason="Wrong tank")
        with self.assertRaises(UserError):
            first.with_user(self.supervisor).action_repeat()
        first.with_user(self.supervisor).action_repeat(reason="Wrong tank")
        attempts = run._get_current_stages()
        self.assertEqual(attempts.mapped("attempt"), [2, 2, 1])
        self.assertEqual(set(attempts.mapped("state")), {"pending"})
        self.assertEqual((first | second).mapped("state"), ["complete", "complete"])
        self.assertEqual(self.get_readings().read(["source_ms", "value", "verdict"]), readings)
        kinds = run.transition_ids.filtered(lambda t: t.command == "repeat")
        self.assertEqual(set(kinds.mapped("transition_type")), {"rollback"})
        with self.assertRaises(UserError):
            first.with_user(self.supervisor).action_repeat(reason="A frozen attempt")
        attempts[0].with_user(self.operator).action_start(start_ms=self.clock)

    def test_a_reading_belongs_to_one_attempt(self):
        run = self.start_batch()
        stage = self.breach(run)
        self.decide(run.sudo().deviation_ids)
        attempt = stage.browse(stage.action_repeat())
        last_ms = max(stage.sudo().cycle_ids.mapped("last_source_ms"))
        with self.assertRaises(UserError), self.cr.savepoint():
            attempt.action_start(start_ms=last_ms)
        attempt.action_start(start_ms=last_ms + 1)
        self.assertFalse(sum(attempt.sudo().cycle_ids.mapped("reading_count")))

    def test_skip_takes_the_plan_a_supervisor_and_leaves_a_deviation(self):
        plan = self._create_plan(code="T-MILK-S")
        plan.stage_ids[2].with_user(self.engineer).is_skippable = True
        self._approve(plan)
        run = self.start_batch(self.create_order(process_plan_id=plan.id))
        self.pass_reception(run)
        with self.assertRaisesRegex(UserError, "does not allow"):
            self.sign(self.get_stage(run, "Pasteurisation"), "skip", self.supervisor)
        self.pass_pasteurisation(run)
        stage = self.get_stage(run, "Filling")
        with self.assertRaises(AccessError):
            self.sign(stage, "skip", self.operator)
        self.sign(stage, "skip", self.supervisor, "Goes to the tank truck")
        self.assertEqual(stage.state, "skipped")
        self.assertEqual(run.state, "running", "the deviation is open")
        self.assertEqual(run.sudo().deviation_ids.stage_id, stage)

    def test_two_completes_one_wins(self):
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        self.deliver(900.0, sensor="t-flow")
        stage.action_complete()
        with self.assertRaisesRegex(UserError, "is complete"):
            stage.action_complete()

    def test_held_stage_is_not_silent(self):
        run = self.start_batch()
        self.pass_reception(run)
        stage = self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 3)
        run.action_hold(reason="Look")
        cycle = stage.sudo().cycle_ids
        self.assertFalse(cycle._find_silence(now_ms() + MINUTE))
        run.action_restart()
        self.assertFalse(cycle._find_silence(now_ms()))
