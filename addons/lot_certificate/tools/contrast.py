# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether a colour can be read on white paper (WCAG 2.1, 1.4.3)."""

import re

# What WCAG asks of text of normal size.
READABLE = 4.5


def is_colour(text: str | None) -> bool:
    """Tell whether a text is a colour such as #1f7a5c; nothing else may reach a style sheet.

    >>> is_colour("#1F7a5c"), is_colour("#fff"), is_colour("red;}"), is_colour("#1f7a5c\\n")
    (True, False, False, False)
    """
    return bool(re.fullmatch(r"#[0-9a-fA-F]{6}", text or ""))


def on_white(colour: str) -> float:
    """Return the contrast of a colour against white, from 1 (white) to 21 (black).

    >>> on_white("#000000"), on_white("#ffffff")
    (21.0, 1.0)
    >>> round(on_white("#767676"), 2)
    4.54
    """
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
