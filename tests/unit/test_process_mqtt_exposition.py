# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Metrics as text: read back by the library that collectors use, whatever a name contains."""

import doctest
import math

from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

exposition = load_tool("process_mqtt", "exposition")


def read(*metrics):
    """What a collector takes of it: (name, labels) to number."""
    families = text_string_to_metric_families(exposition.render(metrics))
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def test_doctests():
    result = doctest.testmod(exposition)
    assert (result.failed, result.attempted > 0) == (0, True)


@given(st.text(), st.floats(allow_nan=False))
def test_every_name_and_number_comes_back_alone(name, value):
    lag = exposition.Metric("lag_seconds", "gauge", "How far behind.\nReally \\ far.")
    lag.add(value, broker=name)
    lag.add(None, broker="no value")
    shown = "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in name)
    [(key, found)] = read(lag).items()
    assert key == ("lag_seconds", ("broker", shown))
    assert found == value or math.isclose(found, value)


def test_what_has_no_sample_is_left_out():
    assert exposition.render([exposition.Metric("a_total", "counter", "None.")]) == ""
