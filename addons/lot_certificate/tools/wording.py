# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Decimal texts and moments of a snapshot as people of a language read them."""

import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_timezone_name
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


def quantity(text: str | None, unit: str | None, locale: Locale, places: int | None = None) -> str:
    r"""Return a figure and its unit, which no line break parts; a dash stands alone.

    >>> quantity("1000.500", "kg", get_locale("de_DE"))
    '1.000,5\xa0kg'
    """
    figure = number(text, locale, places)
    return figure if figure == DASH or not unit else f"{figure}\u00a0{unit}"


def when(moment: dict | None, locale: Locale) -> str:
    r"""Return the plant's clock of a moment, minutes shown, with the short name of its zone.

    >>> noon = {"local": "2026-07-01T12:00:00+02:00", "zone": "Europe/Berlin"}
    >>> when(noon, get_locale("en_GB")), when(noon, get_locale("de_DE"))
    ('1 Jul 2026, 12:00\xa0CEST', '01.07.2026, 12:00\xa0MESZ')
    """
    if not moment:
        return DASH
    local = datetime.datetime.fromisoformat(moment["local"])
    day = _plain(format_date(local, "medium", locale))
    return f"{day}, {local:%H:%M}\u00a0{_zone(local, moment.get('zone'), locale)}"


def _zone(local: datetime.datetime, name: str | None, locale: Locale) -> str:
    """Return the abbreviation people of the language use for a zone; else its distance to UTC.

    >>> noon = datetime.datetime.fromisoformat("2026-07-01T12:00:00+05:30")
    >>> _zone(noon, "Asia/Kolkata", get_locale("en_US")), _zone(noon, None, get_locale("en_US"))
    ('UTC+5:30', 'UTC+5:30')
    """
    offset = local.utcoffset() or datetime.timedelta()
    if not offset:
        return "UTC"
    try:
        zone = ZoneInfo(name or "")
        known = get_timezone_name(local.astimezone(zone), "short", locale=locale)
    except (ValueError, LookupError, OSError):
        known = ""
    if known.isalpha() and len(known) <= 5:
        return known
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "-" if offset < datetime.timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


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
    """Few fonts have the narrow spaces of some locales; none of them may break a figure."""
    return text.replace("\u202f", "\u00a0")
