# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a declaration must say: rules 17, 18 and 22."""

import doctest
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import load_tool

D = Decimal

tool = load_tool("mass_balance", "declaration")
TODAY = date(2026, 11, 22)
V4 = {"input_reflection", "input_compensation", "credit_transfer"}


def full(**changes):
    values = {rule.field: "x" for rule in tool.rules()}
    values |= {
        "scheme": "iscc_plus",
        "category": "bio",
        "quantity": D(100),
        "ghg_value": None,
        "waste_residue": "no",
    }
    return values | changes


def fields(values, direction="out", on_date=TODAY):
    return {rule.field for rule in tool.missing(values, direction, on_date)}


def test_doctests():
    assert doctest.testmod(tool).failed == 0


def test_a_full_declaration_lacks_nothing():
    assert fields(full()) == set()
    assert fields(full(), "in") == set()


@pytest.mark.parametrize(
    "field", [rule.field for rule in tool.rules() if rule.outgoing == "R" and not rule.when]
)
@pytest.mark.parametrize("empty", [None, "", "   ", False])
def test_rule_22_any_required_field_empty(field, empty):
    assert fields(full(**{field: empty})) == {field}


@pytest.mark.parametrize("quantity", [None, D(0), D(-1)])
def test_a_declaration_of_nothing_declares_nothing(quantity):
    assert fields(full(quantity=quantity)) == {"quantity"}


def test_incoming_declarations_may_lack_what_only_the_issuer_knows():
    lacking = full(certification_body="", method="", attribution="", basis="", certified_share=None)
    assert fields(lacking, "in") == set()
    assert fields(lacking) == {
        "certification_body",
        "method",
        "attribution",
        "basis",
        "certified_share",
    }


def test_template_v4_from_2027():
    without = full(**dict.fromkeys(V4, ""))
    assert fields(without, on_date=date(2026, 12, 31)) == set()
    assert fields(without, on_date=date(2027, 1, 1)) == V4
    assert (
        fields(without | {"scheme": "iscc_eu", "ghg_value": D(1)}, on_date=date(2027, 1, 1))
        == set()
    )


def test_rule_10_bio_circular_needs_a_waste_status():
    assert fields(full(category="bio_circular", waste_status="")) == {"waste_status"}
    assert fields(full(category="circular", waste_status="")) == {"waste_status"}
    assert fields(full(category="bio", waste_status="")) == set()


def test_rule_17_ghg_value_is_demanded_by_eu_alone():
    assert fields(full(scheme="iscc_eu", ghg_value=None)) == {"ghg_value"}
    assert fields(full(ghg_value=None)) == set()
    assert fields(full(ghg_value=D(0), ghg_unit="", ghg_type="")) == {"ghg_unit", "ghg_type"}


def test_point_of_origin_when_it_is_called_for():
    without = full(origin_point_name="", origin_point_address="")
    assert fields(without) == set()
    assert fields(without | {"origin_point_required": True}) == {
        "origin_point_name",
        "origin_point_address",
    }


def test_rule_17_mixture_takes_the_highest_value():
    batches = [D("12.5"), D("31.8")]
    assert tool.ghg_of_mixture(batches) == D("31.8")
    average = (600 * batches[0] + 400 * batches[1]) / 1000
    assert average == D("20.22")
    assert not tool.is_ghg_allowed(average, batches)
    assert tool.is_ghg_allowed(D("31.8"), batches)
    assert tool.ghg_of_mixture([]) is None


# written out: a field that is dropped from the set is missed here
SET = [
    "scheme",
    "raw_material",
    "origin_country",
    "statement",
    "chain_of_custody",
    "waste_residue",
    "red_category",
    "category",
    "waste_status",
    "origin_point_name",
    "input_reflection",
    "input_compensation",
]


@pytest.mark.parametrize("field", SET)
def test_rule_18_a_set_differs_when_one_characteristic_does(field):
    assert tool.set_key(full()) != tool.set_key(full(**{field: "other"}))


def test_rule_18_the_ghg_value_is_not_part_of_the_kind():
    assert tool.set_key(full(ghg_value=D("12.5"))) == tool.set_key(full(ghg_value=D("31.8")))


def test_every_field_of_the_table_is_documented():
    """`docs/declaration.md` says where each field stands; a new row has to be said there too."""
    text = (Path(__file__).parents[2] / "docs/declaration.md").read_text(encoding="utf-8")
    assert [rule.field for rule in tool.rules() if f"`{rule.field}`" not in text] == []
