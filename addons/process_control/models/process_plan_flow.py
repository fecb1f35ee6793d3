# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.audit_chain.tools import chain
from odoo.addons.process_monitoring.clock import now_ms

from ..tools import durations
from .process_plan import FROZEN


class ProcessPlanFlow(models.Model):
    """The flow diagram of a plan, which is its stages in order, confirmed on site.

    Somebody walks the line and confirms that it is as the plan says. Who and when is stamped with
    the hash of the flow: when stages are added, moved or renamed, it has to be confirmed anew. The
    confirmation is part of what is signed and hashed (ISO 22000 8.5.1.5); an export leaves it out,
    since another site has to be walked anew.
    """

    _inherit = "process.plan"

    flow_confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    flow_confirmed_at_ms = BigInt(
        string="Flow confirmed (ms UTC)", readonly=True, copy=False, aggregator=None
    )
    flow_confirmed_utc = fields.Char(
        string="Flow confirmed (UTC)", compute="_compute_flow_confirmed_utc"
    )
    flow_confirmed_name = fields.Char(
        string="Flow confirmed by (as written then)",
        readonly=True,
        copy=False,
        help="The name as it was: what is approved depends on no later change of the person.",
    )
    is_flow_approved = fields.Boolean(
        string="Flow confirmation is part of what was approved",
        readonly=True,
        copy=False,
        help="Not so for plans that need none, and for those approved before it was part of it.",
    )
    flow_hash = fields.Char(string="Hash of the confirmed flow", readonly=True, copy=False)
    is_flow_confirmed = fields.Boolean(
        string="Flow confirmed on site",
        compute="_compute_is_flow_confirmed",
        help="The stages are the ones that somebody confirmed on site.",
    )

    @api.depends("flow_confirmed_at_ms")
    def _compute_flow_confirmed_utc(self):
        for plan in self:
            plan.flow_confirmed_utc = durations.utc_text(plan.flow_confirmed_at_ms)

    @api.depends(
        "flow_hash",
        *(f"stage_ids.{name}" for name in ("sequence", "name", "is_ccp", "workcenter_id")),
    )
    def _compute_is_flow_confirmed(self):
        for plan in self:
            plan.is_flow_confirmed = bool(plan.flow_hash) and (
                plan.flow_hash == plan._compute_flow_hash()
            )

    @api.depends("is_flow_confirmed")
    def _compute_incomplete_reasons(self):
        return super()._compute_incomplete_reasons()

    def _get_stamped_fields(self):
        return super()._get_stamped_fields() | {
            "flow_confirmed_by_id",
            "flow_confirmed_at_ms",
            "flow_confirmed_name",
            "is_flow_approved",
            "flow_hash",
        }

    # -- what is approved -----------------------------------------------------------------------

    def _has_flow_in_approval(self) -> bool:
        """Tell whether the confirmation is part of what is, or was, approved."""
        self.ensure_one()
        return self.is_flow_approved if self.state in FROZEN else bool(self.flow_hash)

    def _prepare_approved(self) -> dict:
        """Return what is signed: what the plan says, and who walked the line and when."""
        content = self._prepare_content()
        if not self._has_flow_in_approval():
            return content
        return content | {
            "flow_confirmation": {
                "flow_sha256": self.flow_hash,
                "confirmed_by": self.flow_confirmed_name or "",
                "confirmed_utc": durations.utc_text(self.flow_confirmed_at_ms),
            }
        }

    def _get_hashed(self) -> dict:
        """Of a plan that is approved, hash what was signed.

        A one-off plan runs before anybody approves it: its hash stays the one its batch began
        with, and the signature alone covers the confirmation.
        """
        # in no reader's language: Odoo fetches the texts of the plan along
        plan = self.with_context(lang=None)
        is_signed = plan.is_flow_approved and not plan.is_one_off
        return plan._prepare_approved() if is_signed else super()._get_hashed()

    def _compute_flow_hash(self) -> str:
        """Return the hash of what a flow diagram shows: the steps, their order and place."""
        stages = self.sudo().stage_ids.sorted(lambda s: (s.sequence, s.id))
        return chain.digest(
            {
                "flow": [
                    {
                        "name": stage.name or "",
                        "is_ccp": stage.is_ccp,
                        "workcenter": stage.workcenter_id.code or stage.workcenter_id.name or "",
                    }
                    for stage in stages
                ]
            }
        )

    def action_confirm_flow(self):
        """Confirm, after walking the line, that its steps are the stages of this plan."""
        self._require_role("engineer", "supervisor", "quality_manager")
        for plan in self.sudo():
            if plan.state not in ("draft", "in_review"):
                raise UserError(
                    self.env._(
                        "Plan %(plan)s is %(state)s: its flow was confirmed before.",
                        plan=plan.display_name,
                        state=plan._get_label("state").lower(),
                    )
                )
            # what is still to be written of the stages is part of what is confirmed
            self.env.flush_all()
            plan._stamp(
                {
                    "flow_confirmed_by_id": self.env.uid,
                    "flow_confirmed_at_ms": now_ms(),
                    "flow_confirmed_name": self.env.user.name,
                    "flow_hash": plan._compute_flow_hash(),
                }
            )
            self.env["audit.record"]._log(
                "plan.flow_confirmed", plan, {"flow_sha256": plan.flow_hash}
            )
            plan.message_post(body=self.env._("The flow was confirmed on site."))
        return True

    def _get_incomplete_reasons(self):
        reasons = super()._get_incomplete_reasons()
        controls = self.sudo().stage_ids.requirement_ids.mapped("control_class")
        if {"ccp", "oprp"} & set(controls) and not self.is_flow_confirmed:
            reasons.append(
                self.env._(
                    "The flow of the stages has not been confirmed on site since it was last "
                    "changed. Walk the line, then press “Confirm flow”."
                )
            )
        return reasons
