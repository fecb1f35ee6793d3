# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Milliseconds UTC and the dates that people read. The clock itself is asked in one place."""

import time
from datetime import UTC, datetime

from odoo import fields


def now_ms() -> int:
    """Return the server's time."""
    return time.time_ns() // 1_000_000


def to_datetime(ms: int):
    """Return a naive UTC datetime as Odoo's fields take it; False for no time."""
    return (
        datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None, microsecond=0) if ms else False
    )


def to_ms(value) -> int:
    """Return the milliseconds of a date or datetime of Odoo (naive UTC)."""
    moment = fields.Datetime.to_datetime(value)
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def to_iso(ms: int) -> str:
    """Return the time as ISO 8601 with milliseconds, UTC; nothing for no time."""
    if not ms:
        return ""
    moment = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def format_ms(env, ms: int) -> str:
    """Return the time in the reader's time zone, the offset said with it."""
    if not ms:
        return ""
    moment = datetime.fromtimestamp(ms / 1000, UTC).astimezone(env.tz)
    offset = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M:%S} (UTC{offset[:3]}:{offset[3:]})"


def format_short(env, ms: int, now_ms: int) -> str:
    """Return the time of day in the reader's time zone; the date too unless it is today."""
    moment, today = (
        datetime.fromtimestamp(value / 1000, UTC).astimezone(env.tz) for value in (ms, now_ms)
    )
    return f"{moment:%H:%M}" if moment.date() == today.date() else f"{moment:%Y-%m-%d %H:%M}"


def search_datetime(field: str, operator: str, value):
    """Return the domain on a `…_ms` field that a search on its datetime means."""
    if operator not in ("<", "<=", ">", ">=") or not value:
        return NotImplemented
    return [(field, operator, to_ms(value))]
