# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The fast way of weighing gives what the slow way gives, to the last digit."""

from decimal import Decimal
from fractions import Fraction

import numpy
from conftest import load_tool
from hypothesis import example, given
from hypothesis import strategies as st

footprint = load_tool("carbon_footprint", "footprint")
vector = load_tool("carbon_footprint", "vector")
AMOUNTS = st.one_of(
    st.decimals("-1e5", "1e5", places=9),
    st.decimals("-1e9", "1e9", places=3),
    st.sampled_from([Decimal("0"), Decimal("0.0000005"), Decimal("2.5"), Decimal("1e9")]),
)
VALUES = st.decimals("-1e4", "1e4", places=12)


@given(st.lists(AMOUNTS, min_size=1, max_size=40), VALUES)
@example([Decimal("0.5"), Decimal("1.5"), Decimal("2.5"), Decimal("-0.5")], Decimal("0.000001"))
def test_fast_is_slow_to_the_last_digit(amounts, value):
    factor = footprint.Factor("F", "1", "kWh", value, "AR5")
    leaves = footprint.compute(
        [
            footprint.Activity(str(i), "A", amount, "kWh", factor)
            for i, amount in enumerate(amounts)
        ],
        "AR5",
    ).leaves
    columns = numpy.array([float(amount) for amount in amounts])
    fast = vector.weigh(vector.scaled(columns), Fraction(value))
    assert [Decimal(int(kg)) * footprint.QUANTUM for kg in fast] == [x.kg_co2e for x in leaves]


@given(st.lists(st.decimals("-1e6", "1e6", places=9), min_size=1, max_size=20))
def test_no_amount_is_scaled_wrongly(amounts):
    units = vector.scaled(numpy.array([float(amount) for amount in amounts]))
    assert [Decimal(int(unit)) for unit in units] == [
        Decimal(repr(float(amount))) * vector.AMOUNT_SCALE for amount in amounts
    ]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-(2**62), 2**62)), max_size=30))
def test_sums_do_not_overflow(rows):
    owners = numpy.array([owner for owner, _units in rows], dtype=numpy.int64)
    units = numpy.array([units for _owner, units in rows], dtype=numpy.int64)
    expected = [sum(units for owner, units in rows if owner == index) for index in range(5)]
    assert [int(total) for total in vector.sums(owners, units, 5)] == expected


def test_nothing_is_nothing():
    assert len(vector.weigh(vector.scaled(numpy.array([])), Fraction(1))) == 0
