# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a Sparkplug host remembers of one edge node: births, sequence, what came too early.

A metric that comes by its alias alone is read only by a birth that is known to cover it. After a
gap a birth may have been missed, so such metrics wait for the next birth: if that says the same of
the alias, they are readings; if not, or if none comes, they are dead letters.
"""

from dataclasses import dataclass, field, replace

from .message import Message
from .sparkplug_birth import Birth
from .sparkplug_metric import make_address, make_stale

SEQUENCES = 256
MAX_DOUBTFUL = 10_000
DOUBT = (
    "Messages of this edge node are missing, and no birth has confirmed since that alias "
    "{alias} still means this metric."
)


@dataclass
class Source:
    """The node itself or one of its devices, as its last birth described it."""

    births: dict[str, Birth] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    is_online: bool = True

    @classmethod
    def born(cls, births: list[Birth]) -> "Source":
        aliases = {birth.alias: birth.name for birth in births if birth.alias is not None}
        return cls({birth.name: birth for birth in births}, aliases)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message of a node that waits for its turn."""

    kind: str
    device: str
    topic: str
    payload: bytes
    content: object
    received_ms: int


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A metric by alias, read by a birth that may be out of date."""

    device: str
    alias: int
    name: str
    message: Message


class Node:
    """One edge node. `expected` is the next sequence number; None while a birth is awaited."""

    def __init__(self, group: str, name: str, lost_ms: int = 0):
        self.group = group
        self.name = name
        self.lost_ms = lost_ms
        """Until when everything was received, before messages were lost."""
        self.settled: set[str] = set()
        """Devices that were born since then: what they say now is complete again."""
        self.heard_ms = 0
        self.sources: dict[str, Source] = {}
        self.unborn: dict[str, Source] = {}
        """Devices of the last session that have had no birth of their own in this one."""
        self.bd_seq: int | None = None
        self.expected: int | None = None
        self.early: dict[int, Arrived] = {}
        self.early_ms = 0
        self.doubtful: list[Doubtful] = []
        self.doubt_ms = 0
        """Since when a birth is awaited to clear doubts; 0 while there are none."""
        self.birth_ms = 0
        self.asked_ms = 0
        self.newest_ms = 0
        self._newest: dict[str, tuple[int | None, int, object]] = {}

    @property
    def label(self) -> str:
        return f"{self.group}/{self.name}"

    def label_of(self, device: str) -> str:
        return f"{self.label}/{device}" if device else self.label

    def address(self, device: str, name: str) -> str:
        return make_address(self.group, self.name, device, name)

    def tell_apart(self, address: str, at_ms: int | None, content: object) -> int:
        """Number the values of one metric at one millisecond, in the order in which they came.

        The same value at the same time is the same reading, however often births repeat it.
        """
        last_ms, number, last = self._newest.get(address, (None, 0, None))
        if at_ms != last_ms:
            number = 0
        elif content != last:
            number += 1
        self._newest[address] = at_ms, number, content
        return number

    def find(self, device: str) -> Source | None:
        """The source as last described, also where its birth is out of date."""
        return self.sources.get(device) or self.unborn.get(device)

    # -- births -------------------------------------------------------------------------------

    def begin(self, births: list[Birth], bd_seq: int | None, seq: int, now_ms: int) -> None:
        """An NBIRTH: a new count of messages; its devices must be born again."""
        gone = {device: found for device, found in self.sources.items() if device}
        self.unborn |= {device: found for device, found in gone.items() if found.is_online}
        self.sources = {"": Source.born(births)}
        self.bd_seq = bd_seq
        self.expected = (seq + 1) % SEQUENCES
        self.birth_ms = self.heard_ms = now_ms
        self.asked_ms = 0

    def bear(self, device: str, births: list[Birth]) -> None:
        """A DBIRTH."""
        self.sources[device] = Source.born(births)
        self.unborn.pop(device, None)

    def confirm(self, device: str) -> list[Message]:
        """After a birth: what waited for it, read if the birth says the same of its alias."""
        source = self.sources[device]
        settled = [item for item in self.doubtful if item.device == device]
        self.doubtful = [item for item in self.doubtful if item.device != device]
        if not self.doubtful:
            self.doubt_ms = 0
        return [
            item.message
            if source.names.get(item.alias) == item.name
            else replace(item.message, problem=DOUBT.format(alias=item.alias))
            for item in settled
        ]

    def lose(self, lost_ms: int) -> None:
        """Messages after this time were lost."""
        self.lost_ms = lost_ms
        self.settled = set()

    # -- doubts -------------------------------------------------------------------------------

    def doubt(self, device: str, alias: int, name: str, message: Message) -> list[Message]:
        """Keep a metric until the next birth; beyond a bound, refuse it."""
        if len(self.doubtful) >= MAX_DOUBTFUL:
            return [replace(message, problem=DOUBT.format(alias=alias))]
        self.doubtful.append(Doubtful(device, alias, name, message))
        return []

    def lose_count(self, now_ms: int) -> list[Arrived]:
        """Nothing is certain until the next birth; return what had come too early, in order."""
        after = self.expected or 0
        order = sorted(self.early, key=lambda seq: (seq - after) % SEQUENCES)
        waiting = [self.early[seq] for seq in order]
        self.early = {}
        self.expected = None
        self.doubt_ms = self.doubt_ms or now_ms
        return waiting

    def give_up(self) -> list[Message]:
        """No birth came: what waited for it is refused."""
        refused = [
            replace(item.message, problem=DOUBT.format(alias=item.alias)) for item in self.doubtful
        ]
        self.doubtful = []
        self.doubt_ms = 0
        return refused

    # -- deaths -------------------------------------------------------------------------------

    def die(self, device: str, now_ms: int) -> list[Message]:
        """A device is offline: each of its metrics is stale from now on."""
        source = self.find(device)
        if source is None or not source.is_online:
            return []
        source.is_online = False
        # its clock may be ahead of ours: stale must be the newest that is known of it
        at_ms = max(now_ms, self.newest_ms + 1)
        return [make_stale(self.address(device, name), at_ms, now_ms) for name in source.births]

    def die_all(self, now_ms: int) -> list[Message]:
        """The node is offline, and all its devices with it."""
        self.expected = None
        self.asked_ms = 0
        gone = self.give_up()
        for device in [*self.sources, *self.unborn]:
            gone += self.die(device, now_ms)
        return gone

    def online(self) -> list[str]:
        """Addresses of the metrics whose silence means: unchanged."""
        if self.expected is None or self.early:
            return []
        return [
            self.address(device, name)
            for device, source in self.sources.items()
            if source.is_online
            for name in source.births
        ]
