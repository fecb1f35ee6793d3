# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.upload import read_upload


class ProcessUploadMixin(models.AbstractModel):
    """A wizard that takes a JSON file; what becomes of it is the wizard's."""

    _name = "process.upload.mixin"
    _description = "Takes a JSON file"

    file = fields.Binary(string="JSON file", required=True, attachment=False)
    filename = fields.Char()

    def _read_file(self) -> bytes:
        """Return the bytes of the file, or refuse what did not arrive whole."""
        self.ensure_one()
        return read_upload(self.env, self.file)
