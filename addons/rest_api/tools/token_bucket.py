# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many requests a caller may send: a bucket of tokens that fills again with time.

A caller may send a minute's worth at once, then as many as flow in. The time is handed in.

>>> limiter = Limiter()
>>> [limiter.take("a", per_minute=2, now=0.0).wait_s for _request in range(3)]
[0, 0, 30]
>>> limiter.take("a", per_minute=2, now=30.0)
Taken(wait_s=0, left=0, full_s=60)
"""

import math
import threading
from collections.abc import Hashable
from dataclasses import dataclass

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Taken:
    """What became of one request."""

    wait_s: int
    """0 when it may pass, else the whole seconds until one may."""
    left: int
    """How many more may be sent at once."""
    full_s: int
    """The whole seconds until the bucket is full again, if nothing is sent."""


class Limiter:
    """The buckets of all callers of one process; those that are full again are forgotten."""

    def __init__(self, size: int = 10_000):
        self._size = size
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, caller: Hashable, per_minute: int, now: float) -> Taken:
        """Take one token, if there is one; a refused request costs nothing."""
        with self._lock:
            left, since = self._buckets.get(caller, (float(per_minute), now))
            left = min(per_minute, left + (now - since) * per_minute / 60)
            if left < 1 - _ROUNDING:
                return Taken(
                    _seconds(1 - left, per_minute), 0, _seconds(per_minute - left, per_minute)
                )
            if caller not in self._buckets and len(self._buckets) >= self._size:
                self._forget(now)
            left -= 1
            self._buckets[caller] = (left, now)
            return Taken(0, int(left + _ROUNDING), _seconds(per_minute - left, per_minute))

    def _forget(self, now: float) -> None:
        """A minute after its last request every bucket is full, as if it had never been."""
        self._buckets = {
            caller: (left, since)
            for caller, (left, since) in self._buckets.items()
            if now - since < 60
        }


def _seconds(tokens: float, per_minute: int) -> int:
    """Return the whole seconds in which so many tokens flow in."""
    return max(1, math.ceil(tokens * 60 / per_minute - _ROUNDING))
