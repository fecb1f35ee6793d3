# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A batch record as a workbook whose counts are formulas over the readings themselves.

Every formula is written with the value that the record holds, so that a reader that does not
calculate shows the same; a last column says by how much both differ.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import xlsxwriter

# A sheet can hold a million rows; beyond this many, people and programs take the CSV files.
MOST_READINGS: Final = 200_000
# Columns of the sheet of readings that the counts look at, and its verdicts in their order.
WINDOW, VERDICT, COUNTS = "A", "I", "J"
VERDICTS: Final = ("conform", "critical", "unusable")


@dataclass(frozen=True)
class Sheet:
    """A sheet of texts: name, heads and rows as they are read."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Content:
    """What is written; texts are in the reader's language.

    `windows`: (number, stage, requirement, sensor, limits, readings, conforming, breaches,
    unusable), the last four as the record counts them. `readings`: (window, sensor, time, value,
    unit, raw value, raw unit, text, verdict, counts 1|0, origin), in the order of the windows;
    None where they are not written, and `note` then says why.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    sheets: Sequence[Sheet]
    windows: Sequence[tuple]
    window_heads: Sequence[str]
    reading_heads: Sequence[str]
    names: Sequence[str]  # of the first sheet, the windows' and the readings'
    readings: Iterable[tuple] | None = field(default=None)
    note: str = ""


class Workbook:
    """Writes one workbook; `render` returns its bytes."""

    def __init__(self, content: Content):
        self.content = content
        self.buffer = io.BytesIO()
        # in_memory: nothing is left on disk; strings are text, never formulas of a stranger
        self.book = xlsxwriter.Workbook(
            self.buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})

    def render(self) -> bytes:
        """Write every sheet and return the file."""
        first, windows, readings = self.content.names
        self._facts(first)
        self._windows(windows, readings)
        for sheet in self.content.sheets:
            self._table(sheet)
        self._readings(readings)
        self.book.close()
        return self.buffer.getvalue()

    def _facts(self, name: str) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.set_column("A:A", 30)
        sheet.set_column("B:B", 90, self.wrap)
        sheet.write_string(0, 0, self.content.title, self.title)
        for row, (label, value) in enumerate(self.content.facts, 2):
            sheet.write_string(row, 0, label, self.head)
            sheet.write_string(row, 1, value, self.wrap)

    def _table(self, table: Sheet) -> None:
        sheet = self._sheet(table.name, table.heads)
        for number, row in enumerate(table.rows, 1):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text, self.wrap)

    def _sheet(self, name: str, heads: Sequence[str]):
        sheet = self.book.add_worksheet(name)
        sheet.write_row(0, 0, heads, self.head)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 20)
        return sheet

    def _windows(self, name: str, readings: str) -> None:
        sheet = self._sheet(name, self.content.window_heads)
        for index, row in enumerate(self.content.windows, 2):
            sheet.write_number(index - 1, 0, row[0])
            sheet.write_row(index - 1, 1, row[1:])
            if self.content.readings is not None:
                self._counts(sheet, index, row[5:], readings)

    def _counts(self, sheet, index: int, figures: Sequence[int], readings: str) -> None:
        """Write the counts over the sheet of readings, and what they differ by."""
        own = f"'{readings}'!${WINDOW}:${WINDOW},$A{index},'{readings}'!${COUNTS}:${COUNTS},1"
        verdict = f"'{readings}'!${VERDICT}:${VERDICT}"
        formulas = [
            f"COUNTIFS({own})",
            *(f'COUNTIFS({own},{verdict},"{code}")' for code in VERDICTS),
        ]
        for column, formula, figure in zip("JKLM", formulas, figures, strict=True):
            sheet.write_formula(f"{column}{index}", f"={formula}", None, figure)
        difference = "+".join(
            f"ABS({a}{index}-{b}{index})" for a, b in zip("FGHI", "JKLM", strict=True)
        )
        sheet.write_formula(f"N{index}", f"={difference}", None, 0)

    def _readings(self, name: str) -> None:
        sheet = self._sheet(name, self.content.reading_heads)
        if self.content.readings is None:
            sheet.write_string(1, 0, self.content.note)
            return
        for number, row in enumerate(self.content.readings, 1):
            sheet.write_row(number, 0, row)
