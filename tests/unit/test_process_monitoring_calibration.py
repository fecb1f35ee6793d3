# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an as-found error means for past readings (food-safety.md, A12)."""

import doctest
import operator

import pytest
from conftest import load_tool

calibration = load_tool("process_monitoring", "calibration")
limits = load_tool("process_monitoring", "limits")
units = load_tool("process_monitoring", "units")
SYMBOLS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def test_doctests():
    assert doctest.testmod(calibration).failed == 0


def broken(limit, error, readings):
    [suspect] = calibration.find_suspects((limits.Limit("critical", *limit),), error)
    return [r for r in readings if SYMBOLS[suspect.operator](r, suspect.value)]


READINGS = (71.5, 71.9, 72.0, 72.1, 72.39, 72.4, 72.5)


@pytest.mark.parametrize(
    ("limit", "error", "readings", "expected"),
    [
        # shows 0.4 too much: what it called 72.39 was 71.99
        (("ge", 72.0), 0.4, READINGS, [71.5, 71.9, 72.0, 72.1, 72.39]),
        (("gt", 72.0), 0.4, READINGS, [71.5, 71.9, 72.0, 72.1, 72.39, 72.4]),
        # shows 0.4 too little: nothing is worse than it looked
        (("ge", 72.0), -0.4, READINGS, [71.5]),
        (("le", 6.0), 0.4, (5.9, 6.0, 6.1, 6.4, 6.41), [6.41]),
        (("lt", 6.0), 0.4, (6.39, 6.4), [6.4]),
        (("le", 6.0), -0.4, (5.5, 5.6, 5.61, 6.0), [5.61, 6.0]),
        (("ge", 72.0), 0.0, (71.99, 72.0), [71.99]),
    ],
)
def test_a12_sign_and_direction(limit, error, readings, expected):
    assert broken(limit, error, readings) == expected


@pytest.mark.parametrize("tenths", range(-20, 21))
def test_a12_what_truly_stood_at_the_limit_kept_it(tenths):
    """In floats 72.0 + 0.3 and its like are a hair off; a boundary must not be."""
    error = tenths / 10
    shown = float(f"{72 + tenths / 10:.1f}")
    assert calibration.true_value(shown, error) == 72.0
    assert broken(("ge", 72.0), error, [shown]) == []
    assert broken(("gt", 72.0), error, [shown]) == [shown]


def test_differences_have_no_offset():
    assert calibration.convert_difference(1.8, "degF", "degC") == 1.0
    assert calibration.convert_difference(0.1, "barg", "kPa") == 10.0
    with pytest.raises(units.IncompatibleUnits):
        calibration.convert_difference(1, "degC", "kg")
