# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The four usage examples of the user's document, in the order a client sends them.

Their bodies stand as they are. Added is what they leave out: the start is entered half an hour
late, because the first stage has to last that long, and the readings are posted, because what has
not been measured is not compliant.
"""

from odoo.tests import tagged

from odoo.addons.process_monitoring.tests.common import MINUTE, SECOND

from .api_common import EXAMPLES, ApiCase


@tagged("post_install", "-at_install")
class TestApiExamples(ApiCase):
    def setUp(self):
        super().setUp()
        # the dairy of the example: two thermometers among others, named after their places
        self.sensor.active = False
        for code in ("Reception", "Pasteuriser", "Cooler"):
            self.sensor.copy({"name": f"{code} temperature", "code": f"x-{code}", "active": True})

    def post_readings(self, path, requirement, value, count, step_ms):
        readings = [
            {
                "requirement": requirement,
                "value": value,
                "unit": "\u00b0C",
                "measured_at": self.get_iso(self.clock + number * step_ms),
            }
            for number in range(count)
        ]
        status, answer = self.call("POST", f"{path}/monitoring-logs", {"readings": readings})
        self.assertEqual((status, answer["stored"]), (200, count), answer)
        self.clock += (count - 1) * step_ms

    def check_documented(self, path):
        """Compare with the document's third answer; a score is that of the readings posted."""
        status, answer = self.call("GET", f"{path}/evaluate")
        self.assertEqual(status, 200)
        documented = EXAMPLES["evaluation"]
        for key, wanted in documented.items():
            if not isinstance(wanted, dict):
                self.assertEqual(answer[key], wanted, key)
                continue
            for member, value in wanted.items():
                if member != "quality_score":
                    self.assertEqual(answer[key][member], value, member)
        self.assertEqual(answer["quality_assessment"]["quality_score"], 100.0)

    def test_the_four_examples(self):
        process = self.initiate(self.create_order(), **EXAMPLES["initiate"])
        for requirement, sensor in (
            ("Temperature Check", "x-Reception"),
            ("Pasteurization Temperature", "x-Pasteuriser"),
        ):
            assumption = f"{requirement}: sensor_code: assumed '{sensor}'"
            self.assertIn(assumption, process["assumptions"])
        parameters = EXAMPLES["start"]["start_parameters"]
        body = {"start_parameters": {**parameters, "started_at": self.get_iso(self.clock)}}
        path = f"/processes/{process['process_id']}"
        status, started = self.call("POST", f"{path}/start", body)
        self.assertEqual((status, started["state"]), (200, "running"))
        reception, pasteurisation = (self.get_path(process, index) for index in (0, 1))

        status, answer = self.call("POST", f"{reception}/transition", EXAMPLES["transition"])
        self.assertEqual(status, 409)
        codes = [blocker["code"] for blocker in answer["blockers"]]
        self.assertEqual(codes, ["missing_reading", "min_duration"], "both as measured")
        self.post_readings(reception, "Temperature Check", 4.2, 3, 30 * MINUTE)
        self.check_documented(reception)
        status, moved = self.call("POST", f"{reception}/transition", EXAMPLES["transition"])
        self.assertEqual(status, 200, moved)
        self.assertEqual(moved["transition_type"], "normal")
        self.assertEqual(moved["stage"]["state"], "complete")
        self.assertEqual(moved["next_stage"]["state"], "running")
        lines = self.call("GET", f"{path}/transitions")[1]["items"]
        reason = "\n".join(EXAMPLES["transition"][key] for key in ("reason", "notes"))
        self.assertIn(reason, [line["reason"] for line in lines])
        status, evaluation = self.call("GET", f"{pasteurisation}/evaluate")
        self.assertFalse(evaluation["can_progress"])

    def test_the_second_stage_too(self):
        process = self.initiate(self.create_order(), **EXAMPLES["initiate"])
        self.start(process)
        reception, pasteurisation = (self.get_path(process, index) for index in (0, 1))
        self.post_readings(reception, "Temperature Check", 4.2, 2, 30 * MINUTE)
        # no reading belongs to two stages
        self.clock += SECOND
        times = {"ended_at": self.get_iso(self.clock), "next_started_at": self.get_iso(self.clock)}
        body = {**EXAMPLES["transition"], **times}
        status, moved = self.call("POST", f"{reception}/transition", body)
        self.assertEqual(status, 200, moved)
        self.post_readings(pasteurisation, "Pasteurization Temperature", 72.1, 91, 10 * SECOND)
        body = {**EXAMPLES["transition"], "ended_at": self.get_iso(self.clock)}
        self.check_evaluated(pasteurisation, body)
        self.check_documented(pasteurisation)
        status, moved = self.call("POST", f"{pasteurisation}/transition", body)
        self.assertEqual((status, moved["process"]["state"]), (200, "complete"), moved)

    def check_evaluated(self, path, body):
        """Rule A15, of which the document knows nothing: somebody signs what a CCP measured."""
        status, answer = self.call("POST", f"{path}/transition", body)
        self.assertEqual(status, 409)
        self.assertEqual([b["code"] for b in answer["blockers"]], ["approval_requested"])
        self.sign_evaluation(self.env["process.stage"].browse(int(path.rsplit("/", 1)[1])))

    def test_no_sensor_is_guessed_where_several_can_be_meant(self):
        self.sensor.copy({"name": "Reception tank 2", "code": "x-tank", "active": True})
        process = self.initiate(self.create_order(), **EXAMPLES["initiate"])
        self.assertTrue(
            any(a.startswith("Temperature Check: no sensor_code") for a in process["assumptions"])
        )
