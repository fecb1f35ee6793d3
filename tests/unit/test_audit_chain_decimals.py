# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Decimals of the ledger: the shortest text of a float, fixed places, nothing missing is zero."""

import doctest
from decimal import Decimal

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

decimals = load_tool("audit_chain", "decimals")


def test_doctests():
    assert doctest.testmod(decimals).failed == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.100"),
        (0.1 + 0.2, "0.300"),
        (1.0005, "1.001"),
        (-1.0005, "-1.001"),
        (-0.0001, "0.000"),
        (123456789.123, "123456789.123"),
        ("12.5", "12.500"),
        (Decimal("7"), "7.000"),
        (10**15, "1000000000000000.000"),
        (1e16, "10000000000000000.000"),
    ],
)
def test_to_text(value, text):
    assert decimals.to_text(value) == text


@pytest.mark.parametrize("value", [None, False, True])
def test_missing_is_not_zero(value):
    with pytest.raises(TypeError, match="missing"):
        decimals.to_decimal(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "-Infinity"])
def test_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="not a finite"):
        decimals.to_decimal(value)


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_round_down_never_gains(value):
    rounded = decimals.round_down(value)
    assert 0 <= value - rounded < Decimal("0.001")


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_three_places_survive_a_float(thousandths):
    wanted = Decimal(thousandths).scaleb(-3)
    assert decimals.to_decimal(float(wanted)) == wanted
