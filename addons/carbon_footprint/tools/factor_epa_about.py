# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What EPA's hub says of itself: the day it was last modified, and which GWP sets it uses."""

import re
from datetime import date, datetime

from . import gwp
from .factor_cells import number, text

FORMS = ("%d %B %Y", "%B %d, %Y", "%Y-%m-%d")
_DAY = re.compile(r"(\d{1,2} [A-Z][a-z]+ 20\d\d|[A-Z][a-z]+ \d{1,2}, 20\d\d|20\d\d-\d\d-\d\d)")
_WASTE_SET = re.compile(r"\b(AR[4-6]) GWPs? (?:are|were) used")
_TABLE = re.compile(r"table\s*\d+\b", re.IGNORECASE)


def find_day(rows: list[list]) -> date | None:
    """Return the day beside or behind "Last Modified", as a text or as a day.

    >>> find_day([[None, "Last Modified: 15 January 2025"]])
    datetime.date(2025, 1, 15)
    """
    for row in rows[:20]:
        if not any("modified" in text(cell).lower() for cell in row):
            continue
        for cell in row:
            if isinstance(cell, date):
                return cell.date() if isinstance(cell, datetime) else cell
            for form, words in ((f, w) for w in _DAY.findall(text(cell)) for f in FORMS):
                try:
                    return datetime.strptime(words, form).date()
                except ValueError:
                    continue
    return None


def find_set(rows: list[list]) -> str:
    """Return the GWP set whose potentials of methane and nitrous oxide the workbook names."""
    named: dict[str, set] = {"ch4": set(), "n2o": set()}
    for row in rows:
        cells = {text(cell).lower() for cell in row if isinstance(cell, str)}
        for gas in named:
            if gas in cells:
                named[gas] |= {number(cell) for cell in row if number(cell)}
    sets = [
        code
        for code, potentials in gwp.SETS.items()
        if potentials["ch4"] in named["ch4"] and potentials["n2o"] in named["n2o"]
    ]
    return sets[0] if len(sets) == 1 else ""


def find_waste_set(rows: list[list], line: int) -> str:
    """Return the set that the notes below the table of waste name."""
    for row in rows[line:]:
        for cell in row:
            if _TABLE.match(text(cell)):
                return ""
            named = _WASTE_SET.search(text(cell))
            if named:
                return named.group(1)
    return ""
