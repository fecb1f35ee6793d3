# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The span in which a product footprint may be used, and the moments of the exchange.

Moments are naive UTC, as Odoo stores them. A period ends where the next one may begin: its end is
the midnight after its last day.
"""

from datetime import UTC, date, datetime, timedelta

YEARS = 3


def after(day: date) -> datetime:
    """Return the end of a day.

    >>> after(date(2024, 12, 31))
    datetime.datetime(2025, 1, 1, 0, 0)
    """
    return begin(day) + timedelta(days=1)


def begin(day: date) -> datetime:
    """Return the beginning of a day."""
    return datetime(day.year, day.month, day.day)


def add_years(moment: datetime, years: int = YEARS) -> datetime:
    """Return the same day years later; the 29th of February becomes the 28th.

    >>> add_years(datetime(2024, 2, 29))
    datetime.datetime(2027, 2, 28, 0, 0)
    """
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)


def get_span(period_end: datetime, start: datetime | None, end: datetime | None):
    """Return (from, until) of the validity: what is given, and the usual where nothing is.

    >>> get_span(datetime(2025, 1, 1), None, None)
    (datetime.datetime(2025, 1, 1, 0, 0), datetime.datetime(2028, 1, 1, 0, 0))
    """
    return start or period_end, end or add_years(period_end)


def find_problem(period_end: datetime, start: datetime, end: datetime) -> str:
    """Return what is wrong with a validity: early, backwards, long, or nothing.

    >>> find_problem(datetime(2025, 1, 1), datetime(2024, 12, 31), datetime(2026, 1, 1))
    'early'
    >>> find_problem(datetime(2025, 1, 1), datetime(2025, 1, 1), datetime(2025, 1, 1))
    'backwards'
    >>> find_problem(datetime(2025, 1, 1), datetime(2025, 6, 1), datetime(2028, 1, 2))
    'long'
    """
    if start < period_end:
        return "early"
    if end <= start:
        return "backwards"
    return "long" if end > add_years(period_end) else ""


def write(moment: datetime) -> str:
    """Return a moment as the exchange writes it.

    >>> write(datetime(2025, 1, 1))
    '2025-01-01T00:00:00Z'
    """
    return f"{moment.isoformat(timespec='seconds')}Z"


def read(text: str) -> datetime | None:
    """Return a moment of the exchange in naive UTC, None for what is none.

    A plus sign that was not escaped in an address arrives as a space; a day alone begins in UTC.

    >>> read("2025-01-01T01:00:00 01:00"), read("2025-01-01"), read("soon")
    (datetime.datetime(2025, 1, 1, 0, 0), datetime.datetime(2025, 1, 1, 0, 0), None)
    """
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
        if moment.tzinfo is None:
            return moment if len(text.strip()) <= len("2025-01-01") else None
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def round_up(moment: datetime) -> datetime:
    """Return the next whole second, for what is compared with stored whole seconds."""
    return (
        moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
    )
