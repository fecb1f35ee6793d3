# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.upload import read_upload

from ..tools import table


class MassBalanceImportMixin(models.AbstractModel):
    """A wizard that reads a file row by row: a check shows every row before any counts.

    What a row becomes is the wizard's: `_take_rows`, and the words about it.
    """

    _name = "mass.balance.import.mixin"
    _description = "Reads a file row by row"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file_data = fields.Binary(string="File", required=True, attachment=False)
    file_name = fields.Char()
    day_order = fields.Selection(
        [("day", "31/12/2026"), ("month", "12/31/2026")],
        string="Dates with slashes",
        default="day",
        required=True,
    )
    state = fields.Selection(
        [("draft", "Choose"), ("checked", "Checked"), ("done", "Imported")], default="draft"
    )
    summary = fields.Char(readonly=True)

    def action_check(self):
        """Read the file and show what would become of each row; nothing is stored."""
        return self._run(is_dry=True)

    def action_import(self):
        """Take the rows that can be taken."""
        return self._run(is_dry=False)

    def _run(self, is_dry: bool) -> dict:
        self.ensure_one()
        if not self.env.user.has_group("mass_balance.group_mass_balance_manager"):
            raise AccessError(self._get_role_text())
        lines = self._take_rows(read_upload(self.env, self.file_data), is_dry)
        self.write(
            {
                "state": "checked" if is_dry else "done",
                "line_ids": [Command.clear(), *(Command.create(line) for line in lines)],
                "summary": self._get_summary(lines),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self._get_title(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _read_rows(self, content: bytes) -> list[table.Row]:
        """Return the rows of the file, or say what is wrong with it as a whole."""
        try:
            return table.read(self.file_name or "", content)
        except table.FileProblem as problem:
            raise UserError(self._get_file_text(problem)) from problem

    def _get_file_text(self, problem: table.FileProblem) -> str:
        texts = {
            "long": self.env._("The file has %s rows: cut it into parts.", problem.detail),
            "double": self.env._("Two columns have one name: %s.", problem.detail),
            "encoding": self.env._("The text of the file cannot be read: store it as UTF-8."),
            **self._get_file_texts(problem.detail),
        }
        broken = self.env._("The file cannot be read: %s", problem.detail)
        return texts.get(problem.code, broken)
