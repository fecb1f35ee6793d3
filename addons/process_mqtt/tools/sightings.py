# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Topics that arrive and that nothing reads, counted in a bounded space until they are listed."""

from dataclasses import dataclass, replace

MOST_TOPICS = 1_000
"""Topics remembered between two looks; the messages of further ones are only counted."""
MOST_BYTES = 4_096
"""How much of a payload is kept to show what a source sends."""
LONGEST_TOPIC = 1_000
"""Bytes of a topic that can be listed: a longer one is no name that a person gave a sensor."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One topic that nothing reads: how often and when it came, and the newest payload's start."""

    topic: str
    payload: bytes
    first_ms: int
    last_ms: int
    count: int = 1


class Sightings:
    """Collects sightings; a million topics take no more room than a thousand.

    >>> seen = Sightings()
    >>> for at_ms in (1, 2): seen.add("plant/d1/ph", b"6.7", at_ms)
    >>> found, beyond = seen.take()
    >>> [(one.topic, one.count, one.first_ms, one.last_ms) for one in found], beyond
    ([('plant/d1/ph', 2, 1, 2)], 0)
    >>> seen.take()
    ([], 0)
    """

    def __init__(self, limit: int = MOST_TOPICS):
        self._limit = limit
        self._seen: dict[str, Sighting] = {}
        self._beyond = 0

    def __bool__(self) -> bool:
        return bool(self._seen or self._beyond)

    def add(self, topic: str, payload: bytes, at_ms: int) -> None:
        """Count one message of a topic."""
        self._merge(Sighting(topic, payload[:MOST_BYTES], at_ms, at_ms))

    def take(self) -> tuple[list[Sighting], int]:
        """Hand over what was seen, and how many messages were on topics beyond the limit."""
        taken = list(self._seen.values()), self._beyond
        self._seen, self._beyond = {}, 0
        return taken

    def give_back(self, found: list[Sighting], beyond: int) -> None:
        """Take back what could not be listed now; it counts on."""
        newer = list(self._seen.values())
        self._seen = {}
        self._beyond += beyond
        for sighting in [*found, *newer]:
            self._merge(sighting)

    def _merge(self, sighting: Sighting) -> None:
        known = self._seen.get(sighting.topic)
        if known:
            self._seen[sighting.topic] = replace(
                sighting,
                first_ms=min(known.first_ms, sighting.first_ms),
                last_ms=max(known.last_ms, sighting.last_ms),
                count=known.count + sighting.count,
            )
        elif len(self._seen) < self._limit and is_listable(sighting.topic):
            self._seen[sighting.topic] = sighting
        else:
            self._beyond += sighting.count


def is_listable(topic: str) -> bool:
    """Tell whether a topic can be a line of a list: not too long, and of printable signs.

    >>> is_listable("plant/d1/ph"), is_listable("a" * 1_001), is_listable("a" + chr(7))
    (True, False, False)
    """
    return topic.isprintable() and len(topic.encode(errors="replace")) <= LONGEST_TOPIC
