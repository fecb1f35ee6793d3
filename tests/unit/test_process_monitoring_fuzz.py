# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whatever a program delivers or a historian's file holds is a sample or has a reason (A32).

`BATCHPROOF_FUZZ_SECONDS=300` fuzzes for five minutes each; without it, some hundred examples.
"""

import csv
import io
import json
import math

from conftest import load_tool
from fuzz import fuzz
from hypothesis import strategies as st

delivery = load_tool("process_monitoring", "delivery")
history = load_tool("process_monitoring", "history_file")
local_time = load_tool("process_monitoring", "local_time")
sample = load_tool("process_monitoring", "sample")
typed = load_tool("process_monitoring", "typed")

NOW = 1_795_348_800_000
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
TIMES = JSON | st.sampled_from(
    [NOW, NOW + 10**9, -1, 0, "2026-11-22T12:00:00Z", "2026-11-22T12:00:00", "+05:00", 1e999]
)
READING = st.fixed_dictionaries(
    {},
    optional={
        "sensor": JSON | st.just("t1"),
        "measured_at": TIMES,
        "value": JSON | st.sampled_from([72.4, "72,4", 2**53 + 1, None, math.nan]),
        "text": JSON,
        "unit": JSON | st.just("°C"),
        "quality": JSON | st.sampled_from([0, 192, 500, "good", "BAD"]),
        "sequence": JSON | st.sampled_from([0, 1, 2**63, True]),
    },
)
RECORD = st.fixed_dictionaries(
    {},
    optional={
        "batch_id": JSON | st.just("MO/00042"),
        "process_step": JSON | st.just("Heating"),
        "timestamp": TIMES,
        "energy_consumption": JSON,
        "utility_usage": JSON | st.dictionaries(st.text(max_size=3), JSON, max_size=4),
        "emissions": JSON,
    },
)


def assert_sentence(reason):
    """A reason that can be stored and read."""
    assert isinstance(reason, str)
    assert reason
    assert "\x00" not in reason
    reason.encode()


def assert_accounted_for(found):
    """Either the door can judge the sample, or there is a reason."""
    if not isinstance(found, sample.Sample):
        assert_sentence(found.reason)
        return
    reason = sample.check(found, NOW)
    if reason:
        assert_sentence(reason)
    elif found.value is not None:
        assert math.isfinite(found.value)
        assert float(found.value) == found.value


@fuzz(JSON | READING)
def test_any_reading(item):
    assert_accounted_for(delivery.read_reading(item))


@fuzz(JSON | RECORD)
def test_any_record(item):
    found = delivery.read_record(item)
    if isinstance(found, delivery.Refused):
        assert_sentence(found.reason)
        return
    assert found.figures or found.refused
    for figure in found.figures:
        values = {"value": figure.value, "origin": f"http {found.batch} / {found.step}"[:255]}
        assert_accounted_for(sample.Sample("t1", found.source_ms, **values))
    for path, reason in found.refused:
        assert_sentence(reason)
        # what is refused alone can be delivered alone
        json.dumps(delivery.cut_out(item, path))


# -- files ------------------------------------------------------------------------------------

CELL = st.text(max_size=12) | st.sampled_from(
    ["72,4", "72.4", "9007199254740993", "", "NaN", "1e400", "02.03.2026 11:00:00", "good"]
    + ["2026-03-29 02:30", "1772445600250", "forward", "t1", "\x00", '"', "1e308", "9" * 301]
)
HEADER = st.sampled_from(["Zeit", "time", "tag", "value", "t1 [°C]", "t2", "unit", "quality"])


@st.composite
def files(draw):
    """A table as text in some encoding, with some bytes of it broken."""
    delimiter = draw(st.sampled_from(list(history.DELIMITERS.values())))
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(draw(st.lists(HEADER | CELL, min_size=1, max_size=5)))
    writer.writerows(draw(st.lists(st.lists(CELL, max_size=6), max_size=4)))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    data = bytearray(target.getvalue().encode(encoding, errors="replace"))
    for place in draw(st.lists(st.integers(0, max(0, len(data) - 1)), max_size=3)):
        data[place : place + 1] = draw(st.binary(max_size=3))
    return bytes(data)


@fuzz(
    st.binary(max_size=200) | files(),
    st.sampled_from(list(local_time.FORMATS)),
    st.sampled_from(["refuse", "first", "second"]),
    st.sampled_from([",", "."]),
)
def test_any_file(data, form, choice, decimal):
    text, _encoding = history.decode(data)
    delimiter = history.guess_delimiter(text)
    rows = history.head(text, delimiter, 20)
    columns = history.guess_roles(rows[0], {"t1", "t2"}) if rows else []
    local_time.guess_format([cell for row in rows for cell in row])
    layout = history.Layout(delimiter, decimal, form, "Europe/Berlin", choice, tuple(columns))
    lines = list(history.read(text, layout))
    assert len(lines) == max(0, len(list(history.read_rows(text, delimiter))) - 1)
    for line in lines:
        assert line.samples or line.refused
        for found in line.samples:
            assert_accounted_for(found)
        for reason in line.refused:
            assert_sentence(reason)


@fuzz(st.text(max_size=20) | CELL, st.sampled_from([",", "."]))
def test_any_typing(text, decimal):
    found = typed.read_number(text, decimal)
    assert (found.value is None) == bool(found.problem)
    assert found.value is None or math.isfinite(found.value)
