# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When readings are due, and from when on one is missed.

All times are milliseconds UTC, so neither a change to summer time nor a restart makes a gap or
hides one. Only shifts begin by the clock on the wall, in the zone of their calendar: a night shift
over the change is an hour shorter or longer.

>>> every_30_min = Schedule("interval", start_ms=0, interval_ms=1_800_000, tolerance_ms=300_000)
>>> find_gap(every_30_min, 0, 2_100_000) is None, find_gap(every_30_min, 0, 2_160_000)
(True, Gap(start_ms=0, end_ms=2160000))
>>> next_due(every_30_min, 0)
Due(due_ms=1800000, latest_ms=2100000, from_ms=1500000)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytz

from .window import Gap

DAY_MIN = 24 * 60
# In these a reading that is not there was missed; in the others monitoring went silent.
COUNTED = ("interval", "per_shift", "start_stop")


@dataclass(frozen=True)
class Shift:
    """A working time of each week, in minutes of its weekday (0 is Monday).

    `end_min` may lie on the day after; `week` is 0 or 1 in a calendar of two weeks.
    """

    weekday: int
    start_min: int
    end_min: int
    week: int | None = None


@dataclass(frozen=True)
class Schedule:
    """How often one requirement is to be read, from a start on.

    `pauses` are (from, to) in which nothing is made and nothing is due; a `to` of 0 still lasts.
    """

    frequency: str
    start_ms: int
    interval_ms: int = 1_800_000
    tolerance_ms: int = 0
    max_gap_ms: int = 0
    shifts: tuple[Shift, ...] = ()
    zone: str = "UTC"
    pauses: tuple[tuple[int, int], ...] = ()

    @property
    def gap_kind(self) -> str:
        """What it is called when a reading is not there."""
        return "missing" if self.frequency in COUNTED else "stale"

    @property
    def allowed_ms(self) -> int | None:
        """How long there may be no reading; None where that says nothing.

        >>> Schedule("continuous", 0, max_gap_ms=10_000).allowed_ms
        10000
        >>> Schedule("per_batch", 0).allowed_ms is None
        True
        """
        if self.frequency == "continuous" and self.max_gap_ms:
            return self.max_gap_ms
        if self.frequency == "interval" and self.interval_ms:
            return self.interval_ms + self.tolerance_ms
        return None

    @property
    def resumed_ms(self) -> int:
        """When the last pause ended; 0 if there was none."""
        return max((end_ms for _start_ms, end_ms in self.pauses), default=0)

    @property
    def is_paused(self) -> bool:
        """Whether a pause still lasts."""
        return any(not end_ms for _start_ms, end_ms in self.pauses)

    def parts(self, from_ms: int, to_ms: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of a stretch that were no pause.

        >>> list(Schedule("interval", 0, pauses=((10, 20), (40, 0))).parts(0, 50))
        [(0, 10), (20, 40)]
        """
        for start_ms, end_ms in sorted(self.pauses):
            if start_ms >= to_ms:
                break
            if start_ms > from_ms:
                yield from_ms, start_ms
            from_ms = max(from_ms, end_ms or to_ms)
        if from_ms < to_ms:
            yield from_ms, to_ms


@dataclass(frozen=True)
class Due:
    """The next reading: when it is due, until when it is not missed, and from when on it counts."""

    due_ms: int
    latest_ms: int
    from_ms: int = 0


def find_gap(schedule: Schedule, since_ms: int | None, until_ms: int) -> Gap | None:
    """Return what was missed between two readings, or up to now; the first of several.

    `since_ms` is the reading before, None if there was none since the start.
    """
    if schedule.frequency == "per_shift":
        return _find_missed_shift(schedule, since_ms, until_ms)
    from_ms = schedule.start_ms if since_ms is None else since_ms
    allowed_ms = schedule.allowed_ms
    if schedule.frequency == "start_stop" and since_ms is None:
        allowed_ms = schedule.tolerance_ms
    if allowed_ms is None:
        return None
    for start_ms, end_ms in schedule.parts(from_ms, until_ms):
        if end_ms - start_ms > allowed_ms:
            return Gap(start_ms, end_ms)
    return None


def next_due(schedule: Schedule, last_ms: int | None) -> Due | None:
    """Return when the next reading is due after the last one; None if no time can be said."""
    if schedule.is_paused:
        return None
    if schedule.frequency == "per_shift":
        return _next_shift_due(schedule, last_ms)
    from_ms = max(schedule.start_ms if last_ms is None else last_ms, schedule.resumed_ms)
    if schedule.frequency == "start_stop":
        latest_ms = from_ms + schedule.tolerance_ms
        return Due(from_ms, latest_ms, from_ms) if last_ms is None else None
    if schedule.allowed_ms is None:
        return None
    tolerance_ms = schedule.tolerance_ms if schedule.frequency == "interval" else 0
    latest_ms = from_ms + schedule.allowed_ms
    due_ms = latest_ms - tolerance_ms
    return Due(due_ms, latest_ms, due_ms - tolerance_ms)


def lacks_stop(schedule: Schedule, first_ms: int, last_ms: int, end_ms: int) -> bool:
    """Tell whether a reading at the stop is missing: another than the first, near the end.

    >>> both = Schedule("start_stop", 0, tolerance_ms=300)
    >>> lacks_stop(both, 10, 900, 1000), lacks_stop(both, 10, 10, 9)
    (False, True)
    """
    if schedule.frequency != "start_stop":
        return False
    return last_ms <= first_ms or end_ms - last_ms > schedule.tolerance_ms


def lacks_shift(schedule: Schedule, last_ms: int | None, end_ms: int) -> bool:
    """Tell whether the shift in which monitoring ends has no reading yet."""
    if schedule.frequency != "per_shift":
        return False
    return any(
        start_ms < end_ms <= stop_ms and (last_ms is None or last_ms < start_ms)
        for start_ms, stop_ms in _shifts(schedule, end_ms - 1, end_ms)
    )


def _find_missed_shift(schedule: Schedule, since_ms: int | None, until_ms: int) -> Gap | None:
    from_ms = schedule.start_ms if since_ms is None else since_ms
    for start_ms, end_ms in _shifts(schedule, from_ms, until_ms):
        is_read = since_ms is not None and since_ms >= start_ms
        is_over = until_ms > end_ms + schedule.tolerance_ms
        is_worked = sum(to - start for start, to in schedule.parts(start_ms, end_ms)) > 0
        if is_over and not is_read and is_worked:
            return Gap(start_ms, end_ms)
    return None


def _next_shift_due(schedule: Schedule, last_ms: int | None) -> Due | None:
    from_ms = schedule.start_ms if last_ms is None else last_ms
    # a week and a day holds every shift of a weekly calendar, two weeks those of a double one
    for start_ms, end_ms in _shifts(schedule, from_ms, from_ms + 15 * DAY_MIN * 60_000):
        if last_ms is None or last_ms < start_ms:
            return Due(end_ms, end_ms + schedule.tolerance_ms, start_ms)
    return None


def _shifts(schedule: Schedule, from_ms: int, to_ms: int) -> Iterator[tuple[int, int]]:
    """Yield the shifts that touch a stretch, in order; cut at the start of monitoring."""
    zone = pytz.timezone(schedule.zone)
    day = datetime.fromtimestamp(from_ms / 1000, UTC).astimezone(zone).date() - timedelta(days=1)
    last = datetime.fromtimestamp(to_ms / 1000, UTC).astimezone(zone).date()
    while day <= last:
        week = (day.toordinal() - 1) // 7 % 2
        for shift in sorted(schedule.shifts, key=lambda s: s.start_min):
            if shift.weekday != day.weekday() or shift.week not in (None, week):
                continue
            start_ms = _at(zone, day, shift.start_min)
            end_ms = _at(zone, day, shift.end_min)
            if end_ms > max(from_ms, schedule.start_ms) and start_ms < to_ms:
                yield max(start_ms, schedule.start_ms), end_ms
        day += timedelta(days=1)


def _at(zone, day, minute: int) -> int:
    """Return the moment at which the clock on the wall shows a minute of a day."""
    moment = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    return int(zone.localize(moment, is_dst=False).timestamp() * 1000)


def merge_midnight(shifts: list[Shift]) -> tuple[Shift, ...]:
    """Join working times that meet at midnight: a calendar ends its days there, a shift does not.

    >>> night = [Shift(0, 1320, 1440), Shift(1, 0, 360), Shift(1, 360, 840)]
    >>> merge_midnight(night)  # doctest: +NORMALIZE_WHITESPACE
    (Shift(weekday=0, start_min=1320, end_min=1800, week=None),
     Shift(weekday=1, start_min=360, end_min=840, week=None))
    """
    early = {
        (shift.weekday, shift.week): shift
        for shift in shifts
        if shift.start_min == 0 and shift.end_min < DAY_MIN
    }
    merged, used = [], set()
    for shift in shifts:
        week = shift.week
        if week is not None and shift.weekday == 6:
            week = 1 - week
        after = early.get(((shift.weekday + 1) % 7, week))
        if shift.end_min == DAY_MIN and shift.start_min > 0 and after:
            used.add(after)
            shift = Shift(shift.weekday, shift.start_min, DAY_MIN + after.end_min, shift.week)
        merged.append(shift)
    return tuple(shift for shift in merged if shift not in used)


def dump_shifts(shifts: tuple[Shift, ...]) -> list[list]:
    """Return the shifts as plain data, for a snapshot."""
    return [[s.weekday, s.start_min, s.end_min, s.week] for s in shifts]


def load_shifts(rows: list[list]) -> tuple[Shift, ...]:
    """Return the shifts that `dump_shifts` wrote.

    >>> load_shifts(dump_shifts((Shift(0, 360, 840),)))
    (Shift(weekday=0, start_min=360, end_min=840, week=None),)
    """
    return tuple(Shift(*row) for row in rows)
