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
            if field.store and name not in ("id", "run_id") and not name.startswith(technical)
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Approvals are requested by a stage at its gate, never created by hand."""
        raise AccessError(self.env._("An approval is requested by completing the stage."))

    def unlink(self):
        """What was asked and answered stays: refuse, whoever asks."""
        if self:
            self._log_refused("process.unlink_refused", {})
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
        return users - self.requested_by_id - self._get_signers_of_stage()

    def _get_signers_of_stage(self):
        """Return everybody who approved any level of this attempt."""
        return self._get_signatures(self.stage_id.approval_ids, "approve").user_id

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

    # -- signature ----------------------------------------------------------------------------

    def action_approve(self):
        """Open the signing window to approve."""
        self.ensure_one()
        self._check_may_sign("approve")
        return self.with_context(default_meaning="approve").action_open_signature()

    def action_reject(self):
        """Open the signing window to reject; a reason is needed."""
        self.ensure_one()
        self._check_may_sign("reject")
        return self.with_context(default_meaning="reject").action_open_signature()

    def _get_signature_content(self):
        stage = self.sudo().stage_id
        return {
            "batch": stage.run_id.name,
            "order": stage.run_id.production_id.name,
            "plan_sha256": stage.run_id.plan_hash,
            "stage": stage.name,
            "attempt": stage.attempt,
            "level": self.level,
            "role": self.role,
            "evidence": self.evidence or "",
        }

    def _get_signature_meanings(self):
        return {
            "approve": self.env._("I have seen the evidence and approve the stage."),
            "reject": self.env._("I have seen the evidence and reject the stage."),
        }

    def _check_may_sign(self, meaning):
        self.ensure_one()
        self._require_role(self.role)
        approval = self.sudo()
        if approval.state != "requested":
            raise UserError(
                self.env._(
                    "%(approval)s is %(state)s: there is nothing to decide.",
                    approval=approval.name,
                    state=dict(STATES)[approval.state].lower(),
                )
            )
        if self.env.user == approval.requested_by_id:
            raise AccessError(
                self.env._("You asked for this approval: somebody else has to decide it.")
            )
        if self.env.user in approval._get_signers_of_stage():
            raise AccessError(
                self.env._(
                    "You have already approved a level of this stage: another person has to "
                    "fill this one."
                )
            )

    def _on_signed(self, signature):
        approval = self.sudo()
        if signature.meaning == "reject":
            approval._do_reject(signature)
        elif approval._is_granted():
            approval._do_grant()

    def _do_reject(self, signature) -> None:
        if not (signature.reason or "").strip():
            raise UserError(self.env._("Give a reason for the rejection."))
        self._end("rejected")
        self.message_post(
            body=self.env._(
                "Rejected by %(name)s: %(reason)s",
                name=signature.signer_name,
                reason=signature.reason,
            )
        )

    def _do_grant(self) -> None:
        """This level is through: ask the next one, if there is one."""
        self._end("approved")
        stage = self.stage_id
        levels = stage.plan_stage_id.approval_level_ids.sorted(lambda x: (x.sequence, x.id))
        missing = levels.filtered(lambda x: not stage._get_approval(x))
        if missing:
            self.with_user(self.requested_by_id).sudo()._create_request(stage, missing[0])

    def _do_cancel(self) -> None:
        """The attempt has ended: nobody needs to decide any more."""
        for approval in self:
            approval._end("cancelled")

    def _end(self, state: str) -> None:
        self._stamp({"state": state, "decided_at_ms": now_ms()})
        self.activity_unlink([ACTIVITY])
        self.stage_id.run_id._log_transition(
            "state", "approval", "requested", state, "normal", self.level_id.name, self.stage_id
        )

    def _get_signatures(self, approvals, meaning: str):
        return (
            self.env["audit.signature"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", approvals.ids),
                    ("meaning", "=", meaning),
                ]
            )
        )

    def _is_granted(self) -> bool:
        """Tell whether enough different persons have signed what the request shows.

        Counts valid signatures: the state of the record alone would prove nothing.
        """
        self.ensure_one()
        if self.state in ("rejected", "cancelled"):
            return False
        signatures = self._get_signatures(self, "approve").filtered("is_valid")
        return len(signatures.user_id - self.requested_by_id) >= self.minimum

    # -- deadline -----------------------------------------------------------------------------

    @api.model
    def _cron_escalate(self) -> None:
        """Tell the supervisors and quality managers once when a deadline has passed."""
        at_ms = now_ms()
        due = self.sudo().search(
            [
                ("state", "=", "requested"),
                ("deadline_ms", ">", 0),
                ("deadline_ms", "<", at_ms),
                ("escalated_at_ms", "=", 0),
            ]
        )
        for approval in due:
            approval._do_escalate(at_ms)

    def _do_escalate(self, at_ms: int) -> None:
        """Escalate once: with two workers, the row decides which of them does it."""
        self.env.cr.execute(
            """
            UPDATE process_approval SET escalated_at_ms = %s
             WHERE id = (SELECT id FROM process_approval
                          WHERE id = %s AND COALESCE(escalated_at_ms, 0) = 0
                            FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            [at_ms, self.id],
        )
        if not self.env.cr.fetchone():
            return
        self.invalidate_recordset(["escalated_at_ms"])
        group = self.env.ref("process_monitoring.group_process_monitoring_quality_manager")
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        for user in users:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("Approval overdue: %s", self.name),
            )
