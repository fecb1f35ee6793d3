# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import history_file


class ProcessReadingImportColumn(models.Model):
    """What one column of an imported file means.

    Guessed from its header, corrected by the process engineer; it stays once the import runs.
    """

    _name = "process.reading.import.column"
    _description = "Column of an imported file"
    _order = "sequence, id"
    _rec_name = "header"

    import_id = fields.Many2one(
        "process.reading.import", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    sequence = fields.Integer()
    header = fields.Char(readonly=True)
    sample = fields.Char(string="First line", readonly=True)
    role = fields.Selection(history_file.ROLES, string="Means", required=True, default="ignore")
    sensor_id = fields.Many2one("process.sensor", domain="[('company_id', '=', company_id)]")
    unit = fields.Char(help="Of the values of this column; empty: as the sensor delivers.")

    def _to_tool(self) -> history_file.Column:
        self.ensure_one()
        if self.role == "series" and not self.sensor_id:
            raise UserError(
                self.env._("Choose the sensor whose values are in the column “%s”.", self.header)
            )
        return history_file.Column(self.role, self.sensor_id.code or "", self.unit or "")

    def write(self, vals):
        """Refuse a change once the import runs; before, it needs a new check."""
        self._check_open()
        result = super().write(vals)
        self.import_id._need_check()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_running(self):
        self._check_open()

    def _check_open(self):
        if any(record.state in ("running", "done") for record in self.import_id):
            raise UserError(self.env._("The import runs already: its columns stay as they are."))
