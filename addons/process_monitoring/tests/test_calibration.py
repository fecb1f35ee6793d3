# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Calibration: what is approved and frozen, and how its status gates a device (A11, 8.7)."""

import base64
from datetime import timedelta

from psycopg2 import DatabaseError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import clock
from .common import T0, ProcessMonitoringCase

DAY = 86_400_000


class CalibrationCase(ProcessMonitoringCase):
    """Offers `calibrate`: a calibration of `t-temp`, signed by the quality manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sensor.write({"calibration_tolerance": 0.3, "calibration_interval_days": 90})

    def draft(self, at_ms=T0, error=0.0, **vals):
        """Return the draft of an engineer."""
        document = {"name": "certificate.pdf", "datas": base64.b64encode(b"%PDF-1.4 calibration")}
        return (
            self.env["process.calibration"]
            .with_user(self.engineer)
            .create(
                {
                    "sensor_id": self.sensor.id,
                    "calibrated_at": clock.to_datetime(at_ms),
                    "as_found_error": error,
                    "standard": "Pt100 no. 4711",
                    "performed_by": "Laboratory",
                    "attachment_ids": [Command.create(document)],
                    **vals,
                }
            )
        )

    def approve(self, calibration):
        self.sign(calibration, "approve", self.quality_manager)
        return calibration.sudo()

    def calibrate(self, at_ms=T0, error=0.0, **vals):
        return self.approve(self.draft(at_ms, error, **vals))


@tagged("post_install", "-at_install")
class TestCalibration(CalibrationCase):
    def test_it_says_until_when_the_device_is_valid(self):
        calibration = self.calibrate(as_found_error=0.2)
        day = clock.to_datetime(T0).date()
        self.assertEqual((calibration.found_result, calibration.left_result), ("passed", "passed"))
        self.assertEqual(self.sensor.calibrated_on, day)
        self.assertEqual(self.sensor.calibration_due, day + timedelta(days=90))
        self.assertFalse(self.sensor.is_calibration_failed)
        self.assertEqual(calibration.approved_by_id, self.quality_manager)

    def test_a11_states(self):
        due = clock.to_datetime(clock.now_ms()).date()
        cases = ((-1, "overdue"), (0, "due_soon"), (14, "due_soon"), (15, "valid"))
        for days, state in cases:
            with self.subTest(days=days):
                self.sensor.calibration_due = due + timedelta(days=days)
                self.assertEqual(self.sensor.calibration_state, state)
        self.assertEqual(self.sensor._get_calibration_state(clock.now_ms()), "valid")

    def test_a11_left_wrong_fails_the_device(self):
        calibration = self.calibrate(error=0.5)
        self.assertEqual(calibration.left_result, "failed")
        self.assertEqual(self.sensor.calibration_state, "failed")
        cycle = self.open_cycle(start_ms=T0 + DAY)
        cycle._evaluate(T0 + DAY + 1)
        self.assertEqual(cycle.deviation_ids.kind, "uncalibrated")

    def test_found_wrong_and_adjusted_is_valid_again(self):
        calibration = self.calibrate(error=0.5, as_left_error=0.1)
        self.assertEqual((calibration.found_result, calibration.left_result), ("failed", "passed"))
        self.assertFalse(self.sensor.is_calibration_failed)

    def test_the_permitted_error_is_permitted(self):
        for error, result in ((0.3, "passed"), (-0.3, "passed"), (0.31, "failed"), (0, "passed")):
            with self.subTest(error=error):
                self.assertEqual(self.draft(error=error).found_result, result)

    def test_an_older_one_moves_nothing(self):
        self.calibrate(T0 + 10 * DAY)
        due = self.sensor.calibration_due
        self.calibrate(T0, error=1.0)
        self.assertEqual(self.sensor.calibration_due, due)
        self.assertFalse(self.sensor.is_calibration_failed)

    def test_a_check_moves_no_date_and_heals_nothing(self):
        self.calibrate(T0)
        due = self.sensor.calibration_due
        self.calibrate(T0 + DAY, error=0.9, kind="verification", attachment_ids=[])
        self.assertEqual(
            (self.sensor.calibration_due, self.sensor.calibration_state), (due, "failed")
        )
        self.calibrate(T0 + 2 * DAY, kind="verification", attachment_ids=[])
        self.assertEqual(self.sensor.calibration_state, "failed")
        self.calibrate(T0 + 3 * DAY)
        self.assertFalse(self.sensor.is_calibration_failed)

    # -- approval -------------------------------------------------------------------------------

    def test_four_eyes(self):
        draft = self.draft().with_user(self.quality_manager)
        self.assertEqual(draft.attachment_ids.raw, b"%PDF-1.4 calibration", "he can read it")
        own = draft.copy({"attachment_ids": draft.attachment_ids.ids})
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.sign(own, "approve", self.quality_manager)
        for user in (self.operator, self.supervisor):
            with self.assertRaises(AccessError):
                self.sign(draft, "approve", user)

    def test_what_is_missing_is_named(self):
        cases = {
            "as_found_error": "Error as found",
            "tolerance": "Permitted error",
            "standard": "Reference standard",
            "performed_by": "Performed",
            "attachment_ids": "Certificate",
            "next_due": "Valid until",
        }
        for name, label in cases.items():
            draft = self.draft()
            draft[name] = [Command.clear()] if name == "attachment_ids" else False
            with self.subTest(name=name), self.assertRaisesRegex(UserError, label):
                draft.action_approve()
        self.assertEqual(self.draft(error=0.0).found_result, "passed", "0 is an error like another")

    def test_87_an_expired_standard_proves_nothing(self):
        draft = self.draft(standard_due=clock.to_datetime(T0 - DAY))
        with self.assertRaisesRegex(UserError, "proves nothing"):
            draft.action_approve()

    def test_values_that_cannot_be(self):
        with self.assertRaisesRegex(ValidationError, "negative"):
            self.draft(tolerance=-0.1)
        with self.assertRaisesRegex(ValidationError, "future"):
            self.draft(clock.now_ms() + DAY)
        with self.assertRaisesRegex(ValidationError, "no error"):
            self.draft(sensor_id=self.valve.id)

    def test_a25_approved_is_frozen(self):
        calibration = self.calibrate()
        for vals in ({"as_found_error": 0.1}, {"next_due": "2030-01-01"}, {"note": "x"}):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                calibration.write(vals)
        with self.assertRaises(UserError):
            calibration.unlink()
        draft = self.draft()
        with self.assertRaises(UserError):
            draft.sudo().state = "approved"
        self.assertEqual(self.draft(state="approved").state, "draft")

    def test_a25_for_sql_too(self):
        calibration = self.calibrate()
        self.env.flush_all()
        for query in (
            "UPDATE process_calibration SET as_found_error = 0.1 WHERE id = %s",
            "DELETE FROM process_calibration WHERE id = %s",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(DatabaseError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [calibration.id])

    def test_a24_another_certificate_invalidates_the_signature(self):
        calibration = self.calibrate()
        self.assertEqual(calibration.signature_state, "valid")
        calibration.attachment_ids.datas = base64.b64encode(b"%PDF-1.4 other")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(calibration.signature_state, "invalid")

    def test_the_date_is_not_typed_past_it(self):
        self.sensor.calibration_due = "2020-01-01"
        self.calibrate()
        for vals in (
            {"calibration_due": "2099-01-01"},
            {"is_calibration_failed": False, "calibrated_on": "2026-05-01"},
        ):
            with self.assertRaisesRegex(UserError, "CAL/"):
                self.sensor.write(vals)
        self.sensor.is_calibration_failed = True
        with self.assertRaisesRegex(UserError, "CAL/"):
            self.sensor.is_calibration_failed = False

    # -- reminders ------------------------------------------------------------------------------

    def test_somebody_is_reminded_once_for_each_date(self):
        today = fields.Date.today()
        self.sensor.calibration_due = today + timedelta(days=15)
        sensors = self.env["process.sensor"]
        sensors._cron_remind_calibration()
        self.assertFalse(self.sensor.activity_ids)
        self.sensor.calibration_due = today + timedelta(days=14)
        sensors._cron_remind_calibration()
        sensors._cron_remind_calibration()
        mine = self.sensor.activity_ids.filtered(lambda a: a.user_id == self.engineer)
        self.assertEqual(mine.date_deadline, today + timedelta(days=14))
        self.calibrate(clock.now_ms() - DAY)
        self.assertFalse(self.sensor.activity_ids, "it was done")

    def test_the_technician_is_reminded_where_there_is_one(self):
        self.sensor.equipment_id = self.env["maintenance.equipment"].create(
            {"name": "Pasteuriser", "technician_user_id": self.supervisor.id}
        )
        self.sensor.calibration_due = fields.Date.today()
        self.env["process.sensor"]._cron_remind_calibration()
        self.assertEqual(self.sensor.activity_ids.user_id, self.supervisor)

    def test_the_equipment_shows_the_worst(self):
        equipment = self.env["maintenance.equipment"].create({"name": "Pasteuriser"})
        (self.sensor | self.flow_sensor).equipment_id = equipment
        self.flow_sensor.calibration_due = "2099-01-01"
        self.assertEqual(equipment.process_calibration_state, "valid")
        self.sensor.calibration_due = "2020-01-01"
        self.assertEqual(equipment.process_calibration_state, "overdue")
        action = equipment.with_user(self.engineer).sudo().action_view_process_calibrations()
        self.assertEqual(action["res_model"], "process.calibration")
