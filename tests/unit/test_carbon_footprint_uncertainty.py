# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The pedigree matrix, held against the two forms in which it is published."""

from decimal import Decimal

import pytest
from conftest import load_tool

uncertainty = load_tool("carbon_footprint", "uncertainty")

# ecoinvent 3 guideline (Weidema et al. 2013): variances of the logarithm, as Brightway keeps them
VARIANCES = {
    "reliability": (0, 0.0006, 0.002, 0.008, 0.04),
    "completeness": (0, 0.0001, 0.0006, 0.002, 0.008),
    "time": (0, 0.0002, 0.002, 0.008, 0.04),
    "place": (0, 0.000025, 0.0001, 0.0006, 0.002),
    "technology": (0, 0.0006, 0.008, 0.04, 0.12),
}
# Frischknecht et al. (2007), as openLCA keeps them: squares of geometric standard deviations
SQUARES = {
    "reliability": ("1", "1.05", "1.1", "1.2", "1.5"),
    "completeness": ("1", "1.02", "1.05", "1.1", "1.2"),
    "time": ("1", "1.03", "1.1", "1.2", "1.5"),
    "place": ("1", "1.01", "1.02", "1.05", "1.1"),
    "technology": ("1", "1.05", "1.2", "1.5", "2"),
}


@pytest.mark.parametrize("indicator", VARIANCES)
def test_the_table_is_that_of_the_guideline(indicator):
    row = uncertainty.TABLE[uncertainty.INDICATORS.index(indicator)]
    assert [float(figure) for figure in row] == list(VARIANCES[indicator])


def variance_of(square):
    return (Decimal(square).ln() / 2) ** 2


@pytest.mark.parametrize("indicator", SQUARES)
def test_it_is_the_older_table_of_factors_rounded(indicator):
    """Half the logarithm of the published factor, squared, rounds to the variance of the table."""
    row = uncertainty.TABLE[uncertainty.INDICATORS.index(indicator)]
    for figure, square in zip(row, SQUARES[indicator], strict=True):
        assert abs(variance_of(square) - figure) <= figure * Decimal("0.15")


def test_the_basic_variances_are_those_of_1_05_and_of_2():
    assert round(variance_of("1.05"), 4) == uncertainty.BASIC
    assert round(variance_of("2"), 2) == uncertainty.BASIC_BY_DIMENSION["transport"]


def test_transport_is_known_less_well_than_energy():
    scores = uncertainty.SCORES["measured"]
    energy, transport = (
        uncertainty.gsd(uncertainty.combined(scores, scores, dimension))
        for dimension in ("energy", "transport")
    )
    assert (energy, transport) == (Decimal("1.035"), Decimal("1.415"))
