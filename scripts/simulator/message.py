# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a sensor publishes, and the count and checksum of what was published.

Topic `plant/<site>/<line>/<tag>`, payload
`{"ts": <ms>, "seq": <int>, "value": <number or text>, "unit": "degC", "q": 192}`, QoS 1.
"""

import hashlib
import json
import time
from collections.abc import Callable

GOOD, BAD = 192, 0


def topic(site: str, line: str, tag: str) -> str:
    return f"plant/{site}/{line}/{tag}"


def payload(ts: int, seq: int, value: float | str, unit: str, quality: int = GOOD) -> bytes:
    """A good payload; a state has no unit.

    >>> payload(5, 1, 72.5, "degC")
    b'{"ts": 5, "seq": 1, "value": 72.5, "unit": "degC", "q": 192}'
    """
    document = {"ts": ts, "seq": seq, "value": value, "unit": unit, "q": quality}
    if not unit:
        del document["unit"]
    return json.dumps(document).encode()


def broken(kind: str, ts: int, seq: int, value: float | str, unit: str) -> bytes:
    """A payload that must become a dead letter: cut off, not a number, or a locale's comma."""
    good = payload(ts, seq, value, unit)
    if kind == "malformed":
        return good[: len(good) // 2]
    said = json.dumps(value)
    wrong = "NaN" if kind == "nan" else json.dumps(str(value).replace(".", ","))
    return good.replace(f'"value": {said}'.encode(), f'"value": {wrong}'.encode())


class Sequences:
    """A number for each message of a tag that grows, also from one start to the next.

    It follows the clock in microseconds, and counts on where that would not grow.
    """

    def __init__(self, clock_us: Callable[[], int] = lambda: time.time_ns() // 1000):
        self._clock_us = clock_us
        self._last: dict[str, int] = {}

    def next(self, key: str) -> int:
        number = max(self._clock_us(), self._last.get(key, 0) + 1)
        self._last[key] = number
        return number


class Tally:
    """Counts what was published well, and makes a checksum of it that a database can repeat.

    The checksum is SHA-256 over the sorted lines `sensor,source_ms,sequence,value`, each with a
    newline; a number is written as Python's repr of the float.
    """

    def __init__(self):
        self._lines: list[str] = []
        self.sensors: set[str] = set()
        self.broken = 0
        self.first_ms: int | None = None
        self.last_ms: int | None = None

    def add(self, sensor: str, ts: int, seq: int, value: float | str) -> None:
        said = value if isinstance(value, str) else repr(float(value))
        self._lines.append(f"{sensor},{ts},{seq},{said}\n")
        self.sensors.add(sensor)
        self.first_ms = ts if self.first_ms is None else min(ts, self.first_ms)
        self.last_ms = ts if self.last_ms is None else max(ts, self.last_ms)

    @property
    def published(self) -> int:
        return len(self._lines)

    def checksum(self) -> str:
        return hashlib.sha256("".join(sorted(self._lines)).encode()).hexdigest()

    def report(self) -> dict:
        """What goes into `…/simulator/done`."""
        return {
            "published": self.published,
            "broken": self.broken,
            "sensors": sorted(self.sensors),
            "first_ms": self.first_ms,
            "last_ms": self.last_ms,
            "checksum": self.checksum(),
        }
