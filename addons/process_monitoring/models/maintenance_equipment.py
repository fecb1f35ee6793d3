# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class MaintenanceEquipment(models.Model):
    """Equipment carries devices: how they are calibrated is seen from it."""

    _inherit = "maintenance.equipment"

    process_sensor_ids = fields.One2many("process.sensor", "equipment_id", string="Sensors")
    process_sensor_count = fields.Integer(
        string="Number of sensors", compute="_compute_process_sensors"
    )
    process_calibration_state = fields.Selection(
        [
            ("failed", "Failed"),
            ("overdue", "Overdue"),
            ("due_soon", "Due soon"),
            ("valid", "Valid"),
        ],
        string="Calibration",
        compute="_compute_process_sensors",
        help="The worst of its devices.",
    )

    @api.depends(
        "process_sensor_ids.calibration_due",
        "process_sensor_ids.is_calibration_failed",
        "process_sensor_ids.calibration_warn_days",
    )
    def _compute_process_sensors(self):
        order = ("failed", "overdue", "due_soon", "valid")
        for equipment in self:
            # a count and a state, for technicians who do not see the readings
            sensors = equipment.sudo().process_sensor_ids
            states = set(sensors.mapped("calibration_state"))
            equipment.process_sensor_count = len(sensors)
            equipment.process_calibration_state = next((s for s in order if s in states), False)

    def action_view_process_calibrations(self):
        """Open the calibrations of the devices of this equipment."""
        return self.process_sensor_ids.action_view_calibrations()
