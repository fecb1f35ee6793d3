# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import api, fields, models

from ..tools import chain


class AuditRecord(models.Model):
    """One line of the audit trail: something happened to a document, who caused it and when.

    Written by `_log` from the code of the rooms above and by refused attempts, never by hand.
    Nothing of it can change; each line is hashed with the one before.
    """

    _name = "audit.record"
    _inherit = ["audit.chain.mixin"]
    _description = "Audit record"
    _order = "recorded_at_ms desc, id desc"
    _rec_name = "name"

    event = fields.Char(required=True, readonly=True, index=True)
    name = fields.Char(string="What happened", required=True, readonly=True)
    res_model = fields.Char(string="Document type", readonly=True, index=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", readonly=True, index=True
    )
    res_name = fields.Char(string="Document", readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", index=True)
    user_name = fields.Char(string="User name", readonly=True)
    details = fields.Text(readonly=True)

    def _prepare_chain_payload(self, vals):
        return {
            "event": vals["event"],
            "name": vals["name"],
            "document": vals.get("res_name") or "",
            "model": vals.get("res_model") or "",
            "user": vals.get("user_name") or "",
            "details": json.loads(vals.get("details") or "{}"),
        }

    @api.model
    def _log(self, event: str, record, details: dict):
        """Append one line about `record` (one record, or an empty recordset of its model).

        `event` is a code such as "process.transition"; `details` hold what chain.canonical
        takes: texts, integers, booleans, None, lists and dicts.
        """
        return self._append(event, self._prepare_subject(record), details)

    @api.model
    def _prepare_subject(self, record) -> dict:
        """Return the values that say what a line is about and who caused it."""
        return {
            "res_model": record._name,
            "res_id": record[:1].id,
            "res_name": record[:1].sudo().display_name or "",
            "company_id": self._get_company(record[:1].sudo()).id,
            "user_id": self.env.uid,
        }

    def _get_company(self, record):
        """Return the company in whose chain a line about `record` belongs."""
        if record and record._name == "res.company":
            return record
        return ("company_id" in record._fields and record.company_id) or self.env.company

    @api.model
    def _append(self, event: str, subject: dict, details: dict):
        """Append a line from plain values: `after_transaction` brings no records along."""
        user = self.env["res.users"].sudo().browse(subject["user_id"])
        return self.sudo().create(
            {
                **subject,
                "event": event,
                "name": f"{event}: {subject['res_name']}" if subject["res_name"] else event,
                "user_name": user.name,
                "details": chain.canonical(details),
            }
        )

    def action_export_chain(self):
        """Download the audit trail of the current company, to be verified outside Odoo."""
        self.check_access("read")
        return self._get_chain_download(self.env.company)

    def action_open_document(self):
        """Open the document the line is about, if it is still there."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
