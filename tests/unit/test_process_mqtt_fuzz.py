# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whatever comes is a sample or has a reason: JSON and Sparkplug, for as long as is asked.

`BATCHPROOF_FUZZ_SECONDS=300` fuzzes for five minutes each; without it, for some seconds.
"""

import json
import math
import os
import time

from conftest import load_tool
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sample = load_tool("process_monitoring", "sample")
message = load_tool("process_mqtt", "message")
payload = load_tool("process_mqtt", "payload")
router = load_tool("process_mqtt", "router")
host = load_tool("process_mqtt", "sparkplug_host")
wire = load_tool("process_mqtt", "sparkplug_wire")

SECONDS = float(os.environ.get("BATCHPROOF_FUZZ_SECONDS", "3"))
NOW = 1_795_348_800_000
ANY = settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
PLAIN = router.Router(
    [
        payload.Mapping(
            "plant/{line}/{tag}",
            "{line}-{tag}",
            text_path="value",
            sequence_path="seq",
            unit_path="unit",
            quality_path="q",
        ),
        payload.Mapping("#", "all", value_path="a.b[0].c", scale=0.1, offset=1e300),
    ]
)
METRICS = router.Router(
    [
        payload.Mapping(
            "spBv1.0/#",
            "x",
            text_path="value",
            quality_path="q",
            sequence_path="seq",
            max_bytes=500,
        )
    ]
)


def fuzz(check):
    """Run a hypothesis test again and again, each time with other examples; return how often."""
    deadline = time.monotonic() + SECONDS
    rounds = 0
    while not rounds or time.monotonic() < deadline:
        check()
        rounds += 1
    print(f"{check.__name__}: {rounds * ANY.max_examples} examples")
    return rounds


def assert_accounted_for(result):
    """A sample that the door can judge, or a reason that can be stored and read."""
    if isinstance(result, sample.Sample):
        assert result.value is None or math.isfinite(result.value)
        assert not (result.value is not None and result.text is not None)
        reason = sample.check(result, NOW)
        assert reason is None or reason.isprintable()
    elif isinstance(result, payload.Reject):
        assert result.reason and result.reason.isprintable()
        result.reason.encode()
        assert "\x00" not in result.reason
    else:
        assert isinstance(result, message.Retained | message.Ignored)


# -- JSON -------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
TIMES = st.sampled_from([NOW, NOW - 1, NOW + 10**9, "2026-11-22T12:00:00Z", 1e999, -1, "x"]) | JSON
READING = st.fixed_dictionaries(
    {},
    optional={
        "ts": TIMES,
        "value": JSON | st.sampled_from([72.4, "72,4", "forward", None, math.nan]),
        "seq": JSON | st.just(1),
        "unit": JSON | st.just("degC"),
        "q": JSON | st.sampled_from([0, 192, 500]),
        "a": JSON,
    },
)


@st.composite
def texts(draw):
    """A reading as JSON, with some bytes of it broken."""
    data = bytearray(json.dumps(draw(READING)).encode())
    for _time in range(draw(st.integers(0, 3))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@ANY
@given(
    st.text(max_size=20) | st.just("plant/d1/ph"), texts() | st.binary(max_size=100), st.booleans()
)
def any_plain_message(topic, data, is_retained):
    came = message.Message(topic, data, NOW, is_retained)
    assert_accounted_for(PLAIN.decode(came))


def test_fuzz_json():
    assert fuzz(any_plain_message)


# -- Sparkplug --------------------------------------------------------------------------------

WHOLE = st.integers(0, 2**64 - 1) | st.integers(0, 300)
SMALL = st.integers(0, 2**32 - 1) | st.integers(0, 40)
NAME = st.sampled_from([b"Temp", b"bdSeq", b"Node Control/Rebirth", b"", b"\xff", b"a/b"])
VALUES = {
    "int_value": SMALL,
    "long_value": WHOLE,
    "float_value": st.floats(width=32),
    "double_value": st.floats(),
    "boolean_value": st.booleans(),
    "string_value": st.binary(max_size=10),
    "bytes_value": st.binary(max_size=10),
    "dataset_value": st.binary(max_size=10),
    "template_value": st.binary(max_size=10),
}


@st.composite
def metrics(draw):
    fields = {
        "name": NAME,
        "alias": st.integers(0, 3) | WHOLE,
        "timestamp": st.sampled_from([0, NOW, NOW - 10**10]) | WHOLE,
        "datatype": st.integers(0, 36) | SMALL,
        "is_historical": st.booleans(),
        "is_transient": st.booleans(),
        "is_null": st.booleans(),
    }
    made = {name: draw(values) for name, values in fields.items() if draw(st.booleans())}
    kind = draw(st.sampled_from([None, *VALUES]))
    if kind:
        made[kind] = draw(VALUES[kind])
    return made, draw(st.none() | st.tuples(st.sampled_from([b"Quality", b"x"]), SMALL))


@st.composite
def payloads(draw):
    """A Sparkplug payload, whole or with some bytes of it broken."""
    made = wire.RawPayload()
    if draw(st.booleans()):
        made.timestamp = draw(WHOLE | st.just(NOW))
    if draw(st.integers(0, 9)):
        made.seq = draw(st.integers(0, 5) | WHOLE)
    for fields, quality in draw(st.lists(metrics(), max_size=4)):
        metric = made.metrics.add(**fields)
        if quality:
            metric.properties.keys.append(quality[0])
            if draw(st.integers(0, 5)):
                metric.properties.values.add(int_value=quality[1])
    data = bytearray(made.SerializeToString())
    if data and not draw(st.integers(0, 4)):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


KINDS = ["NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH", "NCMD", "STATE"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KINDS) | st.text(max_size=5),
        st.sampled_from(["", "/d1", "/d2", "/d1/x"]),
        payloads() | st.binary(max_size=40),
        st.sampled_from([0, 1, 1_000, 6_000, 40_000, -1]),
    ),
    max_size=12,
)


@ANY
@given(STEPS)
def any_sparkplug_story(steps):
    """A host hears a story, and now and then loses its connection."""
    heard = host.Host()
    now_ms = NOW
    for kind, device, data, pause_ms in steps:
        items = []
        if pause_ms < 0:
            items += heard.forget(now_ms, now_ms - 1_000)
        now_ms += abs(pause_ms)
        items += heard.receive(message.Message(f"spBv1.0/g/{kind}/n{device}", data, now_ms))
        items += heard.tick(now_ms)
        for item in items:
            if isinstance(item, message.Message):
                assert_accounted_for(METRICS.decode(item))
            else:
                assert item.kind and item.detail.isprintable()
        heard.take_rebirths()
        assert all(address.startswith("spBv1.0/g/n/") for address in heard.online())


def test_fuzz_sparkplug():
    assert fuzz(any_sparkplug_story)
