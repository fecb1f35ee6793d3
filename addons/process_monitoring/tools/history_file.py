# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
r"""A historian's CSV file: what it is written in, what its columns mean, what its lines say.

Two layouts are known: one reading a line (time, sensor, value, …), and one column for each sensor.

>>> text, encoding = decode("Zeit;t1\n02.03.2026 11:00:00;72,4\n".encode())
>>> layout = Layout(guess_delimiter(text), ",", "dmy", "Europe/Berlin", "refuse",
...                 (Column("time"), Column("series", "t1", "°C")))
>>> [(line.number, line.samples[0].source_ms, line.samples[0].value)
...  for line in read(text, layout)]
[(2, 1772445600000, 72.4)]
"""

import base64
import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from . import local_time
from .delivery import QUALITIES, Refused
from .sample import QUALITY_GOOD, Sample

ROLES = [
    ("time", "Time"),
    ("sensor", "Sensor code"),
    ("value", "Value or state"),
    ("unit", "Unit"),
    ("quality", "Quality"),
    ("sequence", "Sequence number"),
    ("series", "Values of one sensor"),
    ("ignore", "Not imported"),
]
DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "pipe": "|"}
_WORDS = {
    "time": ("time", "timestamp", "datetime", "date", "zeit", "zeitstempel", "datum", "ts", "at"),
    "sensor": ("sensor", "tag", "tagname", "point", "name", "code", "messstelle", "signal"),
    "value": ("value", "wert", "messwert", "reading", "val", "state", "text"),
    "unit": ("unit", "einheit", "uom", "eu"),
    "quality": ("quality", "status", "qualität", "qualitaet", "opcquality"),
    "sequence": ("sequence", "seq", "sequenz", "no", "nr"),
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"))
_BOMS += ((codecs.BOM_UTF16_BE, "utf-16"),)


@dataclass(frozen=True)
class Column:
    """What one column means; of a series also whose values it holds, and in which unit."""

    role: str
    sensor: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Layout:
    """How a file is read."""

    delimiter: str
    decimal: str
    time_format: str
    zone: str
    choice: str
    columns: tuple[Column, ...]
    origin: str = "file"

    def find(self, role: str) -> int | None:
        """Return the place of the first column of a role."""
        return next((place for place, c in enumerate(self.columns) if c.role == role), None)


@dataclass(frozen=True)
class Line:
    """One line of the file: its number, its samples, and why it has none."""

    number: int
    samples: tuple[Sample, ...]
    refused: tuple[str, ...] = ()


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding: by its mark, else UTF-8, else Windows' Latin."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def from_base64(content: bytes) -> bytes:
    """Return a file that Odoo hands out."""
    return base64.b64decode(content)


def guess_delimiter(text: str) -> str:
    """Return what separates the columns: what gives the first lines the most equal columns.

    >>> guess_delimiter("a;b;c"), guess_delimiter("a,b")
    (';', ',')
    """
    head = text[:20_000].splitlines()[:20]

    def count(delimiter):
        widths = [line.count(delimiter) for line in head if line.strip()]
        return (min(widths, default=0), -DELIMITER_ORDER.index(delimiter))

    return max(DELIMITER_ORDER, key=count)


DELIMITER_ORDER = [";", "\t", "|", ","]


def read_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each line with its cells, the header first; empty lines are left out."""
    limited = io.StringIO(text.replace("\x00", ""), newline="")
    reader = csv.reader(limited, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, [f"\x00{error}"]
            continue
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def head(text: str, delimiter: str, count: int) -> list[list[str]]:
    """Return the cells of the first lines, the header first."""
    return [cells for _number, cells in islice(read_rows(text, delimiter), count)]


def guess_roles(header: list[str], codes: set[str]) -> list[Column]:
    """Return what the columns seem to mean, by their names and the codes of sensors.

    >>> [c.role for c in guess_roles(["Timestamp", "TagName", "Value", "x"], set())]
    ['time', 'sensor', 'value', 'ignore']
    >>> guess_roles(["Zeit", "t1 [°C]"], {"t1"})[1]
    Column(role='series', sensor='t1', unit='°C')
    """
    columns, used = [], set()
    for cell in header:
        name, unit = _split_unit(cell)
        role = _guess_role(name, used)
        if name in codes:
            columns.append(Column("series", name, unit))
        else:
            columns.append(Column(role))
            used.add(role)
    return columns


def _split_unit(cell: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?)\s*[\[(]([^\])]*)[\])]", cell.strip())
    return (match[1], match[2].strip()) if match else (cell.strip(), "")


def _guess_role(name: str, used: set[str]) -> str:
    word = re.sub(r"[\W_]+", "", name.lower())
    for role, words in _WORDS.items():
        if word in words and role not in used:
            return role
    return "ignore"


def guess_decimal(texts: list[str]) -> str:
    """Return the decimal sign of some numbers.

    >>> guess_decimal(["72,4", "1"]), guess_decimal(["72.4"]), guess_decimal(["72"])
    (',', '.', '.')
    """
    commas = sum(bool(re.fullmatch(r"[+-]?\d+,\d+", text.strip(), re.ASCII)) for text in texts)
    points = sum(bool(re.fullmatch(r"[+-]?\d+\.\d+", text.strip(), re.ASCII)) for text in texts)
    return "," if commas > points else "."


def parse_number(text: str, decimal: str) -> float | int | Refused:
    """Return a number written with this decimal sign; the other sign is not taken for thousands.

    A whole number that no float is equal to stays whole: the door says so and refuses it.

    >>> parse_number("72,4", ","), parse_number("1e-3", ".")
    (72.4, 0.001)
    >>> parse_number("9007199254740993", "."), parse_number("9007199254740992", ".")
    (9007199254740993, 9007199254740992.0)
    >>> parse_number("72,4", ".")
    Refused(reason="'72,4' is not a number with the decimal sign '.'.")
    """
    text = text.strip()
    sign = re.escape(decimal)
    if not re.fullmatch(rf"[+-]?\d{{1,300}}(?:{sign}\d+)?(?:[eE][+-]?\d{{1,3}})?", text, re.ASCII):
        return Refused(f"{text[:60]!r} is not a number with the decimal sign {decimal!r}.")
    number = float(text.replace(decimal, "."))
    is_whole = text.lstrip("+-").isdigit()
    return int(text) if is_whole and int(text) != number else number


def read(text: str, layout: Layout) -> Iterator[Line]:
    """Yield the lines of the file after its header: samples, or reasons why there are none."""
    rows = read_rows(text, layout.delimiter)
    next(rows, None)
    for number, cells in rows:
        if cells[0].startswith("\x00"):
            yield Line(number, (), (f"The line cannot be read: {cells[0][1:]}.",))
        else:
            yield _read_line(number, cells, layout)


def _read_line(number: int, cells: list[str], layout: Layout) -> Line:
    def cell(role):
        place = layout.find(role)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    source_ms = local_time.parse(cell("time"), layout.time_format, layout.zone, layout.choice)
    if isinstance(source_ms, Refused):
        return Line(number, (), (source_ms.reason,))
    quality, sequence = _read_quality(cell("quality")), _read_sequence(cell("sequence"))
    refused = [found.reason for found in (quality, sequence) if isinstance(found, Refused)]
    if refused:
        return Line(number, (), tuple(refused))
    common = {
        "source_ms": source_ms,
        "sequence": sequence,
        "quality": quality,
        "origin": layout.origin,
    }
    if layout.find("sensor") is not None:
        found = _read_value(cell("value"), layout.decimal, cell("sensor"), cell("unit"), common)
        return Line(number, (found,))
    return _read_series(number, cells, layout, common)


def _read_series(number: int, cells: list[str], layout: Layout, common: dict) -> Line:
    """Read one column a sensor; an empty cell is no reading of that sensor."""
    samples = []
    for place, column in enumerate(layout.columns):
        if column.role == "series" and place < len(cells) and cells[place].strip():
            samples.append(
                _read_value(cells[place], layout.decimal, column.sensor, column.unit, common)
            )
    return Line(number, tuple(samples), () if samples else ("There is no value in the line.",))


def _read_value(text: str, decimal: str, sensor: str, unit: str, common: dict) -> Sample:
    """Return a number as a value, anything else as a text: the sensor knows which it delivers."""
    text = text.strip()
    number = parse_number(text, decimal)
    is_number = not isinstance(number, Refused)
    return Sample(
        sensor=sensor,
        value=number if is_number else None,
        text=None if is_number or not text else text,
        unit=unit or None,
        **common,
    )


def _read_quality(text: str) -> int | Refused:
    if not text:
        return QUALITY_GOOD
    if text.lower() in QUALITIES:
        return QUALITIES[text.lower()]
    if re.fullmatch(r"\d{1,5}", text, re.ASCII):
        return int(text)
    return Refused(f"{text[:60]!r} is not a quality.")


def _read_sequence(text: str) -> int | Refused:
    if not text:
        return 0
    if re.fullmatch(r"\d{1,18}", text, re.ASCII):
        return int(text)
    return Refused(f"{text[:60]!r} is not a sequence number.")
