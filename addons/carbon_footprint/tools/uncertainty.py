# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How sure a footprint is: data quality becomes a geometric standard deviation.

Five scores from 1 (best) to 5 say how good a figure is: reliability, completeness, and how well
time, place and technology fit. Each score adds a variance of the logarithm, on top of a basic one;
the variances of amount and factor of a leaf add up. Leaves count as independent and are propagated
to the sum by their weight in it. Table and basic variances are those of the ecoinvent 3 data
quality guideline (`SOURCE`); they are expert judgement, and so is the result. They were compared
figure by figure with the pedigree matrix that Brightway's authors keep as variances and with that
of openLCA (`DQSystems`), which has the factors of Frischknecht et al. (2007): squares of geometric
standard deviations, whose variances these are, rounded. A unit test holds both.

>>> gsd(variance((1, 1, 1, 1, 1)))
Decimal('1.025')
>>> poor = variance((5, 5, 5, 5, 5))
>>> propagate([(Decimal("90"), variance((1, 1, 1, 1, 1))), (Decimal("10"), poor)])
Decimal('1.052')
>>> parse("2; 1;3,1,2"), parse("1;2;6;1;1")
((2, 1, 3, 1, 2), None)
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext

SOURCE = (
    "Weidema et al. (2013), Overview and methodology: data quality guideline for the ecoinvent "
    "database version 3, pedigree matrix"
)
INDICATORS = ("reliability", "completeness", "time", "place", "technology")
# variance of the underlying normal distribution, by indicator and score
TABLE: tuple[tuple[Decimal, ...], ...] = tuple(
    tuple(Decimal(text) for text in row.split())
    for row in (
        "0 0.0006 0.002 0.008 0.04",
        "0 0.0001 0.0006 0.002 0.008",
        "0 0.0002 0.002 0.008 0.04",
        "0 0.000025 0.0001 0.0006 0.002",
        "0 0.0006 0.008 0.04 0.12",
    )
)
BASIC = Decimal("0.0006")  # energy, materials, water, waste, combustion CO2
# an amount of transport (t km) is known to a factor of two at best
BASIC_BY_DIMENSION = {"transport": Decimal("0.12")}
# What stands for an amount or factor that nobody scored, by its data quality.
SCORES: dict[str, tuple[int, ...]] = {
    "measured": (1, 1, 1, 1, 1),
    "declared": (2, 2, 1, 1, 1),
    "calculated": (3, 2, 1, 1, 1),
    "default": (2, 2, 3, 3, 3),
}
UNSCORED = (5, 5, 5, 5, 5)
PLACES = Decimal("0.001")


def parse(text: str) -> tuple[int, ...] | None:
    """Return five scores from a text such as `2;1;3;1;2`, None if it is none."""
    parts = [part for part in re.split(r"[\s;,()]+", text or "") if part]
    if len(parts) != len(INDICATORS) or any(part not in "12345" for part in parts):
        return None
    return tuple(int(part) for part in parts)


def variance(scores: Sequence[int], basic: Decimal = BASIC) -> Decimal:
    """Return the variance of the logarithm for five scores."""
    return basic + sum(
        (row[score - 1] for row, score in zip(TABLE, scores, strict=True)), Decimal("0")
    )


def gsd(log_variance: Decimal) -> Decimal:
    """Return the geometric standard deviation: most figures lie within a factor of its square."""
    with localcontext() as context:
        context.prec = 28
        return log_variance.sqrt().exp().quantize(PLACES)


def from_gsd(deviation: Decimal) -> Decimal:
    """Return the variance of the logarithm that a geometric standard deviation stands for.

    >>> gsd(from_gsd(Decimal("1.234")))
    Decimal('1.234')
    """
    with localcontext() as context:
        context.prec = 28
        return deviation.ln() ** 2


def combined(amount: Sequence[int], factor: Sequence[int], dimension: str = "") -> Decimal:
    """Return the variance of an amount of a dimension times a factor.

    >>> combined((1, 1, 1, 1, 1), (1, 1, 1, 1, 1), "transport")
    Decimal('0.1206')
    """
    return variance(amount, BASIC_BY_DIMENSION.get(dimension, BASIC)) + variance(factor)


def propagate(leaves: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return the geometric standard deviation of a sum of (value, variance of its logarithm).

    To first order: each leaf by the square of its weight. None when the sum is nil or below, where
    a lognormal distribution has no meaning.
    """
    rows = list(leaves)
    with localcontext() as context:
        context.prec = 28
        total = sum((value for value, _variance in rows), Decimal("0"))
        if total <= 0:
            return None
        weighted = sum((value * value * spread for value, spread in rows), Decimal("0"))
        return gsd(weighted / (total * total))
