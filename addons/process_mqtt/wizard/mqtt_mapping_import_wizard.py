# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class MqttMappingImportWizard(models.TransientModel):
    """Takes a JSON file of mappings and opens the drafts that come of it.

    Written by the engineer and gone after a while; what lasts are the drafts.
    """

    _name = "mqtt.mapping.import.wizard"
    _inherit = "process.upload.mixin"
    _description = "Import MQTT mappings"

    broker_id = fields.Many2one("mqtt.broker", required=True)

    def action_import(self):
        """Import the file as drafts of the chosen broker and show them."""
        drafts = self.broker_id._import_mappings(self._read_file())
        action = self.env["ir.actions.act_window"]._for_xml_id("process_mqtt.mqtt_mapping_action")
        action["domain"] = [("id", "in", drafts.ids)]
        return action
