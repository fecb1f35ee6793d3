# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Footprints sum exactly, gaps are named, nothing missing is zero."""

from decimal import Decimal

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

allocation = load_tool("carbon_footprint", "allocation")
footprint = load_tool("carbon_footprint", "footprint")
AMOUNTS = st.decimals("-1e7", "1e7", places=6)
VALUES = st.decimals("-1e3", "1e3", places=8)


def factor(value="0.177", unit="kWh", gwp_set="AR5", **gases):
    masses = {gas: Decimal(mass) for gas, mass in gases.items()}
    return footprint.Factor("EL", "2025", unit, Decimal(value), gwp_set, masses)


def activity(amount, unit="kWh", by=None, gap="", key="m1"):
    known = None if amount is None else Decimal(amount)
    return footprint.Activity(key, "Meter E1", known, unit, by or factor(), gap)


def test_tv8_defra():
    gas = factor("0.18296", "kWh_gross")
    result = footprint.compute(
        [activity("10000", "kWh_gross", gas, key="gas"), activity("10000", key="power")], "AR5"
    )
    assert [leaf.kg_co2e for leaf in result.leaves] == [Decimal("1829.6"), Decimal("1770")]
    assert result.total == Decimal("3599.6")


@pytest.mark.parametrize(
    ("leaf", "sentence"),
    [
        (activity(None, gap="no reading arrived"), "Meter E1: no reading arrived."),
        (activity(None), "Meter E1: the amount is not known."),
        (
            footprint.Activity("m1", "Meter E1", Decimal(1), "kWh", None),
            "Meter E1: no approved emission factor applies.",
        ),
        (
            activity("1", "kWh_net", factor("0.18296", "kWh_gross")),
            "Meter E1: kWh (net CV) cannot be turned into kWh (gross CV): the first counts by net "
            "calorific value, the second by gross calorific value.",
        ),
        (
            activity("1", by=factor(gwp_set="AR4")),
            "Meter E1: the factor EL 2025 is weighed with AR4, the footprint with AR5, and its "
            "source does not state the gases it could be restated from.",
        ),
    ],
)
def test_every_gap_is_named_and_no_total_is_given(leaf, sentence):
    result = footprint.compute([activity("10", key="known"), leaf], "AR5")
    assert [gap.sentence for gap in result.gaps] == [sentence]
    assert result.total is None and not result.is_complete
    assert result.known == Decimal("1.77")


def test_nothing_counted_is_no_zero():
    result = footprint.compute([], "AR5")
    assert result.total is None and len(result.gaps) == 1


def test_another_set_is_restated_from_the_gases():
    steam = factor("66.3985", "mmBtu_heat", "AR4", co2="66.33", ch4="0.00125", n2o="0.000125")
    result = footprint.compute([activity("1", "mmBtu_heat", steam)], "AR5")
    assert result.total == Decimal("66.398125")


def test_zero_measured_is_a_figure():
    result = footprint.compute([activity("0")], "AR5")
    assert result.is_complete and result.total == 0


@given(st.lists(st.tuples(AMOUNTS, VALUES), min_size=1, max_size=60))
def test_leaves_sum_to_the_figure(rows):
    result = footprint.compute(
        [activity(amount, by=factor(value), key=str(i)) for i, (amount, value) in enumerate(rows)],
        "AR5",
    )
    assert sum(leaf.kg_co2e for leaf in result.leaves) == result.total
    exact = sum(amount * value for amount, value in rows)
    assert abs(result.total - exact) <= len(rows) * footprint.QUANTUM / 2


@given(
    st.lists(st.tuples(AMOUNTS, VALUES), min_size=1, max_size=40),
    st.lists(st.decimals("0", "1e6", places=3), min_size=1, max_size=5).filter(any),
)
def test_outputs_and_leaves_close_both_ways(rows, worths):
    result = footprint.compute(
        [activity(amount, by=factor(value), key=str(i)) for i, (amount, value) in enumerate(rows)],
        "AR5",
    )
    outputs = [allocation.Output(str(i), worth) for i, worth in enumerate(worths)]
    parts = footprint.split_leaves(result.leaves, allocation.shares(outputs))
    figures = [footprint.total(column) for column in parts.values()]
    assert sum(figures) == result.total
    for position, leaf in enumerate(result.leaves):
        assert sum(column[position] for column in parts.values()) == leaf.kg_co2e


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.decimals("0", "1e9", places=4), min_size=1, max_size=8).filter(any),
)
def test_split_is_exact_and_fair(units, weights):
    amount = units * footprint.QUANTUM
    parts = allocation.split(amount, weights, footprint.QUANTUM)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) <= footprint.QUANTUM * 2


def test_per_kg():
    assert footprint.per_kg(Decimal("1770"), Decimal("900")) == Decimal("1.966666667")
    assert footprint.per_kg(Decimal("1770"), Decimal("0")) is None


def test_economic_allocation_without_a_price_is_refused():
    with pytest.raises(allocation.NotDivisible, match="worth of fuel gas is not known"):
        allocation.shares([allocation.Output("fuel gas", Decimal(1), None)])


@given(st.lists(st.decimals("0.001", "1e6", places=3), min_size=1, max_size=6))
def test_divide_adds_up(weights):
    outputs = [allocation.Output(str(i), weight) for i, weight in enumerate(weights)]
    emission = Decimal("56.169260408083346")
    parts = allocation.divide(emission, allocation.shares(outputs))
    assert abs(sum(parts) - emission) <= Decimal("1e-25")


def test_steam_in_kg_becomes_heat_by_a_stated_conversion():
    steam = footprint.Activity(
        "m1",
        "Steam",
        Decimal("1000"),
        "kg",
        factor("66.3985", "mmBtu_heat"),
        conversion=Decimal("2.3369"),
        converted_unit="MJ_heat",
    )
    leaf = footprint.compute([steam], "AR5").leaves[0]
    assert leaf.unit == "mmBtu_heat"
    assert leaf.kg_co2e == (
        Decimal("2336.9") / Decimal("1055.05585262") * Decimal("66.3985")
    ).quantize(footprint.QUANTUM)
    unknown = footprint.Activity(
        "m1", "Steam", Decimal("1"), "kg", factor(unit="mmBtu_heat"), converted_unit="kWh_gross"
    )
    assert "heat delivered" in footprint.compute([unknown], "AR5").gaps[0].sentence
