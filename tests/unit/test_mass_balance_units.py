# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The units of a declaration: kg, l and MJ close; what is not known is not zero."""

import doctest
from decimal import Decimal

import pytest
from conftest import load_tool

D = Decimal
tool = load_tool("mass_balance", "units")


def test_doctests():
    assert doctest.testmod(tool).failed == 0


@pytest.mark.parametrize(
    ("quantity", "unit", "expected"),
    [
        ("0.000001", "t", "0.001"),
        ("0.0009", "kg", "0.000"),
        ("33.3", "kg", "33.300"),
        ("1", "m3", "845.000"),
        ("44000", "mj", "1000.000"),
        ("12222.222222", "kwh", "999.999"),
    ],
)
def test_rule_5_every_unit_is_cut_never_raised(quantity, unit, expected):
    assert tool.to_kg(D(quantity), unit, D("0.845"), D(44)) == D(expected)


@pytest.mark.parametrize("unit", ["m3", "mj", "kwh"])
@pytest.mark.parametrize("empty", [None, D(0), 0.0])
def test_what_is_not_known_is_not_zero(unit, empty):
    assert tool.to_kg(D(10), unit, empty, empty) is None


def test_a_density_as_odoo_hands_it_over_is_no_binary_fraction():
    assert tool.to_kg(D(1000), "m3", 0.892, None) == D("892000.000")
