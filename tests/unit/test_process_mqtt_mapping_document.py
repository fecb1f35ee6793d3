# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files of mappings: whatever they hold, they are read or refused with a sentence."""

import doctest
import json

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

document = load_tool("process_mqtt", "mapping_document")
GOOD = {"topic_filter": "a/{tag}", "sensor_template": "{tag}"}


def read(*mappings, **changes):
    body = {"format": document.FORMAT, "mappings": list(mappings), **changes}
    return document.read(json.dumps(body).encode())


def test_doctests():
    assert doctest.testmod(document).failed == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scale", "1e400"),
        ("scale", True),
        ("scale", None),
        ("max_bytes", -1),
        ("max_bytes", 2**31),
        ("max_bytes", 1.5),
        ("payload_format", "xml"),
        ("payload_format", ["json"]),
        ("unit", 5),
        ("unit", "x" * 1_001),
        ("active", False),
        ("topic_filter", None),
    ],
)
def test_a_wrong_field_is_named(field, value):
    result = read(GOOD, {**GOOD, field: value})
    assert isinstance(result, document.Problem)
    assert result.sentence.startswith("mapping 2: ")
    assert field in result.sentence


@pytest.mark.parametrize("mappings", [[], "x", {}, [{}] * (document.MAX_MAPPINGS + 1)])
def test_a_list_of_sensible_length(mappings):
    assert "no list" in read(mappings=mappings).sentence


def test_too_large():
    assert "larger" in document.read(b" " * (document.MAX_BYTES + 1)).sentence


@given(st.binary(max_size=200))
def test_any_bytes(data):
    assert isinstance(document.read(data), document.Problem)


LEAF = st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8)
JSON = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(st.text(max_size=3), LEAF, max_size=3)
NAMES = st.sampled_from([*document.TEXTS, *document.WHOLE, *document.NUMBERS, "payload_format"])


@given(st.dictionaries(NAMES, JSON, max_size=5))
def test_any_mapping(mapping):
    result = read(mapping)
    if isinstance(result, list):
        assert all(result[0][name] for name in document.REQUIRED)
    else:
        assert result.sentence.startswith("mapping 1: ")
