# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ProcessSensor(models.Model):
    """A new sensor may be the one that a listed MQTT topic was waiting for."""

    _inherit = "process.sensor"

    @api.model_create_multi
    def create(self, vals_list):
        sensors = super().create(vals_list)
        # who makes a sensor need not be allowed to see topics
        listed = self.env["mqtt.unmapped"].sudo()
        listed.search(
            [
                ("sensor_code", "in", sensors.mapped("code")),
                ("company_id", "in", sensors.company_id.ids),
            ]
        )._link()
        return sensors
