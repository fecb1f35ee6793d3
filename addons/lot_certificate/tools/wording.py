# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Decimal texts and moments of a snapshot as people of a language read them."""

import datetime
from decimal import Decimal, InvalidOperation

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

DASH = "\u2013"


def get_locale(language: str | None) -> Locale:
    """Return the babel locale of an Odoo language code; English when it is unknown.

    >>> get_locale("de_DE").language, get_locale("xx_XX").language, get_locale(None).language
    ('de', 'en', 'en')
    """
    try:
        return Locale.parse(language or "en_US")
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en_US")


def number(text: str | None, locale: Locale, places: int | None = None) -> str:
    """Return a decimal text with the separators of the language, without needless zeros.

    ``places`` rounds for the eye; the snapshot keeps every digit. What is missing is a dash.

    >>> number("1000.500", get_locale("de_DE"))
    '1.000,5'
    >>> number("0.123456", get_locale("en_US"), 3)
    '0.123'
    >>> number(None, get_locale("en_US")) == DASH
    True
    """
    if text in (None, "", False):
        return DASH
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return str(text)
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places))
    return _plain(format_decimal(value, format="#,##0.##########", locale=locale))


def when(moment: dict | None, locale: Locale) -> str:
    """Return the plant's clock of a moment, minutes shown.

    >>> when({"local": "2026-07-01T12:00:00+02:00"}, get_locale("en_GB"))
    '1 Jul 2026, 12:00'
    """
    if not moment:
        return DASH
    local = datetime.datetime.fromisoformat(moment["local"])
    return _plain(
        f"{format_date(local, 'medium', locale)}, {format_datetime(local, 'HH:mm', locale=locale)}"
    )


def day(moment: dict | str | None, locale: Locale) -> str:
    """Return the plant's day of a moment, or of an ISO date.

    >>> day("2026-07-01", get_locale("de_DE"))
    '01.07.2026'
    """
    if not moment:
        return DASH
    text = moment["local"] if isinstance(moment, dict) else moment
    return _plain(format_date(datetime.date.fromisoformat(text[:10]), "medium", locale))


def duration(started: dict | None, ended: dict | None) -> str:
    """Return how long something took.

    >>> duration({"utc": "2026-07-01T10:00:00Z"}, {"utc": "2026-07-01T11:05:30Z"})
    '1 h 05 min'
    >>> duration({"utc": "2026-07-01T10:00:00Z"}, {"utc": "2026-07-01T10:00:16Z"})
    '16 s'
    """
    if not started or not ended:
        return DASH
    start, end = (datetime.datetime.fromisoformat(each["utc"]) for each in (started, ended))
    seconds = int((end - start).total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


def _plain(text: str) -> str:
    """Some locales put narrow spaces that few fonts have."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")
