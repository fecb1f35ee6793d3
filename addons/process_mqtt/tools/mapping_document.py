# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The JSON file in which mappings travel: what it may hold, and what is wrong with one."""

import json
import math
from dataclasses import dataclass
from typing import Any

FORMAT = "batchproof-mqtt-mappings/1"
MAX_BYTES = 1_000_000
MAX_MAPPINGS = 1_000

TEXTS = (
    "topic_filter",
    "sensor_template",
    "value_path",
    "text_path",
    "time_path",
    "sequence_path",
    "unit_path",
    "quality_path",
    "unit",
)
CHOICES = {"payload_format": ("json", "plain", "record"), "time_source": ("payload", "receipt")}
WHOLE = ("sequence", "deadband_max_s", "max_bytes", "retained_max_age_s", "max_age_s")
NUMBERS = ("scale", "offset", "deadband")
REQUIRED = ("topic_filter", "sensor_template")


@dataclass(frozen=True)
class Problem:
    """Why a file is refused: one sentence that names the place."""

    sentence: str


def read(data: bytes) -> list[dict[str, Any]] | Problem:
    """Return the values of each mapping in a file, or what is wrong with it.

    >>> one = b'{"topic_filter": "a/{tag}", "sensor_template": "{tag}", "scale": "0.1"}'
    >>> read(b'{"format": "batchproof-mqtt-mappings/1", "mappings": [%s]}' % one)[0]["scale"]
    0.1
    >>> read(b'{"format": "x"}').sentence
    'its format is not batchproof-mqtt-mappings/1.'
    """
    if len(data) > MAX_BYTES:
        return Problem(f"it is larger than {MAX_BYTES} bytes.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return Problem("it is not JSON in UTF-8.")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return Problem(f"its format is not {FORMAT}.")
    mappings = document.get("mappings")
    if not isinstance(mappings, list) or not 0 < len(mappings) <= MAX_MAPPINGS:
        return Problem(f"it holds no list of 1 to {MAX_MAPPINGS} mappings.")
    found = []
    for number, mapping in enumerate(mappings, 1):
        values = _read_one(mapping)
        if isinstance(values, str):
            return Problem(f"mapping {number}: {values}")
        found.append(values)
    return found


def _read_one(mapping: Any) -> dict[str, Any] | str:
    """Values of one mapping, or what is wrong with it; what is not given keeps its default."""
    if not isinstance(mapping, dict):
        return "it is no object."
    values: dict[str, Any] = {}
    for name, found in mapping.items():
        problem, value = _read_field(name, found)
        if problem:
            return problem
        values[name] = value
    missing = [name for name in REQUIRED if not values.get(name)]
    return f"{missing[0]} is missing." if missing else values


def _read_field(name: str, found: Any) -> tuple[str, Any]:
    """What is wrong with a field (or an empty text), and its value."""
    if name in TEXTS:
        is_text = found is None or (isinstance(found, str) and len(found) <= 1_000)
        return ("", found or False) if is_text else (f"{name} is not a text.", None)
    if name in CHOICES:
        is_known = found in CHOICES[name] if isinstance(found, str) else False
        return ("", found) if is_known else (f"{name} is none of {', '.join(CHOICES[name])}.", None)
    if name in WHOLE:
        is_whole = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**31
        return ("", found or 0) if is_whole or found is None else (f"{name} is no count.", None)
    if name in NUMBERS:
        number = _number(found)
        return (f"{name} is not a number.", None) if number is None else ("", number)
    return f"there is no field {name}.", None


def _number(found: Any) -> float | None:
    """A number, also as the text that the export writes; None when it is neither."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
