# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The numbers of a plan as texts, and the hash of its content.

The content names records by their codes and numbers by decimal texts, never by database
ids or binary floats, so that the same plan has the same hash in another database, in an
export and in twenty years.

>>> decimal_text(72.0), decimal_text(0.1), decimal_text(-0.0), decimal_text(1e-7)
('72', '0.1', '0', '0.0000001')
>>> content_hash({"b": 1, "a": "x"}) == content_hash({"a": "x", "b": 1})
True
>>> content_hash({"a": "x"})[:16]
'bac82bcae3ff0e48'
"""

from decimal import Decimal

from odoo.addons.audit_chain.tools import chain


def decimal_text(value: float) -> str:
    """Return a float as the shortest decimal that reads back as the same float."""
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number that a plan can hold")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def content_hash(content: dict) -> str:
    """Return the SHA-256 of the canonical content (sorted keys, no floats), in hexadecimal."""
    return chain.digest(content)
