# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a file of emission factors is read into, whatever its layout.

A row becomes a `Found` factor version or is `Refused` with its place and a sentence. Nothing is
guessed: a unit whose basis the file does not say is refused, and so is a figure that is none.

>>> slug("Natural gas", "kWh (Gross CV)")
'NATURAL-GAS-KWH-GROSS-CV'
>>> Refused(7, "Gas", "negative", {"cell": "-1"}, "Fuels", "J").reason
'-1 is negative; a factor is not: correct the figure.'
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from . import factor_cells, factor_words, gwp

MAX_CODE = 80
TOLERANCE = Decimal("0.005")
# a row of the file that states nothing: not to be mended by anybody
OPEN_REASONS = {"blank", "gas_blank"}


@dataclass(frozen=True)
class Given:
    """What the person who imports says of the whole file, for what its rows do not say."""

    edition: str = ""
    valid_from: date | None = None
    gwp_set: str = ""
    region: str = ""
    source: str = ""
    source_url: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Found:
    """One factor version of a file."""

    row: int
    code: str
    name: str
    unit: str
    value: Decimal
    gwp_set: str
    version: str
    valid_from: date
    source: str
    licence: str
    category: str = "other"
    scope: str = "3"
    stage: str = "processing"
    red_term: str = ""
    gas_basis: str = "none"
    gases: Mapping[str, Decimal] = field(default_factory=dict)
    biogenic: Decimal | None = None
    region: str = ""
    source_url: str = ""
    note: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class Refused:
    """A row that is no factor version: where it stands, what it is called, and why."""

    row: int
    name: str
    key: str
    detail: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    column: str = ""

    @property
    def reason(self) -> str:
        """The sentence in English."""
        return factor_words.sentence(self.key, dict(self.detail))

    @property
    def is_open(self) -> bool:
        """Whether the file just states nothing there."""
        return self.key in OPEN_REASONS


def letter(place: int) -> str:
    """Return the name of a column of a sheet by its place, the first being 0.

    >>> letter(0), letter(9), letter(27)
    ('A', 'J', 'AB')
    """
    high, low = divmod(place, 26)
    return (letter(high - 1) if high else "") + chr(ord("A") + low)


def no_figure(row: int, name: str, cell: object, sheet="", place=0, mark="") -> Refused:
    """Return why the cell of a row is no figure."""
    key = factor_cells.why_not(cell, mark)
    detail = {} if key == "blank" else {"cell": factor_cells.text(cell)}
    return Refused(row, name, key, detail, sheet, letter(place))


def slug(*parts: str) -> str:
    """Return a code of texts: capitals, digits and hyphens; a long one ends in its fingerprint."""
    whole = "-".join(part for part in parts if part)
    code = re.sub(r"[^A-Z0-9]+", "-", whole.upper()).strip("-")
    if len(code) <= MAX_CODE:
        return code
    return f"{code[: MAX_CODE - 9]}-{hashlib.sha256(whole.encode()).hexdigest()[:8].upper()}"


def judge(found: Found, column: str = "") -> Found | Refused:
    """Return a factor version that can be taken, or why not: gases must weigh what it says."""
    place = (found.sheet, column)
    for name in ("code", "name", "version", "source", "licence"):
        if not getattr(found, name).strip():
            return Refused(found.row, found.name, name, {}, *place)
    if found.gwp_set not in gwp.SETS:
        return Refused(found.row, found.name, "gwp_set", {}, *place)
    if found.value < 0:
        return Refused(found.row, found.name, "negative", {"cell": f"{found.value:f}"}, *place)
    if found.gas_basis == "none":
        return found
    if found.gas_basis == "mass":
        summed = gwp.weigh(found.gases, found.gwp_set)
    else:
        summed = sum(found.gases.values(), Decimal(0))
    if abs(summed - found.value) > abs(found.value) * TOLERANCE:
        detail = {"sum": f"{summed:f}", "set": found.gwp_set, "value": f"{found.value:f}"}
        return Refused(found.row, found.name, "gases", detail, *place)
    return found
