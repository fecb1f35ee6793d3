# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Defects of published mass-balance and carbon programs that must not come back here.

Each has a number; `docs/rules.md` says which is which, and a structure test that none is
without a test. Those that need the database are in the modules' own tests.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from conftest import load_tool

D = Decimal
balance = load_tool("mass_balance", "balance")
certificate = load_tool("mass_balance", "certificate")
declaration = load_tool("mass_balance", "declaration")
period = load_tool("mass_balance", "period")
red = load_tool("carbon_footprint", "red")
gwp = load_tool("carbon_footprint", "gwp")


def test_defect_1_no_period_of_a_year():
    start = date(2026, 1, 1)
    assert period.check(period.Span(start, start + timedelta(days=364)), None).code == "too_long"


@pytest.mark.parametrize("over", ["0.001", "1", "5"])
def test_defect_1_no_tolerance_of_an_overdraft(over):
    """Five in a hundred are no tolerance here, and neither is a gram."""
    closing = balance.close(D("100.000"), D("100.000") + D(over))
    assert not closing.can_close
    assert closing.deficit == D(over)


def test_defect_2_the_first_of_april_is_one_day_too_long():
    start = date(2026, 1, 1)
    assert period.check(period.Span(start, date(2026, 4, 1)), None).code == "too_long"
    assert period.check(period.Span(start, date(2026, 3, 31)), None) is None


def test_defect_3_what_was_converted_is_not_converted_again():
    """100 at 0.9 are 90 when booked and 90 at the closing, not 81."""
    factor = balance.Factor(D(9), D(10))
    booked = balance.convert(D("100.000"), factor)
    assert balance.available(D(0), D(0), factor, booked) == booked == D("90.000")


def test_defect_4_no_average_by_quantity():
    batches = [D("12.5"), D("31.8")]
    average = (600 * batches[0] + 400 * batches[1]) / 1000
    assert declaration.ghg_of_mixture(batches) == D("31.8") != average
    assert not declaration.is_ghg_allowed(average, batches)


def test_defect_7_nothing_is_rounded_after_each_step():
    """Ten of 33.3 are 333.00000000000006 in binary floats; a third three times is no 0.99."""
    assert sum([D("33.300")] * 10, D(0)) == D("333.000")
    third = balance.Factor(D(1), D(3))
    assert balance.convert(D("3.000"), third) == D("1.000")


@pytest.mark.parametrize("day", [date(2021, 6, 30), date(2021, 7, 1)])
def test_defect_10_one_comparator_for_one_figure(day):
    """The saving is computed from the comparator the result keeps, and from no second copy."""
    comparator = red.transport_comparator(day)
    chain = red.Terms(eec=D("20"), ep=D("10"), etd=D("2"))
    verdict = red.assess(chain, comparator, date(2014, 1, 1))
    assert verdict.comparator == comparator
    assert verdict.saving == red.saving(verdict.total, verdict.comparator)
    values = {red.COMPARATORS[f"transport_red{number}"].value for number in (1, 2)}
    assert verdict.comparator.value in values and len(values) == 2


def test_defect_11_the_scheme_follows_from_the_number():
    """No default: a PLUS number recorded under EU covers nothing, whatever the record says."""
    day = date(2026, 1, 1)
    wrong = certificate.Certificate(
        "ISCC-PLUS-Cert-US201-138762025",
        "iscc_eu",
        day,
        day + timedelta(days=364),
        checked_on=day,
    )
    for scheme in ("iscc_eu", "iscc_plus"):
        assert [p.code for p in certificate.problems(wrong, day, scheme)] == ["wrong_scheme"]


def test_defect_12_the_mill_loses_before_anything_is_claimed():
    """40 t of wheat in 100 t, milled at 78 %, are 31.2 t of flour and not 40."""
    assert balance.convert(D("40.000"), balance.Factor(D(78), D(100))) == D("31.200")


def test_defect_13_two_assessment_reports_are_not_added():
    with pytest.raises(gwp.MixedSets):
        gwp.add(gwp.Co2e(D(1), "AR4"), gwp.Co2e(D(1), "AR5"))
