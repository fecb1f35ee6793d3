# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Texts of strangers: which were meant as numbers, which can be kept, how to show them."""

import json
import re
from typing import Any

_UNCLEAN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def looks_numeric(text: str) -> bool:
    """Whether a text was meant as a number: such a text is a broken number, never a state.

    >>> [looks_numeric(text) for text in ("72,4", "1 234.5", "-inf", "NaN", "forward", "3 way")]
    [True, True, True, True, False, False]
    """
    bare = "".join(text.split()).replace("'", "").replace("_", "").replace(",", ".")
    try:
        float(bare)
    except ValueError:
        return bool(bare) and all(sign in "0123456789.+-eE" for sign in bare) and bare[-1].isdigit()
    return True


def is_clean(text: str) -> bool:
    """Whether PostgreSQL can keep a text and a person can read it: no control, no half character.

    >>> is_clean("forward"), is_clean("for" + chr(0)), is_clean(chr(0xD800))
    (True, False, False)
    """
    return not _UNCLEAN.search(text)


def show(found: Any) -> str:
    """A value as JSON, short enough for a sentence and safe to store.

    >>> show("72,4"), show([1] * 100)[-8:]
    ('"72,4"', ' 1, 1...')
    """
    try:
        return shorten(json.dumps(found))
    except RecursionError:
        return "(nested too deeply to show)"


def shorten(text: str) -> str:
    clean = "".join(sign if sign.isprintable() else "?" for sign in text)
    return clean if len(clean) <= 80 else f"{clean[:77]}..."


def make_readable(text: str, most: int = 4_000) -> str:
    """Text that PostgreSQL keeps and a person can read: control characters shown, not sent.

    >>> make_readable(chr(0) + "{"), make_readable("12345", most=3)
    ('\\\\x00{', '123…')
    """
    clean = "".join(
        sign if sign.isprintable() or sign in "\n\t" else f"\\x{ord(sign):02x}"
        for sign in text[:most]
    )
    return f"{clean}…" if len(text) > most else clean
