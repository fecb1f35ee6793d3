# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a stretch of time is read for a chart: raw readings where they are few, roll-ups else.

Of a long stretch whole hours are taken from the hours' roll-ups, what is left at the ends from the
minutes', and only the broken minutes at the very ends from the readings themselves: the number of
rows that are read grows with the number of points, not with the number of readings. Minutes with
news that no roll-up holds yet are read raw too, so that a chart never lags behind the table.

>>> choose_level(step_ms=1_000), choose_level(step_ms=90_000), choose_level(step_ms=4_000_000)
('reading', 'minute', 'hour')
>>> for segment in split(30_000, 7_290_000, "hour"):
...     print(segment)
Segment(level='reading', start_ms=30000, end_ms=60000)
Segment(level='minute', start_ms=60000, end_ms=3600000)
Segment(level='hour', start_ms=3600000, end_ms=7200000)
Segment(level='minute', start_ms=7200000, end_ms=7260000)
Segment(level='reading', start_ms=7260000, end_ms=7290000)
"""

from collections.abc import Iterable
from dataclasses import dataclass

RAW = "reading"
MINUTE_MS = 60_000
# coarsest first; each is a whole number of the next
LEVELS = {"hour": 3_600_000, "minute": MINUTE_MS}


@dataclass(frozen=True)
class Segment:
    """A stretch that is read from one level; the start belongs to it, the end does not."""

    level: str
    start_ms: int
    end_ms: int


def get_step_ms(start_ms: int, end_ms: int, points: int) -> int:
    """Return the length of one of at most `points` steps that cover a stretch.

    From a minute on it is a whole number of minutes, from an hour on of hours: a roll-up lies in
    one step.

    >>> get_step_ms(0, 1_000, 240), get_step_ms(0, 86_400_000, 240), get_step_ms(0, 10**9, 240)
    (5, 360000, 7200000)
    """
    step_ms = -(-max(1, end_ms - start_ms) // points)
    unit_ms = LEVELS.get(choose_level(step_ms), 1)
    return -(-step_ms // unit_ms) * unit_ms


def choose_level(step_ms: int) -> str:
    """Return the coarsest level that is not coarser than a step."""
    return next((name for name, size_ms in LEVELS.items() if size_ms <= step_ms), RAW)


def split(start_ms: int, end_ms: int, level: str, dirty: Iterable[int] = ()) -> list[Segment]:
    """Return the segments that cover a stretch once, in order.

    `dirty` are the starts of minutes whose roll-ups are not up to date.
    """
    segments: list[Segment] = []
    position = start_ms
    for minute_ms in sorted(set(dirty)) if level != RAW else ():
        dirty_end_ms = min(minute_ms + MINUTE_MS, end_ms)
        if dirty_end_ms <= position or minute_ms >= end_ms:
            continue
        segments += _split_clean(position, minute_ms, level)
        segments.append(Segment(RAW, max(position, minute_ms), dirty_end_ms))
        position = dirty_end_ms
    return _merge([*segments, *_split_clean(position, end_ms, level)])


def _split_clean(start_ms: int, end_ms: int, level: str) -> list[Segment]:
    """Split a stretch of which every roll-up is up to date: the level in the middle, finer ends."""
    if start_ms >= end_ms:
        return []
    if level == RAW:
        return [Segment(RAW, start_ms, end_ms)]
    size_ms = LEVELS[level]
    finer = _get_finer(level)
    whole_start_ms = -(-start_ms // size_ms) * size_ms
    whole_end_ms = end_ms // size_ms * size_ms
    if whole_start_ms >= whole_end_ms:
        return _split_clean(start_ms, end_ms, finer)
    return [
        *_split_clean(start_ms, whole_start_ms, finer),
        Segment(level, whole_start_ms, whole_end_ms),
        *_split_clean(whole_end_ms, end_ms, finer),
    ]


def _get_finer(level: str) -> str:
    names = [*LEVELS, RAW]
    return names[names.index(level) + 1]


def _merge(segments: list[Segment]) -> list[Segment]:
    """Join neighbours of one level."""
    merged: list[Segment] = []
    for segment in segments:
        last = merged[-1] if merged else None
        if last and last.level == segment.level and last.end_ms == segment.start_ms:
            merged[-1] = Segment(last.level, last.start_ms, segment.end_ms)
        else:
            merged.append(segment)
    return merged
