# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mappings: what can be saved, and what the form says of a pasted payload."""

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import MqttCase, approve, change, prepare_mapping


@tagged("post_install", "-at_install")
class TestMqttMapping(MqttCase):
    def test_wrong_filters_and_codes_are_refused_with_a_sentence(self):
        for values, words in (
            ({"topic_filter": "a/#/b"}, "'#' must be the last level"),
            ({"topic_filter": "a/{b}-x"}, "mixes"),
            ({"sensor_template": "{nothing}"}, "no placeholder {nothing}"),
            (
                {
                    "topic_filter": "x",
                    "sensor_template": "x",
                    "value_path": False,
                    "text_path": False,
                },
                "reads nothing",
            ),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                self.env["mqtt.mapping"].create(prepare_mapping(self.broker, **values))

    @mute_logger("odoo.sql_db")
    def test_constraints(self):
        for values in (
            {"topic_filter": "b/{line}/{tag}", "scale": 0},
            {"topic_filter": "b/{line}/{tag}", "max_bytes": 1},
            {"topic_filter": "b/{line}/{tag}", "max_bytes": 2_000_000},
        ):
            with self.subTest(values), self.assertRaises(IntegrityError), self.cr.savepoint():
                self.env["mqtt.mapping"].create(prepare_mapping(self.broker, **values))

    @mute_logger("odoo.sql_db")
    def test_one_filter_and_code_is_in_force_once(self):
        again = self.env["mqtt.mapping"].create(prepare_mapping(self.broker))
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            approve(again)

    def test_record_becomes_the_value_the_parser_takes(self):
        values = {"scale": 0.1, "offset": -1.5, "unit": "degC", "retained_max_age_s": 60}
        value = change(self.mapping, **values)._get_mapping()
        self.assertEqual((value.scale, value.offset, value.unit), (0.1, -1.5, "degC"))
        self.assertEqual((value.value_path, value.time_path), ("value", "ts"))
        self.assertEqual((value.sequence_path, value.quality_path), ("seq", "q"))
        self.assertEqual(value.retained_max_age_ms, 60_000)

    def try_out(self, payload, topic="plant/dairy/d1/temp"):
        with Form(self.mapping) as form:
            form.example_topic = topic
            form.example_payload = payload
            return form.example_result

    def test_form_shows_the_sample(self):
        result = self.try_out(f'{{"ts": {self.now}, "seq": 7, "value": 72.4, "unit": "degC"}}')
        self.assertIn("Sensor: d1-temp\n", result)
        self.assertIn("Value: 72.4 degC", result)
        self.assertIn("Sequence: 7", result)
        self.assertNotIn("no sensor", result)
        self.assertFalse(self.readings())

    def test_form_shows_a_state(self):
        payload = f'{{"ts": {self.now}, "value": "forward"}}'
        self.assertIn("Value: forward", self.try_out(payload, "plant/dairy/d1/valve"))

    def test_form_shows_the_reason(self):
        for payload, words in (
            ("{", "not valid JSON"),
            ('{"ts": 1795348800000, "value": "72,4", "unit": "degC"}', "not a number"),
            (f'{{"ts": {self.now + 10**7}, "value": 1, "unit": "degC"}}', "in the future"),
        ):
            result = self.try_out(payload)
            self.assertTrue(result.startswith("Refused: "), result)
            self.assertIn(words, result)
        self.assertIn("No mapping", self.try_out("{}", "other/topic"))

    def test_form_warns_of_an_unknown_sensor(self):
        payload = f'{{"ts": {self.now}, "value": 1, "unit": "degC"}}'
        self.assertIn("no sensor with this code", self.try_out(payload, "plant/dairy/d9/temp"))

    def test_form_of_an_unfinished_mapping(self):
        form = Form(self.env["mqtt.mapping"].with_context(default_broker_id=self.broker.id))
        form.example_topic = "a"
        form.example_payload = "{}"
        self.assertIn("not usable yet", form.example_result)
        form.topic_filter = "{line}"
        form.sensor_template = "{other}"
        self.assertIn("no placeholder {other}", form.example_result)
