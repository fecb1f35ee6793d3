# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import re

from odoo import api, fields, models

from ..tools import plan_document


class ProcessPlanTemplate(models.Model):
    """A plan serves as a template: it is copied, compared, or carried away as a file."""

    _inherit = "process.plan"

    document = fields.Binary(
        string="Plan as JSON",
        compute="_compute_document",
        attachment=False,
        help="The content that is hashed and signed: its SHA-256 over the canonical form is the "
        "content hash.",
    )

    @api.depends("content_hash")
    def _compute_document(self):
        for plan in self:
            text = plan_document.dump(plan._prepare_content())
            plan.document = base64.b64encode(text.encode())

    def action_copy_as_new(self):
        """Make a draft with the same content, a code of its own and no history, and open it."""
        self.ensure_one()
        self._require_role("engineer")
        return self.copy({"name": self.env._("%s (copy)", self.name)})._get_form_action()

    def action_export(self):
        """Download the plan as a JSON file."""
        self.ensure_one()
        self.check_access("read")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{self.code}-r{self.revision}") + ".json"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/document?download=true&filename={name}",
            "target": "download",
        }

    def action_compare(self):
        """Show what this revision changes against the one before."""
        self.ensure_one()
        self.check_access("read")
        wizard = self.env["process.plan.compare.wizard"].create(
            {"plan_id": self.id, "other_id": self.previous_id.id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare revisions"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
