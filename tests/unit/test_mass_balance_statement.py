# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Monthly lines and indicators of the mass-balance report."""

import doctest
from datetime import date
from decimal import Decimal

from conftest import load_tool

D = Decimal
statement = load_tool("mass_balance", "statement")
indicators = load_tool("mass_balance", "indicators")
span = load_tool("mass_balance", "period").Span


def test_doctests():
    assert doctest.testmod(statement).failed == 0
    assert doctest.testmod(indicators).failed == 0


def test_every_month_has_a_line_and_they_add_up():
    quarter = span(date(2026, 10, 1), date(2026, 12, 31))
    moves = [
        statement.Movement(date(2026, 9, 29), "in", D("7.000")),
        statement.Movement(date(2026, 11, 2), "convert", D("-3.000")),
        statement.Movement(date(2026, 11, 3), "loss", D("-0.500")),
        statement.Movement(date(2026, 12, 31), "out", D("-1.250")),
    ]
    rows = statement.monthly(quarter, D("2.000"), moves)
    assert [row.month for row in rows] == ["2026-10", "2026-11", "2026-12"]
    assert rows[0].incoming == D("7.000")  # booked late, so it is in the first month
    assert (rows[1].converted, rows[1].other) == (D("-3.000"), D("-0.500"))
    assert rows[-1].closing == D("2.000") + sum(move.change for move in moves)
    assert all(one.closing == two.opening for one, two in zip(rows, rows[1:], strict=False))


def test_0_1_the_first_indicator_is_not_the_claim():
    """100 t certified in 1 000 t that give 900 t: the indicator says 11.11 %, the claim is 10 %."""
    assert indicators.input_share([(D(100), D(100))], D(900)) == D("11.11")
    assert indicators.input_share([(D(100), D(100))], D(0)) is None
    assert indicators.input_share([], D(900)) is None


def test_0_2_a_score_that_is_missing_is_not_zero():
    assert indicators.score([(D(600), D(80)), (D(400), None)]) is None
    assert indicators.score([(D(1), D(0))]) == D("0.00")
