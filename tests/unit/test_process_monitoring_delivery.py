# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What programs deliver: a sample or a reason, whatever is sent (A32)."""

import doctest
import json

import pytest
from conftest import load_tool
from fuzz import fuzz
from hypothesis import strategies as st

delivery = load_tool("process_monitoring", "delivery")
sample = load_tool("process_monitoring", "sample")
NOW = 1_772_445_600_000

KEYS = [
    *("sensor", "measured_at", "value", "text", "unit", "quality", "sequence", "batch_id"),
    *("process_step", "timestamp", "energy_consumption", "utility_usage", "emissions", "water"),
]
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["2026-03-02T10:00:00Z", "2026-03-02T10:00:00", "0001-01-01T00:00:00+23:59"])
    | st.sampled_from(["°C", "good", "stale", NOW, NOW + 10**9, "t1", "Heating"])
)
things = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=8)
    ),
    max_leaves=12,
)
likely = st.fixed_dictionaries({}, optional={key: things for key in KEYS})


def test_doctests():
    assert doctest.testmod(delivery).failed == 0


@fuzz(likely | things)
def test_fuzz_reading(item):
    """Accepted means: the door's own check can judge it; everything else has a reason."""
    found = delivery.read_reading(item)
    if isinstance(found, delivery.Refused):
        assert found.reason
    else:
        reason = sample.check(found, NOW)
        assert reason is None or reason
        if reason is None:
            assert isinstance(found.source_ms, int)
            assert found.value is None or isinstance(found.value, int | float)


@fuzz(likely | things)
def test_fuzz_record(item):
    """Every figure of a record is a number, or refused by name; none is lost."""
    found = delivery.read_record(item)
    if isinstance(found, delivery.Refused):
        assert found.reason
        return
    assert all(not isinstance(figure.value, bool | str) for figure in found.figures)
    assert all(path is not None and reason for path, reason in found.refused)
    assert found.figures or found.refused
    for figure in found.figures:
        again = delivery.read_record(delivery.cut_out(item, figure.path))
        same = [other for other in again.figures if other.path == figure.path]
        assert same, "a figure that was refused can be delivered again alone"


@fuzz(st.text() | leaves)
def test_fuzz_time(value):
    found = delivery.read_time(value)
    assert isinstance(found, int) or found.reason


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        ("2026-03-02T10:00:00Z", NOW),
        ("2026-03-02T11:00:00+01:00", NOW),
        ("2026-03-02 10:00:00.123456+00:00", NOW + 123),
        (NOW, NOW),
    ],
)
def test_times(value, ms):
    assert delivery.read_time(value) == ms


@pytest.mark.parametrize("value", [None, True, 1.5, "", "10:00", [], -1, 0, 10**14])
def test_what_is_no_time(value):
    assert isinstance(delivery.read_time(value), delivery.Refused)


@pytest.mark.parametrize("value", ["72,4", "72.4", "", True, [72.4], float("nan"), 10**400])
def test_a32_what_is_no_number(value):
    item = {"sensor": "t", "measured_at": NOW, "value": value}
    assert sample.check(delivery.read_reading(item), NOW)


def test_the_record_of_the_specification():
    text = """{"batch_id": "B-7", "process_step": "Polymerisation",
        "timestamp": "2026-03-02T10:00:00Z", "energy_consumption": 120,
        "utility_usage": {"water": 1.5, "steam": 0, "electricity": 7},
        "emissions": {"co2_equivalent": 3.25, "other_gases": {"n2o": 0.001, "ch4": 0.02}}}"""
    record = delivery.read_record(json.loads(text))
    assert (record.batch, record.step, record.source_ms) == ("B-7", "Polymerisation", NOW)
    assert dict((figure.path, figure.value) for figure in record.figures) == {
        "energy_consumption": 120,
        "utility_usage.water": 1.5,
        "utility_usage.steam": 0,
        "utility_usage.electricity": 7,
        "emissions.co2_equivalent": 3.25,
        "emissions.other_gases.n2o": 0.001,
        "emissions.other_gases.ch4": 0.02,
    }


def test_record_too_deep_or_too_large():
    head = {"batch_id": "B", "process_step": "S", "timestamp": NOW}
    deep = {"a": {"b": {"c": {"d": {"e": 1}}}}}
    assert delivery.read_record(head | deep).refused == (
        ("a.b.c.d", "It is nested deeper than 4."),
    )
    many = {str(n): 1 for n in range(delivery.MAX_FIGURES + 1)}
    assert isinstance(delivery.read_record(head | many), delivery.Refused)
