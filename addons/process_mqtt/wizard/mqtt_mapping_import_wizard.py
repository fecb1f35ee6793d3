# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError


class MqttMappingImportWizard(models.TransientModel):
    """Takes a JSON file of mappings and opens the drafts that come of it.

    Written by the engineer and gone after a while; what lasts are the drafts.
    """

    _name = "mqtt.mapping.import.wizard"
    _description = "Import MQTT mappings"

    broker_id = fields.Many2one("mqtt.broker", required=True)
    file = fields.Binary(string="JSON file", required=True, attachment=False)
    filename = fields.Char()

    def action_import(self):
        """Import the file as drafts of the chosen broker and show them."""
        self.ensure_one()
        try:
            data = base64.b64decode(self.file or b"", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The file did not arrive whole. Choose it again.")
            ) from error
        drafts = self.broker_id._import_mappings(data)
        action = self.env["ir.actions.act_window"]._for_xml_id("process_mqtt.mqtt_mapping_action")
        action["domain"] = [("id", "in", drafts.ids)]
        return action
