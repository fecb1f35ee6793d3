# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessPlanImportWizard(models.TransientModel):
    """Takes the JSON file of a plan and opens the draft that comes of it.

    Written by the process engineer and gone after a while; what lasts is the draft.
    """

    _name = "process.plan.import.wizard"
    _inherit = "process.upload.mixin"
    _description = "Import a process plan"

    def action_import(self):
        """Import the file as a draft and open it."""
        return self.env["process.plan"]._do_import(self._read_file())._get_form_action()
