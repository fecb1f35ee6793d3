# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One batch through the door: readings, duplicates, dead letters, retained states (rule A32)."""

import json
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.process_monitoring.tools.sample import Sample

from ..tools.message import Counts, Message
from .common import MqttCase, approve, change, prepare_mapping


@tagged("post_install", "-at_install")
class TestMqttReceive(MqttCase):
    def test_readings_are_stored_as_they_came(self):
        counts = self.receive(self.message(), self.message(tag="valve", value="forward", unit=None))
        self.assertEqual(counts, Counts(stored=2))
        reading = self.readings(self.temperature)
        self.assertEqual((reading.source_ms, reading.sequence), (self.now, 1))
        self.assertEqual((reading.value, reading.raw_value, reading.raw_unit), (72.4, 72.4, "degC"))
        self.assertEqual((reading.quality, reading.origin), (192, f"mqtt:{self.broker.id}"))
        self.assertEqual(self.readings(self.valve).text_value, "forward")
        self.assertEqual(reading.company_id, self.company)

    def test_a_message_that_comes_twice_is_one_reading(self):
        self.assertEqual(self.receive(self.message(), self.message()), Counts(1, 1))
        self.assertEqual(self.receive(self.message(again=True)), Counts(0, 1))
        self.assertEqual(len(self.readings()), 1)

    def test_same_time_with_another_sequence_is_another_reading(self):
        self.assertEqual(self.receive(self.message(), self.message(seq=2)).stored, 2)

    def test_a10_one_broker_says_nothing_of_another(self):
        """A sensor waits for its own connection, however well another one is through."""
        self.receive(self.message())
        self.temperature.invalidate_recordset()
        origin = self.temperature.last_origin
        other = self.broker.copy()
        other._start_listening("other")
        other._report_feed("other", self.now)
        find = self.env["process.feed"]._find
        self.assertFalse(find(origin, self.company, self.now))
        self.broker._start_listening("own")
        feed = find(origin, self.company, self.now)
        self.assertEqual((feed.client, feed.state), ("own", "catching_up"))

    def assert_refused(self, message, words):
        """A dead letter with the payload as it came, and nothing else anywhere."""
        before = len(self.letters())
        self.assertEqual(self.receive(message), Counts(rejected=1))
        letters = self.letters()
        self.assertEqual(len(letters), before + 1)
        letter = letters[0]
        self.assertIn(words, letter.reason)
        self.assertEqual(letter.state, "open")
        self.assertEqual(letter.topic, message.topic)
        self.assertEqual(letter.received_ms, message.received_ms)
        self.assertEqual(letter.payload_size, len(message.payload))
        self.assertFalse(self.readings())
        self.temperature.invalidate_recordset()
        self.assertFalse(self.temperature.last_source_ms)
        return letter

    def test_bad_messages_become_dead_letters(self):
        hours = 2 * 3600 * 1000
        for words, message in (
            ("not valid JSON", self.message(b"{")),
            ("NaN", self.message(b'{"ts": 1795348800000, "value": NaN, "unit": "degC"}')),
            ('"72,4", not a number', self.message(value="72,4")),
            ("no source time", self.message(ts=None)),
            ("no value", self.message(value=None)),
            ("in the future", self.message(ts=self.now + hours)),
            ("1048576 bytes", self.message(b"x" * 1_048_576)),
            ("bar", self.message(unit="bar")),
            ("no unit", self.message(unit=None)),
            ("no sensor", self.message(tag="unknown")),
            ("as text", self.message(tag="valve", value=1)),
            ("not the text", self.message(value="forward")),
        ):
            with self.subTest(words):
                self.assert_refused(message, words)

    def test_bad_ones_do_not_hold_up_the_good_ones(self):
        counts = self.receive(
            self.message(seq=1), self.message(b"}"), self.message(tag="x"), self.message(seq=2)
        )
        self.assertEqual(counts, Counts(stored=2, rejected=2))
        self.assertEqual(len(self.letters()), 2)

    def test_null_with_bad_quality_is_a_reading_of_no_use_and_never_zero(self):
        message = self.message(
            f'{{"ts": {self.now}, "seq": 1, "value": null, "unit": "degC", "q": 0}}'.encode()
        )
        self.assertEqual(self.receive(message).stored, 1)
        self.assertEqual(self.readings().verdict, "unusable")
        self.env.cr.execute(
            "SELECT value FROM process_reading WHERE sensor_id = %s", [self.temperature.id]
        )
        self.assertEqual(self.env.cr.fetchall(), [(None,)])

    def test_retained_is_a_state_and_no_reading(self):
        counts = self.receive(
            self.message(retained=True), self.message(b"{", retained=True), self.message(seq=2)
        )
        self.assertEqual(counts, Counts(stored=1, retained=2))
        self.assertFalse(self.letters())

    def test_retained_counts_only_as_long_as_the_mapping_says(self):
        change(self.mapping, retained_max_age_s=60)
        old = self.message(retained=True, ts=self.now - 60_001)
        new = self.message(retained=True, ts=self.now - 59_999)
        self.assertEqual(self.receive(old, new), Counts(stored=1, retained=1))

    def test_first_mapping_that_matches_reads(self):
        first = prepare_mapping(
            self.broker,
            topic_filter="plant/+/{line}/temp",
            sensor_template="{line}-temp2",
            sequence=1,
        )
        approve(self.env["mqtt.mapping"].create(first))
        self.receive(self.message())
        self.assertFalse(self.readings(self.temperature))
        self.assertTrue(self.readings(self.second))

    def test_no_mapping(self):
        self.mapping.active = False
        self.broker.invalidate_recordset()
        self.assert_refused(self.message(), "No mapping matches")

    def test_sensor_of_another_company_is_none_of_this_broker(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.broker.company_id = other
        self.assert_refused(self.message(), "no sensor")

    def test_units_are_converted_by_the_door(self):
        self.receive(self.message(value=161, unit="degF"))
        self.assertAlmostEqual(self.readings().value, 71.6667, places=4)
        self.assertEqual(self.readings().raw_value, 161)

    def test_scale_and_offset(self):
        change(self.mapping, scale=0.1, unit="degC")
        self.receive(self.message(value=724))
        self.assertEqual(self.readings().value, 72.4)

    def test_the_only_door_is_used_once_for_a_batch(self):
        calls = []
        door = type(self.env["process.reading"])._ingest

        def spy(model, samples, *arguments):
            calls.append(samples)
            return door(model, samples, *arguments)

        self.patch(type(self.env["process.reading"]), "_ingest", spy)
        self.receive(*[self.message(seq=number) for number in range(50)])
        self.assertEqual([len(samples) for samples in calls], [50])
        self.assertIsInstance(calls[0][0], Sample)

    def test_process_records_go_through_their_own_door(self):
        """The record of a step by MQTT: each figure taken once or kept refused, as over HTTP."""
        self.env["process.record.mapping"].with_company(self.company).create(
            {
                "path": "energy_consumption",
                "sensor_id": self.temperature.id,
                "company_id": self.company.id,
            }
        )
        self.env["mqtt.mapping"].create(
            prepare_mapping(
                self.broker,
                topic_filter="plant/records",
                sensor_template="record",
                payload_format="record",
                sequence=1,
            )
        )
        approve(self.broker.mapping_ids.filtered(lambda m: m.payload_format == "record"))
        record = {
            "batch_id": "B1",
            "process_step": "Heating",
            "timestamp": self.now,
            "energy_consumption": 41.5,
            "utility_usage": {"water": 2},
        }
        with patch.object(self.registry["process.reading"], "_check_record", return_value=None):
            message = Message("plant/records", json.dumps(record).encode(), self.now)
            self.assertEqual(self.receive(message), Counts(stored=1))
            self.assertEqual(self.receive(message), Counts(duplicates=1))
        self.assertEqual(self.readings(self.temperature).value, 41.5)
        refusal = self.env["process.reading.refusal"].search(
            [("company_id", "=", self.company.id), ("state", "=", "open")]
        )
        self.assertIn("No sensor is mapped to utility_usage.water", refusal.reason)
        self.assertEqual(refusal.delivery_count, 2)
        broken = Message("plant/records", b"7", self.now)
        self.assertEqual(self.receive(broken), Counts(rejected=1))
        self.assertIn("A process record is", self.letters()[0].reason)
        old = Message("plant/records", json.dumps(record).encode(), self.now, is_retained=True)
        self.assertEqual(self.receive(old), Counts(retained=1))
