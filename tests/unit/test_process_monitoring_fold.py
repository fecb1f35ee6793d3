# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The figures of a cycle: the same whatever the order and the batches the readings come in."""

import doctest
import random

import pytest
from conftest import load_tool

fold_tool = load_tool("process_monitoring", "fold")
State, Judged, Event, fold = (
    fold_tool.State,
    fold_tool.Judged,
    fold_tool.Event,
    fold_tool.fold,
)
Schedule = load_tool("process_monitoring", "schedule").Schedule
lethality = load_tool("process_monitoring", "lethality")
SECOND = 1_000


def judged(second, value, verdict="conform"):
    limit = ("critical ≥ 72.0 °C", "ge") if verdict == "critical" else ("", "")
    return Judged(second * SECOND, 0, value, None, verdict, *limit)


def start(**vals):
    return State(Schedule("continuous", SECOND, max_gap_ms=10 * SECOND), **vals)


def kinds(state):
    return sorted(event.kind for event in state.events)


def test_doctests():
    assert doctest.testmod(fold_tool).failed == 0


def test_nothing_yet():
    state = start()
    assert (state.status, state.min_value, state.last_value) == ("waiting", None, None)


def test_figures_do_not_depend_on_order_or_batches():
    rng = random.Random(4)
    readings = [
        judged(n, 71.5 + rng.random() * 2, rng.choice(["conform", "critical", "operating"]))
        for n in range(2, 200)
    ]
    expected = fold(start(), readings)
    for _ in range(20):
        shuffled = readings[:]
        rng.shuffle(shuffled)
        assert fold(start(), shuffled) == expected, "one batch is put in order"
        state = start()
        for index in range(0, len(shuffled), 17):
            state = fold(state, shuffled[index : index + 17])
        for name in ("reading_count", "breach_count", "min_value", "max_value", "first_ms"):
            assert getattr(state, name) == getattr(expected, name)
        assert state.last_source_ms == expected.last_source_ms
        assert state.last_value == expected.last_value


def test_batches_in_order_are_the_same_as_one():
    readings = [judged(n, 72.0 + (n % 7) / 10, "conform") for n in range(1, 60)]
    readings[30] = judged(31, 71.0, "critical")
    state = start()
    for reading in readings:
        state = fold(state, [reading])
    assert state == fold(start(), readings)


def test_breach_from_first_bad_to_good():
    state = fold(
        start(), [judged(2, 72.6), judged(3, 71.8, "critical"), judged(4, 71.5, "critical")]
    )
    assert (state.status, state.breach_since_ms) == ("breach", 3 * SECOND)
    [event] = state.events
    assert (event.first_ms, event.last_ms, event.value, event.count) == (3000, 4000, 71.5, 2)
    state = fold(state, [judged(5, 72.6)])
    assert (state.status, state.breach_since_ms, state.last_good_ms) == ("ok", 0, 5000)


def test_diverted_is_not_good():
    state = fold(start(), [judged(2, 71.0, "critical"), judged(3, 73.0, "not_applicable")])
    assert (state.status, state.breach_since_ms) == ("breach", 2000)


def test_worst_value_by_direction():
    low = Event("breach", 1, 1, 71.5, "", "ge").merge(Event("breach", 2, 2, 71.8, "", "ge"))
    high = Event("breach", 1, 1, 90.0, "", "le").merge(Event("breach", 2, 2, 95.0, "", "le"))
    assert (low.value, high.value) == (71.5, 95.0)
    assert Event("stale", 1, 2).merge(Event("stale", 3, 4)).value is None


def test_late_reading_counts_but_is_not_current():
    state = fold(start(), [judged(5, 72.6)])
    state = fold(state, [judged(3, 70.0, "critical")])
    assert (state.last_value, state.status) == (72.6, "ok")
    assert (state.breach_count, state.min_value) == (1, 70.0)
    assert kinds(state) == ["breach"], "People hear of it all the same"


@pytest.mark.parametrize(("second", "expected"), [(12, []), (13, ["stale"])])
def test_a9_gap_between_readings(second, expected):
    assert kinds(fold(start(), [judged(2, 72.6), judged(second, 72.6)])) == expected


def test_gap_starts_at_the_last_usable_reading():
    readings = [judged(2, 72.6), judged(8, 72.6, "unusable"), judged(13, 72.6)]
    state = fold(start(), readings)
    gap = next(event for event in state.events if event.kind == "stale")
    assert (gap.first_ms, gap.last_ms) == (2000, 13000)
    assert state.unusable_count == 1


def test_gap_from_the_start():
    state = fold(start(), [judged(12, 72.6)])
    assert (state.events[0].first_ms, state.events[0].last_ms) == (1000, 12000)


def test_filled_gap_is_no_gap():
    readings = [judged(n, 72.6) for n in range(1, 601)]
    random.Random(1).shuffle(readings)
    assert kinds(fold(start(), readings)) == []


def test_unusable_value_is_no_figure():
    state = fold(start(), [judged(2, 72.6), judged(3, 0.0, "unusable")])
    assert (state.min_value, state.max_value) == (72.6, 72.6)


def test_zero_is_a_figure():
    assert fold(start(), [judged(2, 0.0)]).min_value == 0.0


def test_events_as_plain_data():
    events = fold(start(), [judged(2, 71.0, "critical")]).events
    assert fold_tool.load_events(fold_tool.dump_events(events)) == events


def minutes_of_heat(order):
    plan = Schedule("continuous", 0, max_gap_ms=5 * 60 * SECOND)
    state = State(plan, heat_rule=lethality.Rule("f0", 121.1, 10.0))
    profile = [(0, 100), (5, 115), (10, 121.1), (13, 121.1), (18, 100)]
    readings = [
        Judged(1 + minute * 60 * SECOND, 0, celsius, None, "unjudged", celsius=celsius)
        for minute, celsius in profile
    ]
    for index in order:
        state = fold(state, readings[index])
    return state


def test_a5_lethality_reading_by_reading_or_at_once():
    one_by_one = minutes_of_heat([slice(n, n + 1) for n in range(5)])
    at_once = minutes_of_heat([slice(None)])
    assert one_by_one == at_once
    assert at_once.heat.value == pytest.approx(9.2662, abs=1e-3)


def test_a8_entered_late_is_late_and_missed():
    plan = Schedule("interval", 0, 1800 * SECOND, 300 * SECOND)
    state = fold(State(plan), [Judged(SECOND, 0, 72.6, None, "conform", entered_ms=SECOND)])
    assert state.events == ()
    late = Judged(1800 * SECOND, 0, 72.6, None, "conform", entered_ms=3000 * SECOND)
    state = fold(state, [late])
    assert kinds(state) == ["late", "missing"]


def test_a8_entered_within_the_tolerance_is_in_time():
    plan = Schedule("interval", 0, 1800 * SECOND, 300 * SECOND)
    entry = Judged(1800 * SECOND, 0, 72.6, None, "conform", entered_ms=2000 * SECOND)
    assert fold(State(plan), [entry]).events == ()


def test_two_limits_have_no_common_scale():
    cold = Event("breach", 1, 1, 71.0, "temperature", "ge")
    short = Event("breach", 2, 2, 14.2, "holding time", "ge", unit="s")
    merged = cold.merge(short)
    assert (merged.value, merged.limit, merged.unit, merged.count) == (71.0, "temperature", "", 2)
