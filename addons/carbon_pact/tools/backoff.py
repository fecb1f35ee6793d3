# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When a message that did not arrive is sent again: ever later, and after three days no more."""

from datetime import datetime, timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)
GIVE_UP = timedelta(hours=72)


def get_next(tries: int, created: datetime, now: datetime) -> datetime | None:
    """Return when to try again after so many tries, None when it is time to give up.

    >>> start = datetime(2026, 1, 1)
    >>> get_next(1, start, start), get_next(3, start, start)
    (datetime.datetime(2026, 1, 1, 0, 1), datetime.datetime(2026, 1, 1, 0, 4))
    >>> get_next(20, start, datetime(2026, 1, 4)) is None
    True
    """
    later = now + min(FIRST * 2 ** min(tries - 1, 12), LONGEST)
    return later if later <= created + GIVE_UP else None
