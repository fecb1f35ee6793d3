# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..tools import plan_document


class ProcessRequirement(models.Model):
    """A requirement that belongs to a plan stage is frozen with the plan's revision."""

    _name = "process.requirement"
    _inherit = ["process.plan.part.mixin", "process.requirement"]
    _plan_path = "plan_stage_id.plan_id"

    plan_stage_id = fields.Many2one(
        "process.plan.stage", ondelete="cascade", index="btree_not_null", copy=False
    )
    plan_id = fields.Many2one(related="plan_stage_id.plan_id", string="Plan")

    # -- content ------------------------------------------------------------------------------

    def _prepare_plan_content(self) -> dict:
        """Return what the requirement says: all a verdict depends on, and the texts."""
        self.ensure_one()
        return {
            **{name: self[name] or "" for name in plan_document.TEXTS},
            "monitoring": self._prepare_snapshot(),
            "rationales": [limit.rationale or "" for limit in self.limit_ids._sort_by_severity()],
        }

    def _prepare_plan_copy(self) -> dict:
        """Return the values of the same requirement, with its limits, in another plan."""
        self.ensure_one()
        vals = self.copy_data()[0]
        vals.pop("plan_stage_id", None)
        return vals

    def _get_incomplete_reasons(self) -> list[str]:
        """Return, in words, what this requirement lacks for an approval of its plan."""
        self.ensure_one()
        where = self.env._("%(stage)s, %(name)s", stage=self.plan_stage_id.name, name=self.name)
        missing = [
            label for name, label in self._get_needed_texts() if not (self[name] or "").strip()
        ]
        if self.control_class == "ccp" and not self.limit_ids.filtered(
            lambda limit: limit.kind == "critical"
        ):
            missing.append(self.env._("a critical limit"))
        if not self.sensor_id:
            missing.append(self.env._("a sensor"))
        reasons = [
            self.env._("%(where)s: %(what)s is missing.", where=where, what=w) for w in missing
        ]
        if self.frequency == "continuous" and not self.max_gap_s:
            reasons.append(self.env._("%s: a continuous requirement needs a maximum gap.", where))
        if self.control_class == "ccp" and self.frequency == "on_demand":
            reasons.append(
                self.env._(
                    "%s is a CCP: it cannot be read on demand only, because nobody would know in "
                    "time which product to isolate.",
                    where,
                )
            )
        if self.has_holding_time and not (self.velocity_factor_source or "").strip():
            reasons.append(
                self.env._("%s: the source of the fastest particle's factor is missing.", where)
            )
        return reasons

    def _get_needed_texts(self) -> list[tuple[str, str]]:
        """Return the texts without which a CCP or OPRP is not under control."""
        if self.control_class not in ("ccp", "oprp"):
            return []
        return [
            ("hazard", self.env._("the hazard")),
            ("hazard_decision", self.env._("the decision about the hazard")),
            ("limit_rationale", self.env._("the rationale of the limit")),
            ("validation", self.env._("the validation")),
            ("monitoring_method", self.env._("the monitoring method")),
            ("correction", self.env._("the correction")),
            ("responsible_role", self.env._("who is responsible")),
            ("evaluator_role", self.env._("who evaluates")),
            ("record_kept", self.env._("the record that is kept")),
        ]
