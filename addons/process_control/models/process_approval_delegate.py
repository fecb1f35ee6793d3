# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .process_approval import ACTIVITY
from .process_plan_approval import ROLES
from .process_role_mixin import ROLE_GROUPS
from .process_run import clean_text


class ProcessApprovalDelegate(models.Model):
    """Handing a pending approval to a named colleague, as far as the plan allows it.

    Who has delegated cannot decide any more, so nothing comes back and nothing goes in circles.
    What the delegate signs counts for both of them: neither can fill another level. The deadline
    stays; with the decision the delegation has ended.
    """

    _inherit = "process.approval"

    delegation_ids = fields.One2many(
        "process.approval.delegation", "approval_id", string="Delegations", readonly=True
    )
    is_delegable = fields.Boolean(string="I may delegate", compute="_compute_is_delegable")

    @api.depends_context("uid")
    @api.depends("is_mine", "level_id.delegation")
    def _compute_is_delegable(self):
        for approval in self:
            approval.is_delegable = approval.is_mine and (
                approval.sudo().level_id.delegation != "none"
            )

    # -- verbs --------------------------------------------------------------------------------

    def action_ask_delegate(self):
        """Open the window that asks to whom and why."""
        self.ensure_one()
        self._check_may_delegate()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delegate"),
            "res_model": "process.approval.delegate.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_approval_id": self.id},
        }

    def action_delegate(self, user_id, reason=None):
        """Give the decision to a colleague; the reason is logged with both names."""
        self.ensure_one()
        self.check_access("read")
        approval = self.sudo()
        # two delegations at once: the later one sees what the first has done
        approval._lock()
        self._check_may_delegate()
        text = clean_text(reason)
        if not text:
            raise UserError(self.env._("Give a reason for the delegation: it is logged."))
        approval._do_delegate(approval._check_delegate(user_id), text)
        return True

    def _do_delegate(self, user, reason: str) -> None:
        delegation = self.env["process.approval.delegation"]._create_delegation(self, user, reason)
        self.invalidate_recordset(["delegation_ids"])
        self.activity_unlink([ACTIVITY], user_id=self.env.uid)
        # a colleague with the role has been asked already: one task, that says who gave it
        self.activity_unlink([ACTIVITY], user_id=user.id)
        self.activity_schedule(
            ACTIVITY,
            user_id=user.id,
            summary=self.env._("Approve %s", self.name),
            note=self.env._("Delegated to you by %(name)s: %(reason)s", **self._words(delegation)),
        )
        self.message_post(
            body=self.env._("%(name)s delegated to %(to)s: %(reason)s", **self._words(delegation))
        )
        self.stage_id.run_id._log_transition(
            "command",
            "delegate_approval",
            self.stage_id.state,
            self.stage_id.state,
            "normal",
            f"{self.level_id.name}: {delegation.display_name}. {reason}",
            self.stage_id,
        )

    def _words(self, delegation) -> dict:
        return {
            "name": delegation.from_name,
            "to": delegation.to_name,
            "reason": delegation.reason,
        }

    # -- who ----------------------------------------------------------------------------------

    def _check_may_delegate(self) -> None:
        self.ensure_one()
        self._check_may_decide()
        if self.sudo().level_id.delegation == "none":
            raise AccessError(
                self.env._(
                    "The plan does not allow to delegate “%s”: decide it, or leave it to somebody "
                    "else with the role.",
                    self.sudo().level_id.name,
                )
            )

    def _check_delegate(self, user_id):
        """Return the colleague, or refuse: not in the role, asked for it, another level, a loop."""
        user = self.env["res.users"].browse(user_id if isinstance(user_id, int) else []).exists()
        if not user or user not in self._get_candidates():
            raise AccessError(
                self.env._(
                    "%(user)s cannot decide “%(level)s”: it takes somebody of this company with "
                    "the role, who has not asked for the approval, has approved no level of this "
                    "stage and has not delegated this one.",
                    user=user.name or self.env._("Nobody"),
                    level=self.level_id.name,
                )
            )
        signed = self._get_signatures(self, "approve").user_id
        left = (self._get_eligible_users() | user) - self.env.user
        if len(signed | left) < self.minimum:
            raise UserError(
                self.env._(
                    "“%(level)s” needs %(minimum)s persons. If you delegate to %(user)s, who can "
                    "approve it anyway, too few are left.",
                    level=self.level_id.name,
                    minimum=self.minimum,
                    user=user.name,
                )
            )
        return user

    def _get_candidates(self):
        """Return to whom the current user may delegate."""
        roles = [self.role]
        if self.level_id.delegation == "any":
            roles = [role for role, _label in ROLES]
        users = self.env["res.users"]
        for role in roles:
            users |= users._get_process_users(f"group_process_monitoring_{role}", self.company_id)
        delegations = self.delegation_ids
        return (
            users
            - self.env.user
            - self.requested_by_id
            - delegations.from_user_id
            - delegations.to_user_id
            - self._get_signers_of_stage()
        )

    def _get_deciding_roles(self, user) -> list[str]:
        """Return the roles of which a user needs one to decide: the level's, or by delegation."""
        if self.level_id.delegation == "any" and user in self.delegation_ids.to_user_id:
            return [role for role, _label in ROLES]
        return [self.role]

    def _has_deciding_role(self, user) -> bool:
        roles = self._get_deciding_roles(user)
        return user.active and any(user.has_group(ROLE_GROUPS[role]) for role in roles)

    def _get_behind(self, users):
        """Return these people and those who handed the decision to them, step by step back."""
        for delegation in self.delegation_ids.sorted("id", reverse=True):
            if delegation.to_user_id in users:
                users |= delegation.from_user_id
        return users
