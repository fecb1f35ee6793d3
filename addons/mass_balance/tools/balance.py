# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The balance of a period: `B = (A + a) x CF + b`, outgoing `C <= B` (ISCC EU 203).

Quantities are `Decimal` with three digits in the unit of the book; a credit is rounded down,
once, where it is booked. Factors are pairs of numbers, so that nothing is rounded on the way.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

STEP = Decimal("0.001")
ZERO = Decimal("0.000")
STOCK_TOLERANCE = Decimal("0.005")


@dataclass(frozen=True)
class Factor:
    """A conversion factor as it was measured: output over input of the same window."""

    numerator: Decimal
    denominator: Decimal

    @property
    def value(self) -> Fraction:
        return Fraction(self.numerator) / Fraction(self.denominator)


@dataclass(frozen=True)
class Closing:
    """The end of a period: `surplus` when it can close, `deficit` when it cannot."""

    surplus: Decimal
    deficit: Decimal

    @property
    def can_close(self) -> bool:
        return not self.deficit


@dataclass(frozen=True)
class CarryOver:
    """What goes into the next period and what is lost; `alert` names a missing reading."""

    carried: Decimal
    forfeited: Decimal
    alert: str = ""


def floor_credit(value: Fraction | Decimal | int) -> Decimal:
    """Round a credit down to three digits, exactly.

    >>> floor_credit(Fraction("1000") * Fraction("0.3333337"))
    Decimal('333.333')
    """
    return _to_step(Fraction(value), ROUND_DOWN)


def ceil_charge(value: Fraction | Decimal | int) -> Decimal:
    """Round what is taken away from a credit up to three digits, exactly.

    >>> ceil_charge(Fraction(10, 3))
    Decimal('3.334')
    """
    return _to_step(Fraction(value), ROUND_UP)


def _to_step(value: Fraction, rounding: str) -> Decimal:
    """Integer arithmetic, so that no digit depends on the precision of a decimal context."""
    scaled, rest = divmod(abs(value.numerator) * 1000, value.denominator)
    if rounding == ROUND_UP and rest or rounding == ROUND_HALF_UP and rest * 2 >= value.denominator:
        scaled += 1
    digits = tuple(int(digit) for digit in str(scaled))
    return Decimal((int(value < 0), digits, -3))


def convert(certified: Decimal, factor: Factor) -> Decimal:
    """Return the certified output of a certified input.

    >>> convert(Decimal("100.000"), Factor(Decimal("900"), Decimal("1000")))
    Decimal('90.000')
    """
    return floor_credit(Fraction(certified) * factor.value)


def available(
    incoming: Decimal, opening_input: Decimal, factor: Factor, opening_output: Decimal
) -> Decimal:
    """Return B, the most that may leave in the period.

    >>> available(Decimal(1000), Decimal(50), Factor(Decimal("0.92"), Decimal(1)), Decimal(30))
    Decimal('996.000')
    """
    return convert(incoming + opening_input, factor) + floor_credit(opening_output)


def close(total: Decimal, outgoing: Decimal) -> Closing:
    """Compare what left with what was there.

    >>> close(Decimal("996.000"), Decimal("996.001")).deficit
    Decimal('0.001')
    """
    rest = Decimal(total) - Decimal(outgoing)
    return Closing(max(rest, ZERO), max(-rest, ZERO))


def carry_over(surplus: Decimal, scheme: str, physical: Decimal | None) -> CarryOver:
    """Return what is carried: ISCC EU no more than lies in stock at the site, ISCC PLUS all.

    >>> carry_over(Decimal("46.000"), "iscc_eu", Decimal("40.000"))
    CarryOver(carried=Decimal('40.000'), forfeited=Decimal('6.000'), alert='')
    >>> carry_over(Decimal("46.000"), "iscc_plus", Decimal("40.000")).carried
    Decimal('46.000')
    >>> carry_over(Decimal("46.000"), "iscc_eu", None)
    CarryOver(carried=Decimal('0.000'), forfeited=Decimal('46.000'), alert='no_stock_reading')
    """
    if scheme == "iscc_plus":
        return CarryOver(surplus, ZERO)
    if physical is None:
        return CarryOver(ZERO, surplus, "no_stock_reading")
    carried = min(surplus, max(floor_credit(physical), ZERO))
    return CarryOver(carried, surplus - carried)


def stock_deviation(book: Decimal, physical: Decimal) -> Fraction | None:
    """Return the deviation of the physical stock as a share of the book; None without a book.

    >>> stock_deviation(Decimal("1000.0"), Decimal("995.0")) <= STOCK_TOLERANCE
    True
    >>> stock_deviation(Decimal("1000.0"), Decimal("994.9")) <= STOCK_TOLERANCE
    False
    """
    if not book:
        return None
    return abs(Fraction(physical) - Fraction(book)) / abs(Fraction(book))


def receipt_credit(declared_left: Decimal, weighed: Decimal) -> Decimal:
    """Return what a receipt may book: the lower of the declaration's rest and the weighing.

    >>> receipt_credit(Decimal("100.000"), Decimal("98.700"))
    Decimal('98.700')
    """
    return floor_credit(max(min(Fraction(declared_left), Fraction(weighed)), Fraction(0)))


def scrap_charge(scrapped: Decimal, attributed: Decimal, produced: Decimal) -> Decimal:
    """Return the credit that goes with scrapped product: its share of the batch, rounded up.

    >>> scrap_charge(Decimal("100"), Decimal("90.000"), Decimal("900"))
    Decimal('10.000')
    """
    if not produced:
        return ZERO
    share = Fraction(scrapped) * Fraction(attributed) / Fraction(produced)
    return min(ceil_charge(share), attributed)


def given_back(
    consumed: Decimal, credited: Decimal, withdrawn: Decimal, returned: Decimal
) -> Decimal:
    """Return how much of an order's certified input is input again once its goods are unbuilt.

    The share of its credits that could be taken back, rounded down, and no more than is there:
    a credit that was sold does not come back as input.

    >>> given_back(Decimal(100), Decimal("85.000"), Decimal("8.500"), Decimal(10))
    Decimal('10.000')
    >>> given_back(Decimal(100), Decimal("85.000"), Decimal("0.000"), Decimal(10))
    Decimal('0.000')
    """
    if not credited:
        return ZERO
    share = min(Fraction(withdrawn) / Fraction(credited), Fraction(1))
    return min(floor_credit(Fraction(consumed) * share), floor_credit(returned))


def oldest_first(wanted: Decimal, lots: list[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """Take a quantity from lots of credit in the order given; empty when they do not cover it.

    >>> oldest_first(Decimal(5), [("a", Decimal(3)), ("b", Decimal(4))])
    [('a', Decimal('3')), ('b', Decimal('2'))]
    >>> oldest_first(Decimal(8), [("a", Decimal(3)), ("b", Decimal(4))])
    []
    """
    if wanted > sum((rest for _key, rest in lots), Decimal(0)):
        return []
    taken = []
    for key, rest in lots:
        part = min(rest, wanted)
        if part > 0:
            taken.append((key, part))
            wanted -= part
    return taken
