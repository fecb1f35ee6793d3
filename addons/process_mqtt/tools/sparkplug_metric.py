# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One Sparkplug metric as a plain message, which mappings read as they read any other.

The message's topic is the metric's address, `spBv1.0/group/node/device/metric` (a metric of the
node itself has an empty device level), and its payload is JSON: `ts`, `value`, `q`, `seq`, `type`.
So filters with placeholders, scale, unit, dead letters and replay are those of plain MQTT.
"""

import json
import math
import struct
from datetime import UTC, datetime
from typing import Any

from .message import Message

NAMESPACE = "spBv1.0"
GOOD, BAD, STALE = 192, 0, 500
_QUALITY = b"Quality"
_ENGINEERING_UNIT = b"engUnit"

# Data types of the specification by number; those without a reader are no single value.
_SIGNED = {1: ("Int8", 8), 2: ("Int16", 16), 3: ("Int32", 32), 4: ("Int64", 64)}
_UNSIGNED = {5: ("UInt8", 8), 6: ("UInt16", 16), 7: ("UInt32", 32), 8: ("UInt64", 64)}
_OTHERS = {9: "Float", 10: "Double", 11: "Boolean", 12: "String", 13: "DateTime", 14: "Text"}
_OTHERS |= {15: "UUID"}
_NO_VALUE = {16: "DataSet", 17: "Bytes", 18: "File", 19: "Template"}
_NO_VALUE |= {20: "PropertySet", 21: "PropertySetList"}
NAMES = {number: name for number, (name, _bits) in (_SIGNED | _UNSIGNED).items()}
NAMES |= _OTHERS | _NO_VALUE
_LATEST_MS = 253_402_300_799_999


class _Refused(Exception):
    """Raised inside this file only; `to_message` turns it into a message with a problem."""


def make_address(group: str, node: str, device: str, name: str) -> str:
    """Return the topic that mappings see.

    >>> make_address("dairy", "edge1", "htst", "Outlet/Temp")
    'spBv1.0/dairy/edge1/htst/Outlet/Temp'
    """
    return f"{NAMESPACE}/{group}/{node}/{device}/{name}"


def read_text(raw: bytes) -> str | None:
    """Return text that is UTF-8; None for what is none."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def to_message(
    metric, datatype: int, address: str, sent_ms: int | None, received_ms: int, tell_apart
) -> Message:
    """Return the metric as a message; one that cannot be read carries the reason.

    `tell_apart(address, ts, content)` numbers the values of one metric at one millisecond.
    """
    document: dict[str, Any] = {"type": NAMES.get(datatype, f"type {datatype}")}
    document["ts"] = metric.timestamp if metric.HasField("timestamp") else sent_ms
    problem = ""
    try:
        document |= _read_properties(metric)
        document["value"] = None if metric.is_null else _read_value(metric, datatype)
    except _Refused as refused:
        problem = str(refused)
    if document.get("value") is None and document.get("q", GOOD) == GOOD:
        document["q"] = BAD  # the source says that there is no value: it measures nothing
    content = document.get("value"), document.get("q", GOOD)
    document["seq"] = tell_apart(address, document["ts"], content)
    if metric.is_historical:
        document["is_historical"] = True
    if metric.is_transient:
        problem = problem or "The source marks this metric as transient: it is not to be kept."
    payload = json.dumps(document, ensure_ascii=False).encode()
    return Message(address, payload, received_ms, problem=problem, is_metric=True)


def make_stale(address: str, at_ms: int, received_ms: int) -> Message:
    """Return what a death certificate says of one metric: from now on, no value."""
    document = {"ts": at_ms, "value": None, "q": STALE, "seq": 0}
    return Message(address, json.dumps(document).encode(), received_ms, is_metric=True)


def _read_properties(metric) -> dict[str, Any]:
    """Quality, which is good unless said otherwise, and the engineering unit if there is one."""
    keys, values = metric.properties.keys, metric.properties.values
    if len(keys) != len(values):
        raise _Refused("Its properties have another number of keys than of values.")
    found: dict[str, Any] = {"q": GOOD}
    for key, value in zip(keys, values, strict=True):
        if key == _QUALITY:
            found["q"] = _read_quality(value)
        elif key == _ENGINEERING_UNIT and value.WhichOneof("value") == "string_value":
            unit = read_text(value.string_value)
            found |= {"unit": unit} if unit else {}
    return found


def _read_quality(value) -> int:
    kind = value.WhichOneof("value")
    if kind not in ("int_value", "long_value"):
        raise _Refused("Its quality is not a whole number.")
    return getattr(value, kind)


def _read_value(metric, datatype: int) -> Any:
    """Return the value as JSON can hold it: a number, or a text."""
    kind = metric.WhichOneof("value")
    if datatype in _NO_VALUE or datatype > max(NAMES):
        name = NAMES.get(datatype, "an array")
        raise _Refused(f"The metric is {name}, which is no single value: map its parts instead.")
    if kind is None:
        raise _Refused("The metric has no value and does not say that it is null.")
    found = getattr(metric, kind)
    if datatype in _SIGNED or datatype in _UNSIGNED:
        return _read_whole(found, kind, datatype)
    if datatype in (9, 10):
        return _read_float(found, kind, datatype)
    if datatype == 11 and kind == "boolean_value":
        return "true" if found else "false"
    if datatype == 13 and kind == "long_value":
        return _read_moment(found)
    if datatype in (12, 14, 15) and kind == "string_value":
        return _read_string(found)
    raise _Refused(f"The metric is declared {NAMES.get(datatype, 'nothing')} and has a {kind}.")


def _read_whole(found: Any, kind: str, datatype: int) -> int:
    """Whole numbers come as unsigned 32 or 64 bits, negative ones as their two's complement."""
    name, bits = (_SIGNED | _UNSIGNED)[datatype]
    if kind not in ("int_value", "long_value"):
        raise _Refused(f"The metric is declared {name} and has a {kind}.")
    if datatype in _UNSIGNED:
        if found >= 1 << bits:
            raise _Refused(f"The number {found} is no {name}.")
        return found
    width = 32 if kind == "int_value" else 64
    narrow = found - (1 << bits) if found < 1 << bits and found >> (bits - 1) else found
    wide = found - (1 << width) if found >> (width - 1) else narrow
    if not -(1 << (bits - 1)) <= wide < 1 << (bits - 1):
        raise _Refused(f"The number {found} is no {name}.")
    return wide


def _read_float(found: Any, kind: str, datatype: int) -> float:
    if kind not in ("float_value", "double_value"):
        raise _Refused(f"The metric is declared {NAMES[datatype]} and has a {kind}.")
    if not math.isfinite(found):
        raise _Refused(f"The value is {found}, which is no measured number.")
    return shorten_single(found) if kind == "float_value" else found


def shorten_single(value: float) -> float:
    """Return the shortest decimal that a single-precision number stands for.

    72.4 in four bytes is 72.4000015258789: the digits after the seventh are the encoding's, and
    must not break a limit of 72.4.

    >>> shorten_single(72.4000015258789), shorten_single(0.10000000149011612)
    (72.4, 0.1)
    """
    packed = struct.pack("f", value)
    for digits in range(6, 9):
        short = float(f"{value:.{digits}g}")
        try:
            if struct.pack("f", short) == packed:
                return short
        except OverflowError:
            continue
    return float(f"{value:.9g}")


def _read_moment(found: int) -> str:
    if found > _LATEST_MS:
        raise _Refused(f"The time {found} is no time in milliseconds.")
    moment = datetime.fromtimestamp(found // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{found % 1000:03d}Z"


def _read_string(found: bytes) -> str:
    text = read_text(found)
    if text is None:
        raise _Refused("The text is not UTF-8.")
    return text
