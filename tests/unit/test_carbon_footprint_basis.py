# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The basis is part of the unit (TV-8)."""

from decimal import Decimal
from itertools import permutations

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

basis = load_tool("carbon_footprint", "basis")
PAIRS = [
    pair
    for pair in permutations(basis.UNITS, 2)
    if basis.UNITS[pair[0]].basis != basis.UNITS[pair[1]].basis
]


def test_tv8_the_same_number_on_another_basis_is_another_emission():
    gas = Decimal("10000")
    assert basis.convert(gas, "kWh_gross", "kWh_gross") * Decimal("0.18296") == Decimal("1829.6")
    assert gas * Decimal("0.20270") == Decimal("2027.0")
    with pytest.raises(basis.UnitMismatch, match="gross calorific value.*net calorific value"):
        basis.convert(gas, "kWh_gross", "kWh_net")


@pytest.mark.parametrize("pair", PAIRS)
def test_no_two_bases_meet(pair):
    assert basis.mismatch(*pair)
    with pytest.raises(basis.UnitMismatch):
        basis.convert(Decimal(1), *pair)
    with pytest.raises(basis.UnitMismatch):
        basis.add(basis.Quantity(Decimal(1), pair[0]), basis.Quantity(Decimal(1), pair[1]))


def test_dry_and_wet_tonnes_are_refused():
    with pytest.raises(
        basis.UnitMismatch, match="first counts by dry mass, the second by mass as received"
    ):
        basis.add(basis.Quantity(Decimal(1), "t"), basis.Quantity(Decimal(1), "t_dry"))


def test_conversion_inside_a_basis_is_exact():
    assert basis.convert(Decimal("1"), "mmBtu_heat", "MJ_heat") == Decimal("1055.05585262")
    assert basis.convert(Decimal("2000"), "MWh", "kWh") == Decimal("2000000")
    assert basis.convert(Decimal("7200000"), "MJ_net", "kWh_net") == Decimal("2000000")
    assert basis.convert(Decimal("3"), "l", "m3") == Decimal("0.003")


@given(
    st.decimals("-1e9", "1e9", places=6),
    st.sampled_from(sorted(basis.UNITS)),
    st.sampled_from(sorted(basis.UNITS)),
)
def test_there_and_back(amount, source, target):
    if basis.mismatch(source, target):
        return
    back = basis.convert(basis.convert(amount, source, target), target, source)
    assert abs(back - amount) <= Decimal("1e-30")
