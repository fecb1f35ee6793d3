# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The workbook's formulas give the ledger's figures: calculated here from the file itself.

The small calculator below knows the functions the workbook uses, and reads only cells; so a
formula that names a wrong column or row, or a value written beside it, is found out.
"""

import doctest
import io
import math
import re
from decimal import Decimal

import openpyxl
import pytest
from conftest import load_tool
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries

load_tool("mass_balance", "balance")
tool = load_tool("mass_balance", "workbook")
D = Decimal
PP, NAPHTHA, SET = "WH / PP / out", "WH / Naphtha / in", "Baltic / SD-1 / C-1"


def line(seq, day, start, book, direction, change, **values):
    row = {"document": "X", "declaration": "", "lot": "", "order": "", "factor": "", "reason": ""}
    row |= values
    return (
        seq,
        day,
        day[:7],
        start,
        book,
        direction,
        D(change),
        row["document"],
        row["declaration"],
        SET,
        row["lot"],
        row["order"],
        row["factor"],
        row["reason"],
        "0" * 64,
    )


def content():
    made = {"order": "MO/1", "factor": "1/3"}
    return tool.Content(
        title="Report",
        facts=[("Site", "=1+1")],
        indicators=[("Share", PP, "11.11", "")],
        ledger=[
            line(1, "2026-02-03", "2026-01-01", NAPHTHA, "in", "1000.000", declaration="SD-1"),
            line(2, "2026-02-04", "2026-01-01", NAPHTHA, "convert", "-333.333", **made),
            line(3, "2026-02-04", "2026-01-01", NAPHTHA, "loss", "-666.667", **made),
            line(4, "2026-02-04", "2026-01-01", PP, "convert", "333.333", **made),
            line(5, "2026-03-05", "2026-01-01", PP, "out", "-33.300", declaration="SD-2"),
            line(6, "2026-04-05", "2026-04-01", PP, "out", "-0.001", declaration="SD-3"),
            line(7, "2026-04-06", "2026-04-01", PP, "correction", "0.001", declaration="SD-3"),
            line(8, "2026-06-30", "2026-04-01", PP, "forfeit", "-0.033"),
        ],
        balance=[
            (PP, "2026-01-01", "2026-03-31", D("300.033"), "iscc_plus", None, D(0), D(0), "open"),
            (
                PP,
                "2026-04-01",
                "2026-06-30",
                D("300.000"),
                "iscc_eu",
                D("300.000"),
                D("300.000"),
                D("0.033"),
                "closed",
            ),
            (NAPHTHA, "2026-01-01", "2026-03-31", D(0), "iscc_plus", None, D(0), D(0), "open"),
        ],
        months=[
            (PP, "2026-01-01", "2026-01", D(0)),
            (PP, "2026-01-01", "2026-02", D("333.333")),
            (PP, "2026-01-01", "2026-03", D("300.033")),
            (PP, "2026-04-01", "2026-04", D("300.033")),
        ],
        conversions=[("MO/1", NAPHTHA, SET, D("1000.000"), D("1"), D("3"), D("333.333"))],
        declarations=[
            ("SD-2", "issued", "Filmwerk", "2026-03-05", D("33.300"), D("33.300")),
            ("SD-3", "cancelled", "Filmwerk", "2026-04-05", D("0.001"), D("0.000")),
        ],
    )


class Calculator:
    """Calculates a cell of a workbook from its formulas."""

    def __init__(self, data):
        self.book = openpyxl.load_workbook(io.BytesIO(data))

    def cell(self, sheet, name):
        found = self.book[sheet][name.replace("$", "")]
        return self.calculate(sheet, found.value) if found.data_type == "f" else found.value

    def area(self, sheet, name):
        if "!" in name:
            sheet, name = name.split("!")
        left, top, right, bottom = range_boundaries(name.replace("$", ""))
        return [
            self.cell(sheet, self.book[sheet].cell(row, column).coordinate)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ]

    def calculate(self, sheet, formula):
        parts = []
        for token in Tokenizer(formula).items:
            if token.subtype == "RANGE":
                reader = "area" if ":" in token.value else "cell"
                parts.append(f"{reader}({sheet!r}, {token.value!r})")
            elif token.subtype == "TEXT":
                parts.append(f"text({token.value})")
            elif token.type == "FUNC" and token.subtype == "OPEN":
                parts.append(f"{token.value[:-1].lower()}_(")
            else:
                parts.append({"&": "+", "=": "=="}.get(token.value, token.value))
        names = {
            "text": Text,
            "area": self.area,
            "cell": self.cell,
            "sumifs_": sumifs,
            "sum_": lambda values: math.fsum(value or 0 for value in values),
            "round_": lambda value, places: round(value + math.copysign(1e-9, value), places),
            "rounddown_": lambda value, places: math.trunc(value * 10**places) / 10**places,
            "min_": min,
            "max_": max,
            "n_": lambda value: value if isinstance(value, (int, float)) else 0,
            "if_": lambda test, yes, no: yes if test else no,
        }
        return eval("".join(parts), {"__builtins__": {}}, names)  # noqa: S307 our own formulas


class Text(str):
    """A text that takes numbers in, as & does."""

    def __add__(self, other):
        return Text(f"{self}{other}")


def sumifs(values, *criteria):
    total = 0.0
    for index, value in enumerate(values):
        pairs = zip(criteria[::2], criteria[1::2], strict=True)
        if all(fits(area[index], condition) for area, condition in pairs):
            total += value
    return total


def fits(value, condition):
    """As spreadsheets do it: < and > compare numbers with numbers, and find no text."""
    operator, operand = re.match(r"(<>|<|>)?(.*)$", str(condition), re.S).groups()
    if operator == "<>":
        return (value or "") != operand
    if operator:
        assert not isinstance(value, str), f"{value!r} is a text: {operator} never finds it"
        return value > float(operand) if operator == ">" else value < float(operand)
    return str(value) == operand


@pytest.fixture(scope="module")
def data():
    return tool.Workbook(content()).render()


def test_every_formula_gives_the_value_written_beside_it(data):
    calculator = Calculator(data)
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    count = 0
    for sheet in calculator.book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    value = shown[sheet.title][cell.coordinate].value
                    found = calculator.calculate(sheet.title, cell.value)
                    assert found == pytest.approx(value, abs=1e-9), (sheet.title, cell.coordinate)
                    count += 1
    assert count > 50


def test_the_differences_are_zero(data):
    calculator = Calculator(data)
    for sheet, column, rows in (("Balance", "Q", 3), ("Months", "G", 4), ("Declarations", "G", 2)):
        for row in range(2, rows + 2):
            assert calculator.cell(sheet, f"{column}{row}") == 0, (sheet, row)


def test_rule_13_a_credit_is_cut_not_rounded(data):
    assert Calculator(data).cell("Conversions", "H2") == 333.333


def test_rule_4_the_rule_of_the_scheme_is_in_the_sheet(data):
    calculator = Calculator(data)
    assert calculator.cell("Balance", "T3") == 300.033
    assert calculator.cell("Balance", "U3") == 300.0


def test_a_changed_line_of_the_ledger_shows(data):
    calculator = Calculator(data)
    ledger = calculator.book["Ledger"]
    ledger["G5"] = 343.333
    assert calculator.cell("Balance", "Q2") == 10


def test_what_people_typed_is_never_a_formula(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book["Report"]["B3"].data_type == "s"
    assert book["Report"]["B3"].value == "=1+1"


def test_doctests():
    assert doctest.testmod(tool).failed == 0


def test_a_book_without_a_line():
    empty = tool.Content(title="Report", facts=[])
    assert tool.Workbook(empty).render().startswith(b"PK")
