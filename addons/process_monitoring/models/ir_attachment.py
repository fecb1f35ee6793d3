# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

ARCHIVED = "process.reading.archive.file"


class IrAttachment(models.Model):
    """A file of archived readings is all there is of them: it stays as it is."""

    _inherit = "ir.attachment"

    def write(self, vals):
        """Refuse a change of archived readings, whoever asks."""
        self._refuse_for_archived_readings()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived_readings(self):
        self._refuse_for_archived_readings()

    def _refuse_for_archived_readings(self):
        found = self.sudo().filtered(lambda file: file.res_model == ARCHIVED)[:1]
        if found:
            raise UserError(
                self.env._(
                    "%s holds archived readings: it cannot be changed or deleted.", found.name
                )
            )
