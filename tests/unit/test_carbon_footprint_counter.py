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


def test_two_batches_beside_each_other_share_by_time():
    rows = readings((0, "0"), (10, "10"), (20, "20"), (30, "40"))
    first = (DAY, DAY + 20_000)
    second = (DAY + 10_000, DAY + 30_000)
    one = counter.count(rows, *first, others=[second])
    two = counter.count(rows, *second, others=[first])
    assert (one.amount, two.amount) == (Decimal("15"), Decimal("25"))
    assert one.share == Decimal("0.75")


def test_a_reading_twice_in_one_millisecond():
    rows = [(DAY, Decimal(0)), (DAY, Decimal(2)), (DAY + 10, Decimal(4))]
    assert counter.count(rows, DAY, DAY + 10, others=[(DAY, DAY + 10)]).amount == Decimal("2")


@given(
    st.lists(st.decimals("0", "1000", places=3), min_size=12, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=4),
)
def test_parts_add_up_to_the_whole(steps, edges):
    """A batch that runs all the time and others inside it: nothing is lost, nothing twice."""
    total, rows = Decimal(0), []
    for i, step in enumerate(steps):
        total += step
        rows.append((DAY + i * 1000, total))
    windows = [(DAY, DAY + 11_000)]
    windows += [(DAY + min(e) * 1000, DAY + max(e) * 1000) for e in edges if e[0] != e[1]]
    parts = [
        counter.count(rows, *window, others=windows[:i] + windows[i + 1 :])
        for i, window in enumerate(windows)
    ]
    whole = rows[-1][1] - rows[0][1]
    assert abs(sum(part.amount for part in parts) - whole) <= len(parts) * Decimal("1e-9")
