# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people post for requirements that people enter: entries under their own names (A7, A8)."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.process_monitoring.clock import now_ms
from odoo.addons.process_monitoring.tests.common import MINUTE

from .api_common import ApiCase


@tagged("post_install", "-at_install")
class TestApiEntry(ApiCase):
    @classmethod
    def _prepare_plan(cls, **vals):
        """The same plan, with the flow read and the cleanliness looked at by people."""
        prepared = super()._prepare_plan(**vals)
        state = cls._create_parameter("t-clean", "state", False)
        looked = {
            "name": "Tank clean",
            "parameter_id": state.id,
            "sensor_id": cls._create_sensor("t-tank", state).id,
            "control_class": "prp",
            "frequency": "per_batch",
            "is_manual": True,
            "instruction": "Look into the tank.",
            "answer_ids": [
                Command.create({"name": "clean", "is_conforming": True}),
                Command.create({"name": "soiled"}),
            ],
        }
        requirements = prepared["stage_ids"][0][2]["requirement_ids"]
        requirements[0][2].update(
            is_manual=True,
            limit_ids=[Command.create({"kind": "critical", "operator": "le", "value": 1000})],
        )
        requirements.append(Command.create(looked))
        return prepared

    def setUp(self):
        super().setUp()
        self.run_ = self.start_batch()
        self.stage = self.get_stage(self.run_, "Reception")
        self.path = f"/processes/{self.run_.id}/stages/{self.stage.id}/monitoring-logs"

    def post(self, *readings, **kwargs):
        return self.call("POST", self.path, {"readings": list(readings)}, **kwargs)

    def entries(self):
        return self.stage.sudo().cycle_ids.entry_ids

    def test_an_answer_and_a_value_become_entries(self):
        status, answer = self.post(
            {"requirement": "Tank clean", "text": "soiled"},
            {"sensor": "t-flow", "value": 0.9, "unit": "m3/h"},
        )
        self.assertEqual((status, answer["stored"], answer["rejected"]), (200, 2, []))
        self.assertEqual(self.entries().user_id, self.operator)
        self.assertEqual(set(self.entries().mapped("verdict")), {"critical", "conform"})
        self.assertEqual(self.entries().filtered("typed").value, 900.0)

    def test_a7_what_is_no_answer_is_refused_with_the_list(self):
        status, answer = self.post(
            {"requirement": "Tank clean", "text": "OK"},
            {"requirement": "Tank clean", "value": 1},
            {"sensor": "t-flow", "value": None},
            {"sensor": "t-flow", "value": "900"},
            {"sensor": "t-flow", "value": 1, "unit": "degC"},
        )
        self.assertEqual(status, 422)
        reasons = [line["reason"] for line in answer["rejected"]]
        self.assertEqual(len(reasons), 5)
        self.assertIn("clean, soiled", reasons[0])
        self.assertIn("it is not 0", reasons[2])
        self.assertFalse(self.entries())

    def test_a8_late_with_a_reason_only(self):
        late = {
            "sensor": "t-flow",
            "value": 900,
            "measured_at": self.get_iso(now_ms() - 20 * MINUTE),
        }
        status, answer = self.post(late)
        self.assertIn("Write down why", answer["rejected"][0]["reason"])
        status, answer = self.post({**late, "reason": "Written on paper first"})
        self.assertEqual((status, answer["stored"]), (200, 1))
        self.assertTrue(self.entries().is_late)

    def test_twice_is_once(self):
        item = {"sensor": "t-flow", "value": 900, "measured_at": self.get_iso(now_ms() - MINUTE)}
        self.post(item)
        status, answer = self.post(item)
        self.assertEqual((answer["stored"], answer["duplicates"]), (0, 1))
        status, answer = self.post({**item, "value": 800})
        self.assertIn("correct it", answer["rejected"][0]["reason"])
        self.assertEqual(len(self.entries()), 1)

    def test_a_program_does_not_enter_for_people(self):
        status, answer = self.post({"sensor": "t-flow", "value": 900}, user=self.integration)
        self.assertEqual(status, 422)
        self.assertIn("role Operator", answer["rejected"][0]["reason"])
