# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import limits, units

LIMIT_KINDS = [
    ("critical", "Critical limit"),
    ("operating", "Operating limit"),
    ("quality", "Quality limit"),
]
OPERATORS = [("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")]


class ProcessLimit(models.Model):
    """One bound of one monitoring requirement; a missing bound is a missing record, never 0.

    Written by process engineers with the requirement. Only the critical kind makes product
    potentially unsafe; the operating kind asks for an adjustment, the quality kind for attention.
    """

    _name = "process.limit"
    _description = "Process limit"
    _order = "requirement_id, sequence, id"

    sequence = fields.Integer(default=10)
    requirement_id = fields.Many2one(
        "process.requirement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="requirement_id.company_id", store=True, index=True)
    kind = fields.Selection(LIMIT_KINDS, required=True, default="critical")
    operator = fields.Selection(
        OPERATORS,
        string="Bound",
        required=True,
        default="ge",
        help="Whether the bound itself still conforms (≥, ≤) or not (>, <).",
    )
    value = fields.Float(required=True)
    unit = fields.Selection(
        units.SELECTION, compute="_compute_unit", store=True, readonly=False, precompute=True
    )
    rationale = fields.Char(help="Source of the limit: law, validation study, recipe.")

    _bound_unique = models.Constraint(
        "unique(requirement_id, kind, operator)",
        "A requirement has one bound of each kind in each direction.",
    )

    @api.depends("requirement_id.parameter_id")
    def _compute_unit(self):
        for limit in self:
            if not limit.requirement_id._is_unit_fitting(limit.unit):
                limit.unit = limit.requirement_id.parameter_id.unit

    @api.depends("kind", "operator", "value", "unit")
    def _compute_display_name(self):
        for limit in self:
            limit.display_name = limit._to_text()

    @api.constrains("unit", "value", "requirement_id")
    def _check_unit(self):
        for limit in self:
            if not math.isfinite(limit.value):
                raise ValidationError(self.env._("A limit must be a finite number."))
            if not limit.requirement_id._is_unit_fitting(limit.unit):
                raise ValidationError(
                    self.env._(
                        "A limit of %(requirement)s is given in %(unit)s, which cannot be compared "
                        "with %(parameter)s.",
                        requirement=limit.requirement_id.name,
                        unit=units.label(limit.unit) or self.env._("no unit"),
                        parameter=limit.requirement_id.parameter_id.name,
                    )
                )

    def _sort_by_severity(self):
        """Return the limits as verdicts look at them: critical first."""
        order = {kind: index for index, kind in enumerate(limits.KINDS)}
        return self.sorted(lambda limit: (order.get(limit.kind, 9), limit.operator, limit.value))

    def _to_text(self) -> str:
        symbol = limits.SYMBOLS.get(self.operator, "")
        kinds = {
            "critical": self.env._("critical"),
            "operating": self.env._("operating"),
            "quality": self.env._("quality"),
        }
        return f"{symbol} {self.value} {units.label(self.unit)} {kinds.get(self.kind, '')}"

    def _prepare_snapshot(self) -> dict:
        """Return the bound with decimals as text; `canonical` is what values are compared with."""
        canonical = units.convert(self.value, self.unit, self.requirement_id.parameter_id.unit)
        symbol = limits.SYMBOLS[self.operator]
        return {
            "kind": self.kind,
            "operator": self.operator,
            "value": repr(self.value),
            "unit": self.unit,
            "canonical": repr(canonical),
            "reference": f"{self.kind} {symbol} {self.value} {units.label(self.unit)}",
        }
