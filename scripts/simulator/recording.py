# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Recordings: CSV files of what sensors said, with times relative to the beginning."""

import csv
from dataclasses import dataclass
from pathlib import Path

FIELDS = ("offset_ms", "tag", "value", "unit")
COUNTER_UNITS = frozenset({"kWh", "kg", "m3"})
"""Units of amounts that add up: what a counting meter shows."""


class BadRecording(ValueError):
    """The file is no recording; the text says why."""


@dataclass(frozen=True)
class Point:
    """One value of one tag, `offset_ms` after the beginning."""

    offset_ms: int
    tag: str
    value: float | str
    unit: str
    stage: str = ""

    @property
    def is_counter(self) -> bool:
        return self.unit in COUNTER_UNITS and not isinstance(self.value, str)


def load(path: Path | str) -> list[Point]:
    """Read a recording, in the order of its file; offsets never fall."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = [name for name in FIELDS if name not in (reader.fieldnames or ())]
        if missing:
            raise BadRecording(f"{path} has no column {', '.join(missing)}")
        points = [_point(path, reader.line_num, row) for row in reader]
    for before, after in zip(points, points[1:], strict=False):
        if after.offset_ms < before.offset_ms:
            raise BadRecording(f"{path}: offset {after.offset_ms} comes after {before.offset_ms}")
    return points


def _point(path: Path | str, line: int, row: dict) -> Point:
    try:
        offset_ms = int(row["offset_ms"])
    except (TypeError, ValueError):
        raise BadRecording(f"{path}, line {line}: the offset is no number") from None
    if not row["tag"] or row["value"] in (None, ""):
        raise BadRecording(f"{path}, line {line}: a tag and a value are needed")
    return Point(offset_ms, row["tag"], number(row["value"]), row["unit"], row.get("stage") or "")


def number(text: str) -> float | str:
    """A number if it is one, else the text: a state such as "forward".

    >>> number("72.50"), number("forward")
    (72.5, 'forward')
    """
    try:
        return float(text)
    except ValueError:
        return text


def select(points: list[Point], stage: str = "") -> list[Point]:
    """The points of one stage (all without one), with offsets from that stage's beginning.

    >>> [p.offset_ms for p in select([Point(0, "a", 1, "", "x"), Point(9, "a", 1, "", "y")], "y")]
    [0]
    """
    chosen = [point for point in points if not stage or point.stage == stage]
    if not chosen:
        stages = ", ".join(sorted({point.stage for point in points if point.stage}))
        raise BadRecording(f"the recording has no stage {stage!r}; it has: {stages}")
    begin = chosen[0].offset_ms if stage else 0
    return [Point(p.offset_ms - begin, p.tag, p.value, p.unit, p.stage) for p in chosen]


def cut(points: list[Point], from_ms: int = 0, until_ms: int | None = None) -> list[Point]:
    """The points from one offset until before another, counted from the first of the two.

    >>> points = [Point(n, "a", n, "") for n in (0, 5, 10, 15)]
    >>> [(p.offset_ms, p.value) for p in cut(points, 5, 15)]
    [(0, 5), (5, 10)]
    """
    chosen = [
        Point(p.offset_ms - from_ms, p.tag, p.value, p.unit, p.stage)
        for p in points
        if p.offset_ms >= from_ms and (until_ms is None or p.offset_ms < until_ms)
    ]
    if not chosen:
        raise BadRecording(f"the recording has nothing from {from_ms} to {until_ms} ms")
    return chosen


class Meters:
    """Counting meters go on from where they stand, whatever is replayed.

    Of a recorded meter only the increments are used: its first value is what the meter stands at.
    """

    def __init__(self, standing: dict[str, float] | None = None):
        self.standing = dict(standing or {})

    def continued(self, points: list[Point]) -> list[Point]:
        """The points with each counter shifted to its standing, which moves on with them.

        >>> meters = Meters({"water": 100.0})
        >>> [p.value for p in meters.continued([Point(0, "water", 7.25, "m3")])]
        [100.0]
        >>> run = [Point(0, "water", 7.25, "m3"), Point(5, "water", 7.5, "m3")]
        >>> [p.value for p in meters.continued(run)], meters.standing
        ([100.0, 100.25], {'water': 100.25})
        """
        shift: dict[str, float] = {}
        result = []
        for point in points:
            if point.is_counter:
                known = self.standing.get(point.tag, point.value)
                value = point.value + shift.setdefault(point.tag, known - point.value)
                self.standing[point.tag] = value = round(value, 3)
                point = Point(point.offset_ms, point.tag, value, point.unit, point.stage)
            result.append(point)
        return result
