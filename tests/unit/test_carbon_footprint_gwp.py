# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""GWP sets: the table, the weighing, and the refusal to mix (TV-1, TV-9)."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import load_tool

gwp = load_tool("carbon_footprint", "gwp")
ROOT = Path(__file__).resolve().parents[2]
CULTIVATION = {
    "co2": Decimal("16.92175605177768"),
    "ch4": Decimal("0.031693790432316446"),
    "n2o": Decimal("0.1037298113211047"),
}


@pytest.mark.parametrize(
    ("gwp_set", "expected"),
    [
        ("AR4", "48.6255845862748"),
        ("TAR", "48.35473738"),
        ("AR5", "45.29758218"),
        ("AR6", "46.12425130"),
    ],
)
def test_tv1_cultivation_under_four_sets(gwp_set, expected):
    figure = gwp.weigh(CULTIVATION, gwp_set)
    places = Decimal(1).scaleb(Decimal(expected).as_tuple().exponent)
    assert figure.quantize(places) == Decimal(expected)


@pytest.mark.parametrize(("gwp_set", "expected"), [("AR5", "53.1145"), ("AR4", "53.1148")])
def test_tv9_natural_gas_of_epa(gwp_set, expected):
    gases = {"co2": Decimal("53.06"), "ch4": Decimal("0.001"), "n2o": Decimal("0.0001")}
    assert gwp.weigh(gases, gwp_set) == Decimal(expected)


def test_two_sets_are_not_added():
    with pytest.raises(gwp.MixedSets, match="Amounts of two GWP sets are not added"):
        gwp.add(gwp.Co2e(Decimal(1), "AR4"), gwp.Co2e(Decimal(1), "AR5"))
    same = gwp.add(gwp.Co2e(Decimal("0.1"), "AR5"), gwp.Co2e(Decimal("0.2"), "AR5"))
    assert same == gwp.Co2e(Decimal("0.3"), "AR5")


def test_a_gas_that_a_report_does_not_list_is_no_zero():
    with pytest.raises(gwp.UnknownPotential, match="SAR has no potential for nf3"):
        gwp.weigh({"nf3": Decimal(1)}, "SAR")
    with pytest.raises(gwp.UnknownPotential, match="no GWP set AR9"):
        gwp.weigh({"ch4": Decimal(1)}, "AR9")


def test_contributions_become_masses_and_back():
    published = {"co2": Decimal("0.18259"), "ch4": Decimal("0.00028"), "n2o": Decimal("0.00009")}
    back = gwp.weigh(gwp.masses(published, "AR5"), "AR5")
    assert back.quantize(Decimal("0.00001")) == Decimal("0.18296")


def test_the_table_is_the_file():
    with (ROOT / "data" / "factors" / "gwp100.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    from_file = {}
    for row in rows:
        from_file.setdefault(row["gwp_set"], {})[row["gas"]] = Decimal(row["gwp100"])
    assert from_file == gwp.SETS
    assert set(gwp.LABELS) == set(gwp.SETS)
