# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Configuration: what cannot be compared cannot be configured; what was used stays."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..tools import limits
from .common import T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestRequirement(ProcessMonitoringCase):
    def test_limits_text(self):
        self.assertEqual(self.ccp.limits_text, "≥ 72.0 °C critical · ≥ 72.5 °C operating")

    def test_limit_takes_the_unit_of_the_parameter(self):
        with Form(self.env["process.requirement"]) as form:
            form.name = "Flow"
            form.parameter_id = self.flow
            form.sensor_id = self.flow_sensor
            with form.limit_ids.new() as line:
                line.operator = "le"
                line.value = 8000
        self.assertEqual(form.record.limit_ids.unit, "l/h")

    def test_limit_of_another_dimension_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be compared"):
            self._create_requirement("X", [("critical", "ge", 1.0, {"unit": "bar"})])

    def test_sensor_of_another_dimension_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "can be converted"):
            self._create_sensor("t-wrong", self.temperature, unit="l/h")

    def test_sensor_of_another_parameter_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Choose a sensor"):
            self.ccp.sensor_id = self.flow_sensor

    def test_state_has_no_unit_and_a_value_needs_one(self):
        with self.assertRaises(ValidationError):
            self._create_parameter("t-x", "state", "degC")
        with self.assertRaises(ValidationError):
            self._create_parameter("t-y", "measure", False)

    def test_condition_needs_sensor_and_value(self):
        with self.assertRaisesRegex(ValidationError, "neither"):
            self.ccp.condition_sensor_id = self.valve

    def test_snapshot_is_frozen_and_hashed(self):
        cycle = self.open_cycle()
        text = cycle.limits_snapshot
        self.assertEqual(cycle.limits_hash, limits.fingerprint(text))
        self.assertIn('"canonical":"72.0"', text)
        self.assertNotIn("_id", text, "No database ids in what is hashed")
        self.ccp.limit_ids.unlink()
        self.assertEqual(cycle.limits_snapshot, text)
        self.assertEqual(cycle.limits_text, "≥ 72.0 °C critical · ≥ 72.5 °C operating")

    def test_used_sensor_stays_what_it_is(self):
        self.sensor.code = "t-temp2"
        self.sensor.code = "t-temp"
        self.feed((T0, 72.6))
        with self.assertRaisesRegex(UserError, "archive"):
            self.sensor.code = "t-other"
        with self.assertRaises(UserError):
            self.sensor.unlink()
        with self.assertRaises(ValidationError):
            self.temperature.unit = "degF"
        self.sensor.write({"code": "t-temp", "name": "Holding tube"})

    def test_codes_are_unique(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        self._create_sensor("t-temp", self.temperature, company_id=other.id)
        with self.assertRaises(Exception), self.cr.savepoint():
            self._create_sensor("t-temp", self.temperature)
