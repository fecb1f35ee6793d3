# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person typed, read strictly: nothing is guessed, and nothing becomes 0.

A number has the decimal sign of the reader's language and no other: "72,4" is 72.4 to a German
and a slip to an American, for whom it could as well be 724 mistyped.

>>> read_number("72,4", decimal=","), read_number(" -0.5 ", decimal=".")
(Typed(value=72.4, problem='', hint=''), Typed(value=-0.5, problem='', hint=''))
>>> read_number("72,4", decimal=".")
Typed(value=None, problem='sign', hint='72.4')
>>> read_number("", decimal=".").problem, read_number("1.000,5", decimal=",").problem
('empty', 'grouped')
>>> read_number("about 72", decimal=".").problem
'number'
>>> read_number("9007199254740993", decimal=".").problem, read_number("0.1", decimal=".").problem
('long', '')
"""

import math
import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ '.,\u00a0\u202f]\d{3})+(?:[.,]\d+)?", re.ASCII)
MAX_DIGITS = 18


@dataclass(frozen=True)
class Typed:
    """The number, or why there is none: empty, sign, grouped, number or long."""

    value: float | None = None
    problem: str = ""
    hint: str = ""


def read_number(text: str | None, decimal: str) -> Typed:
    """Return what was typed as a number; `hint` is how it should have been written."""
    cleaned = (text or "").strip().replace("\u2212", "-")
    if not cleaned:
        return Typed(problem="empty")
    if len(cleaned) > MAX_DIGITS:
        return Typed(problem="long")
    if not _PLAIN.fullmatch(cleaned):
        return Typed(problem="grouped" if _GROUPED.fullmatch(cleaned) else "number")
    other = "." if decimal == "," else ","
    if other in cleaned:
        return Typed(problem="sign", hint=cleaned.replace(other, decimal))
    value = float(cleaned.replace(decimal, "."))
    if decimal not in cleaned and int(cleaned) != value:
        # it would be kept as another number
        return Typed(problem="long")
    return Typed(value) if math.isfinite(value) else Typed(problem="number")
