# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Divide emissions between a product and its co-products.

Energy (lower heating value, as RED wants it), mass or economic value. Emissions up to and
including the step where the co-products arise are divided. A waste or residue takes no share, and a
negative heating value counts as zero. Numerator and denominator of each share are kept, so that the
share can be opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import lcm

PRECISION = 50
BASES = ("mass", "energy", "economic")


class NotDivisible(ValueError):
    """No output can carry the emissions; the sentence says why."""


@dataclass(frozen=True)
class Output:
    """One output: `quantity` kg and, by basis, MJ/kg or money per kg (`None`: not known)."""

    key: str
    quantity: Decimal
    worth: Decimal | None = Decimal("1")
    is_waste: bool = False


@dataclass(frozen=True)
class Share:
    """What an output weighs (`numerator`) in all outputs (`denominator`), on the basis."""

    key: str
    numerator: Decimal
    denominator: Decimal

    @property
    def fraction(self) -> Decimal:
        """Numerator over denominator, to 28 significant digits."""
        with localcontext() as context:
            context.prec = 28
            return self.numerator / self.denominator


def _weight(output: Output) -> Decimal:
    if output.is_waste:
        return Decimal("0")
    if output.worth is None:
        raise NotDivisible(f"The worth of {output.key} is not known.")
    return output.quantity * max(output.worth, Decimal("0"))


def shares(outputs: Sequence[Output]) -> list[Share]:
    """Return the share of each output, in the order given.

    >>> oil = Output("oil", Decimal("1"))
    >>> cake = Output("cake", Decimal("0.632647462277092"))
    >>> round(shares([oil, cake])[0].fraction, 15)
    Decimal('0.612502100487313')
    """
    with localcontext() as context:
        context.prec = PRECISION
        weights = [_weight(output) for output in outputs]
        denominator = sum(weights, Decimal("0"))
    if denominator <= 0:
        raise NotDivisible("No output of this order can carry the emissions.")
    return [
        Share(output.key, weight, denominator)
        for output, weight in zip(outputs, weights, strict=True)
    ]


def divide(emission: Decimal, parts: Sequence[Share]) -> list[Decimal]:
    """Return the emission of each share; the parts add up to `emission` to 28 digits.

    The rounding residue goes to the first part, the product itself.
    """
    with localcontext() as context:
        context.prec = PRECISION
        amounts = [emission * part.numerator / part.denominator for part in parts]
        amounts[0] += emission - sum(amounts, Decimal("0"))
        return amounts


def split(amount: Decimal, weights: Sequence[Decimal], quantum: Decimal) -> list[Decimal]:
    """Split a multiple of `quantum` into multiples of `quantum` that add up to it exactly.

    Largest remainder, first come first served among equals: the result does not depend on chance.

    >>> split(Decimal("0.10"), [Decimal("1")] * 3, Decimal("0.01"))
    [Decimal('0.04'), Decimal('0.03'), Decimal('0.03')]
    >>> split(Decimal("-0.10"), [Decimal("1")] * 3, Decimal("0.01"))
    [Decimal('-0.04'), Decimal('-0.03'), Decimal('-0.03')]
    """
    fractions = [Fraction(weight) for weight in weights]
    common = lcm(*(fraction.denominator for fraction in fractions))
    whole = [int(fraction * common) for fraction in fractions]
    units = int((abs(amount) / quantum).to_integral_value(rounding=ROUND_HALF_EVEN))
    sign = -1 if amount < 0 else 1
    return [sign * part * quantum for part in split_units(units, whole)]


def split_units(units: int, weights: Sequence[int]) -> list[int]:
    """Split whole units, none below nil, by whole weights; the parts add up to them.

    >>> split_units(10, [1, 1, 1])
    [4, 3, 3]
    """
    total = sum(weights)
    if total <= 0:
        raise NotDivisible("No output of this order can carry the emissions.")
    pairs = [divmod(units * weight, total) for weight in weights]
    parts = [part for part, _remainder in pairs]
    by_remainder = sorted(range(len(pairs)), key=lambda index: (-pairs[index][1], index))
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return parts
