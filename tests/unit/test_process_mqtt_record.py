# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Process records by MQTT: one, several, or a sentence that says why there is none."""

import json

import pytest
from conftest import load_tool

load_tool("process_monitoring", "sample")
record = load_tool("process_mqtt", "record")
payload = load_tool("process_mqtt", "payload")
MAPPING = payload.Mapping("plant/records", "record", is_record=True, origin="mqtt:1")
ONE = {"batch_id": "B1", "process_step": "Heating", "energy_consumption": 12.5}


@pytest.mark.parametrize(
    ("document", "count"), [(ONE, 1), ([ONE, ONE], 2), ({"records": [ONE]}, 1), ([1, "x"], 2)]
)
def test_what_a_message_holds(document, count):
    found = record.read(json.dumps(document).encode(), MAPPING)
    assert (len(found.items), found.origin) == (count, "mqtt:1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"{", "not valid JSON"),
        (b'{"a": NaN}', "NaN"),
        (b"7", "A process record is"),
        (b"[]", "1 to 1000"),
        (json.dumps([{}] * 1001).encode(), "1 to 1000"),
        (b" " * 70_000, "70000 bytes"),
    ],
)
def test_what_is_no_record_says_why(content, words):
    assert words in record.read(content, MAPPING).reason
