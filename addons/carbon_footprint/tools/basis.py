# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Units of activity whose basis is part of the unit.

10 000 kWh of gas by gross calorific value and 10 000 kWh by net calorific value differ by a tenth
of the gas; a dry tonne is not a wet tonne. So the basis belongs to the unit, conversion works
inside one dimension and one basis only, and everything else is refused with a sentence.

>>> convert(Decimal("1"), "MWh", "kWh")
Decimal('1000')
>>> convert(Decimal("10000"), "kWh_gross", "kWh_net")
Traceback (most recent call last):
...
odoo.addons.carbon_footprint.tools.basis.UnitMismatch: kWh (gross CV) cannot be turned into \
kWh (net CV): the first counts by gross calorific value, the second by net calorific value.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

PRECISION = 50


class UnitMismatch(ValueError):
    """Two units that measure different things, or the same thing on a different basis."""


@dataclass(frozen=True)
class Unit:
    """One unit: how many reference units of its dimension it holds, and on what basis."""

    code: str
    label: str
    dimension: str
    basis: str
    size: Decimal


@dataclass(frozen=True)
class Quantity:
    """An amount together with the code of its unit."""

    amount: Decimal
    unit: str


BASES: dict[str, str] = {
    "electricity": "electricity",
    "gross": "gross calorific value",
    "net": "net calorific value",
    "heat": "heat delivered",
    "received": "mass as received",
    "dry": "dry mass",
    "volume": "volume as metered",
    "gas15": "gas volume at 15 °C and 1013.25 hPa",
    "gas0": "gas volume at 0 °C and 1013.25 hPa",
    "gas60f": "gas volume at 60 °F and 14.696 psi",
    "transport": "goods moved over a distance",
    "passengers": "passengers moved over a distance",
    "distance": "distance",
    "count": "pieces",
    "time": "time",
}
_KWH = Decimal("3.6")
_MMBTU = Decimal("1055.05585262")  # million British thermal units (International Table), in MJ
_POUND = Decimal("0.45359237")
_MILE = Decimal("1.609344")
_SHORT_TON = _POUND * 2000


def _units() -> dict[str, Unit]:
    """Reference units: MJ, kg, m3, tonne-kilometre, km, piece, hour."""
    rows = [
        ("kWh", "kWh electricity", "energy", "electricity", _KWH),
        ("MWh", "MWh electricity", "energy", "electricity", _KWH * 1000),
        ("MJ_el", "MJ electricity", "energy", "electricity", Decimal("1")),
        ("kWh_gross", "kWh (gross CV)", "energy", "gross", _KWH),
        ("MWh_gross", "MWh (gross CV)", "energy", "gross", _KWH * 1000),
        ("GJ_gross", "GJ (gross CV)", "energy", "gross", Decimal("1000")),
        ("MJ_gross", "MJ (gross CV)", "energy", "gross", Decimal("1")),
        ("mmBtu_gross", "mmBtu (gross CV)", "energy", "gross", _MMBTU),
        ("kWh_net", "kWh (net CV)", "energy", "net", _KWH),
        ("MWh_net", "MWh (net CV)", "energy", "net", _KWH * 1000),
        ("GJ_net", "GJ (net CV)", "energy", "net", Decimal("1000")),
        ("MJ_net", "MJ (net CV)", "energy", "net", Decimal("1")),
        ("kWh_heat", "kWh heat", "energy", "heat", _KWH),
        ("MWh_heat", "MWh heat", "energy", "heat", _KWH * 1000),
        ("GJ_heat", "GJ heat", "energy", "heat", Decimal("1000")),
        ("MJ_heat", "MJ heat", "energy", "heat", Decimal("1")),
        ("mmBtu_heat", "mmBtu heat", "energy", "heat", _MMBTU),
        ("g", "g", "mass", "received", Decimal("0.001")),
        ("kg", "kg", "mass", "received", Decimal("1")),
        ("t", "t", "mass", "received", Decimal("1000")),
        ("short_ton", "short ton", "mass", "received", _SHORT_TON),
        ("kg_dry", "kg (dry)", "mass", "dry", Decimal("1")),
        ("t_dry", "t (dry)", "mass", "dry", Decimal("1000")),
        ("m3", "m³", "volume", "volume", Decimal("1")),
        ("l", "l", "volume", "volume", Decimal("0.001")),
        ("Ml", "million l", "volume", "volume", Decimal("1000")),
        ("us_gal", "US gallon", "volume", "volume", Decimal("0.003785411784")),
        ("m3_gas15", "m³ gas (15 °C)", "volume", "gas15", Decimal("1")),
        ("m3_gas0", "m³ gas (0 °C)", "volume", "gas0", Decimal("1")),
        ("scf", "scf gas (60 °F)", "volume", "gas60f", Decimal("0.028316846592")),
        ("tkm", "t·km", "transport", "transport", Decimal("1")),
        ("short_ton_mile", "short ton·mile", "transport", "transport", _SHORT_TON / 1000 * _MILE),
        ("pkm", "passenger·km", "travel", "passengers", Decimal("1")),
        ("km", "km", "distance", "distance", Decimal("1")),
        ("mile", "mile", "distance", "distance", _MILE),
        ("piece", "piece", "count", "count", Decimal("1")),
        ("h", "h", "time", "time", Decimal("1")),
    ]
    return {row[0]: Unit(*row) for row in rows}


UNITS: dict[str, Unit] = _units()


def unit(code: str) -> Unit:
    """Return the unit of this code.

    >>> unit("furlong")
    Traceback (most recent call last):
    ...
    odoo.addons.carbon_footprint.tools.basis.UnitMismatch: There is no unit furlong.
    """
    if code not in UNITS:
        raise UnitMismatch(f"There is no unit {code}.")
    return UNITS[code]


def mismatch(source: str, target: str) -> str:
    """Return the sentence that says why `source` is no `target`, empty if they are alike.

    >>> mismatch("kg", "t")
    ''
    >>> mismatch("t", "t_dry")
    't cannot be turned into t (dry): the first counts by mass as received, the second by dry mass.'
    """
    one, other = unit(source), unit(target)
    if one.dimension != other.dimension:
        return (
            f"{one.label} cannot be turned into {other.label}: the first measures "
            f"{one.dimension}, the second {other.dimension}."
        )
    if one.basis != other.basis:
        return (
            f"{one.label} cannot be turned into {other.label}: the first counts by "
            f"{BASES[one.basis]}, the second by {BASES[other.basis]}."
        )
    return ""


def convert(amount: Decimal, source: str, target: str) -> Decimal:
    """Return `amount` of unit `source` in unit `target`; another basis raises `UnitMismatch`."""
    sentence = mismatch(source, target)
    if sentence:
        raise UnitMismatch(sentence)
    if source == target:
        return amount
    with localcontext() as context:
        context.prec = PRECISION
        return amount * unit(source).size / unit(target).size


def add(first: Quantity, *others: Quantity) -> Quantity:
    """Return the sum in the unit of the first.

    >>> add(Quantity(Decimal("1"), "t"), Quantity(Decimal("250"), "kg"))
    Quantity(amount=Decimal('1.25'), unit='t')
    """
    with localcontext() as context:
        context.prec = PRECISION
        total = first.amount
        for other in others:
            total += convert(other.amount, other.unit, first.unit)
        return Quantity(total, first.unit)
