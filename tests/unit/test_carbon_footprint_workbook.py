# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The workbook's formulas give the footprint's figures: calculated here from the file itself."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from conftest import load_tool

tool = load_tool("carbon_footprint", "footprint_workbook")
D = Decimal
LEAF, OUTPUT = 1, 2


def row(name, stage, scope, figures, product_kg, **values):
    amount, conversion, ratio, factor, kg = (D(text) for text in figures)
    return tool.Row(
        texts=(name, "Meter", "m1", stage, scope, ""),
        amount=amount,
        unit="kWh",
        conversion=conversion,
        ratio=ratio,
        factor=factor,
        factor_unit="kWh",
        factor_name="EL 2025",
        kg=kg,
        product_kg=None if product_kg is None else D(product_kg),
        quality="Measured",
        gap="",
        gases={"co2": D(product_kg or 0)},
        **values,
    )


def content(is_complete=True):
    rows = [
        row("Power", "Processing", "Scope 2", ("100", "1", "1", "0.177", "17.7"), "15.93"),
        row(
            "Steam", "Processing", "Scope 2", ("50", "2.3369", "0.5", "0.1", "5.84225"), "5.258025"
        ),
        row("=1+1", "Raw material", "Scope 3", ("1000", "1", "0.001", "640", "640"), "576"),
    ]
    if not is_complete:
        rows = [_open(leaf) for leaf in rows]
    return tool.Content(
        heads=HEADS,
        facts=[("Order", "MO/1")],
        notes=[("Missing", "Water: no reading arrived.")],
        rows=rows,
        outputs=[
            ("PP", "L1", "Product", True, D("900"), D("900"), D("1000"), D("597.188025")),
            ("Gas", "", "Co-product", False, D("100"), D("100"), D("1000"), D("66.354225")),
        ],
        stages=["Processing", "Raw material"],
        scopes=["Scope 2", "Scope 3"],
        qualities=["Measured"],
        factors=[("EL 2025", D("0.177"), "kWh", "AR5", "GB", "", "DEFRA", "", "OGL", "A")],
        product_kg=D("597.188025") if is_complete else None,
        quantity_kg=D("900") if is_complete else None,
        per_kg=D("0.663542250") if is_complete else None,
    )


HEADS = {
    "title": "Footprint",
    "gap": "Missing",
    "product": "Product",
    "known": "Known",
    "quantity": "Quantity",
    "per_kg": "Per kg",
    "figures": ["Figure", "By formula", "Sealed", "Difference"],
    "stages": ["Stage", "kg", "Share"],
    "scopes": ["Scope", "kg", "Share"],
    "qualities": ["Quality", "kg", "Share"],
    "gases": {"co2": "CO2"},
    "gas_head": ["Leaf"],
    "sum": "Sum",
    "sheets": ["Footprint", "Leaves", "Outputs", "Gases", "Factors"],
    "leaves": [f"c{number}" for number in range(21)],
    "outputs": [f"o{number}" for number in range(10)],
    "factors": [f"f{number}" for number in range(10)],
}


def _open(leaf):
    return tool.Row(
        **{**{n: getattr(leaf, n) for n in leaf.__dataclass_fields__}, "product_kg": None}
    )


@pytest.fixture(scope="module")
def books():
    raw = tool.Workbook(content()).render()
    return [openpyxl.load_workbook(io.BytesIO(raw), data_only=only) for only in (False, True)]


def test_each_leaf_is_its_formula(books):
    formulas, shown = (book.worksheets[LEAF] for book in books)
    for index in (2, 3, 4):
        cells = {c: D(repr(shown[f"{c}{index}"].value)) for c in "GIJKMOQS"}
        assert formulas[f"K{index}"].value == f"=G{index}*I{index}*J{index}"
        assert cells["K"] == cells["G"] * cells["I"] * cells["J"]
        assert formulas[f"O{index}"].value == f"=ROUND(K{index}*M{index},6)"
        assert round(cells["K"] * cells["M"], 6) == cells["O"]
        assert cells["Q"] == D("0.9")
        assert D(repr(shown[f"R{index}"].value)) == cells["S"] - round(cells["O"] * cells["Q"], 6)


def test_sums_are_over_the_leaves(books):
    formulas, shown = (book.worksheets[0] for book in books)
    by_label = {cells[0].value: cells for cells in shown.iter_rows()}
    told = {cells[0].value: cells for cells in formulas.iter_rows()}
    assert by_label["Product"][1].value == by_label["Product"][2].value == 597.188025
    assert by_label["Product"][3].value == 0
    assert told["Product"][1].value == "=ROUND(SUM('Leaves'!$S$2:$S$4),6)"
    for label, column, kg in (
        ("Processing", "D", 21.188025),
        ("Scope 3", "E", 576),
        ("Measured", "T", 597.188025),
    ):
        assert by_label[label][1].value == kg
        row = by_label[label][0].row
        wanted = f"=ROUND(SUMIFS('Leaves'!$S$2:$S$4,'Leaves'!${column}$2:${column}$4,$A{row}),6)"
        assert told[label][1].value == wanted
    per_kg = re.fullmatch(r"=ROUND\(B(\d+)/B(\d+),9\)", told["Per kg"][1].value)
    top, bottom = (D(repr(shown[f"B{number}"].value)) for number in per_kg.groups())
    assert round(top / bottom, 9) == D(repr(by_label["Per kg"][1].value))


def test_an_open_footprint_sums_the_order_and_has_no_figure():
    raw = tool.Workbook(content(is_complete=False)).render()
    sheet = openpyxl.load_workbook(io.BytesIO(raw), data_only=True).worksheets[0]
    labels = {cells[0].value: cells[1].value for cells in sheet.iter_rows()}
    assert labels["Known"] == 663.54225
    assert "Per kg" not in labels
    assert labels["Missing"] == "Water: no reading arrived."


def test_a_name_is_never_a_formula(books):
    assert books[0].worksheets[LEAF]["A4"].value == "=1+1"
    assert books[0].worksheets[LEAF]["A4"].data_type == "s"
