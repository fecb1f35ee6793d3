# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError


class ProcessPlanSignature(models.Model):
    """A plan is approved by the signature of somebody who neither wrote it nor handed it in."""

    _inherit = "process.plan"

    # -- signature ----------------------------------------------------------------------------

    def _get_signature_content(self):
        return self._prepare_approved()

    def _get_signature_meanings(self):
        return {"approve": self.env._("I have reviewed this plan and approve it.")}

    def _check_may_sign(self, meaning):
        self.ensure_one()
        self._require_role("supervisor", "quality_manager")
        if self.state != "in_review":
            raise UserError(
                self.env._(
                    "Plan %(plan)s is %(state)s. Only a plan in review can be approved.",
                    plan=self.display_name,
                    state=self._get_label("state").lower(),
                )
            )
        if self.env.user in self.author_id | self.submitted_by_id | self.create_uid:
            raise AccessError(
                self.env._(
                    "You wrote or handed in plan %s: somebody else has to approve it.",
                    self.display_name,
                )
            )
        self._check_complete()

    def _on_signed(self, signature):
        """Freeze the content with its hash; the revision before is superseded."""
        self.ensure_one()
        plan = self.sudo()
        plan._stamp({"is_flow_approved": plan._has_flow_in_approval()})
        # what is still to be written belongs to the draft: afterwards PostgreSQL refuses it
        self.env.flush_all()
        if not plan.is_one_off:
            plan._do_supersede()
        plan._set_state(
            "approved",
            content_hash=plan._compute_content_hash(),
            approved_by_id=signature.user_id.id,
            approved_at_ms=signature.signed_at_ms,
        )
        plan.flush_recordset()
        plan.activity_unlink(["process_control.mail_activity_type_review"])
        plan.message_post(body=self.env._("Revision %s approved by signature.", plan.revision))
        plan._on_approved()

    def _on_approved(self) -> None:
        """Hook: what waits for the approval of this plan goes on."""
        self.env["process.run"].sudo().search(
            [("plan_id", "in", self.ids), ("state", "=", "running")]
        )._try_complete()

    def _do_supersede(self) -> None:
        older = self.search(
            [
                ("code", "=", self.code),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "approved"),
                ("id", "!=", self.id),
            ]
        )
        older._set_state("superseded")
        older.flush_recordset()
