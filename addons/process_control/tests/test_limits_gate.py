# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Computed limits and frequencies in a plan and at its gate (A5, A8, A15, A18)."""

import json

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.process_monitoring.tests.common import SECOND

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestLimitsGate(ProcessControlCase):
    def lethal_plan(self, **vals):
        """A plan whose second stage asks for 15 PU, for holding time, and for a reading a shift."""
        plan = self._create_plan(code="T-PU")
        requirement = plan.stage_ids[1].requirement_ids
        requirement.with_user(self.engineer).write(
            {
                "flow_sensor_id": self.flow_sensor.id,
                "tube_volume_l": 4.7917,
                "velocity_factor_source": "Salt test",
                "flow_max_age_s": 3600,
                "lethality_method": "pu",
                "limit_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "kind": "critical",
                                "operator": "ge",
                                "quantity": quantity,
                                "value": value,
                            }
                        )
                        for quantity, value in (("holding_time", 15.0), ("lethality", 15.0))
                    ),
                ],
                **vals,
            }
        )
        return plan

    def start(self, plan):
        self._approve(plan)
        run = self.start_batch(process_plan_id=plan.id)
        self.pass_reception(run)
        self.deliver(1150.0, sensor="t-flow")
        return run, self.start_pasteurisation(run)

    def codes(self, stage):
        return sorted(blocker["code"] for blocker in stage._gate_blockers(self.clock))

    def test_a5_lethality_blocks_until_it_is_reached(self):
        run, stage = self.start(self.lethal_plan())
        self.deliver(*[65.0] * 7)
        blocker, approval = stage._gate_blockers(self.clock)
        self.assertEqual((blocker["code"], approval["code"]), ("lethality", "approval"))
        self.assertRegex(
            blocker["message"], r"PU \(Tref 60 °C, z 7 °C\) is 5\.1\d+, ≥ 15 is required"
        )
        self.assertEqual(
            stage.evaluate()["readiness_assessment"]["compliance_status"], "incomplete"
        )
        with self.assertRaisesRegex(UserError, "≥ 15 is required"):
            stage.action_complete()
        self.deliver(*[65.0] * 13)
        self.assertEqual(self.codes(stage), ["approval"])
        stage.action_complete(end_ms=self.clock - 10 * SECOND)
        self.sign_evaluation(stage)
        stage.action_complete()
        self.assertEqual(stage.state, "complete")
        self.assertFalse(run.sudo().deviation_ids)
        self.assertTrue(stage.sudo()._is_conforming())

    def test_a5_a_stage_that_fails_below_its_lethality_is_a_deviation(self):
        run, stage = self.start(self.lethal_plan())
        self.deliver(*[65.0] * 7)
        run.with_user(self.supervisor).action_abort(reason="Pump broken")
        self.assertEqual(stage.state, "failed")
        deviation = run.sudo().deviation_ids
        self.assertEqual((deviation.kind, deviation.control_class), ("breach", "ccp"))
        self.assertIn("lethality ≥ 15", deviation.description)

    def test_a5_short_holding_holds_the_batch(self):
        run, stage = self.start(self.lethal_plan())
        self.deliver(65.0, step=SECOND)
        self.deliver(1214.8, sensor="t-flow", step=SECOND)
        self.deliver(65.0, step=SECOND)
        self.evaluate(stage)
        self.assertEqual((run.state, stage.state), ("held", "held"))
        self.assertIn("14.19996", run.sudo().deviation_ids.description)

    def test_a8_a_hold_is_a_pause_for_its_cycles(self):
        run, stage = self.start(self.lethal_plan())
        self.deliver(65.0)
        run.action_hold(reason="Look")
        cycle = stage.sudo().cycle_ids
        self.assertTrue(cycle._get_schedule().is_paused)
        run.action_restart()
        self.assertFalse(cycle._get_schedule().is_paused)
        self.assertEqual(len(cycle.pauses), 1)

    def test_remaining_time_in_words(self):
        _run, stage = self.start(self.lethal_plan())
        self.deliver(65.0, 65.0)
        [live] = stage.sudo().cycle_ids.get_live_values()
        self.assertEqual(live["remaining"], "Pasteurisation: 50 s of 1 min still to be measured")
        self.assertIn("PU (Tref 60 °C, z 7 °C): ", live["lethality"])
        self.assertEqual(live["due"], "at least every 10 s")
        self.assertIn("t-flow = 1150 l/h", live["basis"])
        self.deliver(*[65.0] * 5)
        self.assertFalse(stage.sudo().cycle_ids.get_live_values()[0]["remaining"])

    # -- the plan -------------------------------------------------------------------------------

    def test_a18_settings_are_hashed_and_frozen(self):
        plan = self.lethal_plan()
        self._approve(plan)
        self.assertTrue(plan.is_hash_valid)
        content = plan.sudo()._prepare_content()["stages"][1]["requirements"][0]["monitoring"]
        self.assertEqual(
            content["lethality"], {"method": "pu", "reference_c": "60.0", "z_c": "7.0"}
        )
        self.assertEqual(content["holding"]["volume_l"], "4.7917")
        requirement = plan.sudo().stage_ids[1].requirement_ids
        for vals in ({"tube_volume_l": 9.0}, {"z_c": 9.0}, {"velocity_factor": 2.0}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                requirement.write(vals)

    def test_a19_the_factor_needs_its_source(self):
        plan = self.lethal_plan(velocity_factor_source=False)
        self.assertIn("source of the fastest particle", plan.incomplete_reasons)
        plan.stage_ids[1].requirement_ids.velocity_factor_source = "Salt test"
        plan.invalidate_recordset(["incomplete_reasons"])
        self.assertFalse(plan.incomplete_reasons)

    def test_a19_a_ccp_is_not_read_on_demand_only(self):
        plan = self._create_plan(code="T-DEMAND")
        plan.stage_ids[1].requirement_ids.frequency = "on_demand"
        self.assertIn("on demand only", plan.incomplete_reasons)

    def test_a_plan_comes_back_from_its_file(self):
        plan = self.lethal_plan()
        flow_in = plan.stage_ids[0].requirement_ids
        flow_in.write({"frequency": "per_shift", "tolerance_s": 900})
        content = plan.sudo()._prepare_content()
        again = (
            self.env["process.plan"]
            .with_user(self.engineer)
            ._do_import(json.dumps({**content, "code": "T-PU-2"}).encode())
        )
        before, after = content["stages"], again.sudo()._prepare_content()["stages"]
        self.assertEqual(after, before)
        self.assertTrue(after[0]["requirements"][0]["monitoring"]["calendar"])

    def test_what_differs_is_said_in_words(self):
        plan = self.lethal_plan()
        self._approve(plan)
        plan.with_user(self.engineer).action_new_revision()
        newer = self.env["process.plan"].search([("code", "=", "T-PU")], order="revision desc")[0]
        requirement = newer.stage_ids[1].requirement_ids
        requirement.write({"lethality_method": "p0", "tube_volume_l": 5.0})
        wizard = self.env["process.plan.compare.wizard"].create(
            {"plan_id": newer.id, "other_id": plan.id}
        )
        rows = {(row["part"], row["old"], row["new"]) for row in wizard._prepare_rows()}
        self.assertIn(
            (
                "Lethality",
                "pu: Tref 60.0 °C, z 7.0 °C",
                "p0: Tref 70.0 °C, z 10.0 °C",
            ),
            rows,
        )
        self.assertIn(
            ("Flow through the tube", "t-flow, 4.7917 l, × 1.0", "t-flow, 5.0 l, × 1.0"), rows
        )
