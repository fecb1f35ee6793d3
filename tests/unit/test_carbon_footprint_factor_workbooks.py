# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Published workbooks as they come: titles, notes, merged and open cells, marks, formulas, size.

Read by the tools factor_defra, factor_defra_full, factor_epa, factor_epa_about and factor_egrid.

Every table here is written for the test in the shape of a published one; only units, headings and
names of things are theirs. Shapes: the DESNZ flat file and full set, EPA's hub and eGRID.
"""

import io
import json
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from conftest import load_tool

layouts = load_tool("carbon_footprint", "factor_layouts")
egrids = load_tool("carbon_footprint", "factor_egrid")
full_sets = load_tool("carbon_footprint", "factor_defra_full")
files = load_tool("carbon_footprint", "factor_file")
cells = load_tool("carbon_footprint", "factor_cells")
sheets = load_tool("carbon_footprint", "factor_sheets")
words = load_tool("carbon_footprint", "factor_words")
Given = files.Given
HEAD = ["ID", "Scope", "Level 1", "Level 2", "Level 3", "Level 4", "Column Text", "UOM"]
HEAD += ["GHG/Unit", "GHG Conversion Factor 2025"]
FUEL = ["Scope 1", "Bioenergy", "Biofuel", "Test fuel", "", "", "litres"]
OUTSIDE = ["Outside of Scopes", "Outside of scopes", "Biofuel", "Test fuel", "", "", "litres"]
WASTE = ["Scope 3", "Waste disposal", "Refuse", "Test refuse", "", "Landfill", "tonnes"]
CO2 = "kg CO2e of CO2 per unit"


def book(*pages):
    """Return a workbook of (title, rows)."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in pages:
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def flat(*rows, name="flat.xlsx"):
    """Return what becomes of rows of the flat file, below six lines of title."""
    title = [["UK Government GHG Conversion Factors"], ["Published, 10 June 2025"], [], [], [], []]
    numbered = [[f"1_{i}", *row] for i, row in enumerate(rows)]
    note = [[], ["Notes: Crown copyright"]]
    pages = [*title, HEAD, *numbered, *note]
    if name.endswith(".csv"):
        lines = "\r\n".join(";".join(f'"{cell}"' for cell in row) for row in pages)
        return layouts.read(name, lines.encode("cp1252"), Given())
    return layouts.read(name, book(("Factors by Category", pages)), Given())


def test_biogenic_co2_goes_along_with_its_fuel():
    _layout, rows = flat(
        [*FUEL, "kg CO2e", 0.16751],
        [*OUTSIDE, CO2, 2.39],
        [*OUTSIDE[:3], "Other fuel", "", "", "litres", CO2, 1.1],
    )
    fuel, other = rows
    assert (fuel.value, fuel.biogenic) == (Decimal("0.16751"), Decimal("2.39"))
    assert fuel.note == "Biogenic CO2: row 9."
    assert (other.row, other.key, other.sheet) == (10, "outside", "Factors by Category")


def test_an_open_cell_is_no_refusal_that_somebody_could_mend():
    _layout, rows = flat(
        [*WASTE, "kg CO2e", None], [*WASTE[:3], "Other", "", "", "tonnes", "kg CO2e", "n/a"]
    )
    assert [row.key for row in rows] == ["blank", "blank"]
    assert all(row.is_open for row in rows)


def test_the_same_row_twice_counts_once_and_another_figure_is_named():
    row = [*WASTE, "kg CO2e", 520.5]
    _layout, [once] = flat(row, row)
    assert once.value == Decimal("520.5")
    _layout, [twice] = flat(row, [*row[:-1], 521.5])
    assert (twice.row, twice.column, twice.key) == (9, "J", "twice")
    assert "row 8 too, with 520.5 instead of 521.5" in twice.reason


@pytest.mark.parametrize(
    ("cell", "key", "said"),
    [
        (datetime(2025, 2, 1), "day", "the day 2025-02-01, not a figure"),
        ("#REF!", "error", "#REF!"),
        ("=2*260", "formula", "without a stored result"),
        ("about 500", "no_figure", "“about 500” is no figure"),
        (-5, "negative", "-5 is negative"),
    ],
)
def test_what_is_no_figure_is_refused_at_its_place_and_the_rest_is_taken(cell, key, said):
    good = [*WASTE[:3], "Good", "", "Landfill", "tonnes", "kg CO2e", 1]
    _layout, rows = flat([*WASTE, "kg CO2e", cell], good)
    refused, taken = rows
    assert (refused.key, refused.row, refused.column) == (key, 8, "J")
    assert said in refused.reason
    assert taken.value == 1


def test_a_csv_of_windows_with_decimal_commas_below_a_title():
    tonnes = [*FUEL[:-1], "tonnes"]
    layout, rows = flat(
        [*FUEL, "kg CO2e", "0,16751"],
        [*tonnes, "kg CO2e", "2.575,46441"],
        [*WASTE[:3], "Café", "", "", "tonnes", "kg CO2e", "1.234"],
        name="flat.csv",
    )
    assert layout == "defra"
    assert [row.value for row in rows] == [
        Decimal("0.16751"), Decimal("2575.46441"), Decimal("1234"),
    ]  # fmt: skip
    assert rows[2].name == "Waste disposal, Refuse, Café"


def test_a_comma_that_could_be_either_is_not_guessed():
    head = "name,unit,kg co2e\n"
    given = Given("1", date(2026, 1, 1), "AR6", "", "S", "", "L")
    _layout, [row] = layouts.read("a.csv", f'{head}A,kg,"1,234"\n'.encode(), given)
    assert (row.key, row.column) == ("two_ways", "C")
    _layout, rows = layouts.read("a.csv", f'{head}A,kg,"1,234"\nB,kg,25.09\n'.encode(), given)
    assert [row.value for row in rows] == [Decimal(1234), Decimal("25.09")]
    content = b"\xff\xfe" + head.replace(",", "\t").encode("utf-16-le")
    content += "A\tkg\t2\u00a0345,5*\n".encode("utf-16-le")
    _layout, [row] = layouts.read("a.txt", content, given)
    assert row.value == Decimal("2345.5")


ABOUT = [
    ["UK Government GHG Conversion Factors for Company Reporting"],
    ["Emissions source:", "Fuels", None, "Next publication date:", "2026"],
    ["Scope:", "Scope 1", None, "Factor set:", "Full set"],
    ["Version:", 1, None, "Year:", 2025],
    [],
    ["Guidance on fuels"],
    [],
]
GASES = ["kg CO2e", *(f"kg CO2e of {gas} per unit" for gas in ("CO2", "CH4", "N2O"))]


def full():
    fuels = [
        *ABOUT,
        ["Activity", "Fuel", "Unit", *GASES],
        ["Gaseous fuels", "Test gas", "tonnes", 2600, 2590, 6, 4],
        [None, None, "kWh (Gross CV)", 0.18296, 0.18259, 0.00028, 0.00009],
        [None, "Other gas", "tonnes", 3000, None, None, None],
        [],
        ["Activity", "Fuel", "Unit", *GASES],
        ["Liquid fuels", "Test oil", "litres", 2.5, 2.4, 0.06, 0.04],
        ["Footnote: a sentence about units"],
    ]
    waste = [
        *ABOUT[:1],
        ["Emissions source:", "Waste disposal"],
        ["Scope:", "Scope 3"],
        ["Year:", 2025],
        [],
        [None, None, None, "Re-use", "Landfill"],
        ["Activity", "Waste type", "Unit", "kg CO2e", "kg CO2e"],
        ["Refuse", "Test refuse", "tonnes", None, 520.5],
    ]
    freight = [
        *ABOUT[:1],
        ["Emissions source:", "Freighting goods"],
        ["Scope:", "Scope 3"],
        ["Year:", 2025],
        [],
        [None, None, None, "0% laden", None, None, None, "100% laden"],
        ["Activity", "Type", "Unit", *GASES, *GASES],
        ["HGV", "Rigid", "tonne.km", 0.2, 0.19, 0.005, 0.005, 0.1, 0.098, 0.001, 0.001],
    ]
    about = ("Introduction", [["Unit", "kg CO2e"]])
    return book(about, ("Fuels", fuels), ("Waste disposal", waste), ("Freighting goods", freight))


def test_the_full_set_has_the_codes_of_the_flat_file():
    layout, rows = layouts.read("full.xlsx", full(), Given())
    assert layout == "defra_full"
    assert len(full_sets.find(sheets.sheets("full.xlsx", full()))) == 3
    taken = {row.code: row for row in rows if isinstance(row, files.Found)}
    gas = taken["GB-1-FUELS-GASEOUS-FUELS-TEST-GAS-KWH-GROSS-CV"]
    assert (gas.sheet, gas.row, gas.version, gas.gwp_set) == ("Fuels", 10, "2025", "AR5")
    assert (gas.value, gas.gases["ch4"]) == (Decimal("0.18296"), Decimal("0.00028"))
    assert taken["GB-1-FUELS-GASEOUS-FUELS-OTHER-GAS-TONNES"].gas_basis == "none"
    assert taken["GB-1-FUELS-LIQUID-FUELS-TEST-OIL-LITRES"].value == Decimal("2.5")
    waste = taken["GB-3-WASTE-DISPOSAL-REFUSE-TEST-REFUSE-LANDFILL-TONNES"]
    assert (waste.value, waste.category) == (Decimal("520.5"), "waste")
    loads = [row.value for code, row in taken.items() if "FREIGHTING" in code]
    assert loads == [Decimal("0.2"), Decimal("0.1")]
    refused = [row for row in rows if isinstance(row, files.Refused)]
    assert [(row.sheet, row.key, row.column) for row in refused] == [
        ("Waste disposal", "blank", "D")
    ]


def hub(set_of_waste="AR5 GWPs are used to convert all waste emission factors"):
    def line(*row):
        return [None, None, *row]

    per = [f"{mass} {gas} per mmBtu" for mass, gas in (("kg", "CO2"), ("g", "CH4"), ("g", "N2O"))]
    rates = [f"{gas} Factor" for gas in ("CO2", "CH4", "N2O")]
    rows = [
        line("Emission Factors for Greenhouse Gas Inventories"),
        line("Last Modified: 15 January 2025"),
        line("Gas", "100-Year GWP"),
        line("CH4", 28),
        line("N2O", 265),
        line("Table 1", "Stationary Combustion"),
        line("Fuel Type", "Heat Content (HHV)", "CO2 Factor", "CH4 Factor", "N2O Factor"),
        line(None, "mmBtu per short ton", *per),
        line("Coal and Coke"),
        line("Test coal [1]", "25.09", 103.69, "11", "1.6"),
        line("Open coal", 25, None, 1, 1),
        line("Table 6", "Electricity"),
        line("Subregion Acronym", "Subregion Name", *rates),
        line(None, None, *[f"(lb {gas} / MWh)" for gas in ("CO2", "CH4", "N2O")]),
        line("TEST", "Test Grid", "1,000.5", 0.1, 0.01),
        line("Table 9", "Scope 3 Category 5"),
        line(None, "Metric Tons CO2e / Short Ton Material"),
        line("Material", "RecycledA", "LandfilledB", "CombustedC"),
        line("Test plastics", 0.22, 0.02, "NA"),
        line("Notes:", set_of_waste),
        line("Table 11", "Global Warming Potentials"),
    ]
    return book(("Emission Factors Hub", rows))


def test_the_hub_with_two_columns_of_names_and_its_table_of_waste():
    layout, rows = layouts.read("hub.xlsx", hub(), Given())
    assert layout == "epa"
    taken = {row.code: row for row in rows if isinstance(row, files.Found)}
    coal = taken["US-TEST-COAL-MMBTU-GROSS"]
    assert (coal.version, coal.valid_from, coal.sheet) == (
        "2025", date(2025, 1, 15), "Emission Factors Hub",
    )  # fmt: skip
    assert coal.value == Decimal("103.69") + 11 * Decimal("0.028") + Decimal("1.6") * Decimal(
        "0.265"
    )
    assert taken["US-TEST-TEST-GRID-MWH"].gases["co2"] == Decimal("1000.5") * Decimal("0.45359237")
    waste = taken["US-WASTE-TEST-PLASTICS-LANDFILLED-SHORT-TON"]
    assert (waste.value, waste.gwp_set, waste.category) == (20, "AR5", "waste")
    refused = {(row.name, row.key, row.column) for row in rows if isinstance(row, files.Refused)}
    assert refused == {
        ("Open coal", "gas_blank", "E"),
        ("Test plastics, combusted", "blank", "F"),
        ("Table 11", "table", ""),
    }


def test_waste_whose_set_the_notes_do_not_name_is_asked_for():
    _layout, rows = layouts.read("hub.xlsx", hub("No word about it"), Given())
    assert {row.key for row in rows if row.name.startswith("Test plastics")} == {"gwp_set", "blank"}


def egrid(total, per="(lb/MWh)"):
    head = [
        "Data Year", "eGRID subregion acronym", "eGRID subregion name",
        "annual CO2 total output emission rate (lb/MWh)",
        f"annual CH4 total output emission rate {per}",
        f"annual N2O total output emission rate {per}",
        "annual CO2 equivalent total output emission rate (lb/MWh)",
    ]  # fmt: skip
    codes = ["YEAR", "SUBRGN", "SRNAME", "SRCO2RTA", "SRCH4RTA", "SRN2ORTA", "SRC2ERTA"]
    row = [2023, "TEST", "Test Grid", 1000, 0.1, 0.01, total]
    return book(("Contents", [["eGRID"]]), ("SRL23", [head, codes, row]))


def test_egrid_tells_its_gwp_set_by_its_own_total():
    layout, [row] = layouts.read("egrid.xlsx", egrid(1005.45), Given())
    assert layout == "egrid"
    assert egrids.find(sheets.sheets("egrid.xlsx", egrid(1))) is not None
    assert (row.gwp_set, row.version, row.region) == ("AR5", "eGRID2023", "US-TEST")
    assert row.code == "US-TEST-TEST-GRID-MWH"
    assert row.value == Decimal("1005.45") * Decimal("0.45359237")
    _layout, [row] = layouts.read("egrid.xlsx", egrid(1100), Given())
    assert row.key == "gwp_set"
    _layout, [row] = layouts.read("egrid.xlsx", egrid(1005.45, ""), Given())
    assert (row.key, row.column) == ("rate_unit", "E")


def test_openlca_2_names_its_marks_anew():
    def exchange(name, amount, kind, **more):
        flow = {"name": name, "flowType": kind}
        return {"amount": amount, "unit": {"name": "kg"}, "flow": flow} | more

    document = {
        "@type": "Process",
        "name": "Test polymer",
        "exchanges": [
            exchange("polymer", 2, "PRODUCT_FLOW", isQuantitativeReference=True),
            exchange("Carbon dioxide, fossil", 3, "ELEMENTARY_FLOW", isInput=False),
            exchange("Carbon dioxide, in air", 9, "ELEMENTARY_FLOW", isInput=True),
        ],
    }
    given = Given("1", date(2026, 1, 1), "AR6", "", "S", "", "L")
    _layout, [row] = layouts.read("p.json", json.dumps(document).encode(), given)
    assert (row.unit, row.value) == ("kg", Decimal("1.5"))


def test_ten_thousand_rows_are_read_row_by_row():
    rows = [
        [*WASTE[:3], f"Thing {i // 4}", "", "Landfill", "tonnes", kind, figure]
        for i, (kind, figure) in enumerate(zip(GASES * 2500, [10, 9, 0.6, 0.4] * 2500, strict=True))
    ]
    _layout, found = flat(*rows)
    assert len(found) == 2500
    assert all(row.gases["co2"] == 9 for row in found)


def test_a_sheet_without_an_end_is_refused():
    rows = "\n".join(["name,unit,kg co2e", *["a,kg,1"] * sheets.MAX_ROWS])
    with pytest.raises(sheets.FileProblem, match="cut it into parts"):
        sheets.sheets("a.csv", rows.encode())


def test_every_sentence_says_what_to_do():
    assert all(":" in text or "Nothing is to be done" in text or "Enter" in text
               for text in words.REASONS.values())  # fmt: skip
