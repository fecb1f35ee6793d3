# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Readings, alerts, deviations and approvals as a program posts and reads them."""

from odoo.fields import Command
from odoo.tests import tagged

from .api_common import ApiCase
from .common import BAD, GOOD


@tagged("post_install", "-at_install")
class TestApiMonitoring(ApiCase):
    def setUp(self):
        super().setUp()
        self.run_ = self.start_batch()
        self.stage = self.get_stage(self.run_, "Reception")
        self.path = f"/processes/{self.run_.id}/stages/{self.stage.id}"

    def reading(self, value, at=0, **more):
        return {
            "sensor": "t-flow",
            "value": value,
            "measured_at": self.get_iso(self.clock + at),
            **more,
        }

    def post(self, *readings, **kwargs):
        return self.call(
            "POST", f"{self.path}/monitoring-logs", {"readings": list(readings)}, **kwargs
        )

    # -- monitoring logs ------------------------------------------------------------------------

    def test_a_posted_reading_counts_at_the_gate(self):
        self.assertFalse(self.call("GET", f"{self.path}/evaluate")[1]["can_progress"])
        status, answer = self.post(self.reading(900.0))
        self.assertEqual((status, answer["stored"], answer["rejected"]), (200, 1, []))
        self.assertTrue(self.call("GET", f"{self.path}/evaluate")[1]["can_progress"])
        status, answer = self.post(self.reading(900.0))
        self.assertEqual((answer["stored"], answer["duplicates"]), (0, 1))
        status, answer = self.call("GET", f"{self.path}/monitoring-logs")
        [item] = answer["items"]
        self.assertEqual((item["value"], item["unit"], item["sensor"]), (900.0, "l/h", "t-flow"))
        self.assertEqual(item["origin"], f"api:{self.operator.login}")

    def test_by_requirement_and_in_another_unit(self):
        status, answer = self.post(
            {"requirement": "Flow in", "value": 0.9, "unit": "m3/h"}, user=self.integration
        )
        self.assertEqual((status, answer["stored"]), (200, 1), answer)
        status, answer = self.call("GET", f"{self.path}/monitoring-logs")
        self.assertAlmostEqual(answer["items"][0]["value"], 900.0)
        self.assertEqual(answer["items"][0]["raw_value"], 0.9)

    def test_what_cannot_be_taken_is_named_and_the_rest_is_stored(self):
        wrong = [
            {"sensor": "nowhere", "value": 1},
            {"sensor": "t-temp", "value": 1},
            {"value": 1},
            self.reading("much"),
            self.reading(True),
            self.reading(None),
            self.reading(1, measured_at="yesterday"),
            self.reading(1, measured_at=[]),
            self.reading(1, at=3600_000 * 24),
            self.reading(1, at=-3600_000 * 24),
            self.reading(1, unit="degC"),
            self.reading(1, unit=3),
            self.reading(1, sequence="x"),
            self.reading(1, quality=-1),
            self.reading(None, text="open"),
        ]
        status, answer = self.post(*wrong, self.reading(900.0))
        self.assertEqual((status, answer["stored"]), (200, 1))
        self.assertEqual([each["index"] for each in answer["rejected"]], list(range(len(wrong))))
        status, answer = self.post(*wrong)
        self.assertEqual((status, len(answer["rejected"])), (422, len(wrong)))
        for body in ({}, {"readings": []}, {"readings": {}}, {"readings": [1]},
                     {"readings": [{}] * 1001}):  # fmt: skip
            self.assertEqual(self.call("POST", f"{self.path}/monitoring-logs", body)[0], 422)

    def test_only_while_the_stage_runs_and_only_by_those_who_may(self):
        self.assertEqual(self.post(self.reading(1), user=self.engineer)[0], 403)
        self.post(self.reading(900.0))
        self.clock += 1000
        self.stage.action_complete()
        self.assertEqual(self.post(self.reading(1))[0], 409)
        self.stage = self.get_stage(self.run_, "Filling")
        self.path = f"/processes/{self.run_.id}/stages/{self.stage.id}"
        self.assertEqual(self.post(self.reading(1))[0], 409)
        self.assertEqual(self.call("GET", f"{self.path}/monitoring-logs")[1]["items"], [])

    def test_pages_and_times(self):
        self.post(*(self.reading(900 + n, at=n * 1000) for n in range(5)))
        self.post(*(self.reading(910 + n, at=4000, sequence=1 + n) for n in range(2)))
        seen, cursor = [], ""
        while cursor is not None:
            status, answer = self.call(
                "GET", f"{self.path}/monitoring-logs?limit=2" + (cursor and f"&cursor={cursor}")
            )
            self.assertEqual(status, 200)
            seen += [item["value"] for item in answer["items"]]
            cursor = answer["next_cursor"]
        self.assertEqual(seen, [911, 910, 904, 903, 902, 901, 900])
        since, until = self.get_iso(self.clock + 1000), self.clock + 3000
        status, answer = self.call("GET", f"{self.path}/monitoring-logs?from={since}&until={until}")
        self.assertEqual([item["value"] for item in answer["items"]], [902, 901])
        for query in ("from=x", "until=0", "cursor=1", "cursor=1-x", "limit=0", "from=\u0967"):
            self.assertEqual(self.call("GET", f"{self.path}/monitoring-logs?{query}")[0], 422)

    # -- alerts, deviations, approvals ----------------------------------------------------------

    def test_an_alert_is_acknowledged_and_resolved(self):
        self.pass_reception(self.run_)
        stage = self.start_pasteurisation(self.run_)
        self.deliver(GOOD, 72.2, GOOD)
        self.evaluate(stage)
        status, answer = self.call("GET", f"/alerts?process_id={self.run_.id}&state=open")
        [alert] = answer["items"]
        self.assertEqual((alert["kind"], alert["stage_id"]), ("operating", stage.id))
        path = f"/alerts/{alert['alert_id']}"
        self.assertEqual(self.call("POST", f"{path}/acknowledge", {}, user=self.engineer)[0], 403)
        status, answer = self.call("POST", f"{path}/acknowledge")
        self.assertEqual((status, answer["state"]), (200, "acknowledged"))
        self.assertEqual(answer["acknowledged_by"], self.operator.name)
        self.assertEqual(self.call("POST", f"{path}/acknowledge")[0], 409)
        body = {"resolution": "Steam valve adjusted"}
        self.assertEqual(self.call("POST", f"{path}/resolve", body)[0], 403)
        status, answer = self.call("POST", f"{path}/resolve", body, user=self.supervisor)
        self.assertEqual((status, answer["state"]), (200, "resolved"))
        self.assertEqual(answer["resolution"], "Steam valve adjusted")
        self.assertEqual(self.call("POST", f"{path}/resolve", body, user=self.supervisor)[0], 409)
        self.assertEqual(self.call("GET", path)[1]["state"], "resolved")
        self.assertEqual(self.call("GET", "/alerts?state=nonsense")[0], 422)

    def test_an_alert_with_a_deviation_is_not_resolved_here(self):
        stage = self.breach(self.run_)
        [alert] = self.call("GET", f"/alerts?process_id={self.run_.id}")[1]["items"]
        self.assertEqual((alert["kind"], alert["worst_value"]), ("breach", BAD))
        path = f"/alerts/{alert['alert_id']}/resolve"
        status, answer = self.call("POST", path, {"resolution": "x"}, user=self.supervisor)
        self.assertEqual(status, 409, answer)
        self.assertTrue(stage.state == "held")

    def test_a_deviation_is_recorded_and_blocks(self):
        self.post(self.reading(900.0))
        path = f"{self.path}/deviations"
        for body in ({}, {"description": " "}, {"description": 1}):
            self.assertEqual(self.call("POST", path, body)[0], 422)
        self.assertEqual(self.call("POST", path, {"description": "x"}, user=self.engineer)[0], 403)
        status, answer = self.call("POST", path, {"description": "Lid was open"})
        self.assertEqual((status, answer["description"]), (201, "Lid was open"))
        status, answer = self.call("GET", f"{self.path}/evaluate")
        self.assertFalse(answer["can_progress"])

    def test_an_approval_is_requested(self):
        path = f"{self.path}/approvals"
        status, answer = self.call("POST", path)
        self.assertEqual((status, answer["blockers"][0]["code"]), (409, "missing_reading"))
        plan = self._create_plan(code="T-MILK-A")
        plan.stage_ids[0].with_user(self.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "role": "supervisor"})
        ]
        self._approve(plan)
        run = self.start_batch(self.create_order(process_plan_id=plan.id))
        stage = self.get_stage(run, "Reception")
        self.clock += 1000
        self.deliver(900.0, sensor="t-flow")
        path = f"/processes/{run.id}/stages/{stage.id}/approvals"
        self.assertEqual(self.call("POST", path, user=self.engineer)[0], 403)
        status, answer = self.call("POST", path)
        self.assertEqual(status, 201, answer)
        [approval] = answer["items"]
        self.assertEqual((approval["state"], approval["role"]), ("requested", "supervisor"))
        self.assertEqual(self.call("POST", path)[1]["items"], [approval], "asked once")
        self.assertEqual(stage.state, "running")
        history = f"/processes/{run.id}/transitions?stage_id={stage.id}"
        commands = [line["command"] for line in self.call("GET", history)[1]["items"]]
        self.assertIn("request_approval", commands)
        other = f"/processes/{run.id}/transitions?stage_id={self.stage.id}"
        self.assertEqual(self.call("GET", other)[0], 404)
