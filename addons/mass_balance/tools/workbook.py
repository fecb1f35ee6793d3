# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The mass-balance report as a workbook whose figures are formulas over the ledger's lines.

Every formula is written with the value the books hold, so that a reader that does not calculate
shows the same; a last column compares both. Sheets: Report, Balance, Months, Conversions,
Declarations, Ledger. Days that formulas compare are whole numbers shown as days (20261001):
spreadsheets take a text that looks like a date for one, and then compare it with nothing.
"""

import io
from dataclasses import dataclass, field
from decimal import Decimal

import xlsxwriter

LEDGER = (
    "Entry",
    "Date",
    "Month",
    "Period from",
    "Book",
    "Direction",
    "Change (kg)",
    "Document",
    "Declaration",
    "Set of characteristics",
    "Lot",
    "Order",
    "Factor",
    "Reason",
    "Hash",
)
DAY, MONTH, PERIOD = (LEDGER.index(name) for name in ("Date", "Month", "Period from"))
DIRECTIONS = (
    "opening",
    "in",
    "convert",
    "loss",
    "fuel",
    "transfer_in",
    "transfer_out",
    "out",
    "forfeit",
    "correction",
)


@dataclass(frozen=True)
class Content:
    """What is written; quantities are `Decimal`, dates ISO texts.

    `ledger`: rows as `LEDGER`, every entry of the books up to the last day of the report.
    `balance`: (book, from, to, closing kg, scheme, physical kg or None, carried, forfeited, state).
    `months`: (book, from, month, closing kg).
    `conversions`: (order, input book, set, consumed kg, numerator, denominator, credited kg).
    `declarations`: (number, state, recipient, day, declared kg, drawn kg).
    """

    title: str
    facts: list[tuple[str, str]]
    indicators: list[tuple[str, str, str, str]] = field(default_factory=list)
    ledger: list[tuple] = field(default_factory=list)
    balance: list[tuple] = field(default_factory=list)
    months: list[tuple] = field(default_factory=list)
    conversions: list[tuple] = field(default_factory=list)
    declarations: list[tuple] = field(default_factory=list)


def _whole(day: str) -> int:
    """Return an ISO day or month as a whole number.

    >>> _whole("2026-10-01"), _whole("2026-10")
    (20261001, 202610)
    """
    return int(day.replace("-", ""))


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
        self.kg = self.book.add_format({"num_format": "#,##0.000"})
        self.day = self.book.add_format({"num_format": "0000-00-00", "align": "left"})
        self.month = self.book.add_format({"num_format": "0000-00", "align": "left"})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.note = self.book.add_format({"italic": True, "font_color": "#52606d"})
        self.rows = max(len(content.ledger), 1) + 1

    def render(self) -> bytes:
        """Write every sheet and return the file."""
        self._report()
        self._balance()
        self._months()
        self._conversions()
        self._declarations()
        self._ledger()
        self.book.close()
        return self.buffer.getvalue()

    def _sheet(self, name: str, headers: tuple, widths: dict[str, int]):
        sheet = self.book.add_worksheet(name)
        sheet.write_row(0, 0, headers, self.head)
        sheet.freeze_panes(1, 0)
        for columns, width in widths.items():
            sheet.set_column(columns, width)
        return sheet

    def _range(self, column: str) -> str:
        """Return a column of the ledger as an absolute range."""
        return f"Ledger!${column}$2:${column}${self.rows}"

    def _sum(self, *criteria: str) -> str:
        """Return a SUMIFS over the changes; `criteria` are column, condition, column, …"""
        parts = [
            f"{self._range(column)},{condition}"
            for column, condition in zip(criteria[::2], criteria[1::2], strict=True)
        ]
        return f"SUMIFS({self._range('G')},{','.join(parts)})"

    def _formula(self, sheet, cell: str, formula: str, value: Decimal, style=None) -> None:
        sheet.write_formula(cell, f"={formula}", style or self.kg, float(value))

    # -- sheets -----------------------------------------------------------------------------------

    def _report(self) -> None:
        sheet = self.book.add_worksheet("Report")
        sheet.set_column("A:A", 34)
        sheet.set_column("B:D", 42)
        sheet.write(0, 0, self.content.title, self.title)
        for row, (label, value) in enumerate(self.content.facts, 2):
            sheet.write(row, 0, label, self.head)
            sheet.write(row, 1, value)
        row = len(self.content.facts) + 4
        heads = ("Indicator (never used for a claim)", "Book", "Value", "Why not")
        sheet.write_row(row, 0, heads, self.head)
        for offset, line in enumerate(self.content.indicators, 1):
            sheet.write_row(row + offset, 0, line)
        row += len(self.content.indicators) + 2
        note = "The other sheets are formulas over the lines of Ledger. Each difference must be 0."
        sheet.write(row, 0, note, self.note)

    def _balance(self) -> None:
        headers = (
            "Book",
            "From",
            "To",
            "Opening",
            *DIRECTIONS,
            "Closing",
            "Closing in the books",
            "Difference",
            "Scheme",
            "Physical stock",
            "Surplus before forfeit",
            "Carried by rule",
            "Carried in the books",
            "State",
        )
        sheet = self._sheet("Balance", headers, {"A:A": 52, "B:C": 11, "D:X": 13})
        for index, row in enumerate(self.content.balance, 2):
            self._balance_row(sheet, index, row)

    def _balance_row(self, sheet, index: int, row: tuple) -> None:
        book, start, end, closing, scheme, physical, carried, forfeited, state = row
        own = [line for line in self.content.ledger if line[4] == book]
        sheet.write(f"A{index}", book)
        sheet.write_number(f"B{index}", _whole(start), self.day)
        sheet.write_number(f"C{index}", _whole(end), self.day)
        before = sum((line[6] for line in own if line[3] < start), Decimal(0))
        formula = self._sum("E", f"$A{index}", "D", f'"<"&$B{index}')
        self._formula(sheet, f"D{index}", f"ROUND({formula},3)", before)
        for offset, direction in enumerate(DIRECTIONS):
            column = chr(ord("E") + offset)
            value = sum(
                (line[6] for line in own if line[3] == start and line[5] == direction), Decimal(0)
            )
            formula = self._sum("E", f"$A{index}", "D", f"$B{index}", "F", f"{column}$1")
            self._formula(sheet, f"{column}{index}", f"ROUND({formula},3)", value)
        self._formula(sheet, f"O{index}", f"ROUND(SUM(D{index}:N{index}),3)", closing)
        sheet.write_number(f"P{index}", float(closing), self.kg)
        self._formula(sheet, f"Q{index}", f"ROUND(O{index}-P{index},3)", Decimal(0))
        sheet.write(f"R{index}", scheme)
        if physical is not None:
            sheet.write_number(f"S{index}", float(physical), self.kg)
        self._formula(sheet, f"T{index}", f"ROUND(O{index}-M{index},3)", closing + forfeited)
        rule = f'IF(R{index}="iscc_plus",T{index},MIN(T{index},MAX(N(S{index}),0)))'
        if state == "closed":
            self._formula(sheet, f"U{index}", rule, carried)
            sheet.write_number(f"V{index}", float(carried), self.kg)
        sheet.write(f"W{index}", state)

    def _months(self) -> None:
        headers = (
            "Book",
            "Period from",
            "Month",
            "Change",
            "Closing",
            "Closing in the books",
            "Difference",
        )
        sheet = self._sheet("Months", headers, {"A:A": 52, "B:C": 12, "D:G": 14})
        previous = None
        for index, (book, start, month, closing) in enumerate(self.content.months, 2):
            own = [line for line in self.content.ledger if line[4] == book]
            change = sum(
                (line[6] for line in own if line[3] == start and line[2] == month), Decimal(0)
            )
            sheet.write(f"A{index}", book)
            sheet.write_number(f"B{index}", _whole(start), self.day)
            sheet.write_number(f"C{index}", _whole(month), self.month)
            formula = self._sum("E", f"$A{index}", "D", f"$B{index}", "C", f"$C{index}")
            self._formula(sheet, f"D{index}", f"ROUND({formula},3)", change)
            base = f"E{index - 1}"
            if previous != (book, start):
                base = self._sum("E", f"$A{index}", "D", f'"<"&$B{index}')
            self._formula(sheet, f"E{index}", f"ROUND({base}+D{index},3)", closing)
            sheet.write_number(f"F{index}", float(closing), self.kg)
            self._formula(sheet, f"G{index}", f"ROUND(E{index}-F{index},3)", Decimal(0))
            previous = (book, start)

    def _conversions(self) -> None:
        headers = (
            "Order",
            "Input book",
            "Set of characteristics",
            "Consumed (kg)",
            "Factor: output",
            "Factor: input",
            "Conversion factor",
            "Input × factor, cut to grams",
            "Credited (kg)",
            "Not claimed (kg)",
        )
        sheet = self._sheet("Conversions", headers, {"A:A": 18, "B:C": 44, "D:J": 15})
        for index, row in enumerate(self.content.conversions, 2):
            order, book, name, consumed, numerator, denominator, credited = row
            sheet.write_row(index - 1, 0, (order, book, name))
            formula = self._sum(
                "E", f"$B{index}", "L", f"$A{index}", "J", f"$C{index}", "F", '"<>correction"'
            )
            self._formula(sheet, f"D{index}", f"ROUND(-{formula},3)", consumed)
            sheet.write_number(f"E{index}", float(numerator))
            sheet.write_number(f"F{index}", float(denominator))
            factor = numerator / denominator
            self._formula(sheet, f"G{index}", f"E{index}/F{index}", factor, self.book.add_format())
            due = (consumed * numerator / denominator).quantize(Decimal("0.001"), "ROUND_DOWN")
            # the inner rounding takes away what binary fractions add
            product = f"ROUNDDOWN(ROUND(D{index}*E{index}/F{index},9),3)"
            self._formula(sheet, f"H{index}", product, due)
            formula = self._sum("L", f"$A{index}", "J", f"$C{index}", "F", '"convert"', "G", '">0"')
            self._formula(sheet, f"I{index}", f"ROUND({formula},3)", credited)
            self._formula(sheet, f"J{index}", f"ROUND(H{index}-I{index},3)", due - credited)

    def _declarations(self) -> None:
        headers = (
            "Number",
            "State",
            "Recipient",
            "Date of dispatch",
            "Declared (kg)",
            "Drawn (kg)",
            "Difference",
        )
        sheet = self._sheet("Declarations", headers, {"A:A": 18, "B:B": 11, "C:C": 36, "D:G": 15})
        for index, row in enumerate(self.content.declarations, 2):
            number, state, recipient, day, declared, drawn = row
            due = Decimal(0) if state == "cancelled" else declared
            sheet.write_row(index - 1, 0, (number, state, recipient, day))
            sheet.write_number(f"E{index}", float(declared), self.kg)
            formula = self._sum("I", f"$A{index}", "J", '"<>"')
            self._formula(sheet, f"F{index}", f"ROUND(-{formula},3)", drawn)
            difference = f'ROUND(IF(B{index}="cancelled",0,E{index})-F{index},3)'
            self._formula(sheet, f"G{index}", difference, due - drawn)

    def _ledger(self) -> None:
        widths = {"A:D": 11, "E:E": 52, "F:G": 13, "H:I": 18, "J:J": 44, "K:N": 18, "O:O": 66}
        sheet = self._sheet("Ledger", LEDGER, widths)
        for index, line in enumerate(self.content.ledger, 1):
            for column, value in enumerate(line):
                if isinstance(value, Decimal):
                    sheet.write_number(index, column, float(value), self.kg)
                elif column in (DAY, MONTH, PERIOD):
                    style = self.month if column == MONTH else self.day
                    sheet.write_number(index, column, _whole(value), style)
                else:
                    sheet.write(index, column, value)
        sheet.autofilter(0, 0, max(len(self.content.ledger), 1), len(LEDGER) - 1)
