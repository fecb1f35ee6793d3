# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.audit_chain.tools import chain
from odoo.addons.process_monitoring.clock import now_ms

from ..tools import durations
from .process_plan_approval import ROLES

STATES = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]
ACTIVITY = "process_control.mail_activity_type_approval"


class ProcessApproval(models.Model):
    """One level of approval, asked for one attempt at a stage.

    Made when the attempt reaches its gate and only approvals are missing. It is granted by
    signatures: the gate counts them, not the state shown here. Whoever asked cannot approve, and
    one person cannot fill two levels. Marking the activity as done approves nothing.
    """

    _name = "process.approval"
    _inherit = [
        "process.role.mixin",
        "audit.signable.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Approval of a stage"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    stage_id = fields.Many2one(
        "process.stage", required=True, readonly=True, ondelete="restrict", index=True
    )
    run_id = fields.Many2one(related="stage_id.run_id", store=True, string="Batch process")
    production_id = fields.Many2one(related="stage_id.run_id.production_id")
    level_id = fields.Many2one(
        "process.plan.approval", required=True, readonly=True, ondelete="restrict"
    )
    level = fields.Integer(string="Level number", readonly=True, aggregator=None)
    role = fields.Selection(ROLES, readonly=True)
    minimum = fields.Integer(string="Persons needed", readonly=True, aggregator=None)
    state = fields.Selection(
        STATES, default="requested", required=True, readonly=True, index=True, tracking=True
    )
    requested_by_id = fields.Many2one("res.users", readonly=True)
    requested_at_ms = BigInt(string="Requested (ms UTC)", readonly=True, aggregator=None)
    deadline_ms = BigInt(string="Deadline (ms UTC)", readonly=True, aggregator=None, index=True)
    deadline_utc = fields.Char(string="Deadline (UTC)", compute="_compute_texts")
    requested_utc = fields.Char(string="Requested (UTC)", compute="_compute_texts")
    escalated_at_ms = BigInt(string="Escalated (ms UTC)", readonly=True, aggregator=None)
    decided_at_ms = BigInt(string="Decided (ms UTC)", readonly=True, aggregator=None)
    evidence = fields.Text(readonly=True, help="What was measured when the approval was asked for.")
    is_mine = fields.Boolean(string="I may decide", compute="_compute_is_mine")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)

    @api.depends("requested_at_ms", "deadline_ms")
    def _compute_texts(self):
        for approval in self:
            approval.requested_utc = durations.utc_text(approval.requested_at_ms)
            approval.deadline_utc = durations.utc_text(approval.deadline_ms)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_is_mine(self):
        for approval in self:
            approval.is_mine = approval.state == "requested" and (
                self.env.user in approval.sudo()._get_eligible_users()
            )

    # -- guards -------------------------------------------------------------------------------

    def _get_stamped_fields(self):
        technical = ("message_", "activity_", "write_", "create_")
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store and name != "id" and not name.startswith(technical)
        )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Approvals are requested by a stage at its gate, never created by hand."""
        raise AccessError(self.env._("An approval is requested by completing the stage."))

    def unlink(self):
        """What was asked and answered stays: refuse, whoever asks."""
        if self:
            self._log_refused("process.unlink_refused", {})
            # pylint: disable=no-raise-unlink
            raise UserError(self.env._("The record of an approval cannot be deleted."))
        return super().unlink()

    # -- request ------------------------------------------------------------------------------

    @api.model
    def _create_request(self, stage, level):
        """Ask a level for its approval and give every eligible person a task."""
        approval = super().create([self._prepare_request(stage, level)])
        approval._do_ask()
        stage.run_id._log_transition(
            "command", "request_approval", stage.state, stage.state, "normal", level.name, stage
        )
        return approval

    def _prepare_request(self, stage, level) -> dict:
        at_ms = now_ms()
        deadline_ms = at_ms + level.deadline_min * 60_000 if level.deadline_min else 0
        return {
            "name": f"{stage.run_id.name} {stage.display_name}: {level.name}",
            "stage_id": stage.id,
            "company_id": stage.company_id.id,
            "level_id": level.id,
            "level": level.sequence,
            "role": level.role,
            "minimum": level.minimum,
            "requested_by_id": self.env.uid,
            "requested_at_ms": at_ms,
            "deadline_ms": deadline_ms,
            "evidence": chain.canonical(stage._prepare_evidence()),
        }

    def _do_ask(self) -> None:
        self.ensure_one()
        for user in self._get_eligible_users():
            self.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=self.env._("Approve %s", self.name),
            )

    def _get_eligible_users(self):
        """Return who may approve: in the role and company, did not ask, not at another level."""
        self.ensure_one()
        users = (
            self.level_id._get_group()
            .sudo()
            .all_user_ids.filtered(lambda user: user.active and self.company_id in user.company_ids)
        )
        delegations = self.delegation_ids
        users |= delegations.to_user_id.filtered(self._has_deciding_role)
        gone = self.requested_by_id | delegations.from_user_id | self._get_signers_of_stage()
        return users - gone

    def _get_signers_of_stage(self):
        """Return everybody who approved any level of this attempt, or had it done for them."""
        users = self.env["res.users"]
        for approval in self.stage_id.approval_ids:
            users |= approval._get_behind(self._get_signatures(approval, "approve").user_id)
        return users

    def _prepare_notice(self) -> dict:
        self.ensure_one()
        names = ", ".join(self._get_eligible_users().mapped("name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("Approval requested"),
                "message": self.env._(
                    "%(level)s: %(people)s.",
                    level=self.level_id.name,
                    people=names or self.env._("nobody can approve, give somebody the role"),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
