# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From bytes to a sample or a reason (rule A32): every bad input by name, then anything at all."""

import doctest
import json
import math

import pytest
from conftest import load_tool
from hypothesis import example, given, settings
from hypothesis import strategies as st

Sample = load_tool("process_monitoring", "sample").Sample
payload = load_tool("process_mqtt", "payload")
Mapping, Reject, parse = payload.Mapping, payload.Reject, payload.parse

NOW = 1_795_348_800_000
TOPIC = "plant/dairy/d1/pasteur-temp"
FULL = Mapping(
    topic_filter="plant/{site}/{line}/{tag}",
    sensor_template="{line}-{tag}",
    value_path="value",
    text_path="value",
    time_path="ts",
    sequence_path="seq",
    unit_path="unit",
    quality_path="q",
)
GOOD = {"ts": NOW, "seq": 7, "value": 72.4, "unit": "degC", "q": 192}


def read(document, mapping=FULL, topic=TOPIC):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse(topic, data, mapping)


def changed(**values):
    """The good payload with some keys changed; None leaves a key out."""
    document = {**GOOD, **values}
    return {key: value for key, value in document.items() if value is not None}


def with_mapping(**values):
    return Mapping(**{**FULL.__dict__, **values})


def test_doctests():
    result = doctest.testmod(payload)
    assert (result.failed, result.attempted >= 6) == (0, True)


def test_good_payload():
    assert read(GOOD) == Sample(
        sensor="d1-pasteur-temp",
        source_ms=NOW,
        sequence=7,
        value=72.4,
        text=None,
        unit="degC",
        quality=192,
        origin="mqtt",
    )


def test_text_payload():
    sample = read(changed(value="forward", unit=None), topic="plant/dairy/d1/divert-valve")
    assert (sample.sensor, sample.value, sample.text) == ("d1-divert-valve", None, "forward")


def test_zero_is_a_value():
    assert read(changed(value=0)).value == 0.0


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "json", "empty"),
        (b"{", "json", "not valid JSON"),
        (b"\xff\xfe", "json", "not UTF-8"),
        (b"72.4", "time", "no source time"),
        (b"[]", "time", "no source time"),
        (b"null", "time", "no source time"),
        (b'{"ts":1,"ts":2}', "json", "twice"),
        (b"[" * 30000, "json", "nested too deeply"),
        (b" " * 70_000, "size", "70000 bytes"),
        (b'{"ts": 1795348800000, "value": NaN, "unit": "degC"}', "json", "NaN"),
        (b'{"ts": 1795348800000, "value": -Infinity, "unit": "degC"}', "json", "Infinity"),
        (b'{"ts": 1795348800000, "value": 1e999, "unit": "degC"}', "value", "neither a number"),
        (b'{"ts": 1795348800000, "value": 72,4, "unit": "degC"}', "json", "not valid JSON"),
    ],
)
def test_bad_bytes(data, code, words):
    result = read(data)
    assert isinstance(result, Reject)
    assert result.code == code
    assert words in result.reason


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"value": None}, "value", 'no value at "value"'),
        ({"value": "72,4"}, "value", '"72,4", not a number'),
        ({"value": "72.4"}, "value", '"72.4", not a number'),
        ({"value": "NaN"}, "value", "not a number"),
        ({"value": ""}, "value", "no value"),
        ({"value": True}, "value", "true"),
        ({"value": {"v": 1}}, "value", "neither a number nor a text"),
        ({"value": [1]}, "value", "neither a number nor a text"),
        ({"value": 10**400}, "value", "larger"),
        ({"value": "a\x00b"}, "value", "control"),
        ({"value": "\ud800"}, "value", "control"),
        ({"value": "x" * 257}, "value", "longer"),
        ({"ts": None}, "time", "no source time"),
        ({"ts": True}, "time", "neither"),
        ({"ts": 1795348800}, "time", "no time in milliseconds"),
        ({"ts": 1795348800.5}, "time", "neither"),
        ({"ts": "yesterday"}, "time", "not ISO 8601"),
        ({"ts": "2026-11-22T12:00:00"}, "time", "no time zone"),
        ({"ts": str(NOW)}, "time", "ISO"),
        ({"ts": -1}, "time", "no time in milliseconds"),
        ({"ts": NOW * 1000}, "time", "no time in milliseconds"),
        ({"unit": None}, "unit", "no unit"),
        ({"unit": 3}, "unit", "no unit"),
        ({"unit": " "}, "unit", "no unit"),
        ({"seq": "7"}, "field", "sequence number"),
        ({"seq": -1}, "field", "sequence number"),
        ({"seq": 1.5}, "field", "sequence number"),
        ({"seq": 2**63}, "field", "sequence number"),
        ({"seq": True}, "field", "sequence number"),
        ({"q": "good"}, "field", "quality"),
        ({"q": -1}, "field", "quality"),
    ],
)
def test_bad_values(values, code, words):
    result = read(changed(**values))
    assert isinstance(result, Reject)
    assert result.code == code
    assert words in result.reason


def test_number_only_mapping_refuses_any_text():
    result = read(changed(value="forward"), with_mapping(text_path=""))
    assert result.reason == 'The value is the text "forward", not a number.'


def test_wrong_unit():
    result = read(changed(unit="degF"), with_mapping(unit="degC"))
    assert (result.code, result.reason) == ("unit", 'The unit is "degF"; the mapping wants degC.')


def test_unit_of_the_mapping_when_the_payload_has_none():
    assert read(changed(unit=None), with_mapping(unit_path="", unit="degC")).unit == "degC"
    assert read(changed(unit=None), with_mapping(unit_path="")).unit is None


def test_wrong_topic():
    assert read(GOOD, topic="other/d1").code == "topic"
    assert read(GOOD, with_mapping(sensor_template="{tag}"), topic="plant/a/b/").code == "topic"
    assert read(GOOD, topic="plant/a/b/\x07").code == "topic"


@pytest.mark.parametrize(
    "moment",
    [
        NOW,
        float(NOW),
        "2026-11-22T12:00:00Z",
        "2026-11-22T13:00:00+01:00",
        "2026-11-22T12:00:00.000Z",
    ],
)
def test_times(moment):
    assert read(changed(ts=moment)).source_ms == NOW


def test_null_counts_only_when_the_source_says_that_it_is_bad():
    sample = read(b'{"ts": 1795348800000, "value": null, "unit": "degC", "q": 0}')
    assert (sample.value, sample.text, sample.quality) == (None, None, 0)
    assert read(b'{"ts": 1795348800000, "value": null, "unit": "degC", "q": 192}').code == "value"
    assert read(b'{"ts": 1795348800000, "unit": "degC", "q": 0}').code == "value"


def test_optional_fields():
    sample = read(changed(seq=None, q=None))
    assert (sample.sequence, sample.quality) == (0, 192)


def test_paths_into_lists():
    mapping = with_mapping(value_path="d.values[1].v", time_path="d.t", unit_path="", text_path="")
    sample = read({"d": {"t": NOW, "values": [{}, {"v": 6.7}]}}, mapping)
    assert sample.value == 6.7
    assert read({"d": {"t": NOW, "values": [{}]}}, mapping).code == "value"


@pytest.mark.parametrize(
    ("raw", "scale", "offset", "value"),
    [(724, 0.1, 0.0, 72.4), (3, 0.1, 0.0, 0.3), (1, 1.0, -273.15, -272.15), (2, -0.5, 1.0, 0.0)],
)
def test_scaling_is_decimal(raw, scale, offset, value):
    mapping = with_mapping(scale=scale, offset=offset)
    assert read(changed(value=raw), mapping).value == value


@pytest.mark.parametrize(("number", "is_taken"), [(2**53, True), (2**53 + 1, False), (2**60, True)])
@pytest.mark.parametrize("is_plain", [True, False])
def test_whole_number_that_no_float_is_equal_to(number, is_taken, is_plain):
    mapping = payload.Mapping("a", "a", is_plain=is_plain, is_timed_by_receipt=True)
    data = str(number) if is_plain else json.dumps({"value": number})
    found = payload.parse("a", data.encode(), mapping, NOW)
    if is_taken:
        assert found.value == number
    else:
        assert f"{number} would be kept as {number - 1}" in found.reason


def test_scaling_beyond_a_float_is_refused():
    assert read(changed(value=1e308), with_mapping(scale=1e10)).code == "value"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["72,4", "NaN", "2026-11-22T12:00:00Z", NOW, NOW + 10**7]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
DOCUMENT = st.fixed_dictionaries(
    {}, optional={"ts": JSON, "seq": JSON, "value": JSON, "unit": JSON, "q": JSON}
)


def assert_accounted_for(result):
    """Either a sample that can be stored as it is, or a sentence that can be shown."""
    if isinstance(result, Reject):
        assert result.reason.endswith(".")
        assert result.reason.isprintable()
        assert len(result.reason) < 400
        return
    assert isinstance(result, Sample)
    assert result.value is None or result.text is None
    assert result.quality != 192 or (result.value is None) != (result.text is None)
    assert result.value is None or math.isfinite(result.value)
    assert 946_684_800_000 <= result.source_ms <= 32_503_680_000_000
    assert 0 <= result.sequence < 2**63
    for text in (result.sensor, result.text, result.unit):
        assert text is None or "\x00" not in text
        (text or "").encode()


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200))
@example(b"\x00")
@example(b'"\\ud800"')
def test_any_bytes(data):
    assert_accounted_for(parse(TOPIC, data, FULL))


@settings(max_examples=800, deadline=None)
@given(DOCUMENT | JSON, st.sampled_from([FULL, with_mapping(scale=1e300, offset=-1e308)]))
def test_any_document(document, mapping):
    assert_accounted_for(parse(TOPIC, json.dumps(document).encode(), mapping))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.floats(allow_nan=False, allow_infinity=False))
def test_any_topic_and_any_number(topic, number):
    result = parse(topic, json.dumps(changed(value=number)).encode(), FULL)
    assert_accounted_for(result)
    if isinstance(result, Sample):
        assert result.value == number
