# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..fields import OptionalFloat
from ..tools import units


class ProcessSensor(models.Model):
    """A source of readings: an instrument, a meter, a valve feedback, or a place of manual entry.

    Configured by process engineers; its code is what samples name. The `last_…` fields are kept by
    the readings' door. A sensor that has delivered is archived, never deleted.
    """

    _name = "process.sensor"
    _description = "Process sensor"
    _order = "code, id"
    _check_company_auto = True
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True)
    code = fields.Char(
        required=True, help="What samples call this sensor; unique within the company."
    )
    parameter_id = fields.Many2one(
        "process.parameter", required=True, ondelete="restrict", index=True
    )
    kind = fields.Selection(related="parameter_id.kind")
    unit = fields.Selection(
        units.SELECTION,
        string="Unit as delivered",
        compute="_compute_unit",
        store=True,
        readonly=False,
        precompute=True,
        help="Unit of a sample that names none. Values are stored in the parameter's unit.",
    )
    canonical_unit = fields.Selection(related="parameter_id.unit", string="Stored unit")
    equipment_id = fields.Many2one("maintenance.equipment", check_company=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    note = fields.Text(string="Location and remarks")

    calibrated_on = fields.Date(string="Last calibration")
    calibration_due = fields.Date(help="Last day on which the calibration is valid.")
    is_calibration_failed = fields.Boolean(
        string="Calibration failed", help="The last calibration found the device out of tolerance."
    )
    calibration_state = fields.Selection(
        [
            ("valid", "Valid"),
            ("overdue", "Overdue"),
            ("failed", "Failed"),
            ("untracked", "Not tracked"),
        ],
        compute="_compute_calibration_state",
    )

    last_source_ms = BigInt(string="Last reading (ms UTC)", readonly=True, aggregator=None)
    last_source_time = fields.Datetime(
        string="Last reading", compute="_compute_last_source_time", search="_search_last_time"
    )
    last_value = OptionalFloat(readonly=True, aggregator=None)
    last_text = fields.Char(string="Last state", readonly=True)
    last_quality = fields.Integer(readonly=True, aggregator=None)
    last_origin = fields.Char(string="Last came from", readonly=True)
    requirement_ids = fields.One2many("process.requirement", "sensor_id", string="Requirements")

    _code_unique = models.Constraint(
        "unique(company_id, code)", "Another sensor of this company already has this code."
    )

    @api.depends("parameter_id")
    def _compute_unit(self):
        for sensor in self:
            canonical = sensor.parameter_id.unit
            if not (sensor.unit and canonical and units.is_compatible(sensor.unit, canonical)):
                sensor.unit = canonical

    @api.depends("code", "name")
    def _compute_display_name(self):
        for sensor in self:
            sensor.display_name = f"[{sensor.code}] {sensor.name}" if sensor.code else sensor.name

    @api.depends("last_source_ms")
    def _compute_last_source_time(self):
        for sensor in self:
            sensor.last_source_time = clock.to_datetime(sensor.last_source_ms)

    def _search_last_time(self, operator, value):
        return clock.search_datetime("last_source_ms", operator, value)

    @api.depends("calibration_due", "is_calibration_failed")
    def _compute_calibration_state(self):
        for sensor in self:
            sensor.calibration_state = sensor._get_calibration_state(clock.now_ms())

    def _get_calibration_state(self, at_ms: int) -> str:
        """Return the state of the calibration at a time; the due day itself is still valid."""
        self.ensure_one()
        if self.is_calibration_failed:
            return "failed"
        if not self.calibration_due:
            return "untracked"
        is_overdue = clock.to_datetime(at_ms).date() > self.calibration_due
        return "overdue" if is_overdue else "valid"

    @api.constrains("unit", "parameter_id")
    def _check_unit(self):
        for sensor in self:
            wanted = sensor.parameter_id.unit
            if not (sensor.unit or wanted):
                continue
            if not (sensor.unit and wanted and units.is_compatible(sensor.unit, wanted)):
                raise ValidationError(
                    self.env._(
                        "Sensor %(sensor)s delivers %(unit)s, but %(parameter)s is kept in "
                        "%(wanted)s. Choose a unit that can be converted into it.",
                        sensor=sensor.code,
                        unit=units.label(sensor.unit) or self.env._("no unit"),
                        parameter=sensor.parameter_id.name,
                        wanted=units.label(wanted) or self.env._("no unit"),
                    )
                )

    def write(self, vals):
        """Refuse another parameter, code or company once readings name the sensor."""
        frozen = {"parameter_id", "code", "company_id"} & set(vals)
        for sensor in self:
            is_new = any(
                sensor._fields[name].convert_to_write(sensor[name], sensor) != vals[name]
                for name in frozen
            )
            if is_new and sensor.last_source_ms:
                raise UserError(
                    self.env._(
                        "Readings of sensor %(sensor)s are stored. Its code, parameter and company "
                        "stay; archive it and create a new one.",
                        sensor=sensor.code,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        used = self.filtered("last_source_ms")
        if used:
            raise UserError(
                self.env._(
                    "Readings of sensor %(sensor)s are stored. Archive it instead of deleting it.",
                    sensor=used[0].code,
                )
            )

    def action_view_readings(self):
        """Open the readings of this sensor."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_reading_action"
        )
        return {**action, "domain": [("sensor_id", "=", self.id)], "context": {}}
