# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a cell of somebody else's table holds: a text, a figure, or no figure and why.

Published tables mark a figure with a footnote, leave a cell open or write "n/a", part thousands and
decimals in the manner of their country, and hold formulas and days where a figure is meant. A
figure that can be read in two ways is read in neither.

>>> number(" 0.18296 "), number("2,575.46*"), number("1 234,5"), number("n/a"), number(None)
(Decimal('0.18296'), Decimal('2575.46'), Decimal('1234.5'), None, None)
>>> number("1,234"), number("1,234", "."), number("1,234", ",")
(None, Decimal('1234'), Decimal('1.234'))
>>> why_not("1,234"), why_not("=C4*2"), why_not("NA")
('two_ways', 'formula', 'blank')
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

BLANKS = {
    "", "-", "–", "—", "..", "…", ":", "/", "n/a", "na", "n.a.", "#n/a", "nil", "none", "null", "x",
    "not available", "not applicable", "no data", "k. a.", "k.a.",
}  # fmt: skip
_NOTE = re.compile(r"\s*(?:[*†‡§¹²³⁴-⁹⁰ᵃᵇᶜᵈᵉ]+|\[[0-9a-z]{1,2}\])+$", re.IGNORECASE)
_FIGURE = re.compile(r"[+-]?[0-9.,]*[0-9](?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_BLANK_INSIDE = re.compile(r"(?<=[0-9])[\s\u00a0\u202f'’](?=[0-9]{3})")


def text(value: object) -> str:
    """Return a cell as text with single blanks, a day without its midnight."""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    return " ".join(str(value).split()) if value is not None else ""


def name(value: object) -> str:
    """Return a cell as a name, without the mark of its footnote.

    >>> name("Passenger Car A"), name("LandfilledB"), name("Natural gas [1]"), name("WEEE")
    ('Passenger Car', 'Landfilled', 'Natural gas', 'WEEE')
    """
    return re.sub(r"(?:\s+[A-Z]|(?<=[a-z)])[A-Z])$", "", _NOTE.sub("", text(value)))


def _bare(value: object) -> str:
    return _BLANK_INSIDE.sub("", _NOTE.sub("", text(value)))


def number(value: object, mark: str = "") -> Decimal | None:
    """Return the figure of a cell, `None` for what is none; `mark` parts the decimals."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        return _decimal(repr(value) if isinstance(value, int | float) else str(value))
    bare = _bare(value)
    if not _FIGURE.fullmatch(bare) or is_doubtful(bare, mark):
        return None
    decimals = mark if mark and _GROUPED.fullmatch(bare) else _own_mark(bare)
    for other in {".", ","} - {decimals}:
        bare = bare.replace(other, "")
    return _decimal(bare.replace(",", "."))


def _decimal(figure: str) -> Decimal | None:
    try:
        found = Decimal(figure)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _own_mark(bare: str) -> str:
    """Return what parts the decimals of a figure that shows it itself."""
    last = max(".,", key=bare.rfind)
    if last not in bare:
        return "."
    other = "," if last == "." else "."
    return other if bare.count(last) > 1 else last


def is_doubtful(bare: str, mark: str = "") -> bool:
    """Return whether a figure reads as thousands and as decimals, and nothing says which.

    A point is read as the decimal mark, as in all files that programs write; a comma before three
    digits is not, unless the other figures of its column show what commas are there.
    """
    return not mark and "," in bare and bool(_GROUPED.fullmatch(bare))


def mark_of(cells: Iterable[object]) -> str:
    """Return what parts the decimals in a column: a point, a comma, or nothing that is certain.

    >>> mark_of(["1,234", "0,18296"]), mark_of(["1,234", "25.09"]), mark_of(["1,234"])
    (',', '.', '')
    """
    seen = set()
    for cell in cells:
        bare = _bare(cell) if isinstance(cell, str) else ""
        if not _FIGURE.fullmatch(bare) or not {".", ","} & set(bare) or _GROUPED.fullmatch(bare):
            continue
        seen.add(_own_mark(bare))
    return seen.pop() if len(seen) == 1 else ""


def why_not(value: object, mark: str = "") -> str:
    """Return why a cell is no figure: the key of a sentence."""
    if isinstance(value, date):
        return "day"
    bare = _bare(value)
    if bare.lower() in BLANKS:
        return "blank"
    if bare.startswith("="):
        return "formula"
    if bare.startswith("#"):
        return "error"
    return "two_ways" if is_doubtful(bare, mark) else "no_figure"
