# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A message as it came, what becomes of it, and the counts of a batch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message as received. `is_redelivered` is the DUP flag: the broker sent it before."""

    topic: str
    payload: bytes
    received_ms: int
    is_retained: bool = False
    is_redelivered: bool = False


@dataclass(frozen=True, slots=True)
class Retained:
    """A retained message replayed at subscription: a state of some time ago, not a reading."""


@dataclass(frozen=True)
class Counts:
    """What became of a batch; every message is in exactly one of the four.

    >>> Counts(stored=2) + Counts(stored=1, rejected=1)
    Counts(stored=3, duplicates=0, rejected=1, retained=0)
    >>> (Counts(stored=2) + Counts(duplicates=3)).total
    5
    """

    stored: int = 0
    duplicates: int = 0
    rejected: int = 0
    retained: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.stored + other.stored,
            self.duplicates + other.duplicates,
            self.rejected + other.rejected,
            self.retained + other.retained,
        )

    @property
    def total(self) -> int:
        return self.stored + self.duplicates + self.rejected + self.retained
