# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Units: affine, exact on the decimal notation, compatibility checked first."""

import doctest

import pytest
from conftest import load_tool

units = load_tool("process_monitoring", "units")


def test_doctests():
    assert doctest.testmod(units).failed == 0


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (161.6, "degF", "degC", 72.0),
        (32, "degF", "degC", 0.0),
        (-40, "degF", "degC", -40.0),
        (0, "degC", "K", 273.15),
        (345.15, "K", "degC", 72.0),
        (72.0, "degC", "degF", 161.6),
        (1, "bar", "kPa", 100.0),
        (0, "barg", "kPa", 101.325),
        (101.325, "kPa", "kPag", 0.0),
        (2.5, "barg", "bar", 3.51325),
        (1, "m3/h", "l/h", 1000.0),
        (1, "l/s", "l/h", 3600.0),
        (1, "kWh", "MJ", 3.6),
        (3.6, "MJ", "kWh", 1.0),
        (1.5, "t", "kg", 1500.0),
        (250, "g", "kg", 0.25),
        (1, "m3", "l", 1000.0),
        (15, "s", "min", 0.25),
        (2, "h", "min", 120.0),
        (6.7, "pH", "pH", 6.7),
        (12.5, "%", "%", 12.5),
    ],
)
def test_convert(value, source, target, expected):
    assert units.convert(value, source, target) == expected


def test_161_fahrenheit_is_below_72_celsius():
    assert round(units.convert(161, "degF", "degC"), 3) == 71.667


def test_same_unit_is_never_touched():
    value = 71.99999999999999
    assert units.convert(value, "degC", "degC") == value


@pytest.mark.parametrize(
    ("source", "target"),
    [("degC", "bar"), ("kg", "l"), ("l/h", "kg/h"), ("kWh", "kW"), ("pH", "%")],
)
def test_incompatible(source, target):
    assert not units.is_compatible(source, target)
    with pytest.raises(units.IncompatibleUnits):
        units.convert(1, source, target)


def test_difference_of_pressure_is_not_a_pressure():
    assert not units.is_compatible("dPkPa", "kPa")


@pytest.mark.parametrize("text", ["°C", "℃", "C", "Celsius", " degC ", "CEL"])
def test_aliases(text):
    assert units.parse(text).code == "degC"


@pytest.mark.parametrize("text", ["", "furlong", "°", "mW"])
def test_unknown(text):
    with pytest.raises(units.UnknownUnit):
        units.parse(text)
    assert not units.is_compatible(text, "degC")


def test_case_tells_mega_from_milli():
    assert units.parse("MW").factor == 1000
    assert units.parse("ms").dimension == "time"


def test_every_unit_returns_to_itself():
    for code, unit in units.UNITS.items():
        for other in units.UNITS.values():
            if other.dimension == unit.dimension:
                there = units.convert(12.5, code, other.code)
                assert units.convert(there, other.code, code) == pytest.approx(12.5, rel=1e-12)


def test_overflow_is_an_error_not_infinity():
    with pytest.raises(OverflowError):
        units.convert(1e308, "t", "g")


def test_label():
    assert units.label("degC") == "°C"
    assert units.label(None) == ""
