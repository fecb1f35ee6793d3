# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Decimals of a ledger: from what Odoo hands over to what is hashed and summed."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal


def to_decimal(
    value: float | int | str | Decimal, places: int = 3, rounding: str = ROUND_HALF_UP
) -> Decimal:
    """Return `value` with exactly `places` decimals.

    A float goes by its `repr`, the shortest text that names it, so 0.1 is one tenth and not
    0.1000000000000000055. Missing (None, False) is an error: missing is not zero.

    >>> to_decimal(0.1)
    Decimal('0.100')
    >>> to_decimal(2.0005)
    Decimal('2.001')
    >>> to_decimal("7", 0)
    Decimal('7')
    """
    if value is None or isinstance(value, bool):
        raise TypeError("a quantity is missing: it cannot be read as zero")
    number = value if isinstance(value, Decimal) else Decimal(_text(value))
    if not number.is_finite():
        raise ValueError(f"not a finite quantity: {value!r}")
    return number.quantize(Decimal(1).scaleb(-places), rounding=rounding)


def round_down(value: float | int | str | Decimal, places: int = 3) -> Decimal:
    """Return `value` cut to `places` decimals, towards zero: credits are never rounded up.

    >>> round_down("1.9999")
    Decimal('1.999')
    """
    return to_decimal(value, places, ROUND_DOWN)


def to_text(value: float | int | str | Decimal, places: int = 3) -> str:
    """Return the decimal text that goes into a hashed payload.

    >>> to_text(100)
    '100.000'
    >>> to_text(1e-7, 8)
    '0.00000010'
    >>> to_text(-0.0)
    '0.000'
    """
    number = to_decimal(value, places)
    return f"{number if number else abs(number):f}"


def _text(value: float | int | str) -> str:
    return value if isinstance(value, str) else repr(value)
