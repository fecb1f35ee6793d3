# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Durations of a plan as whole milliseconds, and times as people read them.

>>> to_ms(15, "s"), to_ms(1.5, "min"), to_ms(2, "h")
(15000, 90000, 7200000)
>>> in_words(15000), in_words(90000), in_words(7260000)
('15 s', '1 min 30 s', '2 h 1 min')
"""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

UNIT_MS: Final = {"s": 1_000, "min": 60_000, "h": 3_600_000}


def to_ms(value: float, unit: str) -> int:
    """Return a duration in milliseconds, rounded to the nearest one."""
    return round(value * UNIT_MS[unit])


def in_words(milliseconds: int) -> str:
    """Return a duration as a person reads it, to the second.

    >>> in_words(0), in_words(499), in_words(59999)
    ('0 s', '0 s', '59 s')
    """
    hours, rest = divmod(max(milliseconds, 0) // 1_000, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (seconds, "s"))
    ]
    return " ".join(part for part in parts if not part.startswith("0 ")) or "0 s"


def utc_text(milliseconds: int | bool) -> str:
    """Return a time stamp as text with its zone, to the second; empty when there is none.

    >>> utc_text(1_793_000_000_000), utc_text(0)
    ('2026-10-26 07:33:20 UTC', '')
    """
    if not milliseconds:
        return ""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def plant_text(milliseconds: int | bool, zone: str) -> str:
    """Return a time stamp in UTC and, where that differs, by the clock of the plant.

    >>> plant_text(1_793_000_000_000, "Europe/Berlin")
    '2026-10-26 07:33:20 UTC (08:33:20 +01:00)'
    >>> plant_text(1_767_221_999_000, "Europe/Berlin")
    '2025-12-31 22:59:59 UTC (23:59:59 +01:00)'
    >>> plant_text(1_767_223_800_000, "Europe/Berlin")
    '2025-12-31 23:30:00 UTC (2026-01-01 00:30:00 +01:00)'
    >>> plant_text(1_793_000_000_000, "UTC"), plant_text(0, "Europe/Berlin")
    ('2026-10-26 07:33:20 UTC', '')
    """
    text = utc_text(milliseconds)
    moment = datetime.fromtimestamp(milliseconds // 1000, ZoneInfo(zone))
    if not text or not moment.utcoffset():
        return text
    local = moment.isoformat(" ", "seconds")
    day, clock, offset = local[:10], local[11:19], local[19:]
    return f"{text} ({'' if text.startswith(day) else day + ' '}{clock} {offset})"
