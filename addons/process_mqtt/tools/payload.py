# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the bytes of one MQTT message to a sample, or to a sentence that says why not.

`parse` never raises and never guesses: what is not clearly a reading is a `Reject`. A missing or
broken value is never 0, a number in quotes is never a number, and a time is the source's own.
"""

import json
import math
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from odoo.addons.process_monitoring.tools.sample import (
    QUALITY_GOOD,
    Sample,
    is_usable,
    say_inexact,
)

from . import topic as topics
from .path import MISSING, pick
from .text import is_clean, looks_numeric, shorten, show

EARLIEST_MS = 946_684_800_000
"""2000-01-01: a smaller number is a time in seconds, or a clock that was never set."""
LATEST_MS = 32_503_680_000_000
"""3000-01-01: a larger number is a time in micro- or nanoseconds."""
MAX_DIGITS = 400
"""More digits than any number has; Python refuses to read some thousands of them as whole."""
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Mapping:
    """How the messages of one topic filter become samples.

    Paths are dotted (`data.values.0.v`); an empty path means "the payload has no such thing".
    `unit` is the unit the value has after `value * scale + offset`. A plain payload is the value
    itself, read as the document `{"value": ...}`. With `is_timed_by_receipt` the time of a reading
    is when the bridge received it. `origin` is what samples say of the connection they came by.
    """

    topic_filter: str
    sensor_template: str
    value_path: str = "value"
    text_path: str = ""
    time_path: str = "ts"
    sequence_path: str = ""
    unit_path: str = ""
    quality_path: str = ""
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    max_bytes: int = 65_536
    retained_max_age_ms: int = 0
    max_age_ms: int = 0
    is_plain: bool = False
    is_record: bool = False
    is_timed_by_receipt: bool = False
    deadband: float = 0.0
    deadband_max_ms: int = 0
    origin: str = "mqtt"


@dataclass(frozen=True)
class Reject:
    """Why a message is no reading: a stable code, and a sentence for the person who reads it."""

    code: str
    reason: str


class Refused(Exception):
    """Raised by `load` and its readers, who turn it into a Reject."""

    def __init__(self, code: str, reason: str):
        super().__init__(reason)
        self.reject = Reject(code, reason)


def parse(topic: str, payload: bytes, mapping: Mapping, received_ms: int = 0) -> Sample | Reject:
    """Read one message. Whether its time and sensor can be taken, the door of readings knows.

    `received_ms` is when the bridge got it; it counts only where the mapping says so.

    >>> plain = Mapping("plant/{line}/{tag}", "{line}-{tag}")
    >>> sample = parse("plant/d1/ph", b'{"ts": 1795348800000, "value": 6.7}', plain)
    >>> sample.sensor, sample.source_ms, sample.value
    ('d1-ph', 1795348800000, 6.7)
    >>> parse("plant/d1/ph", b'{"ts": 1795348800000, "value": "6,7"}', plain).reason
    'The value is the text "6,7", not a number.'
    >>> parse("plant/d1/ph", b'{"ts": 1795348800000, "value": NaN}', plain).reason
    'The payload is not valid JSON: NaN is not a JSON number.'
    >>> bare = Mapping("{tag}", "{tag}", is_plain=True, is_timed_by_receipt=True)
    >>> parse("ph", b" 6.70", bare, 1795348800000).value, parse("ph", b"6,7", bare).reason
    (6.7, 'The value is the text "6,7", not a number.')
    """
    try:
        return _sample(topic, payload, mapping, received_ms)
    except Refused as refused:
        return refused.reject


def _sample(topic: str, payload: bytes, mapping: Mapping, received_ms: int) -> Sample:
    sensor = _sensor(topic, mapping)
    read = load_plain if mapping.is_plain else load
    document = read(payload, mapping.max_bytes)
    is_ours = mapping.is_timed_by_receipt
    source_ms = received_ms if is_ours else _time(document, mapping.time_path)
    quality = _integer(document, mapping.quality_path, "quality", 0, 65_535, QUALITY_GOOD)
    value, text = _value(document, mapping, quality)
    return Sample(
        sensor=sensor,
        source_ms=source_ms,
        sequence=_integer(document, mapping.sequence_path, "sequence number", 0, 2**63 - 1, 0),
        value=value,
        text=text,
        unit=_unit(document, mapping, is_text=value is None),
        quality=quality,
        origin=mapping.origin,
    )


@lru_cache(maxsize=8192)
def sensor_code(topic: str, topic_filter: str, template: str) -> str | None:
    """Return the sensor code a topic names, or None when the filter does not match it.

    >>> sensor_code("plant/d1/ph", "plant/{line}/{tag}", "{line}-{tag}")
    'd1-ph'
    """
    caught = topics.match(topic_filter, topic)
    return None if caught is None else topics.fill(template, caught)


def _sensor(topic: str, mapping: Mapping) -> str:
    code = sensor_code(topic, mapping.topic_filter, mapping.sensor_template)
    if code is None:
        raise Refused("topic", "The topic does not match the mapping's filter.")
    if not code.strip() or not is_clean(code):
        raise Refused("topic", "The topic does not give a usable sensor code.")
    return code


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key is given twice")
    return document


_DECODER = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_no_twins)


def load(payload: bytes, max_bytes: int = 65_536) -> Any:
    """Read strict JSON: UTF-8, no NaN or Infinity, no key twice. Raises only `Refused`."""
    text = _decode(payload, max_bytes)
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise Refused("json", "The payload is nested too deeply.") from None
    except ValueError as error:
        raise Refused("json", f"The payload is not valid JSON: {shorten(str(error))}.") from None


def load_plain(payload: bytes, max_bytes: int = 65_536) -> dict[str, int | float | str]:
    """Read a payload that is nothing but a value: a number as JSON writes one, or a text."""
    text = _decode(payload, max_bytes).strip()
    read = int if text.lstrip("+-").isdigit() and len(text) <= MAX_DIGITS else float
    return {"value": read(text) if _NUMBER.fullmatch(text) else text}


def _decode(payload: bytes, max_bytes: int) -> str:
    if len(payload) > max_bytes:
        raise Refused(
            "size", f"The payload has {len(payload)} bytes; the mapping allows {max_bytes}."
        )
    if not payload:
        raise Refused("json", "The payload is empty.")
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Refused("json", "The payload is not UTF-8 text.") from None


def _time(document: Any, path: str) -> int:
    """The source time in milliseconds since the epoch, from a whole number or ISO 8601."""
    found = pick(document, path)
    if found is MISSING or found is None:
        raise Refused("time", f'There is no source time at "{path}".')
    if isinstance(found, str):
        moment = _iso(found)
    elif _is_number(found) and found == found // 1:
        moment = int(found)
    else:
        raise Refused("time", f"The source time {show(found)} is neither milliseconds nor ISO.")
    if not EARLIEST_MS <= moment <= LATEST_MS:
        raise Refused("time", f"The source time {show(found)} is no time in milliseconds.")
    return moment


def _iso(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        if moment.tzinfo is None:
            raise Refused("time", f"The source time {show(text)} names no time zone.")
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Refused("time", f"The source time {show(text)} is not ISO 8601.") from None


def _value(document: Any, mapping: Mapping, quality: int) -> tuple[float | None, str | None]:
    """The number at `value_path`, else the text at `text_path`; null if the quality says so."""
    found = pick(document, mapping.value_path) if mapping.value_path else MISSING
    if _is_number(found):
        return _scaled(found, mapping), None
    if found is None and not is_usable(quality):
        return None, None
    if mapping.text_path:
        return None, _text(pick(document, mapping.text_path), mapping.text_path)
    if found is MISSING or found is None:
        raise Refused("value", f'There is no value at "{mapping.value_path}".')
    kind = "the text " if isinstance(found, str) else ""
    raise Refused("value", f"The value is {kind}{show(found)}, not a number.")


def _is_number(found: Any) -> bool:
    """JSON's true is an int to Python, and 1e999 is infinite: neither is a measured number."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    return isinstance(found, int) or math.isfinite(found)


def _scaled(number: int | float, mapping: Mapping) -> float:
    """Scale in decimal: 724 times 0.1 is 72.4, not 72.40000000000001."""
    try:
        if (mapping.scale, mapping.offset) == (1.0, 0.0):
            value = _exact(number)
        else:
            scale, offset = Decimal(repr(mapping.scale)), Decimal(repr(mapping.offset))
            value = float(Decimal(repr(number)) * scale + offset)
    except (ArithmeticError, ValueError):
        value = math.inf
    if not math.isfinite(value):
        raise Refused("value", "The value is larger than a number can be here.")
    return value


def _exact(number: int | float) -> float:
    """Return it as it will be kept; a whole number that would become another one is refused."""
    value = float(number)
    if math.isfinite(value) and value != number:
        raise Refused("value", say_inexact(int(number)))
    return value


def _text(found: Any, path: str) -> str:
    if found is MISSING or found is None or found == "":
        raise Refused("value", f'There is no value at "{path}".')
    if not isinstance(found, str):
        raise Refused("value", f"The value {show(found)} is neither a number nor a text.")
    if len(found) > 256 or not is_clean(found):
        raise Refused("value", "The text is longer than 256 characters or has control characters.")
    if looks_numeric(found):
        raise Refused("value", f"The value is the text {show(found)}, not a number.")
    return found


def _unit(document: Any, mapping: Mapping, *, is_text: bool) -> str | None:
    """The payload's own unit, which must be the mapping's where both are given."""
    if not mapping.unit_path:
        return None if is_text else mapping.unit or None
    found = pick(document, mapping.unit_path)
    if is_text and (found is MISSING or found is None or found == ""):
        return None
    if found is MISSING or found is None:
        raise Refused("unit", f'There is no unit at "{mapping.unit_path}".')
    if not isinstance(found, str) or not found.strip() or not is_clean(found):
        raise Refused("unit", f"The unit {show(found)} is no unit.")
    if mapping.unit and found != mapping.unit and not is_text:
        raise Refused("unit", f"The unit is {show(found)}; the mapping wants {mapping.unit}.")
    return found


def _integer(document: Any, path: str, what: str, low: int, high: int, default: int) -> int:
    """A whole number that a source may leave out, but not get wrong."""
    found = pick(document, path) if path else MISSING
    if found is MISSING or found is None:
        return default
    if not _is_number(found) or found != found // 1 or not low <= found <= high:
        raise Refused("field", f"The {what} {show(found)} is not a whole number in range.")
    return int(found)
