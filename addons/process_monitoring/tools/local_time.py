# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Times as historians write them, read into milliseconds UTC; what is ambiguous is not guessed.

A local time that a change of clocks makes twice is refused unless the file's reader says which of
the two is meant; one that never was is always refused.

>>> parse("02.03.2026 11:00:00,250", "dmy", "Europe/Berlin")
1772445600250
>>> parse("2026-03-29 02:30", "iso", "Europe/Berlin")
Refused(reason="'2026-03-29 02:30' never was in Europe/Berlin: the clocks went forward.")
>>> parse("2025-10-26 02:30", "iso", "Europe/Berlin")
Refused(reason="'2025-10-26 02:30' was twice in Europe/Berlin: say which of the two is meant.")
>>> parse("2025-10-26 02:30", "iso", "Europe/Berlin", "second")
1761442200000
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from .delivery import Refused

FORMATS = {
    "iso": "2026-03-31 14:00:00",
    "dmy": "31.03.2026 14:00:00",
    "mdy": "03/31/2026 02:00:00 PM",
    "epoch_s": "seconds since 1970 UTC",
    "epoch_ms": "milliseconds since 1970 UTC",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_FIRST = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?"
    r"(?: ?([AaPp])[Mm])?",
    re.ASCII,
)
_SHORT = 60


def guess_format(texts: Iterable[str]) -> str | None:
    """Return how some times are written, or None when they can be read in two ways.

    >>> guess_format(["31.03.2026 10:00"]), guess_format(["03/31/2026 10:00"])
    ('dmy', 'mdy')
    >>> guess_format(["03/04/2026 10:00"]) is None, guess_format(["1772445600250"])
    (True, 'epoch_ms')
    """
    texts = [text.strip() for text in texts if text.strip()]
    if texts and all(re.fullmatch(r"\d{9,14}(\.\d+)?", text, re.ASCII) for text in texts):
        return "epoch_ms" if len(texts[0].partition(".")[0]) > 11 else "epoch_s"
    if texts and all(re.match(r"\d{4}-?\d{2}", text, re.ASCII) for text in texts):
        return "iso"
    found = [_DAY_FIRST.match(text) for text in texts]
    if not texts or not all(found):
        return None
    pairs = [(int(match[1]), int(match[2])) for match in found]
    if "." in texts[0][:6] or any(first > 12 for first, _second in pairs):
        return "dmy"
    return "mdy" if any(second > 12 for _first, second in pairs) else None


def parse(text: str, form: str, zone: str, choice: str = "refuse") -> int | Refused:
    """Return a time in ms UTC.

    form: one of `FORMATS`. zone: of times without an offset. choice: which of two equal local
    times is meant: "refuse", "first" (summer time) or "second".
    """
    text = text.strip()
    shown = repr(text[:_SHORT])
    if not text:
        return Refused("The time is missing.")
    try:
        if form in ("epoch_s", "epoch_ms"):
            return _parse_epoch(text, form)
        moment = datetime.fromisoformat(text) if form == "iso" else _parse_day_first(text, form)
        if moment is None:
            return Refused(f"{shown} is not a time like {FORMATS[form]}.")
        if moment.tzinfo is None:
            return _localise(moment, zone, choice, shown)
        return (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return Refused(f"{shown} is not a time like {FORMATS[form]}.")


def _parse_epoch(text: str, form: str) -> int | Refused:
    if not re.fullmatch(r"\d{1,14}(\.\d{1,9})?", text, re.ASCII):
        return Refused(f"{text[:_SHORT]!r} is not a number of {FORMATS[form]}.")
    whole, _point, fraction = text.partition(".")
    if form == "epoch_ms":
        return int(whole)
    return int(whole) * 1000 + int(fraction.ljust(3, "0")[:3])


def _parse_day_first(text: str, form: str) -> datetime | None:
    match = _DAY_FIRST.fullmatch(text)
    if not match:
        return None
    first, second, year, hour, minute, seconds, fraction, half = match.groups()
    day, month = (first, second) if form == "dmy" else (second, first)
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    micro = int((fraction or "").ljust(6, "0"))
    return datetime(int(year), int(month), int(day), hours, int(minute), int(seconds or 0), micro)


def _localise(moment: datetime, zone: str, choice: str, shown: str) -> int | Refused:
    place = ZoneInfo(zone)
    both = [moment.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [
        instant
        for instant in both
        if instant.astimezone(place).replace(tzinfo=None, fold=0) == moment
    ]
    if not real:
        return Refused(f"{shown} never was in {zone}: the clocks went forward.")
    if both[0] != both[1] and choice == "refuse":
        return Refused(f"{shown} was twice in {zone}: say which of the two is meant.")
    instant = real[-1] if choice == "second" else real[0]
    return (instant - _EPOCH) // timedelta(milliseconds=1)
