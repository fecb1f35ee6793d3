# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a chart's stretch is read: all of it, once, in whole buckets, with few rows."""

import doctest

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

series = load_tool("process_monitoring", "series")
MINUTE, HOUR = 60_000, 3_600_000
SIZES = {"reading": 1, "minute": MINUTE, "hour": HOUR}
moments = st.integers(0, 50 * HOUR)


def test_doctests():
    assert doctest.testmod(series).failed == 0


@given(moments, moments, st.sampled_from(list(SIZES)), st.lists(st.integers(0, 3000), max_size=9))
def test_segments_cover_the_stretch_once(start, end, level, minutes):
    dirty = [minute * MINUTE for minute in minutes]
    position = start
    for segment in series.split(start, end, level, dirty):
        assert segment.start_ms == position < segment.end_ms
        position = segment.end_ms
        size = SIZES[segment.level]
        assert segment.start_ms % size == segment.end_ms % size == 0
        assert size <= SIZES[level], "never coarser than asked for"
        if segment.level != "reading":
            assert not any(segment.start_ms <= ms < segment.end_ms for ms in dirty)
    assert position == max(start, end) if start < end else position == start


@given(moments, moments, st.sampled_from(["minute", "hour"]))
def test_little_is_read_raw(start, end, level):
    raw = [s for s in series.split(start, end, level) if s.level == "reading"]
    assert sum(s.end_ms - s.start_ms for s in raw) < 2 * MINUTE
    assert len(raw) <= 2


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(1, 1000))
def test_steps_are_enough_and_whole(start, span, points):
    step = series.get_step_ms(start, start + span, points)
    assert step * points >= span
    assert step % SIZES[series.choose_level(step)] == 0


@pytest.mark.parametrize(
    ("days", "level"), [(0.1, "reading"), (1, "minute"), (9, "minute"), (11, "hour"), (366, "hour")]
)
def test_levels_of_a_chart(days, level):
    step = series.get_step_ms(0, int(days * 24 * HOUR), 240)
    assert series.choose_level(step) == level
