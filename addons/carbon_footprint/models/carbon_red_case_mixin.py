# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import red, red_check, red_values
from .carbon_red_names import NAMES, get_parts

TERMS = tuple(red.Terms.__dataclass_fields__)
FEEDSTOCK_KINDS = [("crop", "Crop"), ("residue", "Waste or residue")]


def to_decimal(value) -> Decimal | None:
    """Return an optional number of a record by its shortest text, None where there is none."""
    return None if value is False or value is None else Decimal(repr(value))


class CarbonRedCaseMixin(models.AbstractModel):
    """What E is judged by: pathway, feedstock, use, day of delivery, age of the plant, efficiency.

    Pathways that are worked out and savings that are stated share it, so that both ask the same
    comparator and the same minimum.
    """

    _name = "carbon.red.case.mixin"
    _description = "Case of the RED"

    pathway = fields.Selection(
        selection="_get_pathways",
        help="Its default values stand for every term that is not stated. Empty: all are stated.",
    )
    feedstock_kind = fields.Selection(
        FEEDSTOCK_KINDS,
        compute="_compute_feedstock_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    use = fields.Selection(selection="_get_uses", required=True, default="transport")
    delivered_on = fields.Date(required=True, default=fields.Date.context_today)
    plant_start = fields.Date(string="First day of operation of the plant", required=True)
    electrical_efficiency = OptionalFloat(
        digits=None,
        aggregator=None,
        help="Electricity over fuel, as a fraction. With it E is held against the comparator per "
        "MJ of electricity.",
    )
    heat_efficiency = OptionalFloat(
        digits=None, aggregator=None, help="Useful heat over fuel, as a fraction."
    )
    heat_temperature = OptionalFloat(
        string="Temperature of the heat (°C)",
        digits=None,
        aggregator=None,
        help="For cogeneration: what heat is worth beside electricity. Empty: below 150 °C.",
    )

    @api.model
    def _get_pathways(self):
        return [
            (pathway.code, ", ".join(self._get_name(part) for part in get_parts(pathway)))
            for pathway in red_values.shipped().values()
        ]

    @api.model
    def _get_uses(self):
        others = [
            (code, self._get_name(item.label))
            for code, item in red.COMPARATORS.items()
            if not code.startswith("transport")
        ]
        capital = [(code, label[:1].upper() + label[1:]) for code, label in others]
        return [("transport", self.env._("Transport")), *capital]

    @api.model
    def _get_name(self, word: str) -> str:
        """Return a word of the tables in the language of the reader, or as it is."""
        return self.env._(NAMES[word]) if word in NAMES else word

    @api.depends("pathway")
    def _compute_feedstock_kind(self):
        for case in self:
            pathway = red_values.shipped().get(case.pathway)
            if pathway:
                case.feedstock_kind = pathway.feedstock_kind
            elif not case.feedstock_kind:
                case.feedstock_kind = "crop"

    def _get_comparator(self) -> red.Comparator:
        """Return the fossil comparator of the use; that of transport changes with the day."""
        self.ensure_one()
        if self.use == "transport":
            return red.transport_comparator(self.delivered_on)
        return red.COMPARATORS[self.use]

    def _get_conversion(self) -> red.Conversion | None:
        """Return how the fuel becomes electricity or heat, None while nobody says."""
        self.ensure_one()
        figures = (self.electrical_efficiency, self.heat_efficiency)
        if not any(figures):
            return None
        return red.Conversion(*map(to_decimal, (*figures, self.heat_temperature)))

    def _judge(self, actual: dict[str, Decimal]) -> tuple[red_values.Declared, red.Verdict]:
        """Return what is declared with these actual values, and how it is judged."""
        self.ensure_one()
        stated = red_values.declare(red_values.shipped().get(self.pathway), actual)
        conversion = self._get_conversion()
        verdict = red.assess(stated.terms, self._get_comparator(), self.plant_start, conversion)
        return stated, verdict

    def _get_findings(
        self, stated: red_values.Declared, verdict: red.Verdict, credited: list[str]
    ) -> tuple[red_check.Finding, ...]:
        """Return every doubt about the terms, the saving and how it was come by."""
        self.ensure_one()
        pathways = red_values.shipped()
        alike = red_values.alike(pathways.get(self.pathway), pathways)
        return (
            *red_check.check(stated.terms, verdict.saving, self.feedstock_kind, alike),
            *red_check.check_conversion(verdict.comparator, self._get_conversion()),
            *red_check.check_edition(stated.kinds, verdict.comparator),
            *red_check.check_credits(credited, verdict.comparator),
        )

    @api.constrains("electrical_efficiency", "heat_efficiency")
    def _check_efficiencies(self):
        """Nothing becomes more than it was."""
        for case in self:
            parts = [case.electrical_efficiency or 0.0, case.heat_efficiency or 0.0]
            if min(parts) < 0 or sum(parts) > 1:
                raise ValidationError(
                    self.env._(
                        "Efficiencies are fractions of the fuel: between 0 and 1 each and together "
                        "(0.38 for 38 %)."
                    )
                )
