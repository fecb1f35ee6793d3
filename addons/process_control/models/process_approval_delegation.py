# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring.clock import now_ms, to_iso

from ..tools import durations


class ProcessApprovalDelegation(models.Model):
    """One handing over: who gave the decision on an approval to whom, when and why.

    Written by `process.approval.action_delegate` alone, hashed with the delegation before.
    Nothing of it can ever change; it has no effect beyond the one approval it names.
    """

    _name = "process.approval.delegation"
    _inherit = ["audit.chain.mixin"]
    _description = "Delegation of an approval"
    _order = "id desc"

    approval_id = fields.Many2one(
        "process.approval", required=True, readonly=True, ondelete="restrict", index=True
    )
    from_user_id = fields.Many2one(
        "res.users", string="Delegated by", required=True, readonly=True, ondelete="restrict"
    )
    from_name = fields.Char(string="Printed name", required=True, readonly=True)
    to_user_id = fields.Many2one(
        "res.users", string="Delegated to", required=True, readonly=True, ondelete="restrict"
    )
    to_name = fields.Char(string="Printed name of the delegate", required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    at_ms = BigInt(string="Delegated (ms UTC)", required=True, readonly=True, aggregator=None)
    at_utc = fields.Char(string="Delegated (UTC)", compute="_compute_at_utc")

    @api.depends("at_ms")
    def _compute_at_utc(self):
        for delegation in self:
            delegation.at_utc = durations.utc_text(delegation.at_ms)

    @api.depends("from_name", "to_name")
    def _compute_display_name(self):
        for delegation in self:
            delegation.display_name = f"{delegation.from_name} → {delegation.to_name}"

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Delegations are made by who has the decision, never by hand."""
        raise AccessError(self.env._("An approval is delegated from its form, by who may decide."))

    @api.model
    def _create_delegation(self, approval, to_user, reason: str):
        """Append one handing over by the current user."""
        return super().create(
            [
                {
                    "company_id": approval.company_id.id,
                    "approval_id": approval.id,
                    "from_user_id": self.env.uid,
                    "from_name": self.env.user.name,
                    "to_user_id": to_user.id,
                    "to_name": to_user.name,
                    "reason": reason,
                    "at_ms": now_ms(),
                }
            ]
        )

    def _prepare_chain_payload(self, vals):
        users = self.env["res.users"].sudo()
        return {
            "approval": self.env["process.approval"].sudo().browse(vals["approval_id"]).name,
            "from": vals["from_name"],
            "from_login": users.browse(vals["from_user_id"]).login,
            "to": vals["to_name"],
            "to_login": users.browse(vals["to_user_id"]).login,
            "reason": vals["reason"],
            "at": to_iso(vals["at_ms"]),
        }
