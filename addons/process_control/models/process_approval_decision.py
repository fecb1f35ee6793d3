# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.process_monitoring.clock import now_ms

from .process_approval import ACTIVITY


class ProcessApprovalDecision(models.Model):
    """How an approval is decided: by signatures, which alone are counted."""

    _inherit = "process.approval"

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
        self._check_may_decide()

    def _check_may_decide(self) -> None:
        approval = self.sudo()
        self._require_role(*approval._get_deciding_roles(self.env.user))
        if approval.state != "requested":
            raise UserError(
                self.env._(
                    "%(approval)s is %(state)s: there is nothing to decide.",
                    approval=approval.name,
                    state=approval._get_label("state").lower(),
                )
            )
        if self.env.user == approval.requested_by_id:
            raise AccessError(
                self.env._("You asked for this approval: somebody else has to decide it.")
            )
        if self.env.user in approval.delegation_ids.from_user_id:
            raise AccessError(
                self.env._(
                    "You have delegated this approval (%s): it is not yours any more.",
                    ", ".join(approval.delegation_ids.mapped("display_name")),
                )
            )
        if self.env.user in approval._get_signers_of_stage():
            raise AccessError(
                self.env._(
                    "You have already approved a level of this stage, yourself or through a "
                    "delegate: another person has to fill this one."
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
        """Tell the quality managers once when a deadline has passed, each in its own transaction.

        Each begins with a fresh view of the row, so that what another worker did is seen.
        """
        cron = self.env["ir.cron"]
        due = self.sudo()._get_overdue(now_ms())
        cron._commit_progress(remaining=len(due))
        for approval in due:
            approval._do_escalate(now_ms())
            if not cron._commit_progress(1):
                break

    def _get_overdue(self, at_ms: int):
        return self.search(
            [
                ("state", "=", "requested"),
                ("deadline_ms", ">", 0),
                ("deadline_ms", "<", at_ms),
                ("escalated_at_ms", "=", 0),
            ]
        )

    def _do_escalate(self, at_ms: int) -> None:
        """Escalate once: with two workers, the row decides which of them does it."""
        self.flush_recordset()
        self.env.cr.execute(
            """
            UPDATE process_approval SET escalated_at_ms = %s
             WHERE id = (SELECT id FROM process_approval
                          WHERE id = %s AND COALESCE(escalated_at_ms, 0) = 0
                            AND state = 'requested'
                            FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            [at_ms, self.id],
        )
        if not self.env.cr.fetchone():
            return
        self.invalidate_recordset(["escalated_at_ms"])
        users = self.env["res.users"]._get_process_users(
            "group_process_monitoring_quality_manager", self.company_id
        )
        for user in users:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("Approval overdue: %s", self.name),
            )
