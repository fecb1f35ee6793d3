# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What one sensor said at one time, and whether it can be taken at all.

>>> check(Sample("d1-temp", 1_700_000_000_000, value=72.4), now_ms=1_700_000_000_100)
>>> check(Sample("d1-temp", 1_700_000_000_000, value=float("nan")), now_ms=1_700_000_000_100)
'The value is not a finite number (nan).'
>>> check(Sample("d1-temp", 1_700_000_000_000, value=2**60), now_ms=1_700_000_000_100)
"""

import math
from dataclasses import dataclass

# Sparkplug says 192 good, 0 bad, 500 stale; OPC counts 192 to 255 as good.
QUALITY_GOOD = 192
# The origin of what a person enters: only there the time of entry says something of its own.
MANUAL = "manual"
MAX_AHEAD_MS = 5_000
MAX_TEXT = 255
_MAX_BIGINT = 2**63 - 1
# 2000-01-01: a clock before that was never set, and a number so small was seconds, not ms.
_MIN_SOURCE_MS = 946_684_800_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one sensor as it came in; nothing in it is converted or judged yet.

    sensor: code of the sensor. source_ms: when it was measured, milliseconds UTC. sequence: number
    that tells two samples of the same millisecond apart. value or text: what was measured, None if
    the source said "no value". unit: as delivered, None for the unit the sensor is set to.
    cycle: the one monitoring window that a person entered it for; None for all of its sensor.
    is_correction: it takes the place of a wrong entry of its time, and is not late by itself.
    """

    sensor: str
    source_ms: int
    sequence: int = 0
    value: float | None = None
    text: str | None = None
    unit: str | None = None
    quality: int = QUALITY_GOOD
    origin: str = "mqtt"
    cycle: int | None = None
    is_correction: bool = False


def is_usable(quality: int) -> bool:
    """Tell whether a value of this quality may count as a measurement.

    >>> [is_usable(quality) for quality in (0, 64, 192, 216, 255, 500)]
    [False, False, True, True, True, False]
    """
    return QUALITY_GOOD <= quality <= 255


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_time(sample: Sample, now_ms: int, max_ahead_ms: int) -> str | None:
    if sample.source_ms is None:
        return "The timestamp is missing."
    if not _is_int(sample.source_ms):
        return f"The timestamp {sample.source_ms!r} is not a whole number of milliseconds."
    if not _MIN_SOURCE_MS <= sample.source_ms <= _MAX_BIGINT:
        return f"The timestamp {sample.source_ms} is not in milliseconds since 1970."
    ahead = sample.source_ms - now_ms
    if ahead > max_ahead_ms:
        return f"The timestamp is {ahead / 1000:.1f} s in the future."
    return None


def _check_text(name: str, text: object) -> str | None:
    if text is None:
        return None
    if not isinstance(text, str):
        return f"The {name} {text!r} is not text."
    if len(text) > MAX_TEXT:
        return f"The {name} is longer than {MAX_TEXT} characters."
    if "\x00" in text or not text.isprintable():
        return f"The {name} contains characters that cannot be printed."
    return None


def _check_value(sample: Sample) -> str | None:
    value = sample.value
    if value is None:
        if sample.text is None and is_usable(sample.quality):
            return "There is no value."
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"The value {value!r} is not a number."
    try:
        kept = float(value)
    except OverflowError:
        return "The value is too large for a number."
    if not math.isfinite(kept):
        return f"The value is not a finite number ({value})."
    if kept != value:
        return say_inexact(value)
    return None


def say_inexact(value: int) -> str:
    """Return why a whole number that would be kept as another one is not taken.

    >>> say_inexact(2**53 + 1)
    'The whole number 9007199254740993 would be kept as 9007199254740992: deliver it in a larger \
unit, or less a fixed start.'
    """
    shown, kept = (
        str(number) if abs(number) < 10**24 else f"{float(number):.17g}"
        for number in (value, int(float(value)))
    )
    return (
        f"The whole number {shown} would be kept as {kept}: deliver it in a larger unit, or less "
        "a fixed start."
    )


def check(sample: Sample, now_ms: int, max_ahead_ms: int = MAX_AHEAD_MS) -> str | None:
    """Return why the sample cannot be taken, or None. Knows nothing of sensors and units.

    >>> check(Sample("a", 1_700_000_006_000, value=1), now_ms=1_700_000_000_000)
    'The timestamp is 6.0 s in the future.'
    """
    if not sample.sensor or _check_text("sensor", sample.sensor):
        return f"The sensor {str(sample.sensor)[:80]!a} is not a code."
    if not _is_int(sample.sequence) or not 0 <= sample.sequence <= _MAX_BIGINT:
        return f"The sequence number {sample.sequence!r} is not a whole number."
    if not _is_int(sample.quality) or not 0 <= sample.quality <= 0xFFFF:
        return f"The quality {sample.quality!r} is not a quality code."
    return (
        _check_time(sample, now_ms, max_ahead_ms)
        or _check_text("text", sample.text)
        or _check_text("unit", sample.unit)
        or _check_value(sample)
        or _check_text("origin", sample.origin)
    )


@dataclass(frozen=True)
class IngestResult:
    """What became of a batch: new readings, readings that were known, and (index, reason)."""

    stored: int
    duplicates: int
    rejected: list[tuple[int, str]]
