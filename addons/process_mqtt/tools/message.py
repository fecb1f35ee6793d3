# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A message as it came, what becomes of it, and the counts of a batch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message as received, or one Sparkplug metric of it as a message of its own.

    `is_redelivered` is the DUP flag: the broker sent it before. A `problem` says why it can be no
    reading, whatever the mappings say.
    """

    topic: str
    payload: bytes
    received_ms: int
    is_retained: bool = False
    is_redelivered: bool = False
    problem: str = ""
    is_metric: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a bridge noticed that is no message: a birth, a death, a gap, an overflow.

    kind: see `mqtt.finding` and `mqtt.node`. source: group/node[/device], or empty for the broker.
    count: how many of it (missing messages, metrics of a birth). `topic` and `payload` are what
    told of it, if something did.
    """

    kind: str
    source: str
    at_ms: int
    detail: str = ""
    count: int = 0
    topic: str = ""
    payload: bytes = b""

    @property
    def received_ms(self) -> int:
        """When the bridge noticed."""
        return self.at_ms


@dataclass(frozen=True, slots=True)
class Retained:
    """A retained message replayed at subscription: a state of some time ago, not a reading."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A metric that no mapping wants (births name all there are), or a value in its deadband."""


@dataclass(frozen=True, slots=True)
class Records:
    """Process records of one message, for the door of records: what a step used and emitted."""

    items: tuple
    origin: str


@dataclass(frozen=True)
class Counts:
    """What became of a batch; every message is in exactly one of the five.

    >>> Counts(stored=2) + Counts(stored=1, rejected=1)
    Counts(stored=3, duplicates=0, rejected=1, retained=0, ignored=0)
    >>> (Counts(stored=2) + Counts(duplicates=3)).total
    5
    """

    stored: int = 0
    duplicates: int = 0
    rejected: int = 0
    retained: int = 0
    ignored: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.stored + other.stored,
            self.duplicates + other.duplicates,
            self.rejected + other.rejected,
            self.retained + other.retained,
            self.ignored + other.ignored,
        )

    @property
    def total(self) -> int:
        return self.stored + self.duplicates + self.rejected + self.retained + self.ignored
