# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lines of a mass-balance report (ISCC PLUS 9.4): one a month, none left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .balance import ZERO
from .period import Span, add_months

INCOMING = ("in", "opening")


@dataclass(frozen=True)
class Movement:
    """One entry of a book: when, in which direction, by how much (signed)."""

    day: date
    direction: str
    change: Decimal


@dataclass(frozen=True)
class Month:
    """One month of a period: `other` is what is neither in, converted nor out."""

    month: str
    opening: Decimal
    incoming: Decimal
    converted: Decimal
    outgoing: Decimal
    other: Decimal
    closing: Decimal


def months_of(span: Span) -> Iterator[str]:
    """Yield the months of a period as "2026-01".

    >>> list(months_of(Span(date(2026, 11, 30), date(2027, 2, 27))))
    ['2026-11', '2026-12', '2027-01', '2027-02']
    """
    day = span.start.replace(day=1)
    while day <= span.end:
        yield f"{day:%Y-%m}"
        day = add_months(day, 1)


def month_of(day: date, span: Span) -> str:
    """Return the month a booking is shown in; one dated before its period is in the first."""
    return f"{min(max(day, span.start), span.end):%Y-%m}"


def monthly(span: Span, opening: Decimal, movements: Iterable[Movement]) -> list[Month]:
    """Return a line for every month of the period: what moved, and what was left after it.

    >>> rows = monthly(Span(date(2026, 1, 1), date(2026, 3, 31)), Decimal("5.000"), [
    ...     Movement(date(2026, 2, 3), "in", Decimal("10.000")),
    ...     Movement(date(2026, 3, 1), "out", Decimal("-4.000"))])
    >>> [(row.month, str(row.closing)) for row in rows]
    [('2026-01', '5.000'), ('2026-02', '15.000'), ('2026-03', '11.000')]
    """
    by_month: dict[str, list[Movement]] = {name: [] for name in months_of(span)}
    for movement in movements:
        by_month[month_of(movement.day, span)].append(movement)
    rows, left = [], opening
    for name, own in by_month.items():
        incoming = _sum(m for m in own if m.direction in INCOMING)
        converted = _sum(m for m in own if m.direction == "convert")
        outgoing = _sum(m for m in own if m.direction == "out")
        total = _sum(own)
        other = total - incoming - converted - outgoing
        rows.append(Month(name, left, incoming, converted, outgoing, other, left + total))
        left += total
    return rows


def _sum(movements: Iterable[Movement]) -> Decimal:
    return sum((movement.change for movement in movements), ZERO)
