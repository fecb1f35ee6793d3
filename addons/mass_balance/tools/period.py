# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mass-balance periods: at most three months, without gap or overlap (ISCC PLUS 9.4)."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MAX_MONTHS = 3


@dataclass(frozen=True)
class Span:
    """First and last day of a period, both included."""

    start: date
    end: date


@dataclass(frozen=True)
class PeriodProblem:
    """Why a period cannot stand: a code and the day that would be right."""

    code: str
    expected: date


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month.

    >>> add_months(date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def last_allowed_end(start: date, months: int = MAX_MONTHS) -> date:
    """Return the last day a period that starts on `start` may have.

    >>> last_allowed_end(date(2026, 1, 1))
    datetime.date(2026, 3, 31)
    >>> last_allowed_end(date(2026, 11, 30))
    datetime.date(2027, 2, 27)
    """
    return add_months(start, months) - timedelta(days=1)


def check(span: Span, previous_end: date | None, months: int = MAX_MONTHS) -> PeriodProblem | None:
    """Return what is wrong with a period that follows one ending on `previous_end`, or None.

    >>> check(Span(date(2026, 1, 1), date(2026, 4, 1)), None)
    PeriodProblem(code='too_long', expected=datetime.date(2026, 3, 31))
    >>> check(Span(date(2026, 4, 2), date(2026, 6, 30)), date(2026, 3, 31)).code
    'gap'
    """
    if span.end < span.start:
        return PeriodProblem("reversed", span.start)
    if previous_end:
        follows = previous_end + timedelta(days=1)
        if span.start != follows:
            return PeriodProblem("gap" if span.start > follows else "overlap", follows)
    longest = last_allowed_end(span.start, months)
    return PeriodProblem("too_long", longest) if span.end > longest else None


def quarter_start(day: date) -> date:
    """Return the first day of the calendar quarter: where the first period of a book starts."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def spans_until(previous_end: date | None, day: date) -> Iterator[Span]:
    """Yield the missing periods up to the one that contains `day`, in order, none skipped.

    A quarter in which nothing moves is yielded too: it exists with zero lines.

    >>> [s.end.isoformat() for s in spans_until(date(2026, 3, 31), date(2026, 11, 22))]
    ['2026-06-30', '2026-09-30', '2026-12-31']
    """
    start = previous_end + timedelta(days=1) if previous_end else quarter_start(day)
    while start <= day:
        span = Span(start, last_allowed_end(start))
        yield span
        start = span.end + timedelta(days=1)
