# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The arithmetic of the Renewable Energy Directive (TV-1, TV-2, TV-3, TV-5, TV-6; rule 23)."""

from datetime import date
from decimal import Decimal

import pytest
from conftest import load_tool

red = load_tool("carbon_footprint", "red")
allocation = load_tool("carbon_footprint", "allocation")
RED1 = red.COMPARATORS["transport_red1"]
RED2 = red.COMPARATORS["transport_red2"]
CAKE = Decimal("0.632647462277092")
OIL_STEP = {"oil": (Decimal(1), Decimal(1)), "cake": (CAKE, Decimal(1))}
ESTERIFICATION = {
    "FAME": (Decimal("37200"), Decimal(1)),
    "glycerol": (Decimal("105.6"), Decimal(16)),
}


def close(figure, expected):
    return abs(figure - Decimal(expected)) <= Decimal("1e-13")


def terms(eec, ep, etd):
    return red.Terms(eec=Decimal(eec), ep=Decimal(ep), etd=Decimal(etd))


def test_tv2_shares():
    oil = red.energy_shares(OIL_STEP)[0]
    fame = red.energy_shares(ESTERIFICATION)[0]
    assert close(oil.fraction, "0.612502100487313")
    assert float(fame.fraction) == 0.9565539372994323
    assert float(oil.fraction * fame.fraction) == 0.5858912958253117
    assert (fame.numerator, fame.denominator) == (Decimal("37200"), Decimal("38889.6"))


def test_tv2_emissions_before_and_after():
    before = Decimal("56.169260408083346")
    parts = red.allocate(before, red.energy_shares(OIL_STEP))
    assert close(parts["oil"], "34.403789982769915")
    assert close(parts["cake"], "21.765470425313428")
    assert sum(parts.values()) == before
    before = Decimal("53.0752110876113")
    parts = red.allocate(before, red.energy_shares(ESTERIFICATION))
    assert close(parts["FAME"], "50.76930213885307")
    assert close(parts["glycerol"], "2.30590894875823")
    assert sum(parts.values()) == before


def test_tv3_the_whole_chain_under_both_comparators():
    chain = terms("28.9101383453053", "21.68578790540817", "1.4371120830499982")
    assert close(chain.total, "52.03303833376347")
    started = date(2012, 1, 1)
    first, second = red.assess(chain, RED1, started), red.assess(chain, RED2, started)
    assert round(first.saving, 10) == Decimal("0.3790806881")
    assert round(second.saving, 10) == Decimal("0.4464570390")
    assert (first.comparator.value, second.comparator.value) == (Decimal("83.8"), Decimal("94"))


def test_tv5_udb_transaction():
    verdict = red.assess(terms("10", "20", "1.8"), RED2, date(2022, 1, 1))
    assert verdict.total == Decimal("31.8")
    assert round(verdict.saving * 100, 2) == Decimal("66.17")
    assert verdict.is_met


@pytest.mark.parametrize(
    ("ep", "is_met", "percent"), [("16.9", True, "50.000"), ("17.0", False, "49.894")]
)
def test_tv6_soy_default_on_the_edge(ep, is_met, percent):
    verdict = red.assess(terms("21.2", ep, "8.9"), RED2, date(2014, 6, 1))
    assert round(verdict.saving * 100, 3) == Decimal(percent)
    assert verdict.is_met is is_met


@pytest.mark.parametrize(
    ("total", "percent", "is_met"), [("32.9", "65.00", True), ("33.0", "64.89", False)]
)
def test_rule_23_plant_of_2021(total, percent, is_met):
    verdict = red.assess(terms(total, "0", "0"), RED2, date(2021, 3, 1))
    assert round(verdict.saving * 100, 2) == Decimal(percent)
    assert verdict.is_met is is_met


def test_credits_are_subtracted():
    full = red.Terms(*(Decimal(value) for value in ("30", "20", "2", "5", "1", "3", "4", "6")))
    assert (full.eec, full.ep, full.etd, full.el) == (30, 20, 2, 5)
    assert full.total == Decimal("30") + 5 + 20 + 2 + 1 - 3 - 4 - 6


def test_a_term_that_is_not_known_is_no_zero():
    with pytest.raises(red.MissingTerm, match="ep, etd is not known"):
        assert red.Terms(eec=Decimal(1), ep=None, etd=None).total


def test_negative_heating_value_and_waste_take_nothing():
    parts = red.energy_shares(
        {
            "product": (Decimal(10), Decimal(20)),
            "wet co-product": (Decimal(10), Decimal("-1")),
            "waste": (Decimal(10), Decimal(30)),
        },
        wastes=["waste"],
    )
    assert [part.fraction for part in parts] == [1, 0, 0]
    with pytest.raises(allocation.NotDivisible):
        red.energy_shares({"waste": (Decimal(1), Decimal(1))}, wastes=["waste"])
