# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Milliseconds since the epoch, and the clock that the bridge and the models read them from."""

import time
from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def to_datetime(moment_ms: int | None) -> datetime | None:
    """A naive UTC time to the second, as Odoo shows it; nothing for no time.

    >>> to_datetime(1795348800999)
    datetime.datetime(2026, 11, 22, 12, 0)
    >>> to_datetime(0) is None
    True
    """
    return EPOCH + timedelta(seconds=moment_ms // 1000) if moment_ms else None
