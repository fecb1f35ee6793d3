# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a file of emission factors is read into, whatever its layout, and how its cells are read.

A row becomes a `Found` factor version or is `Refused` with a sentence. Nothing is guessed: a unit
whose basis the file does not say is refused, and so is a figure that is none.

>>> slug("Natural gas", "kWh (Gross CV)")
'NATURAL-GAS-KWH-GROSS-CV'
>>> number(" 0.18296 "), number("n/a"), number(None)
(Decimal('0.18296'), None, None)
"""

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from zipfile import BadZipFile

import openpyxl

from . import gwp

MAX_CODE = 80
TOLERANCE = Decimal("0.005")


class FileProblem(ValueError):
    """The file as a whole cannot be read; the sentence says why."""


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


@dataclass(frozen=True)
class Refused:
    """A row that is no factor version: its number, what it is called, and why."""

    row: int
    name: str
    reason: str


Sheet = tuple[str, list[list]]


def sheets(name: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a workbook, or the one of a CSV file."""
    kind = name.lower().rpartition(".")[2]
    if kind in ("csv", "txt"):
        return [("", _csv(content))]
    if kind != "xlsx":
        raise FileProblem(f"A CSV, XLSX, JSON or ZIP file is expected, not “{name}”.")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileProblem(f"The workbook cannot be read: {error}.") from error
    return [(s.title, [list(line) for line in s.iter_rows(values_only=True)]) for s in book]


def _csv(content: bytes) -> list[list]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    delimiter = max(";,\t", key=text.partition("\n")[0].count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileProblem(f"The file cannot be read: {error}.") from error


def text(value: object) -> str:
    """Return a cell as text with single blanks."""
    return " ".join(str(value).split()) if value is not None else ""


def number(value: object) -> Decimal | None:
    """Return the number of a cell, `None` for what is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(repr(value) if isinstance(value, int | float) else str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def slug(*parts: str) -> str:
    """Return a code of texts: capitals, digits and hyphens; a long one ends in its fingerprint."""
    whole = "-".join(part for part in parts if part)
    code = re.sub(r"[^A-Z0-9]+", "-", whole.upper()).strip("-")
    if len(code) <= MAX_CODE:
        return code
    return f"{code[: MAX_CODE - 9]}-{hashlib.sha256(whole.encode()).hexdigest()[:8].upper()}"


def judge(found: Found) -> Found | Refused:
    """Return a factor version that can be taken, or why not: gases must weigh what it says."""
    for name in ("code", "name", "version", "source", "licence"):
        if not getattr(found, name).strip():
            return Refused(found.row, found.name, f"Its {name} is not known: say it for the file.")
    if found.gwp_set not in gwp.SETS:
        return Refused(
            found.row,
            found.name,
            "The GWP set it is weighed with is not known: say it for the file.",
        )
    if found.value < 0:
        return Refused(found.row, found.name, f"{found.value} is negative; a factor is not.")
    if found.gas_basis == "none":
        return found
    weighed = found.gases.values()
    if found.gas_basis == "mass":
        summed = gwp.weigh(found.gases, found.gwp_set)
    else:
        summed = sum(weighed, Decimal(0))
    if abs(summed - found.value) > abs(found.value) * TOLERANCE:
        reason = (
            f"Its gases weigh {summed:f} kg CO2e under {found.gwp_set}, its value {found.value:f}."
        )
        return Refused(found.row, found.name, reason)
    return found
