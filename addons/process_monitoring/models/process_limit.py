# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import limits, units
from ..tools.bounds import Bound

LIMIT_KINDS = [
    ("critical", "Critical limit"),
    ("operating", "Operating limit"),
    ("quality", "Quality limit"),
]
QUANTITIES = [
    ("value", "The reading"),
    ("holding_time", "Holding time"),
    ("lethality", "Lethality at the end"),
]
OPERATORS = [("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")]


class ProcessLimit(models.Model):
    """One bound of one monitoring requirement; a missing bound is a missing record, never 0.

    Written by process engineers with the requirement. Only the critical kind makes product
    potentially unsafe; the operating kind asks for an adjustment, the quality kind for attention.
    It bounds the reading itself, or what is computed from it and the other sensors of the
    requirement: so one requirement can ask for a temperature and for the time it was held.
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
    quantity = fields.Selection(
        QUANTITIES,
        string="Of",
        required=True,
        default="value",
        help="The reading itself; the holding time that the flow gives at that moment; or the "
        "lethality added up over the stage, which is judged at its end.",
    )
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
        "unique(requirement_id, kind, quantity, operator)",
        "A requirement has one bound of each kind in each direction.",
    )

    @api.depends("requirement_id.parameter_id", "quantity")
    def _compute_unit(self):
        for limit in self:
            canonical = limit._get_canonical_unit()
            if not (limit.unit and canonical and units.is_compatible(limit.unit, canonical)):
                limit.unit = canonical

    def _get_canonical_unit(self) -> str:
        """Return the unit in which what it bounds is compared."""
        return self.requirement_id._get_quantity_unit(self.quantity)

    @api.depends("kind", "quantity", "operator", "value", "unit")
    def _compute_display_name(self):
        for limit in self:
            limit.display_name = limit._to_text()

    @api.model_create_multi
    def create(self, vals_list):
        """Add bounds that do not contradict those that are there."""
        created = super().create(vals_list)
        created.requirement_id._check_bounds()
        return created

    def write(self, vals):
        """Change bounds; whether they contradict each other shows when all are changed."""
        result = super().write(vals)
        self.env.cr.precommit.add(self.requirement_id._check_bounds_still)
        return result

    @api.constrains("unit", "value", "requirement_id", "quantity")
    def _check_unit(self):
        for limit in self:
            if not math.isfinite(limit.value):
                raise ValidationError(self.env._("A limit must be a finite number."))
            wanted = limit._get_canonical_unit()
            if not (limit.unit and wanted and units.is_compatible(limit.unit, wanted)):
                raise ValidationError(
                    self.env._(
                        "A limit of %(requirement)s is given in %(unit)s, which cannot be compared "
                        "with %(what)s.",
                        requirement=limit.requirement_id.name,
                        unit=units.label(limit.unit) or self.env._("no unit"),
                        what=limit._get_quantity_name() or limit.requirement_id.parameter_id.name,
                    )
                )

    def _sort_by_severity(self):
        """Return the limits as verdicts look at them: critical first."""
        order = {kind: index for index, kind in enumerate(limits.KINDS)}
        return self.sorted(lambda limit: (order.get(limit.kind, 9), limit.operator, limit.value))

    def _get_quantity_name(self) -> str:
        """Return what is bounded, in the words of people; nothing for the reading itself."""
        if self.quantity == "holding_time":
            return self.env._("holding time")
        if self.quantity == "lethality":
            return self.requirement_id._get_lethality_name()
        return ""

    def _to_text(self) -> str:
        kinds = {
            "critical": self.env._("critical"),
            "operating": self.env._("operating"),
            "quality": self.env._("quality"),
        }
        parts = (
            self._get_quantity_name(),
            limits.SYMBOLS.get(self.operator, ""),
            str(self.value),
            units.label(self.unit),
            kinds.get(self.kind, ""),
        )
        return " ".join(part for part in parts if part)

    def _to_bound(self) -> Bound:
        value = units.convert(self.value, self.unit, self._get_canonical_unit())
        return Bound(self.kind, self.operator, value, self.quantity)

    def _prepare_snapshot(self) -> dict:
        """Return the bound with decimals as text; `canonical` is what values are compared with."""
        canonical = units.convert(self.value, self.unit, self._get_canonical_unit())
        name = {"holding_time": "holding time ", "lethality": "lethality "}.get(self.quantity, "")
        symbol = limits.SYMBOLS[self.operator]
        return {
            "kind": self.kind,
            "quantity": self.quantity,
            "operator": self.operator,
            "value": repr(self.value),
            "unit": self.unit,
            "canonical": repr(canonical),
            "reference": f"{self.kind} {name}{symbol} {self.value} {units.label(self.unit)}",
        }
