# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Identities of a product carbon footprint (TV-7, rule 24)."""

from decimal import Decimal

import pytest
from conftest import load_tool

pcf = load_tool("carbon_footprint", "pcf")
gwp = load_tool("carbon_footprint", "gwp")


def figures(excluding, including, uptake="0", carbon=None, components=()):
    return pcf.Figures(
        Decimal(excluding),
        Decimal(including),
        Decimal(uptake),
        None if carbon is None else Decimal(carbon),
        tuple(Decimal(part) for part in components),
    )


@pytest.mark.parametrize(
    ("excluding", "including", "uptake", "carbon", "components"),
    [
        ("0.384", "-1.23", "-1.61", "0.44", ("0.35", "0.03", "0.004")),
        ("5.14", "-14.22", "-19.36", "5.28", ("4.78", "0.36")),
        ("77", "77", "0", None, ()),
        ("0.42", "0.05", "-0.37", "0.1", ("0.17", "0.2", "0.05")),
    ],
)
def test_tv7_published_examples(excluding, including, uptake, carbon, components):
    assert pcf.check(figures(excluding, including, uptake, carbon, components)) == ()


def test_tv7_uptake():
    assert pcf.uptake(Decimal("5.28")) == Decimal("-19.36")
    assert round(pcf.uptake(Decimal("0.44")), 3) == Decimal("-1.613")
    assert round(pcf.uptake(Decimal("0.1")), 3) == Decimal("-0.367")


@pytest.mark.parametrize(
    ("stated", "code", "is_blocking"),
    [
        (figures("5.14", "-14.21", "-19.36", "5.28"), "including", True),
        (figures("5.14", "-14.22", "-19.36", "5.29"), "uptake", True),
        (figures("1", "3", "2"), "sign", True),
        (figures("5.14", "5.14", components=("4.78", "0.35")), "components", False),
    ],
)
def test_tv7_broken_identities(stated, code, is_blocking):
    found = pcf.check(stated)
    assert [(doubt.code, doubt.is_blocking) for doubt in found] == [(code, is_blocking)]


def test_rule_24_two_assessment_reports_in_one_sum_are_refused():
    with pytest.raises(gwp.MixedSets):
        gwp.add(gwp.Co2e(Decimal(1), "AR5"), gwp.Co2e(Decimal(1), "AR6"))
    gases = {"co2": Decimal("53.06"), "ch4": Decimal("0.001"), "n2o": Decimal("0.0001")}
    same = gwp.add(gwp.Co2e(gwp.weigh(gases, "AR6"), "AR6"), gwp.Co2e(Decimal(1), "AR6"))
    assert same == gwp.Co2e(Decimal("54.1152"), "AR6")
