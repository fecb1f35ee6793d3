# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A moment as a document states it: UTC, and the clock on the plant's wall with its zone."""

import datetime
from zoneinfo import ZoneInfo

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def from_ms(ms: int) -> datetime.datetime:
    """Return the aware UTC moment of milliseconds since 1970, without float rounding.

    >>> from_ms(1_700_000_000_123).isoformat()
    '2023-11-14T22:13:20.123000+00:00'
    """
    return _EPOCH + datetime.timedelta(milliseconds=ms)


def state(moment: datetime.datetime | None, zone: str) -> dict | None:
    """Return ``{"utc", "local", "zone"}`` of a moment (naive means UTC), or None.

    >>> state(datetime.datetime(2026, 7, 1, 10), "Europe/Berlin")["local"]
    '2026-07-01T12:00:00+02:00'
    """
    if not moment:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    moment = moment.replace(microsecond=0)
    utc = moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    local = moment.astimezone(ZoneInfo(zone or "UTC")).isoformat()
    return {"utc": utc, "local": local, "zone": zone or "UTC"}


def state_ms(ms: int | None, zone: str) -> dict | None:
    """Return :func:`state` of milliseconds since 1970; 0 and None mean: no such moment."""
    return state(from_ms(ms), zone) if ms else None


def day_ms(day: datetime.date, at_end: bool = False) -> int:
    """Return the first or last millisecond of a day in UTC.

    >>> day_ms(datetime.date(1970, 1, 2)), day_ms(datetime.date(1970, 1, 1), at_end=True)
    (86400000, 86399999)
    """
    days = (day - datetime.date(1970, 1, 1)).days + at_end
    return days * 86_400_000 - at_end
