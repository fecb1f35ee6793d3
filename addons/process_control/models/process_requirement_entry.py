# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessRequirementEntry(models.Model):
    """What a plan must say of requirements that people observe or enter."""

    _inherit = "process.requirement"

    def _get_incomplete_reasons(self):
        """Refuse an observed critical limit (ISO 22000:2018, 8.5.4.2), and what nobody can do."""
        return [*super()._get_incomplete_reasons(), *self._get_observation_reasons()]

    def _get_observation_reasons(self) -> list[str]:
        is_observed = self.parameter_id.kind == "state"
        where = self.env._("%(stage)s, %(name)s", stage=self.plan_stage_id.name, name=self.name)
        reasons = []
        if is_observed and self.control_class == "ccp":
            reasons.append(
                self.env._(
                    "%s is observed, not measured: a critical limit must be measurable. Measure "
                    "it, or control it as an OPRP.",
                    where,
                )
            )
        if is_observed and self.is_manual and not self.answer_ids:
            reasons.append(self.env._("%s: the answers that may be given are missing.", where))
        if self.answer_ids and all(self.answer_ids.mapped("is_conforming")):
            reasons.append(
                self.env._("%s: every answer conforms, so nothing could be found.", where)
            )
        if self.answer_ids and not (self.instruction or "").strip():
            reasons.append(
                self.env._("%s is observed: the instruction for observing it is missing.", where)
            )
        return reasons
