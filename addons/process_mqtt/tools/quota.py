# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many refused messages are kept whole in an hour; of the rest it is known how many and when.

Whoever may publish under a subscribed wildcard decides how much is refused. What that takes in the
database is bounded here: by topic and hour in number and bytes, and by the number of topics that
belong to no sensor. A sensor's own topic never has to share its place with invented ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .sightings import is_listable

HOUR_MS = 3_600_000
OTHERS = ""
"""The name under which topics beyond the quota, or too long to be listed, are counted together."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What is kept whole in an hour: letters and bytes of one topic; topics without a sensor."""

    letters: int = 100
    topics: int = 50
    topic_bytes: int = 4_194_304


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused message: where and when it came, what keeping it takes, and why it was refused.

    `is_sensor`: the topic is that of a sensor which exists.
    """

    topic: str
    at_ms: int
    size: int
    reason: str = ""
    is_sensor: bool = False

    @property
    def hour_ms(self) -> int:
        return self.at_ms - self.at_ms % HOUR_MS


@dataclass(frozen=True, slots=True)
class Tally:
    """What one hour and topic have had so far: how many, how many of them kept, when and why."""

    topic: str
    hour_ms: int
    count: int = 0
    kept: int = 0
    kept_bytes: int = 0
    first_ms: int = 0
    last_ms: int = 0
    reason: str = ""
    is_sensor: bool = False

    @property
    def left_out(self) -> int:
        """How many are known by number and time alone."""
        return self.count - self.kept


def allot(
    refusals: Iterable[Refusal], so_far: Iterable[Tally], quota: Quota
) -> tuple[list[bool], list[Tally]]:
    """Return which messages are kept whole, in their order, and the tallies that have changed.

    >>> came = [Refusal("a", 7, 10), Refusal("a", 8, 10), Refusal("b", 9, 10), Refusal("c", 9, 10)]
    >>> kept, tallies = allot(came, [], Quota(letters=1, topics=1))
    >>> kept
    [True, False, True, False]
    >>> [(tally.topic, tally.count, tally.left_out) for tally in tallies]
    [('a', 2, 1), ('', 2, 1)]
    """
    tallies = {(tally.hour_ms, tally.topic): tally for tally in so_far}
    strangers: dict[int, int] = {}
    for tally in tallies.values():
        is_stranger = not tally.is_sensor and tally.topic != OTHERS
        strangers[tally.hour_ms] = strangers.get(tally.hour_ms, 0) + is_stranger
    kept, changed = [], {}
    for refusal in refusals:
        topic = _find_place(refusal, tallies, strangers, quota)
        key = refusal.hour_ms, topic
        before = tallies.get(key)
        if before is None:
            before = Tally(
                topic, refusal.hour_ms, first_ms=refusal.at_ms, is_sensor=refusal.is_sensor
            )
        is_kept = _has_room(before, refusal, quota)
        tallies[key] = changed[key] = _add(before, refusal, is_kept=is_kept)
        kept.append(is_kept)
    return kept, list(changed.values())


def _find_place(refusal: Refusal, tallies: dict, strangers: dict[int, int], quota: Quota) -> str:
    """Return the name a message is counted under, and take a place for a new topic."""
    hour = refusal.hour_ms
    if not is_listable(refusal.topic):
        return OTHERS
    if (hour, refusal.topic) in tallies or refusal.is_sensor:
        return refusal.topic
    if strangers.get(hour, 0) >= quota.topics:
        return OTHERS
    strangers[hour] = strangers.get(hour, 0) + 1
    return refusal.topic


def _has_room(tally: Tally, refusal: Refusal, quota: Quota) -> bool:
    is_first = not tally.kept
    fits = tally.kept < quota.letters and tally.kept_bytes + refusal.size <= quota.topic_bytes
    return is_first or fits


def _add(tally: Tally, refusal: Refusal, *, is_kept: bool) -> Tally:
    return replace(
        tally,
        count=tally.count + 1,
        kept=tally.kept + is_kept,
        kept_bytes=tally.kept_bytes + (refusal.size if is_kept else 0),
        first_ms=min(tally.first_ms, refusal.at_ms),
        last_ms=max(tally.last_ms, refusal.at_ms),
        reason=refusal.reason,
    )
