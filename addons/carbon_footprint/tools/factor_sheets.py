# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The sheets of a file that somebody publishes: a workbook as it is, or a CSV file.

A workbook's formulas count with the result that was stored with them; where none was (a file that
no spreadsheet program has saved), the formula itself stands in the cell, so that it can be named.
"""

import csv
import io
import re
from collections.abc import Iterator
from zipfile import BadZipFile, ZipFile

import openpyxl

MAX_ROWS = 100_000
# a cell with a formula and without a value, or with an empty one
_UNSTORED = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")

Sheet = tuple[str, list[list]]


class FileProblem(ValueError):
    """The file as a whole cannot be read; the sentence says why."""


def sheets(name: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a workbook, or the one of a CSV file."""
    kind = name.lower().rpartition(".")[2]
    if kind in ("csv", "txt", "tsv"):
        return [("", _csv(content))]
    if kind not in ("xlsx", "xlsm"):
        raise FileProblem(f"A CSV, XLSX, JSON or ZIP file is expected, not “{name}”.")
    try:
        found = list(_book(content, is_stored=True))
        if _has_unstored(content):
            formulas = dict(_book(content, is_stored=False))
            found = [(title, _filled(rows, formulas[title])) for title, rows in found]
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileProblem(f"The workbook cannot be read: {error}.") from error
    return found


def _book(content: bytes, is_stored: bool) -> Iterator[Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=is_stored, read_only=True)
    for sheet in book.worksheets:
        # the size a sheet claims to have is often wrong; its rows are not
        sheet.reset_dimensions()
        rows = []
        for row in sheet.iter_rows(values_only=True):
            rows.append(list(row))
            if len(rows) > MAX_ROWS:
                raise FileProblem(
                    f"The sheet “{sheet.title}” has more than {MAX_ROWS} rows: cut it into parts."
                )
        yield sheet.title, rows


def _has_unstored(content: bytes) -> bool:
    with ZipFile(io.BytesIO(content)) as parts:
        names = (n for n in parts.namelist() if n.startswith("xl/worksheets/sheet"))
        return any(_UNSTORED.search(parts.read(name)) for name in names)


def _filled(rows: list[list], formulas: list[list]) -> list[list]:
    """Return the rows with the formula itself where its result is missing."""
    return [
        [
            formula if cell is None and isinstance(formula, str) and formula[:1] == "=" else cell
            for cell, formula in zip(row, texts, strict=False)
        ]
        for row, texts in zip(rows, formulas, strict=False)
    ]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv(content: bytes) -> list[list]:
    """Return the rows of a CSV file, whose first lines may be a title."""
    lines = _decoded(content)
    head = lines.split("\n", 40)[:40]
    delimiter = max(";,\t", key=lambda mark: max(line.count(mark) for line in head))
    try:
        rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileProblem(f"The file cannot be read: {error}.") from error
    if len(rows) > MAX_ROWS:
        raise FileProblem(f"The file has more than {MAX_ROWS} rows: cut it into parts.")
    return rows
