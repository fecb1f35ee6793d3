# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A footprint as a workbook whose figures are formulas over its leaves.

Every formula is written with the value that the footprint holds, so that a reader that does not
calculate shows the same; a column beside it says by how much both differ. Sheets: Footprint,
Leaves, Outputs, Gases, Factors. A leaf is quantity × conversion × units of the factor × factor,
rounded once to a milligram. Its share is rounded so that all outputs add up, so it may differ by
that milligram.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import xlsxwriter

MILLIGRAM = Decimal("0.000001")
ZERO = Decimal("0")


@dataclass(frozen=True)
class Row:
    """One leaf; a figure that is not known is None. `gases` are kg CO2e of the product."""

    texts: Sequence[str]  # name, source, evidence, stage, scope, RED term
    amount: Decimal | None
    unit: str
    conversion: Decimal
    ratio: Decimal | None
    factor: Decimal | None
    factor_unit: str
    factor_name: str
    kg: Decimal | None
    product_kg: Decimal | None
    quality: str
    gap: str
    gases: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """What is written. `heads` holds the words of the reader's language by key.

    `outputs`: (product, lot, kind, is main, kg, numerator, denominator, kg CO2e).
    `stages`, `scopes`, `qualities`: labels as the leaves use them. `product_kg`, `quantity_kg` and
    `per_kg` are the sealed figures. `factors`: rows of texts and a `Decimal`.
    """

    heads: dict[str, list[str] | str]
    facts: list[tuple[str, str]]
    notes: list[tuple[str, str]]
    rows: list[Row]
    outputs: list[tuple]
    stages: list[str]
    scopes: list[str]
    qualities: list[str]
    factors: list[tuple]
    product_kg: Decimal | None
    quantity_kg: Decimal | None
    per_kg: Decimal | None


class Workbook:
    """Writes one workbook; `render` returns its bytes."""

    def __init__(self, content: Content):
        self.content = content
        self.is_complete = content.product_kg is not None
        self.buffer = io.BytesIO()
        # in_memory: nothing is left on disk; strings are text, never formulas of a stranger
        self.book = xlsxwriter.Workbook(
            self.buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.kg = self.book.add_format({"num_format": "#,##0.000000"})
        self.per_kg = self.book.add_format({"num_format": "#,##0.000000000"})
        self.share = self.book.add_format({"num_format": "0.0 %"})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.bold = self.book.add_format({"bold": True})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.gap = self.book.add_format({"font_color": "#b45309", "text_wrap": True})
        self.last = max(len(content.rows), 1) + 1

    def render(self) -> bytes:
        """Write every sheet and return the file."""
        names = self.content.heads["sheets"]
        sheets = [self.book.add_worksheet(name) for name in names]
        for sheet, write in zip(
            sheets,
            (self._main, self._leaves, self._outputs, self._gases, self._factors),
            strict=True,
        ):
            write(sheet)
        self.book.close()
        return self.buffer.getvalue()

    # -- helpers --------------------------------------------------------------------------------

    def _head(self, sheet, key: str, widths: dict[str, int]) -> None:
        sheet.write_row(0, 0, self.content.heads[key], self.head)
        sheet.freeze_panes(1, 0)
        for columns, width in widths.items():
            sheet.set_column(columns, width)

    def _number(self, sheet, cell: str, value: Decimal | None, style=None) -> None:
        if value is not None:
            sheet.write_number(cell, float(value), style)

    def _formula(self, sheet, cell: str, formula: str, value: Decimal | None, style=None) -> None:
        shown = "" if value is None else float(value)
        sheet.write_formula(cell, f"={formula}", style or self.kg, shown)

    def _range(self, column: str, sheet: int = 1) -> str:
        """Return a column of the leaves as an absolute range."""
        return f"'{self.content.heads['sheets'][sheet]}'!${column}$2:${column}${self.last}"

    @property
    def _sum_column(self) -> str:
        """The column that is summed: the product's, or the order's while there is no figure."""
        return "S" if self.is_complete else "O"

    def _known(self, rows) -> Decimal:
        kg = [row.product_kg if self.is_complete else row.kg for row in rows]
        return sum((value for value in kg if value is not None), ZERO)

    # -- sheets ---------------------------------------------------------------------------------

    def _main(self, sheet) -> None:
        sheet.set_column("A:A", 44)
        sheet.set_column("B:D", 26)
        sheet.write(0, 0, self.content.heads["title"], self.title)
        line = 2
        for label, value in self.content.facts:
            sheet.write(line, 0, label, self.bold)
            sheet.write(line, 1, value)
            line += 1
        line = self._figures(sheet, line + 2)
        for key, column, labels in (
            ("stages", "D", self.content.stages),
            ("scopes", "E", self.content.scopes),
            ("qualities", "T", self.content.qualities),
        ):
            line = self._sums(sheet, line + 1, key, column, labels)
        for label, value in self.content.notes:
            line += 1
            sheet.write(line, 0, label, self.bold)
            sheet.write(line, 1, value, self.gap if label == self.content.heads["gap"] else None)

    def _figures(self, sheet, line: int) -> int:
        """Write the figure as a formula beside the sealed one; return the next free line."""
        content, heads = self.content, self.content.heads
        sheet.write_row(line - 1, 0, heads["figures"], self.head)
        total = self._known(content.rows)
        row = line + 1
        sheet.write(f"A{row}", heads["product" if self.is_complete else "known"])
        self._formula(sheet, f"B{row}", f"ROUND(SUM({self._range(self._sum_column)}),6)", total)
        if self.is_complete:
            self._number(sheet, f"C{row}", content.product_kg, self.kg)
            self._formula(sheet, f"D{row}", f"ROUND(B{row}-C{row},6)", total - content.product_kg)
            sheet.write(f"A{row + 1}", heads["quantity"])
            self._number(sheet, f"B{row + 1}", content.quantity_kg, self.kg)
            sheet.write(f"A{row + 2}", heads["per_kg"])
            formula = f"ROUND(B{row}/B{row + 1},9)"
            self._formula(sheet, f"B{row + 2}", formula, content.per_kg, self.per_kg)
            self._number(sheet, f"C{row + 2}", content.per_kg, self.per_kg)
            self._formula(
                sheet, f"D{row + 2}", f"ROUND(B{row + 2}-C{row + 2},9)", ZERO, self.per_kg
            )
        return row + 3

    def _sums(self, sheet, line: int, key: str, column: str, labels) -> int:
        """Write the sums over the leaves by a label; return the next free line."""
        sheet.write_row(line - 1, 0, self.content.heads[key], self.head)
        total = self._known(self.content.rows)
        kg = self._range(self._sum_column)
        for offset, label in enumerate(labels, 1):
            row = line + offset
            own = self._known(leaf for leaf in self.content.rows if _label(leaf, key) == label)
            sheet.write(f"A{row}", label)
            formula = f"ROUND(SUMIFS({kg},{self._range(column)},$A{row}),6)"
            self._formula(sheet, f"B{row}", formula, own)
            share = own / total if total else None
            self._formula(sheet, f"C{row}", f'IFERROR(B{row}/SUM({kg}),"")', share, self.share)
        return line + len(labels) + 1

    def _leaves(self, sheet) -> None:
        widths = {"A:A": 26, "B:B": 16, "C:C": 46, "D:F": 16, "G:P": 15, "Q:S": 15, "T:T": 18}
        self._head(sheet, "leaves", widths | {"U:U": 60})
        for index, row in enumerate(self.content.rows, 2):
            sheet.write_row(index - 1, 0, row.texts)
            self._leaf_figures(sheet, index, row)
            self._leaf_share(sheet, index, row)
            sheet.write(f"T{index}", row.quality)
            sheet.write(f"U{index}", row.gap, self.gap)
        sheet.autofilter(0, 0, self.last - 1, 20)

    def _leaf_figures(self, sheet, index: int, row: Row) -> None:
        self._number(sheet, f"G{index}", row.amount)
        sheet.write(f"H{index}", row.unit)
        self._number(sheet, f"I{index}", row.conversion)
        self._number(sheet, f"J{index}", row.ratio)
        if row.kg is not None:
            amount = row.amount * row.conversion * (row.ratio or 1)
            style = self.book.add_format()
            self._formula(sheet, f"K{index}", f"G{index}*I{index}*J{index}", amount, style)
            self._number(sheet, f"M{index}", row.factor)
            formula = f"ROUND(K{index}*M{index},6)"
            self._formula(sheet, f"O{index}", formula, row.kg)
            self._formula(sheet, f"P{index}", f"ROUND(O{index}-{row.kg},6)", ZERO)
        sheet.write(f"L{index}", row.factor_unit)
        sheet.write(f"N{index}", row.factor_name)

    def _leaf_share(self, sheet, index: int, row: Row) -> None:
        if row.product_kg is None:
            return
        outputs = f"'{self.content.heads['sheets'][2]}'"
        count = len(self.content.outputs) + 1
        mains = f"SUMIFS({outputs}!$F$2:$F${count},{outputs}!$D$2:$D${count},1)"
        share = sum((o[5] for o in self.content.outputs if o[3]), ZERO)
        whole = sum((o[5] for o in self.content.outputs), ZERO)
        formula = f"{mains}/SUM({outputs}!$F$2:$F${count})"
        style = self.book.add_format({"num_format": "0.000000"})
        self._formula(sheet, f"Q{index}", formula, share / whole if whole else None, style)
        # what the milligrams that cannot be divided do to this leaf
        formula = f"ROUND(S{index}-O{index}*Q{index},6)"
        rest = (row.product_kg - row.kg * share / whole).quantize(MILLIGRAM) if whole else ZERO
        self._formula(sheet, f"R{index}", formula, rest)
        self._number(sheet, f"S{index}", row.product_kg, self.kg)

    def _outputs(self, sheet) -> None:
        self._head(sheet, "outputs", {"A:C": 24, "D:J": 16})
        count = len(self.content.outputs) + 1
        for index, output in enumerate(self.content.outputs, 2):
            product, lot, kind, is_main, kg, numerator, denominator, kg_co2e = output
            sheet.write_row(index - 1, 0, (product, lot, kind, int(is_main)))
            self._number(sheet, f"E{index}", kg, self.kg)
            self._number(sheet, f"F{index}", numerator)
            self._number(sheet, f"G{index}", denominator)
            if denominator:
                share = numerator / denominator
                self._formula(
                    sheet, f"H{index}", f"F{index}/SUM($F$2:$F${count})", share, self.share
                )
            self._number(sheet, f"I{index}", kg_co2e, self.kg)
            if kg_co2e is not None and kg:
                formula = f"ROUND(I{index}/E{index},9)"
                self._formula(sheet, f"J{index}", formula, kg_co2e / kg, self.per_kg)

    def _gases(self, sheet) -> None:
        gases = list(dict.fromkeys(gas for row in self.content.rows for gas in row.gases))
        names = self.content.heads["gases"]
        self._head(sheet, "gas_head", {"A:A": 26, "B:J": 18})
        for offset, gas in enumerate(gases, 1):
            sheet.write(0, offset, names.get(gas, gas), self.head)
        total = chr(ord("B") + len(gases))
        sheet.write(f"{total}1", self.content.heads["sum"], self.head)
        end = len(self.content.rows) + 1
        for index, row in enumerate(self.content.rows, 2):
            sheet.write(f"A{index}", row.texts[0])
            for offset, gas in enumerate(gases):
                cell = f"{chr(ord('B') + offset)}{index}"
                self._number(sheet, cell, row.gases.get(gas), self.kg)
            if gases:
                formula = f"ROUND(SUM(B{index}:{chr(ord(total) - 1)}{index}),6)"
                self._formula(sheet, f"{total}{index}", formula, row.product_kg)
        for offset in range(len(gases) + 1):
            column = chr(ord("B") + offset)
            gas = gases[offset] if offset < len(gases) else None
            own = sum((row.gases.get(gas, ZERO) for row in self.content.rows), ZERO)
            value = own if gas else self._known(self.content.rows)
            if gases:
                formula = f"ROUND(SUM({column}2:{column}{end}),6)"
                self._formula(sheet, f"{column}{end + 1}", formula, value)

    def _factors(self, sheet) -> None:
        self._head(sheet, "factors", {"A:A": 28, "B:B": 16, "C:F": 22, "G:J": 50})
        for index, line in enumerate(self.content.factors, 1):
            for column, value in enumerate(line):
                if isinstance(value, Decimal):
                    sheet.write_number(index, column, float(value))
                else:
                    sheet.write(index, column, value, self.wrap)


def _label(row: Row, key: str) -> str:
    return {"stages": row.texts[3], "scopes": row.texts[4], "qualities": row.quality}[key]
