# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a cumulative counter counted inside a window.

Last reading minus first reading, if nothing speaks against it. A counter that runs backwards was
exchanged, reset or overflowed: the difference would be wrong, and it is not guessed. Silence at an
edge of the window longer than `max_gap_ms` means that the window was not measured.

A sensor that tells what was used since it last told (a record of a step, a pulse) is added up
instead. What several batches use together is divided by `sharing`.

>>> count([(1000, Decimal("10")), (2000, Decimal("12.5"))], 1000, 2000).amount
Decimal('2.5')
>>> add_up([(1000, Decimal("2")), (2000, Decimal("2.5"))], 500, 2000).amount
Decimal('4.5')
>>> count([], 1000, 2000).code
'no_reading'
>>> count([(1000, Decimal("10")), (1500, Decimal("3")), (2000, Decimal("12"))], 1000, 2000).code
'counter_reset'
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from itertools import pairwise

PRECISION = 50


@dataclass(frozen=True)
class Counted:
    """A measured consumption and the two readings it is the difference of.

    Without readings of a counter (`first` is None) it is the sum of what was told.
    """

    amount: Decimal
    first_ms: int
    first: Decimal | None
    last_ms: int
    last: Decimal | None


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


def count(
    readings: Iterable[tuple[int, Decimal]],
    start: int,
    end: int,
    max_gap_ms: int | None = None,
) -> Counted | NotCounted:
    """Return what was counted between two instants (milliseconds), or why that is not known."""
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
        return Counted(last - first, first_ms, first, last_ms, last)


def add_up(readings: Iterable[tuple[int, Decimal]], start: int, end: int) -> Counted | NotCounted:
    """Return the sum of what was told between two instants, or why that is not known."""
    inside = sorted((ms, value) for ms, value in readings if start <= ms <= end)
    if not inside:
        return NotCounted("no_reading", "no reading arrived while the batch ran")
    negative = next((pair for pair in inside if pair[1] < 0), None)
    if negative:
        return NotCounted(
            "negative",
            f"{_plain(negative[1])} was told at {clock(negative[0])}, but no use is negative",
        )
    with localcontext() as context:
        context.prec = PRECISION
        amount = sum((value for _ms, value in inside), Decimal("0"))
    return Counted(amount, inside[0][0], None, inside[-1][0], None)
