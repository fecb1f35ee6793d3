# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bounds that contradict each other are found; those that plants really have are not."""

import doctest

import pytest
from conftest import load_tool

bounds = load_tool("process_monitoring", "bounds")


def code(*rows):
    found = bounds.find_contradiction([bounds.Bound(*row) for row in rows])
    return found.code if found else None


def test_doctests():
    assert doctest.testmod(bounds).failed == 0


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("critical", "ge", 72.0)],
        [("critical", "ge", 72.0), ("operating", "ge", 72.5), ("quality", "le", 76.0)],
        [("critical", "ge", 2.0), ("critical", "le", 6.0), ("operating", "le", 5.0)],
        [("critical", "ge", 4.0), ("critical", "le", 4.0)],
        [("critical", "ge", 72.0), ("operating", "gt", 72.0)],
        [("critical", "ge", 72.0), ("critical", "ge", 15.0, "holding_time")],
        [("critical", "le", 10.0, "lethality"), ("critical", "ge", 72.0)],
        [("quality", "ge", 70.0), ("operating", "ge", 72.5)],
    ],
)
def test_a1_a3_what_stands_together(rows):
    assert code(*rows) is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("critical", "ge", 72.0), ("critical", "le", 71.9)], "empty"),
        ([("critical", "gt", 72.0), ("critical", "le", 72.0)], "empty"),
        ([("critical", "ge", 72.0), ("quality", "le", 70.0)], "empty"),
        ([("critical", "ge", 72.0), ("operating", "ge", 72.0)], "outside"),
        ([("critical", "ge", 72.0), ("operating", "ge", 71.5)], "outside"),
        ([("critical", "le", 6.0), ("quality", "le", 8.0)], "outside"),
        ([("critical", "gt", 72.0), ("operating", "gt", 72.0)], "outside"),
        ([("critical", "ge", 72.0), ("critical", "gt", 73.0)], "twice"),
    ],
)
def test_a1_a3_what_does_not(rows, expected):
    assert code(*rows) == expected
    assert code(*reversed(rows)) == expected
