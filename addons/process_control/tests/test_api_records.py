# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Records of a batch's step over HTTP: the batch and the step exist, or the item is refused."""

from odoo.tests import tagged

from odoo.addons.rest_api.area import API

from .api_common import ApiCase


@tagged("post_install", "-at_install")
class TestApiRecords(ApiCase):
    prefix = API

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.energy = cls._create_sensor(
            "t-kwh", cls._create_parameter("t-energy", "measure", "kWh")
        )
        cls.env["process.record.mapping"].create(
            {"path": "energy_consumption", "sensor_id": cls.energy.id}
        )

    def record(self, batch, step="Pasteurisation", **more):
        return {
            "batch_id": batch,
            "process_step": step,
            "timestamp": self.get_iso(self.clock),
            "energy_consumption": 41.5,
            **more,
        }

    def deliver(self, *records):
        status, answer = self.call(
            "POST", "/process-records", {"records": list(records)}, user=self.integration
        )
        self.assertEqual(status, 200, answer)
        return answer

    def test_named_by_order_or_by_run(self):
        run = self.start_batch()
        order = run.production_id
        answer = self.deliver(
            self.record(order.name),
            self.record(run.name, "pasteurisation ", timestamp=self.get_iso(self.clock + 1)),
        )
        self.assertEqual((answer["stored"], answer["refused"]), (2, []))
        self.assertIn(f"{order.name} / Pasteurisation", self.get_readings(self.energy)[0].origin)

    def test_unknown_batch_or_step_is_refused_alone(self):
        run = self.start_batch()
        order = run.production_id
        answer = self.deliver(
            self.record("MO/99999"), self.record(order.name, "Evaporation"), self.record(order.name)
        )
        self.assertEqual(answer["stored"], 1)
        reasons = {line["index"]: line["reason"] for line in answer["refused"]}
        self.assertEqual(set(reasons), {0, 1})
        self.assertIn("There is no batch 'MO/99999'", reasons[0])
        self.assertIn("Its steps: Reception, Pasteurisation, Filling.", reasons[1])

    def test_replayed_once_the_batch_is_there(self):
        self.deliver(self.record("MO/T/1"))
        refusal = self.env["process.reading.refusal"].search([("state", "=", "open")], limit=1)
        refusal.with_user(self.engineer).action_replay()
        self.assertIn("There is no batch", refusal.last_replay_reason)
        self.create_order().name = "MO/T/1"
        refusal.with_user(self.engineer).action_replay()
        self.assertEqual(refusal.state, "replayed", refusal.last_replay_reason)
        self.assertEqual(self.get_readings(self.energy).value, 41.5)

    def test_order_of_another_company_is_unknown(self):
        order = self.start_batch().production_id
        other = self.env["res.company"].create({"name": "Other plant"})
        door = self.env["process.reading"].with_company(other)
        self.assertFalse(door._find_batch(order.name))
        self.assertEqual(self.env["process.reading"]._find_batch(order.name), order)
