# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError


class ProcessPlanImportWizard(models.TransientModel):
    """Takes the JSON file of a plan and opens the draft that comes of it.

    Written by the process engineer and gone after a while; what lasts is the draft.
    """

    _name = "process.plan.import.wizard"
    _description = "Import a process plan"

    file = fields.Binary(string="JSON file", required=True, attachment=False)
    filename = fields.Char()

    def action_import(self):
        """Import the file as a draft and open it."""
        self.ensure_one()
        try:
            data = base64.b64decode(self.file or b"", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The file did not arrive whole. Choose it again.")
            ) from error
        return self.env["process.plan"]._do_import(data)._get_form_action()
