# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How often one address may ask: a leaky bucket in the memory of one worker."""

from threading import Lock


class RateLimit:
    """Allow ``burst`` events at once and ``per_minute`` in the long run, for each key.

    Several workers each count for themselves: the limit of the plant is theirs together.

    >>> limit = RateLimit(per_minute=60, burst=2)
    >>> [limit.allow("a", 0.0), limit.allow("a", 0.0), limit.allow("a", 0.0)]
    [True, True, False]
    >>> limit.allow("a", 1.0), limit.allow("b", 1.0)
    (True, True)
    """

    def __init__(self, per_minute: int, burst: int, keys: int = 10_000):
        self._leak = per_minute / 60
        self._burst = burst
        self._keys = keys
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def is_full(self, key: str, now: float) -> bool:
        """Tell whether ``key`` has used up its events, without counting one."""
        with self._lock:
            return self._level(key, now) + 1 > self._burst

    def allow(self, key: str, now: float) -> bool:
        """Count one event of ``key`` at ``now`` (seconds); False when it is one too many."""
        with self._lock:
            level = self._level(key, now)
            allowed = level + 1 <= self._burst
            self._levels[key] = (level + 1 if allowed else level, now)
            if len(self._levels) > self._keys:
                self._forget(now)
            return allowed

    def _level(self, key: str, now: float) -> float:
        level, since = self._levels.get(key, (0.0, now))
        return max(0.0, level - (now - since) * self._leak)

    def _forget(self, now: float) -> None:
        """Drop the keys that are empty again; the fullest stay if all are in use."""
        levels = {key: self._level(key, now) for key in self._levels}
        kept = sorted(levels, key=levels.get)[-self._keys // 2 :]
        self._levels = {key: (levels[key], now) for key in kept if levels[key] > 0}
