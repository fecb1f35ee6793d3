# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Meters: a difference of two readings, or the reason why there is none."""

from decimal import Decimal

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

counter = load_tool("carbon_footprint", "counter")
DAY = 1_767_225_600_000  # 2026-01-01 00:00:00 UTC


def readings(*pairs):
    return [(DAY + seconds * 1000, Decimal(value)) for seconds, value in pairs]


def test_last_minus_first_inside_the_window():
    rows = readings((0, "5"), (10, "10"), (20, "11.25"), (30, "12.5"), (40, "99"))
    result = counter.count(rows, DAY + 10_000, DAY + 30_000)
    assert result.amount == Decimal("2.5")
    assert (result.first_ms, result.last_ms) == (DAY + 10_000, DAY + 30_000)


def test_order_of_arrival_does_not_matter():
    rows = readings((0, "5"), (10, "10"), (20, "11"))
    assert counter.count(rows[::-1], DAY, DAY + 20_000).amount == Decimal("6")


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        ((), "no_reading", "no reading arrived while the batch ran"),
        (((10, "5"),), "one_reading", "a difference needs two"),
        (((0, "5"), (10, "1"), (60, "9")), "counter_reset", "fell from 5 to 1"),
        (((30, "5"), (60, "9")), "edge_gap", "30 s after the start; 20 s are allowed"),
        (((0, "5"), (30, "9")), "edge_gap", "30 s before the end; 20 s are allowed"),
    ],
)
def test_why_there_is_no_figure(rows, code, words):
    result = counter.count(readings(*rows), DAY, DAY + 60_000, 20_000)
    assert result.code == code
    assert words in result.sentence


def test_a_counter_that_stood_still_counted_zero():
    assert counter.count(readings((0, "5"), (60, "5")), DAY, DAY + 60_000, 0).amount == 0


@given(st.lists(st.decimals("0", "1e6", places=4), min_size=2, max_size=50))
def test_steps_add_up_or_the_counter_ran_backwards(values):
    rows = [(DAY + i, value) for i, value in enumerate(values)]
    result = counter.count(rows, DAY, DAY + len(values))
    if sorted(values) == values:
        assert result.amount == values[-1] - values[0]
    else:
        assert result.code == "counter_reset"


def test_what_is_told_is_added_up():
    rows = readings((-5, "9"), (0, "1.25"), (10, "2"), (20, "0"))
    result = counter.add_up(rows, DAY, DAY + 60_000)
    assert (result.amount, result.first) == (Decimal("3.25"), None)
    assert counter.add_up(readings((1, "-2")), DAY, DAY + 60_000).code == "negative"
    assert counter.add_up([], DAY, DAY + 60_000).code == "no_reading"
