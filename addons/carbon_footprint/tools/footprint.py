# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sum activities into a footprint that opens down to its leaves.

An activity (12.5 kWh from a meter) times a factor version (0.177 kg CO2e/kWh) is a leaf. Each
leaf is rounded once, to a milligram of CO2e; the figure is the plain sum of the leaves, so what is
opened adds up to what is printed, to the last digit. An activity without figure or factor is a gap:
the result is then incomplete and names it. It is never counted as zero.

>>> power = Factor("EL", "2025", "kWh", Decimal("0.177"), "AR5")
>>> result = compute([Activity("m1", "Electricity", Decimal("10000"), "kWh", power)], "AR5")
>>> result.total, result.is_complete
(Decimal('1770.000000'), True)
>>> steam = Activity("m2", "Steam", None, "MJ_heat", power, gap="no reading arrived")
>>> compute([steam], "AR5").gaps
(Gap(key='m2', sentence='Steam: no reading arrived.', code='data', subject='Steam'),)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from . import basis, gwp
from .allocation import Share, split

PRECISION = 60
QUANTUM = Decimal("0.000001")  # kg CO2e: a milligram
PER_KG_PLACES = Decimal("0.000000001")

# Why a figure is missing, as anybody outside the plant may know it.
DATA = "data"  # its data are not complete
READINGS = "readings"  # its meter was not read, or not through the whole batch
MASS = "mass"  # its quantity cannot be stated in kg
FACTOR = "factor"  # no approved emission factor applies to it
UNIT = "unit"  # its quantity is counted in what its factor does not know
GWP = "gwp"  # its factor is weighed with another set of global warming potentials
DECLARED = "declared"  # the value its supplier declared cannot be used
BATCH = "batch"  # the footprint of the batch it comes from is itself incomplete
TREATMENT = "treatment"  # nobody has stated whether it counts
DIVISION = "division"  # emissions cannot be divided between the outputs of the batch
RULE = "rule"  # no rule of calculation applies to the batch
NOTHING = "nothing"  # nothing was counted, or nothing was made
FAILED = "failed"  # the calculation itself failed
GAP_CODES = (
    *(DATA, READINGS, MASS, FACTOR, UNIT, GWP, DECLARED, BATCH, TREATMENT),
    *(DIVISION, RULE, NOTHING, FAILED),
)


@dataclass(frozen=True)
class Factor:
    """One dated version of a factor: kg CO2e for one `unit`, weighed with `gwp_set`.

    `gases` are kg of each gas for one unit, where the source states them.
    """

    code: str
    version: str
    unit: str
    value: Decimal
    gwp_set: str
    gases: Mapping[str, Decimal] = field(default_factory=dict)

    def under(self, gwp_set: str) -> Decimal:
        """Return kg CO2e for one unit under a set: as published, or restated from the gases."""
        if gwp_set == self.gwp_set:
            return self.value
        if not self.gases:
            raise gwp.MixedSets(
                f"the factor {self.code} {self.version} is weighed with {self.gwp_set}, the "
                f"footprint with {gwp_set}, and its source does not state the gases it could be "
                "restated from"
            )
        return gwp.weigh(self.gases, gwp_set)


@dataclass(frozen=True)
class Activity:
    """Something that emits: an amount in a unit, the factor it is weighed with, or a gap.

    `subject` names it to a reader who does not know the plant; empty: the label does.
    `conversion` turns one `unit` into what the factor wants (kg of steam into MJ of heat), in
    `converted_unit`; empty: the factor's basis is the unit's own.
    """

    key: str
    label: str
    amount: Decimal | None
    unit: str
    factor: Factor | None
    gap: str = ""
    gap_code: str = DATA
    subject: str = ""
    conversion: Decimal = Decimal("1")
    converted_unit: str = ""


@dataclass(frozen=True)
class Leaf:
    """An activity in kg CO2e: `amount` in the factor's unit times `value`, rounded once."""

    key: str
    amount: Decimal
    unit: str
    value: Decimal
    kg_co2e: Decimal


@dataclass(frozen=True)
class Gap:
    """What is missing: a sentence for those who can mend it, code and subject for all others.

    The sentence names instruments and says what to do, in the language of whoever calculated.
    From the code and what it is about (a material, a meter) a reader outside is told in his own.
    """

    key: str
    sentence: str
    code: str = DATA
    subject: str = ""


@dataclass(frozen=True)
class Footprint:
    """Leaves, gaps and what is known so far."""

    leaves: tuple[Leaf, ...]
    gaps: tuple[Gap, ...]
    gwp_set: str

    @property
    def is_complete(self) -> bool:
        """True when nothing is missing and there is something to count."""
        return bool(self.leaves) and not self.gaps

    @property
    def known(self) -> Decimal:
        """The sum of the leaves; a lower bound at best while there are gaps."""
        return total(leaf.kg_co2e for leaf in self.leaves)

    @property
    def total(self) -> Decimal | None:
        """The figure, `None` while anything is missing."""
        return self.known if self.is_complete else None


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum of amounts that are multiples of `QUANTUM`."""
    with localcontext() as context:
        context.prec = PRECISION
        return sum(amounts, Decimal("0.000000"))


def in_unit_of_factor(activity: Activity) -> Decimal:
    """Return the amount in the unit of the factor; another basis raises `UnitMismatch`."""
    if not activity.converted_unit:
        return basis.convert(activity.amount, activity.unit, activity.factor.unit)
    basis.unit(activity.unit)
    with localcontext() as context:
        context.prec = PRECISION
        converted = activity.amount * activity.conversion
    return basis.convert(converted, activity.converted_unit, activity.factor.unit)


def weigh(activity: Activity, gwp_set: str) -> Leaf | Gap:
    """Return the leaf of an activity, or the gap that keeps it from being one."""
    code, sentence = activity.gap_code, activity.gap
    if not sentence and activity.factor is None:
        code, sentence = FACTOR, "no approved emission factor applies"
    if not sentence and activity.amount is None:
        code, sentence = DATA, "the amount is not known"
    if sentence:
        return _gap(activity, code, sentence)
    try:
        amount = in_unit_of_factor(activity)
        value = activity.factor.under(gwp_set)
    except basis.UnitMismatch as error:
        return _gap(activity, UNIT, str(error))
    except (gwp.MixedSets, gwp.UnknownPotential) as error:
        return _gap(activity, GWP, str(error))
    with localcontext() as context:
        context.prec = PRECISION
        kg = (amount * value).quantize(QUANTUM, rounding=ROUND_HALF_EVEN)
    return Leaf(activity.key, amount, activity.factor.unit, value, kg)


def _gap(activity: Activity, code: str, sentence: str) -> Gap:
    text = f"{activity.label}: {sentence.rstrip('.')}."
    return Gap(activity.key, text, code, activity.subject or activity.label)


def compute(activities: Sequence[Activity], gwp_set: str) -> Footprint:
    """Return the footprint of activities under one GWP set."""
    results = [weigh(activity, gwp_set) for activity in activities]
    leaves = tuple(result for result in results if isinstance(result, Leaf))
    gaps = tuple(result for result in results if isinstance(result, Gap))
    if not results:
        sentence = "Nothing was measured or consumed: there is nothing to count."
        gaps = (Gap("", sentence, NOTHING),)
    return Footprint(leaves, gaps, gwp_set)


def split_leaves(leaves: Sequence[Leaf], parts: Sequence[Share]) -> dict[str, list[Decimal]]:
    """Return, for each output, its part of every leaf, in the order of the leaves.

    Every leaf is divided for itself with nothing left over, so the parts of an output add up to its
    figure and the figures of the outputs add up to the whole.
    """
    weights = [part.numerator for part in parts]
    columns = [split(leaf.kg_co2e, weights, QUANTUM) for leaf in leaves]
    return {part.key: [column[i] for column in columns] for i, part in enumerate(parts)}


def per_kg(kg_co2e: Decimal, quantity_kg: Decimal) -> Decimal | None:
    """Return kg CO2e for one kg of product, `None` when there is no product.

    >>> per_kg(Decimal("1770"), Decimal("900"))
    Decimal('1.966666667')
    """
    if quantity_kg <= 0:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        return (kg_co2e / quantity_kg).quantize(PER_KG_PLACES, rounding=ROUND_HALF_EVEN)


def plain(value: Decimal | None) -> str | None:
    """Return a decimal as text without exponent or idle zeros, `None` for what is not known.

    >>> plain(Decimal("1770.000000")), plain(Decimal("1E+3")), plain(None)
    ('1770', '1000', None)
    """
    if value is None:
        return None
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
