# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Transfers between books: rules 8 and 9."""

import doctest
from dataclasses import replace

import pytest
from conftest import load_tool

tool = load_tool("mass_balance", "transfer")
near = load_tool("mass_balance", "neighbours")


def test_doctests():
    assert doctest.testmod(tool).failed == 0


@pytest.mark.parametrize(
    ("source", "target", "problem"),
    [
        ("iscc_eu", "iscc_plus", ""),
        ("iscc_plus", "iscc_eu", "downgrade_only"),
        ("other", "iscc_plus", "downgrade_only"),
        ("iscc_eu", "other", "downgrade_only"),
        ("iscc_plus", "iscc_plus", "same_scheme"),
    ],
)
def test_rule_9_eu_to_plus_and_nothing_else(source, target, problem):
    assert tool.scheme_problem(source, target) == problem


A = tool.Site("A", "iscc_plus", "group", "DE", ("output", "bio", "PP"), frozenset({"pyp"}))
B = replace(A, code="B", country="NL")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, ""),
        ({"country": "DE"}, ""),
        ({"country": "ES"}, "country"),
        ({"country": ""}, "no_country"),
        ({"group": "other"}, "group"),
        ({"product": ("output", "circular", "PP")}, "product"),
        ({"product": ("output", "bio", "PE")}, "product"),
        ({"scheme": "iscc_eu"}, "scheme"),
        ({"code": "A"}, "same_site"),
        ({"scopes": frozenset({"tr"})}, "scope"),
        ({"scopes": frozenset()}, "scope"),
        ({"scopes": frozenset({"tr", "wh"})}, ""),
    ],
)
def test_rule_8_every_condition_is_needed_on_either_side(change, problem):
    other = replace(B, **change)
    assert tool.site_problem(A, other) == problem
    assert tool.site_problem(other, A) == problem


def test_rule_8_never_from_eu_to_eu():
    european = [replace(site, scheme="iscc_eu") for site in (A, B)]
    assert tool.site_problem(*european) == "scheme"


def test_rule_8_a_group_that_is_not_known_is_no_group():
    nobody = [replace(site, group="") for site in (A, B)]
    assert tool.site_problem(*nobody) == "group"


def test_rule_8_further_pairs_are_named():
    swede, dane = replace(B, country="SE"), replace(A, country="DK")
    assert tool.site_problem(dane, swede) == "country"
    assert tool.site_problem(dane, swede, near.parse_pairs("dk-se")) == ""


def test_borders():
    assert doctest.testmod(near).failed == 0
    assert all(len(pair) == 2 for pair in near.BORDERS)
    count = sum("DE" in pair for pair in near.BORDERS)
    assert count == 9, "Germany has nine neighbours"
    assert sum("CN" in pair for pair in near.BORDERS) == 16, "14 states, Hong Kong and Macau"
    for island in ("AU", "JP", "IS", "MG", "NZ", "CU", "LK"):
        assert not any(island in pair for pair in near.BORDERS)


@pytest.mark.parametrize("text", ["Denmark", "DK", "DK-DK", "DK-SE-NO", "D1-SE"])
def test_pairs_that_are_none(text):
    with pytest.raises(ValueError, match=text.upper()):
        near.parse_pairs(text)
