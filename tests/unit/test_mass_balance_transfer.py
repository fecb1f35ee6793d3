# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Transfers between books: iscc.md rule 9."""

import doctest

import pytest
from conftest import load_tool

tool = load_tool("mass_balance", "transfer")


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
