# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import clock
from ..fields import OptionalFloat
from ..tools import calibration

# What approved calibrations say; by hand it is entered only as long as there is none.
STAMPED = {"calibrated_on", "calibration_due", "is_calibration_failed"}


class ProcessSensorCalibration(models.Model):
    """How often a device is calibrated, how wrong it may be, and what came of it.

    Once a calibration is approved, it alone says until when the device is valid.
    """

    _name = "process.sensor"
    _inherit = ["process.sensor", "mail.thread", "mail.activity.mixin"]

    calibration_interval_days = fields.Integer(
        string="Calibrated every (days)", help="0: the next date is given by hand."
    )
    calibration_warn_days = fields.Integer(
        string="Remind before (days)",
        default=14,
        help="So many days before it is due, somebody gets an activity.",
    )
    calibration_tolerance = OptionalFloat(
        string="Permitted error",
        digits=None,
        help="The largest error, in either direction and in the unit as delivered, with which the "
        "device is still accepted.",
    )
    calibration_ids = fields.One2many("process.calibration", "sensor_id", string="Calibrations")
    calibration_count = fields.Integer(compute="_compute_calibration_count")
    calibration_state = fields.Selection(selection_add=[("due_soon", "Due soon"), ("overdue",)])

    _calibration_days = models.Constraint(
        "CHECK(calibration_interval_days >= 0 AND calibration_warn_days >= 0)",
        "The days of a calibration cannot be negative.",
    )

    @api.depends("calibration_ids")
    def _compute_calibration_count(self):
        for sensor in self:
            sensor.calibration_count = len(sensor.calibration_ids)

    @api.constrains("calibration_tolerance")
    def _check_tolerance(self):
        for sensor in self:
            if sensor.calibration_tolerance is not False and sensor.calibration_tolerance < 0:
                raise ValidationError(self.env._("The permitted error cannot be negative."))

    @api.depends("calibration_due", "is_calibration_failed", "calibration_warn_days")
    def _compute_calibration_state(self):
        result = super()._compute_calibration_state()
        today = clock.to_datetime(clock.now_ms()).date()
        for sensor in self.filtered(lambda s: s.calibration_state == "valid"):
            if sensor.calibration_due - today <= timedelta(days=sensor.calibration_warn_days):
                sensor.calibration_state = "due_soon"
        return result

    # -- guard ----------------------------------------------------------------------------------

    def write(self, vals):
        """Refuse to type what an approved calibration says; to fail a device is always allowed."""
        typed = STAMPED & set(vals)
        if typed == {"is_calibration_failed"} and vals["is_calibration_failed"]:
            typed = set()
        for sensor in self if typed else ():
            if any(self._is_other(sensor, name, vals[name]) for name in typed):
                sensor._check_uncalibrated_yet()
        return super().write(vals)

    @api.model
    def _is_other(self, sensor, name: str, value) -> bool:
        field = self._fields[name]
        return field.convert_to_cache(value, sensor) != field.convert_to_cache(sensor[name], sensor)

    def _check_uncalibrated_yet(self) -> None:
        newest = self.sudo()._get_newest_calibration()
        if newest:
            raise UserError(
                self.env._(
                    "Until when %(sensor)s is valid is said by calibration %(calibration)s. Record "
                    "a new calibration and have it approved.",
                    sensor=self.display_name,
                    calibration=newest.name,
                )
            )

    def _get_newest_calibration(self):
        """Return the newest approved calibration."""
        self.ensure_one()
        return self.env["process.calibration"].search(
            [("sensor_id", "=", self.id), ("state", "=", "approved")],
            order="calibrated_at desc, id desc",
            limit=1,
        )

    def _stamp_calibration(self, vals: dict) -> bool:
        """Write what a calibration says, past the guard; for its approval alone."""
        return super().write(vals)

    # -- reminders ------------------------------------------------------------------------------

    @api.model
    def _cron_remind_calibration(self) -> None:
        """Give somebody an activity ahead of time, once for each due date."""
        horizon = clock.to_datetime(clock.now_ms()).date() + timedelta(days=366)
        due = self.search([("calibration_due", "!=", False), ("calibration_due", "<=", horizon)])
        for sensor in due.filtered(lambda s: s.calibration_state in ("due_soon", "overdue")):
            sensor._remind_calibration()

    def _remind_calibration(self) -> None:
        self.ensure_one()
        xmlid = "process_monitoring.mail_activity_type_calibration"
        known = self.activity_search([xmlid])
        if any(activity.date_deadline == self.calibration_due for activity in known):
            return
        known.unlink()
        for user in self._get_calibration_users():
            self.with_context(mail_activity_automation_skip=False).activity_schedule(
                xmlid,
                date_deadline=self.calibration_due,
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._("Calibrate %s", self.code),
            )

    def _get_calibration_users(self):
        """Return who sees to it: the technician of the equipment, else the process engineers."""
        technician = self.sudo().equipment_id.technician_user_id
        engineers = "group_process_monitoring_engineer"
        return technician or self.env["res.users"]._get_process_users(engineers, self.company_id)

    # -- buttons --------------------------------------------------------------------------------

    def action_view_calibrations(self):
        """Open the calibrations of this device."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_calibration_action"
        )
        context = {"default_sensor_id": self.id} if len(self) == 1 else {}
        return {**action, "domain": [("sensor_id", "in", self.ids)], "context": context}

    def _to_canonical_error(self, error: float) -> float:
        """Return an error, given in the unit as delivered, in that of the stored readings."""
        self.ensure_one()
        return calibration.convert_difference(error, self.unit, self.canonical_unit)
