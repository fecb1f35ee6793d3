# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Windows and gaps with the numbers of food-safety.md, A6, A8 and A9; the months of the table."""

import doctest
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import load_tool

window = load_tool("process_monitoring", "window")
schedule = load_tool("process_monitoring", "schedule")
partition = load_tool("process_monitoring", "partition")
MINUTE = 60_000


def at(clock: str) -> int:
    moment = datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def test_doctests():
    assert doctest.testmod(window).failed == 0
    assert doctest.testmod(partition).failed == 0


def test_a6():
    readings = [(at("10:00"), "conform"), (at("10:30"), "critical"), (at("10:47"), "conform")]
    found = window.affected_window(readings, at("10:30"), at("10:30"))
    assert (found.start_ms, found.end_ms) == (at("10:00"), at("10:47"))


def test_window_takes_the_nearest_good_ones_in_any_order():
    readings = [(5, "conform"), (1, "conform"), (3, "conform"), (9, "operating"), (12, "conform")]
    assert window.affected_window(readings, 4, 4) == window.Window(3, 5)
    assert window.affected_window(readings, 6, 8) == window.Window(5, 9)


@pytest.mark.parametrize("verdict", ["critical", "unusable", "not_applicable", "unjudged"])
def test_what_is_not_good_ends_no_window(verdict):
    found = window.affected_window([(1, verdict), (9, verdict)], 5, 5)
    assert found == window.Window(None, None)


@pytest.mark.parametrize(
    ("now", "is_missed"), [("10:30", False), ("10:35", False), ("10:36", True), ("11:00", True)]
)
def test_a8(now, is_missed):
    plan = schedule.Schedule("interval", at("09:00"), 30 * MINUTE, 5 * MINUTE)
    assert bool(schedule.find_gap(plan, at("10:00"), at(now))) is is_missed


@pytest.mark.parametrize(("seconds", "is_lost"), [(9, False), (10, False), (11, True)])
def test_a9(seconds, is_lost):
    plan = schedule.Schedule("continuous", at("09:00"), max_gap_ms=10_000)
    gap = schedule.find_gap(plan, at("10:00"), at("10:00") + seconds * 1000)
    assert bool(gap) is is_lost
    if is_lost:
        assert gap.start_ms == at("10:00")


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a9_the_clock_of_people_does_not_count(day):
    before = datetime.fromisoformat(f"{day}T00:59:55").replace(tzinfo=UTC)
    after = before + timedelta(seconds=9)
    berlin = ZoneInfo("Europe/Berlin")
    assert before.astimezone(berlin).utcoffset() != after.astimezone(berlin).utcoffset()
    from_ms, to_ms = (int(moment.timestamp() * 1000) for moment in (before, after))
    plan = schedule.Schedule("continuous", from_ms, max_gap_ms=10_000, zone="Europe/Berlin")
    assert schedule.find_gap(plan, from_ms, to_ms) is None
    assert schedule.find_gap(plan, from_ms, to_ms + 2_000)


@pytest.mark.parametrize("frequency", ["per_batch", "on_demand"])
def test_silence_says_nothing(frequency):
    plan = schedule.Schedule(frequency, 0, 30 * MINUTE, 5 * MINUTE, 10_000)
    assert schedule.find_gap(plan, 0, 10**15) is None
    assert schedule.next_due(plan, None) is None


def test_continuous_without_a_maximum():
    assert schedule.Schedule("continuous", 0, 30 * MINUTE, 5 * MINUTE, 0).allowed_ms is None


def test_months_touch_without_gap_or_overlap():
    found = partition.months(at("10:00"), ahead=24, behind=3)
    assert len(found) == 28
    assert [m.suffix for m in found[:5]] == ["2025_12", "2026_01", "2026_02", "2026_03", "2026_04"]
    for one, following in zip(found, found[1:], strict=False):
        assert one.end_ms == following.start_ms


def test_month_holds_its_first_and_not_its_last_millisecond():
    first = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp() * 1000)
    assert partition.months(first, 0)[0].suffix == "2026_03"
    assert partition.months(first - 1, 0)[0].suffix == "2026_02"
    assert partition.months(first - 1, 0)[0].end_ms == first
