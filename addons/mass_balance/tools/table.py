# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows of a file somebody uploads: CSV, XLSX, JSON, or a PDF that carries data.

A PDF is read from a JSON or CSV file attached to it; failing that, from lines of its text that
read "Label: value". A file that cannot be read is a `FileProblem`; a bad cell is not judged here.
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from zipfile import BadZipFile

import openpyxl
import pypdf
from pypdf.errors import PyPdfError

MAX_ROWS = 20_000


class FileProblem(ValueError):
    """The file as a whole cannot be read: `code` and a detail for people."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Row:
    """One row: its number as the reader of the file counts (the header is row 1), its cells."""

    number: int
    cells: dict[str, object]


def read(name: str, content: bytes) -> list[Row]:
    """Return the rows of a file by the end of its name.

    >>> read("a.csv", b"Number;Date\\nSD-1;2026-01-02\\n")[0]
    Row(number=2, cells={'number': 'SD-1', 'date': '2026-01-02'})
    >>> read("a.json", b'{"sdNumber": "SD-1"}')
    [Row(number=1, cells={'sdnumber': 'SD-1'})]
    """
    kind = name.lower().rpartition(".")[2]
    readers = {"csv": _csv, "txt": _csv, "xlsx": _xlsx, "json": _json, "pdf": _pdf}
    if kind not in readers:
        raise FileProblem("kind", name)
    rows = readers[kind](content)
    if not rows:
        raise FileProblem("empty", name)
    if len(rows) > MAX_ROWS:
        raise FileProblem("long", str(len(rows)))
    return rows


def header(text: object) -> str:
    """Return a header as it is compared: lower case, single blanks, no underscores.

    >>> header(" Valid_From ")
    'valid from'
    """
    return " ".join(str(text or "").replace("_", " ").split()).lower()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, date | int | float) and not isinstance(value, bool):
        return value
    return " ".join(str(value).split()) if value is not None else ""


def _rows(table: list[list], first: int = 2) -> list[Row]:
    """Pair the cells with the header; a row without a word is none."""
    if not table:
        return []
    heads = [header(cell) for cell in table[0]]
    double = {head for head in heads if head and heads.count(head) > 1}
    if double:
        raise FileProblem("double", ", ".join(sorted(double)))
    found = []
    for number, line in enumerate(table[1:], first):
        cells = {h: _cell(v) for h, v in zip(heads, line, strict=False) if h}
        if any(value != "" for value in cells.values()):
            found.append(Row(number, cells))
    return found


def _csv(content: bytes) -> list[Row]:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FileProblem("encoding")
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise FileProblem("broken", str(error)) from error
    return _rows(table)


def _xlsx(content: bytes) -> list[Row]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileProblem("broken", str(error)) from error
    return _rows([list(line) for line in book.worksheets[0].iter_rows(values_only=True)])


def _json(content: bytes) -> list[Row]:
    try:
        data = json.loads(content)
    except ValueError as error:
        raise FileProblem("broken", str(error)) from error
    data = data if isinstance(data, list) else [data]
    if not all(isinstance(item, dict) for item in data):
        raise FileProblem("broken", "a list of objects is expected")
    return [
        Row(number, {header(key): _cell(value) for key, value in item.items()})
        for number, item in enumerate(data, 1)
    ]


def _pdf(content: bytes) -> list[Row]:
    try:
        document = pypdf.PdfReader(io.BytesIO(content))
        for name, files in document.attachments.items():
            if name.lower().endswith((".json", ".csv")):
                return read(name, files[0])
        text = "\n".join(page.extract_text() for page in document.pages)
    except (PyPdfError, KeyError, ValueError, TypeError, OSError) as error:
        raise FileProblem("broken", str(error)) from error
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    cells = {header(label): _cell(value) for label, _colon, value in pairs}
    return [Row(1, cells)] if cells else []


def parse_day(value: object, day_first: bool = True) -> date | None:
    """Return the day a cell names, or None when it does not read as one; never a guess.

    ISO, 31.12.2026, and 31/12/2026 or 12/31/2026 by the order chosen. Two digits of a year, a
    bare number and an impossible day are no date.

    >>> parse_day("18.05.2025"), parse_day("05/18/2025", day_first=False)
    (datetime.date(2025, 5, 18), datetime.date(2025, 5, 18))
    >>> [parse_day(text) for text in ("31.02.2026", "05/18/2025", "45123", "1.1.26", "soon", 0)]
    [None, None, None, None, None, None]
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y" if day_first else "%m/%d/%Y"):
        try:
            found = datetime.strptime(text, form).date()
        except ValueError:
            continue
        return found if found.year >= 1990 else None
    return None
