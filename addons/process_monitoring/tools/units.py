# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Units of measurement of sensors, with offsets.

Odoo's own units have one factor and no offset, so they can turn neither degrees Fahrenheit into
degrees Celsius nor gauge into absolute pressure. Here a unit is affine: ``base = value * factor +
offset``. The arithmetic is exact on the decimal notation of the number (a `Fraction` made from its
`repr`), so that 161.6 °F is 72 °C and not 71.99999999999997, which matters at a limit of 72.0.

>>> convert(161.6, "degF", "degC")
72.0
>>> round(convert(161, "degF", "degC"), 3)
71.667
>>> convert(1.5, "barg", "kPa")
251.325
>>> convert(10, "degC", "kg")
Traceback (most recent call last):
    ...
odoo.addons.process_monitoring.tools.units.IncompatibleUnits: degC cannot be converted into kg.
"""

from dataclasses import dataclass
from fractions import Fraction


class UnitError(ValueError):
    """A unit that is unknown, or that does not fit."""


class UnknownUnit(UnitError):
    """The text names no unit we know."""


class IncompatibleUnits(UnitError):
    """Both units are known, but measure different things."""


@dataclass(frozen=True)
class Unit:
    """One unit: what it measures and how it becomes the base unit of that dimension."""

    code: str
    label: str
    dimension: str
    factor: Fraction
    offset: Fraction


def _unit(code, label, dimension, factor, offset="0") -> Unit:
    return Unit(code, label, dimension, Fraction(factor), Fraction(offset))


# Standard atmosphere, 101.325 kPa by definition: the zero of a gauge.
_ATMOSPHERE = "101.325"

UNITS = {
    unit.code: unit
    for unit in (
        _unit("degC", "°C", "temperature", 1, "273.15"),
        _unit("degF", "°F", "temperature", "5/9", Fraction("459.67") * 5 / 9),
        _unit("K", "K", "temperature", 1),
        _unit("kPa", "kPa", "pressure", 1),
        _unit("Pa", "Pa", "pressure", "1/1000"),
        _unit("mbar", "mbar", "pressure", "1/10"),
        _unit("bar", "bar", "pressure", 100),
        _unit("MPa", "MPa", "pressure", 1000),
        _unit("kPag", "kPa(g)", "pressure", 1, _ATMOSPHERE),
        _unit("barg", "bar(g)", "pressure", 100, _ATMOSPHERE),
        _unit("dPkPa", "kPa (diff.)", "pressure difference", 1),
        _unit("dPbar", "bar (diff.)", "pressure difference", 100),
        _unit("l/h", "l/h", "volume flow", 1),
        _unit("l/min", "l/min", "volume flow", 60),
        _unit("l/s", "l/s", "volume flow", 3600),
        _unit("m3/h", "m³/h", "volume flow", 1000),
        _unit("kg/h", "kg/h", "mass flow", 1),
        _unit("t/h", "t/h", "mass flow", 1000),
        _unit("kWh", "kWh", "energy", 1),
        _unit("MWh", "MWh", "energy", 1000),
        _unit("MJ", "MJ", "energy", "10/36"),
        _unit("GJ", "GJ", "energy", "10000/36"),
        _unit("kW", "kW", "power", 1),
        _unit("W", "W", "power", "1/1000"),
        _unit("MW", "MW", "power", 1000),
        _unit("kg", "kg", "mass", 1),
        _unit("g", "g", "mass", "1/1000"),
        _unit("t", "t", "mass", 1000),
        _unit("l", "l", "volume", 1),
        _unit("ml", "ml", "volume", "1/1000"),
        _unit("m3", "m³", "volume", 1000),
        _unit("s", "s", "time", 1),
        _unit("ms", "ms", "time", "1/1000"),
        _unit("min", "min", "time", 60),
        _unit("h", "h", "time", 3600),
        _unit("pH", "pH", "acidity", 1),
        _unit("%", "%", "ratio", 1),
        _unit("ppm", "ppm", "ratio", "1/10000"),
        _unit("mS/cm", "mS/cm", "conductivity", 1),
        _unit("uS/cm", "µS/cm", "conductivity", "1/1000"),
        _unit("1/min", "1/min", "rotation", 1),
    )
}

# What equipment writes for the same thing. Compared without case after the exact code has failed.
_ALIASES = {
    "°c": "degC",
    "℃": "degC",
    "c": "degC",
    "cel": "degC",
    "celsius": "degC",
    "°f": "degF",
    "℉": "degF",
    "f": "degF",
    "fahrenheit": "degF",
    "kelvin": "K",
    "bar(a)": "bar",
    "bara": "bar",
    "bar(g)": "barg",
    "kpa(a)": "kPa",
    "kpaa": "kPa",
    "kpa(g)": "kPag",
    "m³/h": "m3/h",
    "m³": "m3",
    "litre": "l",
    "liter": "l",
    "ltr": "l",
    "kgm": "kg",
    "tne": "t",
    "kwh": "kWh",
    "mwh": "MWh",
    "ph": "pH",
    "percent": "%",
    "µs/cm": "uS/cm",
    "rpm": "1/min",
    "sec": "s",
}

SELECTION = [(unit.code, unit.label) for unit in UNITS.values()]


def parse(text: str) -> Unit:
    """Return the unit that `text` names.

    >>> parse("°C").code
    'degC'
    >>> parse("furlong")
    Traceback (most recent call last):
        ...
    odoo.addons.process_monitoring.tools.units.UnknownUnit: 'furlong' is not a unit we know.
    """
    cleaned = text.strip()
    unit = UNITS.get(cleaned) or UNITS.get(_ALIASES.get(cleaned.lower(), ""))
    if unit is None:
        raise UnknownUnit(f"{text!r} is not a unit we know.")
    return unit


def is_compatible(first: str, second: str) -> bool:
    """Tell whether a value in one unit can be expressed in the other.

    >>> is_compatible("degF", "degC"), is_compatible("barg", "degC"), is_compatible("l/h", "kg/h")
    (True, False, False)
    """
    try:
        return parse(first).dimension == parse(second).dimension
    except UnknownUnit:
        return False


def convert(value: float, source: str, target: str) -> float:
    """Express `value` of unit `source` in unit `target`; nothing is rounded but the last float.

    Raises UnknownUnit or IncompatibleUnits; OverflowError if the result fits no float.
    """
    if source == target:
        return float(value)
    origin, wanted = parse(source), parse(target)
    if origin.dimension != wanted.dimension:
        raise IncompatibleUnits(f"{source} cannot be converted into {target}.")
    base = Fraction(repr(value)) * origin.factor + origin.offset
    return float((base - wanted.offset) / wanted.factor)


def label(code: str | None) -> str:
    """Return how people write the unit; nothing for no unit."""
    return parse(code).label if code else ""
