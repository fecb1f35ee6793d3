# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many requests a caller may send: a bucket of tokens that fills again with time.

A caller may send a minute's worth at once, then as many as flow in. The time is handed in.

>>> limiter = Limiter()
>>> [limiter.take("a", per_minute=2, now=0.0) for _request in range(3)]
[0, 0, 30]
>>> limiter.take("a", per_minute=2, now=30.0)
0
"""

import math
import threading
from collections.abc import Hashable

_ROUNDING = 1e-6


class Limiter:
    """The buckets of all callers of one process; those that are full again are forgotten."""

    def __init__(self, size: int = 10_000):
        self._size = size
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, caller: Hashable, per_minute: int, now: float) -> int:
        """Take one token; return 0, or the whole seconds to wait until there is one."""
        with self._lock:
            left, since = self._buckets.get(caller, (float(per_minute), now))
            left = min(per_minute, left + (now - since) * per_minute / 60)
            if left < 1 - _ROUNDING:
                return max(1, math.ceil((1 - left) * 60 / per_minute - _ROUNDING))
            if caller not in self._buckets and len(self._buckets) >= self._size:
                self._forget(now)
            self._buckets[caller] = (left - 1, now)
            return 0

    def _forget(self, now: float) -> None:
        """A minute after its last request every bucket is full, as if it had never been."""
        self._buckets = {
            caller: (left, since)
            for caller, (left, since) in self._buckets.items()
            if now - since < 60
        }
