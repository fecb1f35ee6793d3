# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The hash of a plan: same content, same hash; any change of content, another one."""

import doctest

import pytest
from conftest import load_tool

chain = load_tool("audit_chain", "chain")
plan_hash = load_tool("process_control", "plan_hash")
durations = load_tool("process_control", "durations")

CONTENT = {
    "code": "MILK",
    "revision": 1,
    "stages": [{"name": "Pasteurisation", "limits": [{"operator": "ge", "value": "72"}]}],
}


def test_order_of_keys_does_not_matter_order_of_rows_does():
    other = {"stages": CONTENT["stages"], "revision": 1, "code": "MILK"}
    assert plan_hash.content_hash(other) == plan_hash.content_hash(CONTENT)
    rows = {"rows": [1, 2]}
    assert plan_hash.content_hash(rows) != plan_hash.content_hash({"rows": [2, 1]})


@pytest.mark.parametrize("bad", [{"a": 1.5}, {"a": [0.1]}, {1: "a"}, {"a": object()}])
def test_what_has_no_canonical_form_is_refused(bad):
    with pytest.raises(chain.FormatError):
        plan_hash.content_hash(bad)


@pytest.mark.parametrize(
    ("value", "text"),
    [(72, "72"), (71.5, "71.5"), (0.1 + 0.2, "0.30000000000000004"), (1e21, "1" + "0" * 21)],
)
def test_decimal_text(value, text):
    assert plan_hash.decimal_text(value) == text
    assert float(text) == value


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_limit_is_a_number(bad):
    with pytest.raises(ValueError):
        plan_hash.decimal_text(bad)


def test_durations():
    assert durations.to_ms(0.25, "s") == 250
    with pytest.raises(KeyError):
        durations.to_ms(1, "day")
    assert durations.in_words(3_600_000) == "1 h"
    assert durations.in_words(10_000) == "10 s"
    assert durations.in_words(36_000_000) == "10 h"


def test_doctests():
    assert doctest.testmod(plan_hash).failed == 0
    assert doctest.testmod(durations).failed == 0
