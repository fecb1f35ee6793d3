# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Numbers as people type them (food-safety.md, A7): empty is not 0, a comma is not guessed."""

import doctest

import pytest
from conftest import load_tool

typed = load_tool("process_monitoring", "typed")


def test_doctests():
    assert doctest.testmod(typed).failed == 0


@pytest.mark.parametrize("text", [None, "", "   ", "\t"])
def test_a7_empty_is_not_zero(text):
    assert typed.read_number(text, ".") == typed.Typed(None, "empty")


def test_a7_zero_is_a_number():
    assert typed.read_number("0", ".").value == 0.0
    assert typed.read_number("-0,0", ",").value == 0.0


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("72.4", ".", 72.4),
        ("72,4", ",", 72.4),
        ("4", ",", 4.0),
        ("−1.5", ".", -1.5),
        ("+3", ".", 3),
    ],
)
def test_decimal_sign_of_the_language(text, decimal, value):
    assert typed.read_number(text, decimal).value == value


@pytest.mark.parametrize(
    ("text", "decimal", "problem", "hint"),
    [
        ("72,4", ".", "sign", "72.4"),
        ("72.4", ",", "sign", "72,4"),
        ("1,000", ".", "sign", "1.000"),
        ("1 000", ".", "grouped", ""),
        ("1.000,5", ",", "grouped", ""),
        ("12,34,56", ",", "number", ""),
        ("7 2", ".", "number", ""),
        ("72.4 °C", ".", "number", ""),
        ("nan", ".", "number", ""),
        ("1e5", ".", "number", ""),
        ("٧٢", ".", "number", ""),
        (".5", ".", "number", ""),
        ("5.", ".", "number", ""),
        ("0x10", ".", "number", ""),
        ("1" * 30, ".", "long", ""),
    ],
)
def test_what_is_no_number_is_not_guessed(text, decimal, problem, hint):
    assert typed.read_number(text, decimal) == typed.Typed(None, problem, hint)
