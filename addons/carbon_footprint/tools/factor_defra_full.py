# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The UK government's conversion factors (DESNZ/DEFRA), as the full set that people read.

A sheet for each source ("Fuels", "Waste disposal"): above the tables stand source, scope and year,
then tables whose header has "Unit" and, right of it, "kg CO2e" and its gases, once or for several
treatments or loads whose names stand in the row above. What a cell left of the unit says holds for
the rows below it that leave it open, as merged cells do. Footnotes stand below the tables. The
places of the columns agree with the cell references that others cite for the 2026 set
('Fuels'!D23 is butane by the tonne); the workbook itself was not at hand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import factor_defra
from .factor_cells import mark_of, text
from .factor_defra import GAS, LEVELS, TOTAL, Thing
from .factor_file import Found, Given, Refused
from .factor_sheets import Sheet

NOT_READ = ("introduction", "index", "what's new", "contents", "conversions", "fuel properties")
_UNIT = "unit"


@dataclass(frozen=True)
class Head:
    """The header of a table: where its unit and its figures stand."""

    unit: int
    # place, label ("kg co2e of ch4 per unit"), treatment or load
    values: tuple[tuple[int, str, str], ...]


def find(book: list[Sheet]) -> list[Sheet]:
    """Return the sheets that have a table in this layout."""
    return [
        (title, rows)
        for title, rows in book
        if title.strip().lower() not in NOT_READ
        and _about(title, rows)["scope"]
        and any(_head(row, []) for row in rows)
    ]


def read(book: list[Sheet], given: Given) -> list[Found | Refused]:
    """Return the factors of all sheets; biogenic CO2 goes along with its fuel."""
    things = [thing for title, rows in find(book) for thing in _things(title, rows)]
    return factor_defra.weigh(things, given)


def _about(title: str, rows: list[list]) -> dict[str, str]:
    """Return source, scope and year, which stand beside their labels above the tables."""
    found = {"emissions source": "", "scope": "", "year": ""}
    for row in rows[:20]:
        cells = [text(cell) for cell in row if text(cell)]
        for label, value in zip(cells, cells[1:], strict=False):
            key = label.rstrip(":").strip().lower()
            if label.endswith(":") and key in found and not value.endswith(":"):
                found[key] = found[key] or value
    found["year"] = next(iter(re.findall(r"20\d\d", found["year"])), "")
    return found | {"emissions source": found["emissions source"] or title}


def _head(row: list, above: list) -> Head | None:
    """Return the header that a row is, `None` for any other row."""
    cells = [text(cell).lower() for cell in row]
    if _UNIT not in cells:
        return None
    unit = cells.index(_UNIT)
    values, group = [], ""
    for place in range(unit + 1, len(cells)):
        group = (text(above[place]) if place < len(above) else "") or group
        if cells[place] == TOTAL or GAS.fullmatch(cells[place]):
            values.append((place, cells[place], group))
    return Head(unit, tuple(values)) if any(v[1] == TOTAL for v in values) else None


def _things(title: str, rows: list[list]) -> Iterator[Thing]:
    about = _about(title, rows)
    mark = mark_of(cell for row in rows for cell in row)
    head, labels = None, []
    for line, row in enumerate(rows, 1):
        above = rows[line - 2] if line > 1 else []
        found = _head(row, above)
        if found:
            head, labels = found, [""] * found.unit
        elif head and head.unit < len(row) and text(row[head.unit]):
            labels = _held(labels, [text(cell) for cell in row[: head.unit]])
            yield from _of_row(line, row, head, labels, (title, about, mark))
        elif not any(text(cell) for cell in row):
            labels = [""] * len(labels)


def _held(labels: list[str], cells: list[str]) -> list[str]:
    """Return the labels of a row: an open cell repeats the one above unless one before it is new.

    >>> _held(["Gaseous fuels", "Butane"], ["", ""]), _held(["Gaseous fuels", "CNG"], ["Oil", ""])
    (['Gaseous fuels', 'Butane'], ['Oil', ''])
    """
    found, is_new = [], False
    for before, cell in zip(labels, cells, strict=True):
        is_new = is_new or bool(cell and cell != before)
        found.append(cell or ("" if is_new else before))
    return found


def _of_row(line: int, row: list, head: Head, labels: list[str], sheet: tuple) -> Iterator[Thing]:
    title, about, mark = sheet
    groups: dict[str, Thing] = {}
    levels = [*labels, *[""] * len(LEVELS)][: len(LEVELS) - 2]
    # between the unit and the figures some tables name a year or a country
    first = head.values[0][0]
    more = " ".join(text(cell) for cell in row[head.unit + 1 : first] if text(cell))
    for place, label, group in head.values:
        cells = {
            "scope": about["scope"],
            "level 1": about["emissions source"],
            **dict(zip(LEVELS[1:4], levels, strict=False)),
            "column text": " ".join(part for part in (more, group) if part),
            "uom": text(row[head.unit]),
        }
        thing = groups.setdefault(group, Thing(line, title, cells, about["year"], mark))
        thing.add(label, row[place] if place < len(row) else None, line, place)
    yield from groups.values()
