# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The balance: rules 3 (TV-10), 4, 5, 6, 12, 13 and the arithmetic defects."""

import doctest
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from conftest import load_tool

D = Decimal

balance = load_tool("mass_balance", "balance")


def test_doctests():
    assert doctest.testmod(balance).failed == 0


def test_rule_3_balance_formula():
    total = balance.available(D(1000), D(50), balance.Factor(D("0.92"), D(1)), D(30))
    assert total == D("996.000")
    even = balance.close(total, D("996.000"))
    assert even.can_close and even.surplus == 0
    over = balance.close(total, D("996.001"))
    assert not over.can_close and over.deficit == D("0.001")


def test_rule_4_carry_over():
    surplus = D("46.000")
    eu = balance.carry_over(surplus, "iscc_eu", D("40.000"))
    assert (eu.carried, eu.forfeited, eu.alert) == (D("40.000"), D("6.000"), "")
    plus = balance.carry_over(surplus, "iscc_plus", D("40.000"))
    assert (plus.carried, plus.forfeited) == (D("46.000"), 0)
    unread = balance.carry_over(surplus, "iscc_eu", None)
    assert (unread.carried, unread.forfeited, unread.alert) == (0, surplus, "no_stock_reading")


def test_rule_4_edges():
    assert balance.carry_over(D(5), "iscc_eu", D(0)).carried == 0
    assert balance.carry_over(D(5), "iscc_eu", D(-3)).carried == 0
    assert balance.carry_over(D(5), "iscc_eu", D(9)).carried == 5
    # Any scheme we do not know is treated as the stricter one.
    assert balance.carry_over(D(5), "other", D(2)).forfeited == 3


def test_rule_5_the_lower_of_paper_and_scale():
    assert balance.receipt_credit(D("100.000"), D("98.700")) == D("98.700")
    assert balance.receipt_credit(D("98.000"), D("98.700")) == D("98.000")
    assert balance.receipt_credit(D("-1"), D("98.700")) == 0


def test_rule_6_stock_deviation():
    def accepted(physical):
        return balance.stock_deviation(D("1000.0"), D(physical)) <= balance.STOCK_TOLERANCE

    assert accepted("995.0")
    assert not accepted("994.9")
    assert accepted("1005.0")
    assert not accepted("1005.1")
    assert balance.stock_deviation(D("1000.0"), D("994.9")) == Fraction(51, 10000)
    assert balance.stock_deviation(D(0), D(3)) is None


def test_rule_12_the_seed_formula_overclaims():
    factor = balance.Factor(D("900.000"), D("1000.000"))
    assert balance.convert(D("100.000"), factor) == D("90.000")
    assert balance.scrap_charge(D("100.000"), D("90.000"), D("900.000")) == D("10.000")


def test_rule_13_factor_once_and_rounding_down():
    assert balance.convert(D("1000.000"), balance.Factor(D("0.3333337"), D(1))) == D("333.333")
    once = balance.convert(D("100.000"), balance.Factor(D("0.90"), D(1)))
    total = balance.available(D(0), D(0), balance.Factor(D("0.90"), D(1)), once)
    assert total == D("90.000")


def test_factor_of_two_measured_figures_is_exact():
    # 2/3 of 3 is 2, not 1.999: the pair is never divided before the multiplication.
    assert balance.convert(D("3.000"), balance.Factor(D(2), D(3))) == D("2.000")
    assert balance.convert(D("0.001"), balance.Factor(D(999), D(1000))) == D("0.000")


def test_no_digit_depends_on_the_decimal_context():
    with localcontext() as context:
        context.prec = 4
        assert balance.convert(D("123456.789"), balance.Factor(D(1), D(1))) == D("123456.789")


def test_ten_deliveries_of_a_third_sum_exactly():
    # CarbuRe sums floats: 33.3 ten times is 333.00000000000006 there.
    assert sum([D("33.300")] * 10, D(0)) == D("333.000")


def test_rounding_of_charges_and_negative_values():
    assert balance.ceil_charge(Fraction(1, 3)) == D("0.334")
    assert balance.ceil_charge(D("2.000")) == D("2.000")
    assert balance.floor_credit(D("-1.2345")) == D("-1.234")


def test_scrap_never_takes_more_than_was_attributed():
    assert balance.scrap_charge(D(950), D("90.000"), D(900)) == D("90.000")
    assert balance.scrap_charge(D(1), D("90.000"), D(0)) == 0


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ("5", [("a", "3"), ("b", "2")]),
        ("3", [("a", "3")]),
        ("7", [("a", "3"), ("b", "4")]),
        ("7.001", []),
    ],
)
def test_oldest_first(wanted, taken):
    lots = [("a", D(3)), ("b", D(4))]
    assert balance.oldest_first(D(wanted), lots) == [(key, D(part)) for key, part in taken]
