# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The batch record as a workbook: each count stands there twice, as a figure and as a formula."""

import io

import openpyxl
from conftest import load_tool

tool = load_tool("process_control", "record_workbook")

WINDOWS = [
    (1, "Heating", "Temperature", "T-1", "≥ 72 °C", 3, 1, 1, 1),
    (2, "Filling", "Weight", "W-1", "", 1, 0, 0, 0),
]
READINGS = [
    (1, "T-1", "2026-11-23T06:00:00Z", 74.0, "°C", 74.0, "degC", "", "conform", 1, "sensor"),
    (1, "T-1", "2026-11-23T06:00:10Z", 71.96, "°C", 71.96, "degC", "", "critical", 1, "sensor"),
    (1, "T-1", "2026-11-23T06:00:20Z", "", "°C", "", "", "=1+1", "unusable", 1, "sensor"),
    (1, "T-1", "2026-11-23T06:00:30Z", 7.4, "°C", 7.4, "degC", "", "critical", 0, "entry"),
    (2, "W-1", "2026-11-23T06:10:00Z", 1.0, "kg", 1.0, "kg", "", "unjudged", 1, "sensor"),
]


def write(readings=None, note="", **vals):
    content = tool.Content(
        title="Batch record RUN/1",
        facts=[("Product", "Milk"), ("SHA-256", "ab" * 32)],
        sheets=[tool.Sheet("History", ["Time", "Reason"], [["06:00", '=HYPERLINK("http://x")']])],
        windows=WINDOWS,
        window_heads=[str(number) for number in range(14)],
        reading_heads=[str(number) for number in range(11)],
        names=("Batch", "Monitoring", "Readings"),
        readings=readings,
        note=note,
        **vals,
    )
    raw = tool.Workbook(content).render()
    return [openpyxl.load_workbook(io.BytesIO(raw), data_only=only) for only in (False, True)]


def count(book, window, verdict=None):
    """Count as COUNTIFS does: the window's rows that count, of one verdict or all."""
    rows = book["Readings"].iter_rows(min_row=2, values_only=True)
    return sum(r[0] == window and r[9] == 1 and verdict in (None, r[8]) for r in rows)


def test_every_count_is_a_formula_over_the_readings():
    formulas, values = write(READINGS)
    sheet, shown = formulas["Monitoring"], values["Monitoring"]
    for row, window in ((2, 1), (3, 2)):
        for column, verdict in zip("JKLM", (None, *tool.VERDICTS), strict=True):
            assert sheet[f"{column}{row}"].value.startswith("=COUNTIFS('Readings'!$A:$A,")
            assert shown[f"{column}{row}"].value == count(formulas, window, verdict)
        assert shown[f"N{row}"].value == 0
    assert '"critical"' in sheet["L2"].value
    assert sheet["N2"].value == "=ABS(F2-J2)+ABS(G2-K2)+ABS(H2-L2)+ABS(I2-M2)"


def test_the_columns_of_the_formulas_are_those_of_the_readings():
    formulas, _values = write(READINGS)
    first = formulas["Readings"][2]
    at = {tool.WINDOW: 1, tool.VERDICT: "conform", tool.COUNTS: 1}
    for column, value in at.items():
        assert first[ord(column) - ord("A")].value == value


def test_every_digit_is_kept():
    formulas, _values = write(READINGS)
    assert formulas["Readings"]["D3"].value == 71.96


def test_a_text_is_never_a_formula():
    formulas, _values = write(READINGS)
    assert formulas["Readings"]["H4"].data_type == "s"
    assert formulas["History"]["B2"].data_type == "s"


def test_without_readings_a_sentence_says_why():
    formulas, _values = write(None, "They are in the archive.")
    assert formulas["Readings"]["A2"].value == "They are in the archive."
    assert formulas["Monitoring"]["F2"].value == 3
    assert formulas["Monitoring"]["J2"].value is None
