# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import json
import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import mapping_document


class MqttBrokerDocument(models.Model):
    """The mappings of a broker travel to another plant as one JSON file; they arrive as drafts."""

    _inherit = "mqtt.broker"

    mapping_document = fields.Binary(
        "Mappings as JSON", compute="_compute_mapping_document", attachment=False
    )

    @api.depends("mapping_ids")
    def _compute_mapping_document(self):
        for broker in self:
            in_force = broker.mapping_ids._filter_in_force()
            body = {
                "format": mapping_document.FORMAT,
                "mappings": [mapping._prepare_document() for mapping in in_force],
            }
            text = json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
            broker.mapping_document = base64.b64encode(text.encode())

    def action_export_mappings(self):
        """Download the mappings in force as a JSON file."""
        self.ensure_one()
        self.check_access("read")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", self.name) + "-mappings.json"
        path = f"/web/content/{self._name}/{self.id}/mapping_document"
        return {
            "type": "ir.actions.act_url",
            "url": f"{path}?download=true&filename={name}",
            "target": "download",
        }

    def _import_mappings(self, data: bytes):
        """Make a draft of each mapping in a file, all of them or none; return them."""
        self.ensure_one()
        result = mapping_document.read(data)
        if isinstance(result, mapping_document.Problem):
            raise UserError(self.env._("The file cannot be imported: %s", result.sentence))
        return self.env["mqtt.mapping"].create(
            [{**values, "broker_id": self.id} for values in result]
        )
