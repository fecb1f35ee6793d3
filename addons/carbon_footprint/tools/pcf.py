# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Identities that the figures of a product carbon footprint have to satisfy.

Figures are for one declared unit. Uptake of biogenic CO2 is negative or nil; the figure that
includes it is the one that excludes it, plus the uptake; and the uptake is the CO2 that the
biogenic carbon in the product was made of (44/12 of its mass). The sum of the components is looked
at with a warning only: the published examples do not all follow the rule that is written beside
them.

>>> uptake(Decimal("5.28"))
Decimal('-19.36')
>>> figures = Figures(excluding=Decimal("5.14"), including=Decimal("-14.22"),
...                   uptake=Decimal("-19.36"), biogenic_carbon=Decimal("5.28"))
>>> check(figures)
()
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

PRECISION = 50


@dataclass(frozen=True)
class Figures:
    """What a footprint states, kg CO2e (kg C for the carbon) for one declared unit."""

    excluding: Decimal
    including: Decimal
    uptake: Decimal = Decimal("0")
    biogenic_carbon: Decimal | None = None
    components: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """An identity that does not hold; `is_blocking` when the footprint may not be published."""

    code: str
    is_blocking: bool
    sentence: str


def uptake(biogenic_carbon: Decimal) -> Decimal:
    """Return the CO2 that biogenic carbon was made of, as an uptake (negative).

    >>> uptake(Decimal("0")), round(uptake(Decimal("0.44")), 3)
    (Decimal('0'), Decimal('-1.613'))
    """
    with localcontext() as context:
        context.prec = PRECISION
        exact = -biogenic_carbon * 44 / 12
        return exact.normalize() if exact else Decimal("0")


def _agrees(stated: Decimal, computed: Decimal) -> bool:
    """Return whether a figure is the computed one, rounded to the places it is stated with."""
    places = Decimal(1).scaleb(min(stated.as_tuple().exponent, 0))
    return stated in (computed, computed.quantize(places))


def check(figures: Figures) -> tuple[Doubt, ...]:
    """Return the identities that do not hold to the rounding of the figures."""
    found = []
    expected = figures.excluding + figures.uptake
    if not _agrees(figures.including, expected):
        sentence = (
            f"With uptake the footprint is stated as {figures.including}, but {figures.excluding} "
            f"and {figures.uptake} are {expected}."
        )
        found.append(Doubt("including", True, sentence))
    if figures.uptake > 0:
        found.append(Doubt("sign", True, f"An uptake is negative or nil, not {figures.uptake}."))
    carbon = figures.biogenic_carbon
    if carbon is not None and not _agrees(figures.uptake, uptake(carbon)):
        sentence = (
            f"{carbon} kg of biogenic carbon were {uptake(carbon):.4f} kg CO2, the uptake says "
            f"{figures.uptake}."
        )
        found.append(Doubt("uptake", True, sentence))
    return tuple(found + _components(figures))


def _components(figures: Figures) -> list[Doubt]:
    total = sum(figures.components, Decimal("0"))
    if not figures.components or _agrees(figures.excluding, total):
        return []
    sentence = f"The components add up to {total}, the footprint says {figures.excluding}."
    return [Doubt("components", False, sentence)]
