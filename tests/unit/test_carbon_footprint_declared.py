# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""GHG values of mixed batches: own or highest, never the average (iscc.md rule 17)."""

from decimal import Decimal

import pytest
from conftest import load_tool

declared = load_tool("carbon_footprint", "declared")
BATCHES = [
    declared.Batch("SD-1", Decimal("600"), Decimal("12.5")),
    declared.Batch("SD-2", Decimal("400"), Decimal("31.8")),
]


def test_rule_17_two_lines_or_the_highest():
    assert declared.values(BATCHES, "own") == [
        ("SD-1", Decimal("12.5")),
        ("SD-2", Decimal("31.8")),
    ]
    assert declared.values(BATCHES, "highest") == [
        ("SD-1", Decimal("31.8")),
        ("SD-2", Decimal("31.8")),
    ]


def test_rule_17_the_average_is_refused():
    average = (600 * Decimal("12.5") + 400 * Decimal("31.8")) / 1000
    assert average == Decimal("20.22")
    assert not declared.is_declarable(average, BATCHES)
    assert not declared.is_declarable(Decimal("12.5"), BATCHES)
    assert declared.is_declarable(Decimal("31.8"), BATCHES)
    assert declared.is_declarable(Decimal("12.5"), BATCHES[:1])
    with pytest.raises(declared.NotDeclarable, match="not by 'average'"):
        declared.values(BATCHES, "average")


def test_a_batch_without_value_leaves_no_highest():
    batches = [*BATCHES, declared.Batch("SD-3", Decimal("1"), None)]
    assert declared.highest(batches) is None
    assert declared.values(batches, "own")[2] == ("SD-3", None)
    assert declared.highest([]) is None


def test_the_value_carried_to_the_product():
    figure = declared.carried(
        Decimal("0.5"), Decimal("1000"), Decimal("90"), Decimal("0.9"), Decimal("900")
    )
    assert figure == Decimal("0.59")
