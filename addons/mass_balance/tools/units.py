# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The units a declaration may state a quantity in (ISCC PLUS 8.3.3), and what that is in kg."""

from decimal import Decimal
from fractions import Fraction

from .balance import floor_credit

MJ_PER_KWH = Fraction("3.6")


def to_kg(
    quantity: Decimal, unit: str, density: float | Decimal | None, heat: Decimal | None
) -> Decimal | None:
    """Return a quantity in kg, cut to grams; None where the density or heating value is missing.

    `density` in kg/l at 15 degrees, `heat` in MJ/kg. Missing is not zero, and no kilogram is made
    by rounding.

    >>> to_kg(Decimal("12.5"), "t", None, None)
    Decimal('12500.000')
    >>> to_kg(Decimal(10), "m3", Decimal("0.892"), None)
    Decimal('8920.000')
    >>> to_kg(Decimal(1000), "kwh", None, Decimal(44))
    Decimal('81.818')
    >>> to_kg(Decimal(10), "m3", None, Decimal(44)) is None
    True
    """
    if unit in ("kg", "t"):
        return floor_credit(Fraction(quantity) * (1000 if unit == "t" else 1))
    if unit == "m3":
        litres = Fraction(quantity) * 1000
        return floor_credit(litres * Fraction(str(density))) if density else None
    if not heat:
        return None
    energy = Fraction(quantity) * (MJ_PER_KWH if unit == "kwh" else 1)
    return floor_credit(energy / Fraction(heat))
