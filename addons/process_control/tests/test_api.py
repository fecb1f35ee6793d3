# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The API as a program meets it: the five paths of the user's document."""

import json

from odoo.fields import Command
from odoo.tests import tagged

from .api_common import EXAMPLES, STAGES_CONFIG, ApiCase
from .common import BAD, GOOD


@tagged("post_install", "-at_install")
class TestApi(ApiCase):
    def test_a_batch_from_initiate_to_complete(self):
        order = self.create_order()
        process = self.initiate(order, process_type="pasteurized_milk")
        self.assertEqual([s["name"] for s in process["stages"]], self.plan.stage_ids.mapped("name"))
        self.assertEqual([s["sequence_order"] for s in process["stages"]], [10, 20, 30])
        self.assertEqual(process["plan"]["sha256"], self.plan.content_hash)
        self.assertEqual(process["state"], "idle")
        self.assertEqual(process["batch_id"], order.id)
        started = self.start(process)
        self.assertEqual(started["state"], "running")
        self.assertEqual(started["stages"][0]["state"], "running")

        path = self.get_path(process, 0)
        status, answer = self.call("POST", f"{path}/transition", {"transition_type": "normal"})
        self.assertEqual(status, 409)
        self.assertEqual(answer["blockers"][0]["code"], "missing_reading")
        self.deliver(900.0, sensor="t-flow")
        status, answer = self.call("GET", f"{path}/evaluate")
        self.assertEqual(status, 200)
        self.assertTrue(answer["can_progress"])
        self.assertFalse(answer["requires_approval"])
        self.assertEqual(answer["readiness_assessment"]["compliance_status"], "compliant")
        self.assertEqual(answer["readiness_assessment"]["blocking_issues"], [])
        self.assertTrue(answer["readiness_assessment"]["ready_for_completion"])
        self.assertEqual(
            set(answer["quality_assessment"]) - {"measurements"},
            {"quality_standards_met", "quality_score", "failed_measurements", "critical_failures"},
        )
        self.assertEqual(
            answer["available_actions"],
            ["advance_to_next_stage", "record_deviation", "add_monitoring_log"],
        )
        self.clock += 1000
        body = {
            "transition_type": "normal",
            "reason": "Stage completed successfully, all parameters within tolerance",
            "notes": "No deviations observed",
            "next_started_at": self.get_iso(self.clock),
        }
        status, answer = self.call("POST", f"{path}/transition", body)
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["stage"]["state"], "complete")
        self.assertEqual(answer["next_stage"]["state"], "running")
        self.deliver(*[GOOD] * 8)
        ccp = self.get_path(process, 1)
        status, answer = self.call("POST", f"{ccp}/transition", {"transition_type": "normal"})
        self.assertEqual((status, answer["blockers"][0]["code"]), (409, "approval_requested"))
        self.sign_evaluation(self.env["process.stage"].browse(int(ccp.rsplit("/", 1)[1])))
        for index in (1, 2):
            status, answer = self.call(
                "POST", f"{self.get_path(process, index)}/transition", {"transition_type": "normal"}
            )
            self.assertEqual(status, 200, answer)
        self.assertIsNone(answer["next_stage"])
        self.assertEqual(answer["process"]["state"], "complete")
        status, report = self.call("GET", f"/processes/{process['process_id']}/compliance-report")
        self.assertTrue(report["compliant"])
        self.assertEqual(report["measurements"], 9)
        self.assertEqual(len(report["record"]["stages"]), 3)
        status, history = self.call(
            "GET", f"/processes/{process['process_id']}/transitions?limit=3"
        )
        self.assertEqual(len(history["items"]), 3)
        self.assertEqual(history["items"][0]["to_state"], "complete")
        status, more = self.call(
            "GET",
            f"/processes/{process['process_id']}/transitions?cursor={history['next_cursor']}",
        )
        self.assertNotIn(history["items"][-1], more["items"])

    def test_breach_and_rework(self):
        order = self.create_order()
        run = self.start_batch(order)
        stage = self.breach(run)
        path = f"/processes/{run.id}/stages/{stage.id}"
        status, answer = self.call("GET", f"{path}/evaluate")
        self.assertFalse(answer["can_progress"])
        self.assertEqual(answer["readiness_assessment"]["compliance_status"], "non_compliant")
        self.assertEqual(answer["quality_assessment"]["critical_failures"], 2)
        status, answer = self.call("POST", f"{path}/transition", {"transition_type": "normal"})
        self.assertEqual(status, 409)
        self.assertTrue({b["code"] for b in answer["blockers"]} >= {"breach", "open_deviation"})
        status, answer = self.call("POST", f"{path}/transition", {"transition_type": "rework"})
        self.assertEqual(status, 403, "a rework takes a supervisor or a decided deviation")
        self.decide(run.sudo().deviation_ids)
        status, answer = self.call("POST", f"{path}/transition", {"transition_type": "rework"})
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["next_stage"]["attempt"], 2)
        status, deviations = self.call("GET", f"/processes/{run.id}/deviations")
        self.assertEqual(deviations["items"][0]["disposition"], "reprocess")
        status, stages = self.call("GET", f"/processes/{run.id}/stages")
        self.assertEqual(len(stages["items"]), 4)
        self.assertEqual(BAD, run.sudo().stage_ids.cycle_ids.mapped("min_value")[-1] or BAD)

    def test_commands_and_emergency(self):
        run = self.start_batch()
        path = f"/processes/{run.id}/commands"
        for command, state in (("pause", "paused"), ("resume", "running"), ("hold", "held")):
            status, answer = self.call("POST", path, {"command": command, "reason": "x"})
            self.assertEqual((status, answer["state"]), (200, state))
        status, answer = self.call("POST", path, {"command": "start"})
        self.assertEqual(status, 422)
        status, answer = self.call("POST", path, {"command": "resume"})
        self.assertEqual(status, 409)
        status, answer = self.call("POST", path, {"command": "stop", "reason": "x"})
        self.assertEqual(status, 403)
        stage = run._get_current_stages()[0]
        status, answer = self.call(
            "POST",
            f"/processes/{run.id}/stages/{stage.id}/transition",
            {"transition_type": "emergency", "target": "stopped", "reason": "Smoke"},
        )
        self.assertEqual((status, answer["process"]["state"]), (200, "stopped"))
        status, answer = self.call(
            "POST", path, {"command": "reset", "reason": "Repaired"}, user=self.supervisor
        )
        self.assertEqual((status, answer["state"]), (200, "idle"))
        self.assertNotEqual(answer["process_id"], run.id)

    def test_approvals_are_requested_and_never_signed_here(self):
        plan = self._create_plan(code="T-MILK-A")
        plan.stage_ids[0].with_user(self.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "role": "supervisor"})
        ]
        self._approve(plan)
        run = self.start_batch(self.create_order(process_plan_id=plan.id))
        stage = self.get_stage(run, "Reception")
        self.deliver(900.0, sensor="t-flow")
        path = f"/processes/{run.id}/stages/{stage.id}"
        status, answer = self.call("GET", f"{path}/evaluate")
        self.assertTrue(answer["requires_approval"])
        self.assertEqual(answer["available_actions"][0], "request_approval")
        status, answer = self.call("POST", f"{path}/transition", {"transition_type": "normal"})
        self.assertEqual(status, 409)
        self.assertEqual(answer["blockers"][0]["code"], "approval_requested")
        self.assertEqual(stage.approval_ids.state, "requested")
        status, answer = self.call("GET", f"/processes/{run.id}/approvals")
        self.assertEqual(answer["items"][0]["state"], "requested")
        status, answer = self.call("POST", f"{path}/transition", {"transition_type": "skip"})
        self.assertEqual(status, 409)

    # -- a plan of its own ----------------------------------------------------------------------

    def test_a_plan_of_its_own(self):
        self.env["process.sensor"].search([("id", "!=", self.sensor.id)]).active = False
        order = self.create_order()
        process = self.initiate(order, process_type="pasteurized_milk", stages_config=STAGES_CONFIG)
        self.assertEqual(
            [stage["name"] for stage in process["stages"]],
            ["Raw Milk Reception", "Pasteurization"],
        )
        self.assertTrue(any("critical_side: assumed 'min'" in a for a in process["assumptions"]))
        self.assertTrue(process["plan"]["for_this_batch_only"])
        self.assertEqual(process["plan"]["state"], "in_review")
        plan = order.process_plan_id
        limits = plan.stage_ids[1].requirement_ids.limit_ids
        self.assertEqual(
            {(limit.kind, limit.operator, limit.value, limit.unit) for limit in limits},
            {("critical", "ge", 71.5, "degC"), ("operating", "le", 72.5, "degC")},
        )
        self.assertEqual(plan.stage_ids.requirement_ids.sensor_id, self.sensor)
        self.assertEqual(process["plan"]["sha256"], plan._compute_content_hash())
        self.assertEqual(plan.author_id, self.operator)
        path = f"/processes/{process['process_id']}/start"
        status, answer = self.call("POST", path, EXAMPLES["start"])
        self.assertEqual((status, answer["state"]), (200, "running"))
        self.assertIn("initial_temperature: 4.2", order.process_run_id.start_notes)
        blockers = [b["code"] for b in order.sudo()._get_process_blockers()]
        self.assertIn("plan", blockers)
        self.assertNotEqual(self.create_order().process_plan_id, plan)
        with self.assertRaises(Exception):
            plan.sudo().stage_ids[0].name = "Other"

    def test_an_own_plan_needs_somebody_else(self):
        config = [{"stage_name": "Mixing", "monitoring_requirements": []}]
        order = self.create_order()
        process = self.initiate(order, stages_config=config)
        run = order.process_run_id.with_user(self.operator)
        self.start(process)
        self.get_stage(run, "Mixing").action_complete()
        self.assertEqual(run.state, "complete")
        with self.assertRaisesRegex(Exception, "approved by somebody else"):
            self.produce(order)
        plan = order.process_plan_id
        with self.assertRaises(Exception):
            self._approve(plan, self.operator)
        self._approve(plan, self.supervisor)
        self.produce(order)
        self.assertEqual(order.state, "done")

    def test_what_is_wrong_in_a_configuration_is_named(self):
        order = self.create_order()
        path = f"/batches/{order.id}/initiate-process"
        wrong = json.loads(json.dumps(STAGES_CONFIG))
        wrong[1]["monitoring_requirements"][0]["tolerance_min"] = 99
        wrong[0]["monitoring_requirements"][0]["sensor_code"] = "nowhere"
        for config in (None, {}, [], [1], "x", wrong):
            status, answer = self.call("POST", path, {"stages_config": config})
            self.assertEqual(status, 422, answer)
        wrong[1]["monitoring_requirements"][0]["tolerance_min"] = 70
        status, answer = self.call("POST", path, {"stages_config": wrong})
        self.assertEqual(status, 422, answer)
        self.assertIn("nowhere", answer["detail"])
        wrong[0]["monitoring_requirements"][0].update(sensor_code="t-flow")
        status, answer = self.call("POST", path, {"stages_config": wrong})
        self.assertEqual(status, 422, "degrees are no flow")
        self.assertFalse(order.process_run_id)
        self.assertFalse(self.env["process.plan"].search([("is_one_off", "=", True)]))

    def test_the_example_of_the_document_is_the_users_own(self):
        schema = self.document["components"]["schemas"]["Initiate"]
        [example] = schema["examples"]
        wanted = json.dumps(STAGES_CONFIG).replace("\\u00ac\\u221e", "\\u00b0")
        self.assertEqual(example["stages_config"], json.loads(wanted))

    # -- what a program has to know first -------------------------------------------------------

    def test_an_order_is_found_by_its_number(self):
        order = self.create_order()
        self.create_order()
        status, answer = self.call("GET", f"/batches?name={order.name}")
        [batch] = answer["items"]
        self.assertEqual((status, batch["batch_id"], batch["state"]), (200, order.id, "confirmed"))
        self.assertEqual(batch["plan"]["code"], self.plan.code)
        self.assertIsNone(batch["process_id"])
        process = self.initiate(order)
        status, batch = self.call("GET", f"/batches/{order.id}", user=self.integration)
        self.assertEqual((status, batch["process_id"]), (200, process["process_id"]))
        self.assertEqual(batch["lots"], process["lots"])
        start = order.date_start.isoformat() + "Z"
        self.assertTrue(self.call("GET", f"/batches?from={start}&state=confirmed")[1]["items"])
        self.assertFalse(self.call("GET", f"/batches?until=1&name={order.name}")[1]["items"])
        for query in ("state=x", "from=x", "cursor=x", "from=9999-12-31T23:59:59-12:00"):
            self.assertEqual(self.call("GET", f"/batches?{query}")[0], 422)
        self.assertEqual(self.call("GET", "/batches?name=%00")[1]["items"], [])

    def test_what_is_to_be_measured_at_a_stage(self):
        process = self.initiate(self.create_order(), stages_config=STAGES_CONFIG)
        path = f"{self.get_path(process, 1)}/monitoring-requirements"
        status, answer = self.call("GET", path)
        [requirement] = answer["items"]
        self.assertEqual(requirement["name"], "Pasteurization Temperature")
        self.assertEqual(requirement["frequency"], "continuous")
        self.assertIsNone(requirement["interval_seconds"])
        self.assertEqual(
            [(limit["kind"], limit["operator"], limit["value"]) for limit in requirement["limits"]],
            [("critical", "ge", 71.5), ("operating", "le", 72.5)],
        )
