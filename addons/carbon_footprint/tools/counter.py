# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a cumulative counter counted inside a window.

Last reading minus first reading, if nothing speaks against it. A counter that runs backwards was
exchanged, reset or overflowed: the difference would be wrong, and it is not guessed. Silence at an
edge of the window longer than `max_gap_ms` means that the window was not measured.

While other batches run on the same counter, what it counts is divided by time: each moment's
consumption goes in equal parts to the batches that run at that moment, and nothing is lost.

>>> count([(1000, Decimal("10")), (2000, Decimal("12.5"))], 1000, 2000).amount
Decimal('2.5')
>>> count([(0, Decimal("0")), (100, Decimal("8"))], 0, 100, others=[(50, 300)]).amount
Decimal('6.000000000')
>>> count([], 1000, 2000).code
'no_reading'
>>> count([(1000, Decimal("10")), (1500, Decimal("3")), (2000, Decimal("12"))], 1000, 2000).code
'counter_reset'
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

PRECISION = 50
PLACES = Decimal("0.000000001")
Windows = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Counted:
    """A measured consumption and the two readings it is the difference of.

    `share` is the part of that difference that is the batch's own: 1 unless others ran beside it.
    """

    amount: Decimal
    first_ms: int
    first: Decimal
    last_ms: int
    last: Decimal
    share: Decimal = Decimal("1")


@dataclass(frozen=True)
class NotCounted:
    """Why there is no figure; `code` for programs, `sentence` for people."""

    code: str
    sentence: str


def clock(ms: int) -> str:
    """Return an instant in UTC for people.

    >>> clock(0)
    '1970-01-01 00:00:00 UTC'
    """
    return datetime.fromtimestamp(ms / 1000, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _edges(readings: list[tuple[int, Decimal]], start: int, end: int, max_gap_ms: int) -> str:
    """Return a sentence when the first or last reading is too far from the window's edge."""
    late, early = readings[0][0] - start, end - readings[-1][0]
    if late > max_gap_ms:
        return (
            f"the first reading came at {clock(readings[0][0])}, {late // 1000} s after the start; "
            f"{max_gap_ms // 1000} s are allowed"
        )
    if early > max_gap_ms:
        return (
            f"the last reading came at {clock(readings[-1][0])}, {early // 1000} s before the end; "
            f"{max_gap_ms // 1000} s are allowed"
        )
    return ""


def _own_part(before_ms: int, after_ms: int, others: Windows) -> Fraction:
    """Return which part of the time between two readings counts for this batch."""
    cuts = {edge for window in others for edge in window if before_ms < edge < after_ms}
    pieces = list(pairwise(sorted({before_ms, *cuts, after_ms})))
    if not pieces:
        return Fraction(1, 1 + sum(s <= before_ms < e for s, e in others))
    own = sum(
        Fraction(right - left, 1 + sum(s <= left and right <= e for s, e in others))
        for left, right in pieces
    )
    return own / (after_ms - before_ms)


def _divide(readings: list[tuple[int, Decimal]], others: Windows) -> Decimal:
    """Return this batch's part of what was counted."""
    own = sum(
        Fraction(after - before) * _own_part(before_ms, after_ms, others)
        for (before_ms, before), (after_ms, after) in pairwise(readings)
    )
    with localcontext() as context:
        context.prec = PRECISION
        return (Decimal(own.numerator) / own.denominator).quantize(PLACES)


def count(
    readings: Iterable[tuple[int, Decimal]],
    start: int,
    end: int,
    max_gap_ms: int | None = None,
    others: Windows = (),
) -> Counted | NotCounted:
    """Return what was counted between two instants (milliseconds), or why that is not known.

    `others` are (start, end) of the batches that ran on the same counter.
    """
    inside = sorted((ms, value) for ms, value in readings if start <= ms <= end)
    if not inside:
        return NotCounted("no_reading", "no reading arrived while the batch ran")
    if len(inside) == 1:
        return NotCounted(
            "one_reading",
            f"a single reading arrived, at {clock(inside[0][0])}; a difference needs two",
        )
    for (_before_ms, before), (after_ms, after) in pairwise(inside):
        if after < before:
            return NotCounted(
                "counter_reset",
                f"the counter fell from {_plain(before)} to {_plain(after)} at {clock(after_ms)}: "
                "it was reset, exchanged or overflowed, so the difference is not known",
            )
    edge = "" if max_gap_ms is None else _edges(inside, start, end, max_gap_ms)
    if edge:
        return NotCounted("edge_gap", edge)
    (first_ms, first), (last_ms, last) = inside[0], inside[-1]
    with localcontext() as context:
        context.prec = PRECISION
        whole = last - first
        amount = _divide(inside, others) if others else whole
        share = amount / whole if whole else Decimal("1")
        return Counted(amount, first_ms, first, last_ms, last, share)
