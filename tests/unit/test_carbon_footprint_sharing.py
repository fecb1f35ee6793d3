# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What batches use together is divided by time, mass or meter; the shares give the quantity."""

from decimal import Decimal

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

sharing = load_tool("carbon_footprint", "sharing")
Window, Step = sharing.Window, sharing.Step
DAY = 1_767_225_600_000
WEIGHT = st.decimals("0.001", "5000", places=3)
EDGE = st.integers(0, 11_000)


def counted(*steps):
    """Return the readings of a counter, one each second."""
    rows, standing = [], Decimal("100")
    for second, amount in enumerate((Decimal(0), *steps)):
        standing += amount
        rows.append((DAY + second * 1000, standing))
    return rows


def window(key, start, end, weight="1"):
    return Window(key, DAY + start, DAY + end, Decimal(weight))


def test_by_time():
    rows = [(DAY + s * 1000, Decimal(v)) for s, v in ((0, 0), (10, 10), (20, 20), (30, 40))]
    windows = [window("A", 0, 20_000), window("B", 10_000, 30_000)]
    assert sharing.own(sharing.steps(rows), windows, "A") == Decimal("15")
    assert sharing.own(sharing.steps(rows), windows, "B") == Decimal("25")


def test_by_mass():
    windows = [window("A", 0, 1000, "900"), window("B", 0, 1000, "300")]
    steps = sharing.steps(counted(Decimal("8")))
    assert [sharing.own(steps, windows, key) for key in "AB"] == [Decimal("6"), Decimal("2")]


def test_nothing_to_divide_by_is_said():
    windows = [window("A", 0, 1000, "0"), window("B", 0, 1000, "0")]
    with pytest.raises(ValueError, match="none of the batches that ran together"):
        sharing.own(sharing.steps(counted(Decimal("8"))), windows, "A")


def test_a_step_that_begins_before_a_batch_is_its_own_in_part():
    windows = [window("A", 0, 4000), window("B", 1500, 4000)]
    steps = sharing.steps([(DAY, Decimal(0)), (DAY + 2000, Decimal(8))])
    assert [sharing.own(steps, windows, key) for key in "AB"] == [Decimal("7"), Decimal("1")]


def test_what_nobody_was_there_for_is_nobody_s():
    windows = [window("A", 500, 1500), window("B", 600, 1500)]
    assert sharing.own(sharing.steps(counted(Decimal("8"))), windows, "A") == 0


@given(
    st.lists(st.decimals("0", "1000", places=9), min_size=11, max_size=11),
    st.lists(st.tuples(EDGE, EDGE, WEIGHT), min_size=1, max_size=6),
)
def test_shares_add_up_to_the_quantity_to_the_last_digit(amounts, others):
    """By time, mass or meter: one batch runs throughout, others whenever; each counts alone."""
    windows = [Window("0", DAY, DAY + 11_000, Decimal("1"))]
    windows += [
        Window(str(i), DAY + min(a, b), DAY + max(a, b), weight)
        for i, (a, b, weight) in enumerate(others, 1)
        if a != b
    ]
    steps = sharing.steps(counted(*amounts))
    shares = [sharing.own(steps, windows[::-1], w.key) for w in windows]
    assert sum(shares) == sum(amounts)
    assert all(share >= 0 for share in shares)


@given(
    st.lists(st.decimals("0", "1000", places=9), min_size=11, max_size=11),
    st.lists(EDGE, min_size=2, max_size=6, unique=True),
)
def test_stages_add_up_to_the_batch_to_the_last_digit(amounts, edges):
    edges = sorted(edges)
    stages = [window(f"S{i}", a, b) for i, (a, b) in enumerate(zip(edges, edges[1:], strict=False))]
    steps = sharing.own_steps(sharing.steps(counted(*amounts)), [window("0", 0, 11_000)], "0")
    assert sum(sharing.by_stage(steps, stages).values()) == sum(amounts)


def test_edge_readings_are_enough_while_a_batch_runs():
    """Readings beside every edge give what all readings give: what a running figure reads."""
    rows = counted(*[Decimal("1.000000001")] * 11)
    windows = [window("A", 0, 7300), window("B", 2100, 11_000)]
    seconds = (0, 2, 3, 7, 8, 11)
    few = [rows[second] for second in seconds]
    for key in "AB":
        difference = sharing.own(sharing.steps(rows), windows, key) - sharing.own(
            sharing.steps(few), windows, key
        )
        assert abs(difference) <= Decimal("0.00000002")


def test_what_is_told_as_one_batch_follows_another_is_the_first_one_s():
    windows = [window("A", 0, 5000), window("B", 5000, 9000)]
    told = [Step(DAY + 5000, DAY + 5000, Decimal("4")), Step(DAY + 9000, DAY + 9000, Decimal("3"))]
    assert [sharing.own(told, windows, key) for key in "AB"] == [Decimal("4"), Decimal("3")]
