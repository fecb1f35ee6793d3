# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The planner of credits equals brute force on small cases; the audit sample of 1.10."""

import doctest
import itertools
from datetime import date
from decimal import Decimal

import pytest
from conftest import load_tool
from hypothesis import given, settings
from hypothesis import strategies as st

D = Decimal
tool = load_tool("mass_balance", "planner")
origin = load_tool("mass_balance", "origin")
DAYS = (None, date(2026, 12, 31), date(2027, 3, 31))


def demand(key, grams, **values):
    return tool.Demand(key, grams, "iscc_plus", "PP", "WH", **values)


def credit(key, grams, category="bio", **values):
    return tool.Credit(key, grams, "iscc_plus", "PP", "WH", category, **values)


def test_doctests():
    assert doctest.testmod(tool).failed == 0
    assert doctest.testmod(origin).failed == 0


def splits(total, rooms):
    """Every way to give at most `total` to some credits, whole grams, in their rooms."""
    ranges = [range(min(total, room) + 1) for room in rooms]
    return [parts for parts in itertools.product(*ranges) if sum(parts) <= total]


def brute_force(demands, credits):
    """Return (what each order gets, cost) of the best plan of all there are."""
    best = None
    choices = [
        splits(d.grams, [0 if tool.unfit(d, c) else c.grams for c in credits]) for d in demands
    ]
    for chosen in itertools.product(*choices):
        used = [sum(column) for column in zip(*chosen, strict=True)] or [0] * len(credits)
        if any(grams > c.grams for grams, c in zip(used, credits, strict=True)):
            continue
        served = tuple(sum(parts) for parts in chosen)
        cost = total_cost(dict(enumerate(used)), credits)
        rank = (tuple(-grams for grams in served), cost)
        if best is None or rank < best:
            best = rank
    return tuple(-grams for grams in best[0]), best[1]


def total_cost(used, credits):
    prices = [tool.price(c) for c in credits]
    return tuple(
        sum((grams * prices[c][level] for c, grams in used.items()), D(0)) for level in range(3)
    )


def measured(demands, credits):
    plan = tool.plan(demands, credits)
    served = dict.fromkeys((d.key for d in demands), 0)
    used = dict.fromkeys(range(len(credits)), 0)
    places = {c.key: index for index, c in enumerate(credits)}
    wanted = {d.key: d for d in demands}
    for part in plan.parts:
        assert part.grams > 0
        assert not tool.unfit(wanted[part.demand], credits[places[part.credit]])
        served[part.demand] += part.grams
        used[places[part.credit]] += part.grams
    for d in demands:
        assert served[d.key] + plan.short.get(d.key, 0) == d.grams
    return tuple(served.values()), total_cost(used, credits)


LIMITS = st.sampled_from([None, D(10), D(30)])
demands = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["", "bio", "circular"]), LIMITS),
    max_size=3,
).map(
    lambda rows: [
        demand(f"d{n}", grams, category=category, ghg_limit=limit, ghg_unit="g")
        for n, (grams, category, limit) in enumerate(rows)
    ]
)
credits = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(["bio", "circular"]),
        st.sampled_from([None, D(5), D(20), D(40)]),
        st.sampled_from(DAYS),
        st.integers(0, 2),
    ),
    max_size=3,
).map(
    lambda rows: [
        credit(f"c{n}", grams, category, ghg=ghg, ghg_unit="g", expires=day, cost=D(cost))
        for n, (grams, category, ghg, day, cost) in enumerate(rows)
    ]
)


@given(demands, credits)
@settings(max_examples=150, deadline=None)
def test_it_equals_brute_force(wanted, there):
    assert measured(wanted, there) == brute_force(wanted, there)


def test_an_earlier_order_makes_room_without_losing():
    """The first order could take either; the second only one: both are served."""
    plan = tool.plan(
        [demand("free", 5), demand("picky", 5, category="bio")],
        [credit("x", 5, expires=DAYS[1]), credit("y", 5, "circular")],
    )
    assert plan.short == {}
    assert {(p.demand, p.credit) for p in plan.parts} == {("free", "y"), ("picky", "x")}


def test_what_expires_first_goes_first_then_what_is_cheap():
    there = [
        credit("late", 5),
        credit("dear", 5, expires=DAYS[1], cost=D("0.9")),
        credit("cheap", 5, expires=DAYS[1], cost=D("0.2")),
    ]
    plan = tool.plan([demand("a", 7)], there)
    assert [(p.credit, p.grams) for p in plan.parts] == [("dear", 2), ("cheap", 5)]


def test_the_best_is_kept_for_later():
    there = [credit("good", 5, ghg=D(5), ghg_unit="g"), credit("fair", 5, ghg=D(25), ghg_unit="g")]
    plan = tool.plan([demand("a", 5)], there)
    assert plan.parts[0].credit == "fair"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scheme": "iscc_eu"}, "scheme"),
        ({"product": "PE"}, "product"),
        ({"site": "B"}, "site"),
        ({"category": "circular"}, "category"),
        ({"statement": "none"}, "statement"),
        ({"ghg": None}, "ghg_unknown"),
        ({"ghg_unit": "kg"}, "ghg_unknown"),
        ({"ghg": D("20.001")}, "ghg_limit"),
        ({"ghg": D(20)}, ""),
    ],
)
def test_why_a_credit_is_left_out(changes, reason):
    order = demand(
        "a", 5, category="bio", statement="iscc_compliant", ghg_limit=D(20), ghg_unit="g"
    )
    values = {"scheme": "iscc_plus", "product": "PP", "site": "WH", "category": "bio"}
    values |= {"ghg": D(10), "ghg_unit": "g", "statement": "iscc_compliant"}
    found = tool.Credit(key="c", grams=9, **(values | changes))
    assert tool.unfit(order, found) == reason
    assert tool.plan([order], [found]).left_out == {"a": {reason: 1} if reason else {}}


@pytest.mark.parametrize(
    ("count", "size"), [(0, 0), (1, 1), (4, 2), (5, 3), (50, 8), (100, 10), (101, 11)]
)
def test_1_10_the_square_root_rounded_up(count, size):
    assert origin.sample_size(count) == size
    names = [f"point {n}" for n in range(count)]
    assert len(set(origin.draw(names, "2026"))) == size
    if count > 20:
        assert origin.draw(names, "2026") != origin.draw(names, "2027")
