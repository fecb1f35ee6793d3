# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Weigh hundreds of thousands of activities at once, exactly.

Amounts are whole numbers of 10⁻⁹ units and a factor is a fraction, so that a leaf in milligrams is
one multiplication and one division of whole numbers, rounded half to even as `footprint.weigh`
rounds. Where the product fits into 63 bits numpy computes it; where it does not, Python's own
whole numbers do. Never a float: the result is that of the slow way to the last digit.

>>> amounts = scaled(numpy.array([10000.0, 0.1]))
>>> [int(kg) for kg in weigh(amounts, Fraction("0.177"))]
[1770000000, 17700]
"""

from decimal import Decimal
from fractions import Fraction

import numpy

from .footprint import QUANTUM

AMOUNT_SCALE = 10**9
_UNITS = Fraction(1, AMOUNT_SCALE) / Fraction(QUANTUM)
_SAFE = float(2**62)
_EXACT = float(2**51)  # up to here a float times 10⁹ is less than half a unit off


def scaled(amounts: numpy.ndarray) -> numpy.ndarray:
    """Return amounts of at most nine decimals as whole numbers of 10⁻⁹, not one of them off."""
    units = amounts * AMOUNT_SCALE
    if not len(units) or numpy.abs(units).max() < _EXACT:
        return numpy.rint(units).astype(numpy.int64)
    return numpy.array([_scale(amount) for amount in amounts.tolist()], dtype=object)


def _scale(amount: float) -> int:
    return int((Decimal(repr(amount)) * AMOUNT_SCALE).to_integral_value())


def _round_half_even(numerator: numpy.ndarray, denominator: int) -> numpy.ndarray:
    quotient = numerator // denominator
    if denominator == 1:
        return quotient
    twice = (numerator - quotient * denominator) * 2
    up = (twice > denominator) | ((twice == denominator) & (quotient % 2 == 1))
    return quotient + up


def weigh(amounts: numpy.ndarray, factor: Fraction) -> numpy.ndarray:
    """Return milligrams of CO2e of scaled amounts times kg CO2e for one unit, rounded once each."""
    if not len(amounts):
        return amounts
    exact = factor * _UNITS
    numerator, denominator = exact.numerator, exact.denominator
    peak = max(abs(int(amounts.max())), abs(int(amounts.min())), 1)
    if peak * abs(numerator) >= _SAFE or denominator >= _SAFE / 2:
        amounts = amounts.astype(object)
    return _round_half_even(amounts * numerator, denominator)


def sums(owners: numpy.ndarray, units: numpy.ndarray, count: int) -> numpy.ndarray:
    """Return the sum of the units of each owner (numbered from 0).

    >>> [int(total) for total in sums(numpy.array([0, 2, 0]), numpy.array([1, 2, 3]), 3)]
    [4, 0, 2]
    """
    bound = float(numpy.abs(units).max()) * len(units) if len(units) else 0.0
    totals = numpy.zeros(count, dtype=numpy.int64 if bound < _SAFE else object)
    numpy.add.at(totals, owners, units.astype(totals.dtype))
    return totals
