# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The HTTP door: batches of readings and records, each item taken or refused with a reason."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.rest_api.tests.common import ApiCase

from ..tools.sample import Sample
from .common import SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestDelivery(ProcessMonitoringCase, ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._create_user("integration")
        cls.energy = cls._create_parameter("t-energy", "measure", "kWh")
        cls.water = cls._create_parameter("t-water", "measure", "m3")
        cls.energy_sensor = cls._create_sensor("t-kwh", cls.energy)
        cls.water_sensor = cls._create_sensor("t-m3", cls.water)

    def setUp(self):
        super().setUp()
        self.caller = self.program
        # which batches there are is another room's knowledge, and its tests'
        self.patch(type(self.env["process.reading"]), "_check_record", lambda *_args: None)

    def deliver(self, *items, status=200, path="/readings", **options):
        key = "readings" if path == "/readings" else "records"
        code, answer = self.call("POST", path, {key: list(items)}, **options)
        self.assertEqual(code, status, answer)
        return answer

    def item(self, seconds=0, value=72.4, **more):
        return {"sensor": "t-temp", "measured_at": T0 + seconds * SECOND, "value": value, **more}

    def record(self, **more):
        return {
            "batch_id": "MO/00001",
            "process_step": "Heating",
            "timestamp": "2026-03-02T11:00:00+01:00",
            "energy_consumption": 41.5,
            "utility_usage": {"water": 1200, "steam": None},
            "emissions": {"co2_equivalent": 8.1, "other_gases": {"ch4": 0.002}},
            **more,
        }

    def get_refusals(self):
        return self.env["process.reading.refusal"].search([("company_id", "=", self.company.id)])

    # -- readings -----------------------------------------------------------------------------

    def test_batch_is_stored_and_judged(self):
        cycle = self.open_cycle()
        answer = self.deliver(
            self.item(0, 161.6, unit="°F", measured_at="2026-03-02T11:00:00+01:00"),
            self.item(1, 71.9),
            {"sensor": "t-valve", "measured_at": T0, "text": "forward"},
        )
        self.assertEqual(answer, {"stored": 3, "duplicates": 0, "refused": []})
        first, second = self.get_readings()
        self.assertEqual((first.value, first.source_ms), (72.0, T0))
        self.assertEqual((second.verdict, cycle.breach_count), ("critical", 1))
        self.assertEqual(first.origin, f"http:{self.program.login}")

    def test_each_item_is_refused_on_its_own(self):
        """A32: no number, quotes, no time, no sensor, a wrong unit, the future; nothing is 0."""
        answer = self.deliver(
            self.item(),
            self.item(1, "72,4"),
            self.item(2, None),
            self.item(3, measured_at=None),
            self.item(4, measured_at="2026-03-02T11:00:00"),
            self.item(5, sensor="nobody"),
            self.item(6, unit="kg"),
            self.item(7, measured_at="2126-03-02T11:00:00Z"),
            self.item(8, True),
            self.item(9, sequence=-1),
            self.item(10, quality="excellent"),
            "72.4",
            self.item(11, 73.0, quality="bad"),
        )
        self.assertEqual((answer["stored"], answer["duplicates"]), (2, 0))
        self.assertEqual([line["index"] for line in answer["refused"]], list(range(1, 12)))
        self.assertTrue(all(line["reason"] for line in answer["refused"]))
        self.assertEqual(self.get_readings().mapped("value"), [72.4, 73.0])
        self.assertEqual(self.get_readings()[1].quality, 0)
        self.assertEqual(len(self.get_refusals()), 11)

    def test_again_is_stored_once(self):
        items = [self.item(n) for n in range(3)]
        self.assertEqual(self.deliver(*items)["stored"], 3)
        answer = self.deliver(*items, self.item(3))
        self.assertEqual((answer["stored"], answer["duplicates"]), (1, 3))

    def test_other_value_of_the_same_name_is_refused_and_not_lost(self):
        self.deliver(self.item())
        answer = self.deliver(self.item(0, 60.0), self.item(0, 72.4), self.item(0, 72.4, quality=0))
        self.assertEqual((answer["stored"], answer["duplicates"]), (0, 1))
        self.assertEqual([line["index"] for line in answer["refused"]], [0, 2])
        self.assertIn("72.4", answer["refused"][0]["reason"])
        self.assertEqual(len(self.get_refusals()), 2)
        self.assertEqual(self.deliver(self.item(0, 60.0, sequence=1))["stored"], 1)

    def test_whole_number_that_no_float_is_equal_to(self):
        """It would be stored as another number: refused, with what to do; its neighbour is kept."""
        answer = self.deliver(self.item(0, 2**53 + 1), self.item(1, 2**53), self.item(2, -(2**60)))
        [line] = answer["refused"]
        self.assertEqual((line["index"], answer["stored"]), (0, 2))
        self.assertIn("9007199254740993 would be kept as 9007199254740992", line["reason"])
        self.assertEqual(self.get_readings().mapped("value"), [2.0**53, -(2.0**60)])

    def test_idempotency_key(self):
        first = self.deliver(self.item(), self.item(1, "x"), Idempotency_Key="run-1")
        again = self.deliver(self.item(), self.item(1, "x"), Idempotency_Key="run-1")
        self.assertEqual(first, again)
        self.assertEqual(self.headers["Idempotency-Replayed"], "true")
        self.assertEqual(self.get_refusals().delivery_count, 1)
        self.deliver(self.item(2), Idempotency_Key="run-1", status=422)

    def test_who_may_deliver(self):
        self.deliver(self.item(), user=self.operator, status=403)
        self.deliver(self.item(), user=self.engineer, status=403)
        self.deliver(self.item(), key="none", status=401)
        self.deliver(self.item(), key="0" * 40, status=401)
        self.assertFalse(self.get_readings())

    def test_limits(self):
        self.deliver(status=422)
        self.deliver(*[{}] * 5001, status=422)
        for body in ({}, {"readings": {}}, {"readings": None}):
            self.assertEqual(self.call("POST", "/readings", body)[0], 422)
        self.assertEqual(self.call("POST", "/readings", data="[1")[0], 400)
        self.assertEqual(
            self.call("POST", "/readings", data='{"readings": [{"value": NaN}]}')[0], 400
        )
        large = '{"readings": ["' + "x" * 1_000_001 + '"]}'
        self.assertEqual(self.call("POST", "/readings", data=large)[0], 413)
        self.assertEqual(self.call("POST", "/readings", data="a", content_type="text/csv")[0], 415)

    def test_other_company_is_out_of_reach(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        self._create_sensor("t-other", self.temperature, company_id=other.id)
        self._create_sensor("t-temp", self.temperature, company_id=other.id)
        answer = self.deliver(self.item(sensor="t-other"), self.item())
        self.assertEqual((answer["stored"], len(answer["refused"])), (1, 1))
        self.assertEqual(self.get_readings().company_id, self.company)
        # a user of both delivers for the one he works in
        self.program.write({"company_ids": [(4, other.id)]})
        answer = self.deliver(self.item(1, sensor="t-other"))
        self.assertEqual(answer["stored"], 0)
        stranger = self._create_user(
            "engineer", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        refusals = self.env["process.reading.refusal"].with_user(stranger)
        self.assertFalse(refusals.search([]))
        with self.assertRaises(AccessError):
            self.get_refusals().with_user(stranger).read(["item"])

    def test_document_has_examples(self):
        schemas = self.document["components"]["schemas"]
        for name in ("ReadingsDelivery", "ProcessRecordsDelivery"):
            [example] = schemas[name]["examples"]
            self.assert_schema(schemas[name], example)
        self.assertIn("/api/v1/readings", self.document["paths"])
        self.assertIn("/api/v1/process-records", self.document["paths"])

    # -- refused ------------------------------------------------------------------------------

    def test_replay_once_the_sensor_is_there(self):
        self.deliver(self.item(sensor="t-new"))
        self.deliver(self.item(sensor="t-new"))
        refusal = self.get_refusals()
        self.assertEqual((refusal.delivery_count, refusal.state), (2, "open"))
        refusal.with_user(self.engineer).action_replay()
        self.assertEqual(refusal.state, "open")
        self.assertIn("t-new", refusal.last_replay_reason)
        sensor = self._create_sensor("t-new", self.temperature)
        refusal.with_user(self.engineer).action_replay()
        self.assertEqual((refusal.state, refusal.settled_by_id), ("replayed", self.engineer))
        self.assertEqual(self.get_readings(sensor).value, 72.4)
        record = self.env["audit.record"].search([("res_model", "=", refusal._name)], limit=1)
        self.assertEqual(record.event, "process.reading.refusal.replayed")

    def test_discard_needs_a_reason(self):
        self.deliver(self.item(1, "x"))
        refusal = self.get_refusals().with_user(self.supervisor)
        with self.assertRaises(UserError):
            refusal.action_discard()
        refusal.discard_reason = "Test of the gateway"
        refusal.action_discard()
        self.assertEqual((refusal.state, refusal.settled_by_id), ("discarded", self.supervisor))
        with self.assertRaises(UserError):
            refusal.discard_reason = "Another one"

    def test_refusals_are_evidence(self):
        self.deliver(self.item(1, "x"))
        refusal = self.get_refusals()
        for vals in ({"item": "{}"}, {"reason": "none"}, {"state": "replayed"}):
            with self.assertRaises(UserError):
                refusal.write(vals)
        with self.assertRaises(UserError):
            refusal.unlink()
        with self.assertRaises(AccessError):
            refusal.with_user(self.operator).action_replay()
        with self.assertRaises(AccessError):
            refusal.with_user(self.program).write({"discard_reason": "x"})

    # -- records ------------------------------------------------------------------------------

    def map(self, path, sensor, **vals):
        return self.env["process.record.mapping"].create(
            {"path": path, "sensor_id": sensor.id, **vals}
        )

    def test_record_becomes_readings_of_the_mapped_sensors(self):
        self.map("energy_consumption", self.energy_sensor, unit="MJ")
        self.map("utility_usage.water", self.water_sensor, unit="l")
        answer = self.deliver(self.record(), path="/process-records")
        self.assertEqual(answer["stored"], 2)
        self.assertEqual(
            [line["figure"] for line in answer["refused"]],
            ["emissions.co2_equivalent", "emissions.other_gases.ch4"],
        )
        energy = self.get_readings(self.energy_sensor)
        self.assertAlmostEqual(energy.value, 41.5 / 3.6)
        self.assertEqual((energy.raw_value, energy.raw_unit), (41.5, "MJ"))
        self.assertEqual(energy.source_ms, T0)
        self.assertIn("MO/00001 / Heating", energy.origin)
        self.assertEqual(self.get_readings(self.water_sensor).value, 1.2)

    def test_figure_is_replayed_alone_once_it_is_mapped(self):
        self.map("energy_consumption", self.energy_sensor)
        self.deliver(self.record(emissions=None), path="/process-records")
        refusal = self.get_refusals()
        self.assertIn("utility_usage.water", refusal.reason)
        self.assertNotIn("energy", refusal.item)
        self.map("utility_usage.water", self.water_sensor, unit="l")
        refusal.action_replay()
        self.assertEqual(refusal.state, "replayed")
        self.assertEqual(self.get_readings(self.water_sensor).value, 1.2)

    def test_mapping_of_a_step_goes_first(self):
        other = self._create_sensor("t-kwh-2", self.energy)
        self.map("energy_consumption", self.energy_sensor)
        self.map("energy_consumption", other, process_step="Cooling")
        for step in ("Heating", "Cooling"):
            record = self.record(process_step=step, utility_usage=None, emissions=None)
            self.assertEqual(self.deliver(record, path="/process-records")["stored"], 1)
        self.assertEqual(len(self.get_readings(other)), 1)
        self.assertEqual(len(self.get_readings(self.energy_sensor)), 1)

    def test_broken_records(self):
        answer = self.deliver(
            self.record(batch_id=""),
            self.record(process_step=None),
            self.record(timestamp="2026-03-02"),
            {"batch_id": "B", "process_step": "S", "timestamp": T0},
            self.record(energy_consumption="41,5", utility_usage=None, emissions=None),
            path="/process-records",
        )
        self.assertEqual(answer["stored"], 0)
        self.assertEqual([line["index"] for line in answer["refused"]], [0, 1, 2, 3, 4])
        self.assertEqual(answer["refused"][4]["figure"], "energy_consumption")

    def test_mapping_is_checked(self):
        with self.assertRaises(ValidationError):
            self.map("energy_consumption", self.energy_sensor, unit="kg")
        with self.assertRaises(ValidationError):
            self.map("energy_consumption", self.valve)
        mapping = self.map("energy_consumption", self.energy_sensor)
        self.assertEqual(mapping.display_name, "energy_consumption")
        with self.assertRaises(AccessError):
            mapping.with_user(self.operator).write({"path": "x"})

    # -- the door itself ----------------------------------------------------------------------

    def test_preview_is_what_the_door_would_answer(self):
        samples = [
            Sample("t-temp", T0, value=72.4),
            Sample("t-temp", T0, value=72.4),
            Sample("t-temp", T0, value=60.0),
            Sample("t-temp", T0 + 1, value=72.4),
            Sample("nobody", T0, value=1.0),
        ]
        self.feed((T0 + 1, 72.4))
        door = self.env["process.reading"]
        preview = door._preview(samples)
        self.assertEqual(len(self.get_readings()), 1, "nothing is stored")
        self.assertEqual(preview, door._ingest(samples))
        self.assertEqual((preview.stored, preview.duplicates), (1, 2))
        self.assertEqual([index for index, _reason in preview.rejected], [2, 4])

    def test_readings_of_a_window_as_a_file(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        url = cycle.action_export_readings()["url"]
        self.operator.password = "Correct-Horse-9"
        self.authenticate(self.operator.login, "Correct-Horse-9")
        answer = self.url_open(url)
        self.assertEqual(answer.text, cycle.export_readings_csv())
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        other = self.env["res.company"].create({"name": "Other plant"})
        self.operator.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertEqual(self.url_open(url).status_code, 404)
