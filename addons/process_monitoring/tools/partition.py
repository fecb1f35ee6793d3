# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Partitions of the readings' table: one for each month, UTC.

>>> months(1_763_800_000_000, ahead=1)
[Month(suffix='2025_11', start_ms=1761955200000, end_ms=1764547200000), \
Month(suffix='2025_12', start_ms=1764547200000, end_ms=1767225600000)]
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Month:
    """Bounds of one month: the start belongs to it, the end does not."""

    suffix: str
    start_ms: int
    end_ms: int


def _start_ms(year: int, index: int) -> int:
    """Return when a month starts; `index` counts from 0 and may run past December."""
    moment = datetime(year + index // 12, index % 12 + 1, 1, tzinfo=UTC)
    return int(moment.timestamp()) * 1000


def months(now_ms: int, ahead: int, behind: int = 0) -> list[Month]:
    """Return the months around a moment, oldest first."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    result = []
    for index in range(now.month - 1 - behind, now.month + ahead):
        year = now.year + index // 12
        start, end = _start_ms(now.year, index), _start_ms(now.year, index + 1)
        result.append(Month(f"{year:04d}_{index % 12 + 1:02d}", start, end))
    return result


def parse(suffix: str) -> Month | None:
    """Return the month of a partition's name; None if it is not one of ours.

    >>> parse("2025_11") == months(1_763_800_000_000, ahead=0)[0]
    True
    >>> parse("default"), parse("2025_13")
    (None, None)
    """
    found = re.fullmatch(r"([0-9]{4})_(0[1-9]|1[0-2])", suffix)
    if not found:
        return None
    year, index = int(found[1]), int(found[2]) - 1
    return Month(suffix, _start_ms(year, index), _start_ms(year, index + 1))


def months_between(start_ms: int, end_ms: int) -> list[Month]:
    """Return the months that a stretch touches, both ends included.

    >>> [month.suffix for month in months_between(1_761_955_199_999, 1_761_955_200_000)]
    ['2025_10', '2025_11']
    """
    start = datetime.fromtimestamp(start_ms / 1000, UTC)
    end = datetime.fromtimestamp(end_ms / 1000, UTC)
    count = (end.year - start.year) * 12 + end.month - start.month
    return months(start_ms, count)
