# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models
from odoo.exceptions import UserError

from ..tools import plan_hash


class ProcessPlanContent(models.Model):
    """What a plan says, as it is hashed, signed, copied and checked for gaps."""

    _inherit = "process.plan"

    # -- content ------------------------------------------------------------------------------

    def _compute_content_hash(self) -> str:
        self.ensure_one()
        return plan_hash.content_hash(self._get_hashed())

    def _get_hashed(self) -> dict:
        """Hook: what the hash of an approved plan covers beside what the plan says."""
        return self._prepare_content()

    def _prepare_content(self) -> dict:
        """Return what the plan says, in business keys: this is hashed, signed and exported."""
        self.ensure_one()
        # in the source language and with archived rows: the text depends on no reader
        plan = self.sudo().with_context(lang=None, active_test=False)
        return {
            "format": "batchproof-plan/1",
            "code": plan.code,
            "revision": plan.revision,
            "name": plan.name,
            "process_type": plan.process_type or "",
            "product": plan.product_id.default_code or plan.product_id.name or "",
            "bom": plan.bom_id.code or plan.bom_id.product_tmpl_id.name or "",
            "change_note": plan.change_note or "",
            "retention_months": plan.retention_months,
            "stages": [
                stage._prepare_content()
                for stage in plan.stage_ids.sorted(lambda s: (s.sequence, s.id))
            ],
        }

    def _get_incomplete_reasons(self) -> list[str]:
        """Return, in words, why the plan cannot be approved; empty when it can."""
        self.ensure_one()
        plan = self.sudo()
        reasons = []
        if not plan.stage_ids:
            reasons.append(self.env._("The plan has no stages."))
        if not (plan.product_id or plan.bom_id or plan.is_one_off):
            reasons.append(self.env._("The plan names neither a product nor a bill of materials."))
        product = plan.product_id or plan.bom_id.product_id
        tracked = product.tracking != "none" if product else True
        if not tracked and any(plan.stage_ids.mapped("is_ccp")):
            reasons.append(
                self.env._(
                    "%s is not tracked by lots, so a lot in doubt could not be held.",
                    product.display_name,
                )
            )
        for stage in plan.stage_ids:
            reasons += stage._get_incomplete_reasons()
        return reasons

    def _check_complete(self) -> None:
        reasons = self._get_incomplete_reasons()
        if reasons:
            raise UserError(
                self.env._(
                    "Plan %(plan)s is not complete:\n%(reasons)s",
                    plan=self.display_name,
                    reasons="\n".join(f"– {reason}" for reason in reasons),
                )
            )

    def copy_data(self, default=None):
        """Copy the stages with the plan, with their requirements and limits."""
        vals_list = super().copy_data(default)
        for plan, vals in zip(self, vals_list, strict=True):
            vals["stage_ids"] = [
                Command.create(stage._prepare_copy())
                for stage in plan.stage_ids.sorted(lambda s: (s.sequence, s.id))
            ]
        return vals_list
