# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ProcessApprovalDelegateWizard(models.TransientModel):
    """Asks to whom and why before an approval is delegated; the approval itself checks both.

    Written by who may decide and gone after a while; the delegation lasts as a record.
    """

    _name = "process.approval.delegate.wizard"
    _description = "Delegate an approval"

    approval_id = fields.Many2one("process.approval", required=True, readonly=True)
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    to_user_id = fields.Many2one(
        "res.users", string="To", required=True, domain="[('id', 'in', candidate_ids)]"
    )
    reason = fields.Text(required=True)

    @api.depends("approval_id")
    @api.depends_context("uid")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.approval_id.check_access("read")
            wizard.candidate_ids = wizard.approval_id.sudo()._get_candidates()

    def action_apply(self):
        """Delegate."""
        self.ensure_one()
        self.approval_id.action_delegate(self.to_user_id.id, reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
