# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lethality (A5) with values computed by another tool, and what must not count."""

import doctest
import random

import pytest
from conftest import load_tool

lethality = load_tool("process_monitoring", "lethality")
MINUTE = 60_000
PU = lethality.Rule("pu", 60.0, 7.0)
F0 = lethality.Rule("f0", 121.1, 10.0)
# Minutes and °C; 9.2662 by the trapezoid of L.
PROFILE = ((0, 100), (5, 115), (10, 121.1), (13, 121.1), (18, 100))


def heat(points, rule=F0, max_gap_min=5.0, start=None):
    result = start or lethality.Heat()
    for minute, celsius in points:
        result = lethality.add(result, rule, int(minute * MINUTE), celsius, max_gap_min * MINUTE)
    return result


def test_doctests():
    assert doctest.testmod(lethality).failed == 0


@pytest.mark.parametrize(
    ("rule", "minutes", "celsius", "expected"),
    [
        (PU, 10, 62, 19.3070),
        (PU, 5, 67, 50.0),
        (PU, 0.25, 72, 12.9487),
        (F0, 3, 121.1, 3.0),
        (F0, 10, 115, 2.4547),
        (F0, 30, 110, 2.3287),
    ],
)
def test_a5_constant_temperature(rule, minutes, celsius, expected):
    found = heat([(0, celsius), (minutes, celsius)], rule, max_gap_min=60)
    assert found.value == pytest.approx(expected, abs=5e-5)


def test_a5_profile():
    found = heat(PROFILE)
    assert found.value == pytest.approx(9.2662, abs=1e-3)
    assert found.is_demonstrable


@pytest.mark.parametrize("max_gap_min", [4.9, 3, 1])
def test_a5_gap_inside_is_not_demonstrable(max_gap_min):
    found = heat(PROFILE, max_gap_min=max_gap_min)
    assert not found.is_demonstrable
    assert found.gap_ms == 0, "It says from where on"


def test_a5_a_gap_adds_nothing_and_stays():
    found = heat([(0, 121.1), (3, 121.1), (13, 121.1), (16, 121.1)], max_gap_min=5)
    assert found.value == pytest.approx(6.0)
    assert (found.is_demonstrable, found.gap_ms) == (False, 3 * MINUTE)


def test_a5_beside_an_unusable_reading_nothing_is_added():
    start = lethality.skip_unusable(heat([(0, 121.1), (1, 121.1)]))
    found = heat([(3, 121.1), (4, 121.1)], start=start)
    assert found.value == pytest.approx(2.0), "Not the two minutes beside it"
    assert found.is_demonstrable, "But it was no longer than allowed"
    late = heat([(7, 121.1)], start=start)
    assert not late.is_demonstrable


def test_a5_what_was_not_to_be_heated_is_no_gap():
    start = lethality.skip_outside(heat([(0, 121.1), (1, 121.1)]))
    found = heat([(60, 121.1), (61, 121.1)], start=start)
    assert found.value == pytest.approx(2.0)
    assert found.is_demonstrable


def test_one_reading_shows_nothing_yet():
    assert heat([]).value is None
    assert heat([(0, 130)]).value == 0.0


def test_colder_is_never_more():
    rng = random.Random(7)
    points = [(n / 10, rng.uniform(90, 125)) for n in range(200)]
    colder = [(minute, celsius - 0.1) for minute, celsius in points]
    assert heat(colder).value < heat(points).value


def test_the_rule_says_what_it_is():
    assert F0.describe() == "F0 (Tref 121.1 °C, z 10 °C)"
    assert lethality.Rule("other", 80.0, 9.5).describe() == "F (Tref 80 °C, z 9.5 °C)"
    assert PU.rate(1e9) == float("inf"), "A wrong number is no crash"
