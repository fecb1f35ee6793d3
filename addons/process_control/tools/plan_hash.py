# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The canonical content of a plan revision and its hash.

The content names records by their codes and numbers by decimal strings, never by
database ids or binary floats, so that the same plan has the same hash in another
database, in an export and in twenty years.

>>> decimal_text(72.0), decimal_text(0.1), decimal_text(-0.0), decimal_text(1e-7)
('72', '0.1', '0', '0.0000001')
>>> content_hash({"b": 1, "a": "x"}) == content_hash({"a": "x", "b": 1})
True
>>> content_hash({"a": "x"})[:16]
'bac82bcae3ff0e48'
"""

import hashlib
import json
from decimal import Decimal

VERSION = 1


def decimal_text(value: float) -> str:
    """Return a float as the shortest decimal that reads back as the same float."""
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number that a plan can hold")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _check(value: object, where: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{where}: a key must be text, not {key!r}")
            _check(item, f"{where}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check(item, f"{where}[{number}]")
    elif value is not None and not isinstance(value, (str, int)):
        raise TypeError(f"{where}: {value!r} has no canonical form, write it as text")


def canonical(content: dict) -> str:
    """Return the one text of a content: sorted keys, no blanks, no floats."""
    _check(content, "content")
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(content: dict) -> str:
    """Return the SHA-256 of the canonical content, in hexadecimal."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()
