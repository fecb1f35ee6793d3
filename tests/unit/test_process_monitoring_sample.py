# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What can be taken at all (A32): everything else has a reason, and nothing raises."""

import doctest
import math

import pytest
from conftest import load_tool

tool = load_tool("process_monitoring", "sample")
Sample, check = tool.Sample, tool.check
NOW = 1_772_445_600_000


def reason(**vals):
    return check(Sample(**{"sensor": "temp", "source_ms": NOW, "value": 72.4, **vals}), NOW)


def test_doctests():
    assert doctest.testmod(tool).failed == 0


@pytest.mark.parametrize(
    "vals",
    [
        {},
        {"value": 0},
        {"value": -40.5},
        {"value": None, "text": "forward"},
        {"value": None, "quality": 0},
        {"source_ms": NOW + 5_000},
        {"source_ms": NOW - 10**11},
        {"sequence": 2**63 - 1},
        {"unit": "degC"},
    ],
)
def test_taken(vals):
    assert reason(**vals) is None


@pytest.mark.parametrize(
    ("vals", "word"),
    [
        ({"value": math.nan}, "finite"),
        ({"value": math.inf}, "finite"),
        ({"value": "72,4"}, "not a number"),
        ({"value": "72.4"}, "not a number"),
        ({"value": True}, "not a number"),
        ({"value": [72.4]}, "not a number"),
        ({"value": 10**400}, "too large"),
        ({"value": 2**53 + 1}, "9007199254740993 would be kept as 9007199254740992"),
        ({"value": 10**300 + 1}, "would be kept as 1.0000000000000001e+300"),
        ({"value": None}, "no value"),
        ({"source_ms": None}, "missing"),
        ({"source_ms": "1772445600000"}, "whole number"),
        ({"source_ms": 1.5}, "whole number"),
        ({"source_ms": True}, "whole number"),
        ({"source_ms": NOW // 1000}, "milliseconds"),
        ({"source_ms": NOW * 1000}, "future"),
        ({"source_ms": 2**63}, "milliseconds"),
        ({"source_ms": -1}, "milliseconds"),
        ({"source_ms": NOW + 7_200_000}, "7200.0 s in the future"),
        ({"source_ms": NOW + 5_001}, "future"),
        ({"sequence": -1}, "sequence"),
        ({"sequence": None}, "sequence"),
        ({"sequence": 2**63}, "sequence"),
        ({"quality": "good"}, "quality"),
        ({"quality": -1}, "quality"),
        ({"sensor": ""}, "not a code"),
        ({"sensor": None}, "not a code"),
        ({"sensor": 7}, "not a code"),
        ({"sensor": ["a"]}, "not a code"),
        ({"sensor": "a" * 300}, "not a code"),
        ({"value": None, "text": "a\x00"}, "printed"),
        ({"value": None, "text": "\ud800"}, "printed"),
        ({"value": None, "text": 7}, "not text"),
        ({"value": None, "text": "a" * 256}, "longer"),
        ({"unit": 7}, "not text"),
    ],
)
def test_refused(vals, word):
    assert word in reason(**vals)


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**60, 10**22, -1])
def test_whole_number_that_is_kept_as_it_is(value):
    assert reason(value=value) is None


def test_tolerance_is_a_setting():
    sample = Sample("temp", NOW + 9_000, value=1)
    assert check(sample, NOW, max_ahead_ms=10_000) is None
    assert check(sample, NOW, max_ahead_ms=0)


@pytest.mark.parametrize(
    ("quality", "expected"),
    [(0, False), (191, False), (192, True), (255, True), (256, False), (500, False)],
)
def test_usable(quality, expected):
    assert tool.is_usable(quality) is expected


def test_sample_is_frozen():
    with pytest.raises(AttributeError):
        Sample("temp", NOW).value = 1
