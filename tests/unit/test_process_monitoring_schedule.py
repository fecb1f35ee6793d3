# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When readings are due (A8, A9): intervals, start and stop, shifts over the change of time."""

import doctest
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import load_tool

schedule = load_tool("process_monitoring", "schedule")
Schedule, Shift = schedule.Schedule, schedule.Shift
MINUTE = 60_000
HOUR = 60 * MINUTE
BERLIN = "Europe/Berlin"
# Early, late and night shift of each day; the night ends on the day after.
SHIFTS = tuple(
    Shift(day, *span)
    for day in range(7)
    for span in ((6 * 60, 14 * 60), (14 * 60, 22 * 60), (22 * 60, 30 * 60))
)


def berlin(text, fold=0):
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN), fold=fold)
    return int(moment.timestamp() * 1000)


def shifts(start, tolerance_ms=15 * MINUTE, **vals):
    return Schedule(
        "per_shift", berlin(start), tolerance_ms=tolerance_ms, shifts=SHIFTS, zone=BERLIN, **vals
    )


def test_doctests():
    assert doctest.testmod(schedule).failed == 0


# -- intervals ------------------------------------------------------------------------------------


def test_a8_due_missed_and_late():
    plan = Schedule("interval", 0, 30 * MINUTE, 5 * MINUTE)
    assert schedule.next_due(plan, None) == schedule.Due(30 * MINUTE, 35 * MINUTE, 25 * MINUTE)
    assert schedule.next_due(plan, 31 * MINUTE) == schedule.Due(
        61 * MINUTE, 66 * MINUTE, 56 * MINUTE
    )
    assert schedule.find_gap(plan, None, 35 * MINUTE) is None
    assert schedule.find_gap(plan, None, 35 * MINUTE + 1)


@pytest.mark.parametrize("seconds", [1, 20, 90])
def test_an_interval_may_be_seconds(seconds):
    plan = Schedule("interval", 0, seconds * 1000, 0)
    assert schedule.find_gap(plan, 0, seconds * 1000) is None
    assert schedule.find_gap(plan, 0, seconds * 1000 + 1)


def test_a_pause_is_no_gap_and_counts_anew_after_it():
    plan = Schedule("interval", 0, 30 * MINUTE, 5 * MINUTE, pauses=((20 * MINUTE, 3 * HOUR),))
    assert schedule.find_gap(plan, 0, 3 * HOUR + 35 * MINUTE) is None
    assert schedule.find_gap(plan, 0, 3 * HOUR + 36 * MINUTE)
    assert schedule.next_due(plan, 0).due_ms == 3 * HOUR + 30 * MINUTE


def test_a_pause_hides_no_gap_before_it():
    plan = Schedule("continuous", 0, max_gap_ms=10_000, pauses=((11_000, 0),))
    assert schedule.find_gap(plan, 0, 60_000) == schedule.Gap(0, 11_000)
    assert schedule.next_due(plan, 0) is None


# -- start and stop -------------------------------------------------------------------------------


def test_start_is_missed_after_the_tolerance():
    plan = Schedule("start_stop", 0, tolerance_ms=5 * MINUTE)
    assert schedule.find_gap(plan, None, 5 * MINUTE) is None
    assert schedule.find_gap(plan, None, 5 * MINUTE + 1)
    assert schedule.find_gap(plan, 4 * MINUTE, 9 * HOUR) is None, "In between nothing is due"


def test_the_stop_needs_a_reading_of_its_own():
    plan = Schedule("start_stop", 0, tolerance_ms=5 * MINUTE)
    assert schedule.lacks_stop(plan, MINUTE, MINUTE, 2 * MINUTE)
    assert schedule.lacks_stop(plan, MINUTE, HOUR, 2 * HOUR)
    assert not schedule.lacks_stop(plan, MINUTE, HOUR, HOUR + 5 * MINUTE)


# -- shifts ---------------------------------------------------------------------------------------


def test_one_reading_a_shift():
    plan = shifts("2026-03-02T05:00")
    assert schedule.find_gap(plan, None, berlin("2026-03-02T06:15")) is None
    night = schedule.find_gap(plan, None, berlin("2026-03-02T06:16"))
    assert (night.start_ms, night.end_ms) == (
        berlin("2026-03-02T05:00"),
        berlin("2026-03-02T06:00"),
    )
    read = berlin("2026-03-02T06:30")
    assert schedule.find_gap(plan, read, berlin("2026-03-02T22:14")) is None
    late = schedule.find_gap(plan, read, berlin("2026-03-02T22:16"))
    assert (late.start_ms, late.end_ms) == (berlin("2026-03-02T14:00"), berlin("2026-03-02T22:00"))


def test_a_reading_counts_for_its_shift_whenever_in_it():
    plan = shifts("2026-03-02T06:00")
    assert schedule.find_gap(plan, berlin("2026-03-02T13:59"), berlin("2026-03-02T21:59")) is None
    due = schedule.next_due(plan, berlin("2026-03-02T13:59"))
    assert (due.due_ms, due.latest_ms) == (berlin("2026-03-02T22:00"), berlin("2026-03-02T22:15"))
    assert due.from_ms == berlin("2026-03-02T14:00")


def test_the_shift_at_the_end_needs_one():
    plan = shifts("2026-03-02T06:00")
    read = berlin("2026-03-02T08:00")
    assert not schedule.lacks_shift(plan, read, berlin("2026-03-02T13:00"))
    assert schedule.lacks_shift(plan, read, berlin("2026-03-02T15:00"))
    assert schedule.lacks_shift(plan, None, berlin("2026-03-02T07:00"))


@pytest.mark.parametrize(
    ("evening", "morning", "hours"),
    [
        ("2026-03-28T22:00", "2026-03-29T06:00", 7),
        ("2026-10-24T22:00", "2026-10-25T06:00", 9),
        ("2026-03-02T22:00", "2026-03-03T06:00", 8),
    ],
)
def test_a9_the_night_of_the_change_is_one_shift(evening, morning, hours):
    assert berlin(morning) - berlin(evening) == hours * HOUR
    plan = shifts(evening)
    missed = schedule.find_gap(plan, None, berlin(morning) + 16 * MINUTE)
    assert (missed.start_ms, missed.end_ms) == (berlin(evening), berlin(morning))
    read = berlin(evening) + MINUTE
    assert schedule.find_gap(plan, read, berlin(morning) + 16 * MINUTE) is None


def test_a9_a_shift_that_begins_in_the_repeated_hour():
    plan = Schedule(
        "per_shift",
        berlin("2026-10-24T12:00"),
        shifts=(Shift(6, 150, 360),),
        zone=BERLIN,
    )
    due = schedule.next_due(plan, None)
    assert due.due_ms == berlin("2026-10-25T06:00")


def test_no_shift_at_the_weekend():
    plan = Schedule(
        "per_shift",
        berlin("2026-03-06T08:00"),
        shifts=tuple(Shift(day, 360, 840) for day in range(5)),
        zone=BERLIN,
    )
    friday = berlin("2026-03-06T09:00")
    assert schedule.find_gap(plan, friday, berlin("2026-03-09T13:00")) is None
    assert schedule.find_gap(plan, friday, berlin("2026-03-09T14:01"))


def test_a_calendar_of_two_weeks():
    plan = Schedule(
        "per_shift",
        berlin("2026-03-02T00:00"),
        shifts=(Shift(0, 360, 840, 0), Shift(0, 840, 1320, 1)),
        zone=BERLIN,
    )
    first, second = (schedule.next_due(plan, last) for last in (None, berlin("2026-03-02T20:00")))
    week = (datetime(2026, 3, 2).toordinal() - 1) // 7 % 2
    ends = ["14:00", "22:00"] if week == 0 else ["22:00", "14:00"]
    assert first.due_ms == berlin(f"2026-03-02T{ends[0]}")
    assert second.due_ms == berlin(f"2026-03-09T{ends[1]}")


def test_a_pause_of_a_whole_shift_excuses_it():
    pause = (berlin("2026-03-02T13:00"), berlin("2026-03-02T23:00"))
    plan = shifts("2026-03-02T06:00", pauses=(pause,))
    read = berlin("2026-03-02T08:00")
    assert schedule.find_gap(plan, read, berlin("2026-03-02T22:30")) is None


def test_shifts_without_hours_are_never_due():
    plan = Schedule("per_shift", 0, shifts=())
    assert schedule.find_gap(plan, None, 10 * 24 * HOUR) is None
    assert schedule.next_due(plan, None) is None
