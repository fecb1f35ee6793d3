# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Partitions of the readings' table: one for each month, UTC.

>>> months(1_763_800_000_000, ahead=1)
[Month(suffix='2025_11', start_ms=1761955200000, end_ms=1764547200000), \
Month(suffix='2025_12', start_ms=1764547200000, end_ms=1767225600000)]
"""

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
