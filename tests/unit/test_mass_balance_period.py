# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Periods: rules 1 and 2, and defect 2."""

import doctest
from datetime import date, timedelta

import pytest
from conftest import load_tool

period = load_tool("mass_balance", "period")


def code(start, end, previous=None):
    problem = period.check(period.Span(start, end), previous)
    return problem and problem.code


def test_doctests():
    assert doctest.testmod(period).failed == 0


def test_rule_1_length():
    assert code(date(2026, 1, 1), date(2026, 3, 31)) is None
    assert code(date(2026, 1, 1), date(2026, 4, 1)) == "too_long"
    assert period.last_allowed_end(date(2026, 11, 30)) == date(2027, 2, 27)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 1, 31), date(2026, 4, 29)),
        (date(2027, 11, 30), date(2028, 2, 28)),
        (date(2027, 12, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 5, 28)),
        (date(2026, 12, 31), date(2027, 3, 30)),
    ],
)
def test_rule_1_at_the_ends_of_months(start, end):
    assert period.last_allowed_end(start) == end
    assert code(start, end) is None
    assert code(start, end + timedelta(days=1)) == "too_long"


def test_rule_2_continuity():
    previous = date(2026, 3, 31)
    assert code(date(2026, 4, 1), date(2026, 6, 30), previous) is None
    assert code(date(2026, 4, 2), date(2026, 6, 30), previous) == "gap"
    assert code(date(2026, 3, 31), date(2026, 6, 30), previous) == "overlap"
    assert code(date(2026, 1, 1), date(2026, 3, 31), previous) == "overlap"


def test_rule_2_a_quarter_without_movement_exists():
    spans = list(period.spans_until(date(2025, 12, 31), date(2026, 11, 22)))
    assert [(s.start, s.end) for s in spans] == [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ]


def test_the_first_period_is_a_calendar_quarter():
    assert [s.start for s in period.spans_until(None, date(2026, 11, 22))] == [date(2026, 10, 1)]


def test_nothing_is_missing_inside_an_open_period():
    assert list(period.spans_until(date(2026, 12, 31), date(2026, 11, 22))) == []


def test_a_period_that_ends_before_it_starts():
    assert code(date(2026, 4, 2), date(2026, 4, 1)) == "reversed"


def test_chains_of_periods_have_no_gap_from_any_start():
    start = date(2026, 1, 1)
    for offset in range(0, 400, 7):
        previous = start + timedelta(days=offset)
        for span in period.spans_until(previous, previous + timedelta(days=800)):
            assert period.check(span, previous) is None
            previous = span.end
