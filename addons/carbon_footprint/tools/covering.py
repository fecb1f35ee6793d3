# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which contractual instruments cover an amount of bought energy, as far as each of them reaches.

Instruments are asked in their order. Each covers what is left of it, one without a limit all that
is still open; what none covers is the rest, and a rest is a gap, never covered silently.

>>> certificate, mix = Source(1, Decimal("60")), Source(2, None)
>>> cover(Decimal("100"), [certificate, mix]).parts
(Part(key=1, amount=Decimal('60')), Part(key=2, amount=Decimal('40')))
>>> cover(Decimal("100"), [certificate]).rest
Decimal('40')
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

PRECISION = 60


@dataclass(frozen=True)
class Source:
    """An instrument and what is left of it, in the unit of the need; None: without a limit."""

    key: int
    left: Decimal | None


@dataclass(frozen=True)
class Part:
    """What one instrument covers."""

    key: int
    amount: Decimal


@dataclass(frozen=True)
class Cover:
    """Parts that instruments cover, and the rest that none does; together the need, exactly."""

    parts: tuple[Part, ...]
    rest: Decimal

    @property
    def is_whole(self) -> bool:
        """True when somebody answers for all of it."""
        return bool(self.parts) and not self.rest


def cover(amount: Decimal, sources: Sequence[Source]) -> Cover:
    """Return how `sources`, in their order, cover `amount`.

    Where nothing was used (or more was given back than taken) the first one answers for it.

    >>> cover(Decimal("0"), [Source(1, Decimal("0"))]).is_whole
    True
    """
    if amount <= 0:
        parts = tuple(Part(source.key, amount) for source in sources[:1])
        return Cover(parts, Decimal("0") if parts else amount)
    parts, rest = [], amount
    with localcontext() as context:
        context.prec = PRECISION
        for source in sources:
            taken = rest if source.left is None else min(rest, source.left)
            if taken > 0:
                parts.append(Part(source.key, taken))
                rest -= taken
    return Cover(tuple(parts), rest)
