# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""GHG values of mixed batches: own or highest, never the average (rule 17)."""

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
    made = declared.Made(Decimal("1000"), Decimal("90"), Decimal("0.9"), Decimal("900"))
    assert declared.carried(Decimal("0.5"), made) == Decimal("0.59")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("kgCO2eq/dry-ton", declared.PER_DRY_TONNE),
        ("kg CO2e/t dry", declared.PER_DRY_TONNE),
        ("kg CO₂eq / (dry tonne)", declared.PER_DRY_TONNE),
        ("g CO2eq/MJ", declared.PER_MJ),
        ("kgCO2eq/t", None),
        ("gCO2eq/kWh", None),
        ("", None),
        (None, None),
    ],
)
def test_units_of_declared_values(text, unit):
    assert declared.parse_unit(text) == unit


@pytest.mark.parametrize("unit", [declared.PER_DRY_TONNE, declared.PER_MJ])
def test_declared_values_there_and_back(unit):
    content = (Decimal("0.8"), Decimal("44"))
    per_kg = declared.per_kg(Decimal("320"), unit, *content)
    assert declared.from_per_kg(per_kg, unit, *content) == Decimal("320")
    assert declared.per_kg(Decimal("320"), unit, None, None) is None
    assert declared.from_per_kg(per_kg, unit, None, None) is None
