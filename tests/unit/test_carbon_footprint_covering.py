# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Instruments cover an amount in their order; parts and rest are the amount, exactly."""

from decimal import Decimal

from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

covering = load_tool("carbon_footprint", "covering")
Source = covering.Source
AMOUNT = st.decimals("0", "1000000", places=9)
LEFT = st.none() | st.decimals("-10", "1000", places=9)


@given(AMOUNT, st.lists(LEFT, max_size=5))
def test_parts_and_rest_are_the_amount(amount, lefts):
    sources = [Source(key, left) for key, left in enumerate(lefts)]
    cover = covering.cover(amount, sources)
    assert sum((part.amount for part in cover.parts), cover.rest) == amount
    assert cover.rest >= 0


@given(AMOUNT.filter(bool), st.lists(LEFT, max_size=5))
def test_no_source_gives_more_than_it_has_and_none_is_passed_over(amount, lefts):
    cover = covering.cover(amount, [Source(key, left) for key, left in enumerate(lefts)])
    taken = {part.key: part.amount for part in cover.parts}
    last = max(taken, default=-1)
    for key, left in enumerate(lefts):
        assert left is None or taken.get(key, 0) <= max(left, 0)
        if key < last or cover.rest:
            assert left is not None
            assert taken.get(key, 0) == max(left, 0)


def test_a_source_that_is_used_up_covers_nothing():
    cover = covering.cover(Decimal("5"), [Source(1, Decimal("0")), Source(2, None)])
    assert [part.key for part in cover.parts] == [2]
    assert not covering.cover(Decimal("5"), [Source(1, Decimal("0"))]).is_whole
    assert not covering.cover(Decimal("0"), []).is_whole
    assert covering.cover(Decimal("-3"), [Source(1, None)]).is_whole
