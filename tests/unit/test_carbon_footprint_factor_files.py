# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files of factors in the layouts of their publishers, built here cell by cell, and ours."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

layouts = load_tool("carbon_footprint", "factor_layouts")
files = load_tool("carbon_footprint", "factor_file")
sheets = load_tool("carbon_footprint", "factor_sheets")
Given = files.Given
LCA = Given("3.10", date(2026, 1, 1), "AR6", "", "A database", "", "A licence")


def book(*sheets):
    """Return a workbook of (title, rows)."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets:
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def defra(*rows, year=2025):
    """Return a flat file: five lines of title, the header in line 6."""
    head = ["ID", "Scope", "Level 1", "Level 2", "Level 3", "Level 4", "Column Text", "UOM"]
    head += ["GHG/Unit", f"GHG Conversion Factor {year}"]
    titles = [["UK Government GHG Conversion Factors for Company Reporting"], [], [], [], []]
    about = ("Introduction", [["Flat file for automatic processing"]])
    return book(about, ("Factors by Category", [*titles, head, *rows]))


def thing(number, scope, levels, uom, *figures):
    """Return the rows of one thing: its total, then its gases."""
    kinds = ["kg CO2e", *(f"kg CO2e of {gas} per unit" for gas in ("CO2", "CH4", "N2O"))]
    levels = [*levels, *[""] * (5 - len(levels))]
    return [
        [f"{number}_{i}", scope, *levels, uom, kind, figure]
        for i, (kind, figure) in enumerate(zip(kinds, figures, strict=False), 1)
    ]


GAS = ["Fuels", "Gaseous fuels", "Natural gas"]
DEFRA = defra(
    *thing("1_1", "Scope 1", GAS, "kWh (Gross CV)", 0.18296, 0.18259, 0.00028, 0.00009),
    *thing("1_2", "Scope 1", GAS, "kWh (Net CV)", 0.2027),
    *thing("1_3", "Scope 1", GAS, "tonnes", 2575.46441),
    *thing("2_1", "Scope 2", ["UK electricity", "Electricity generated", "Electricity: UK"], "kWh",
           0.177, 0.17489, 0.0009, 0.00122),
    *thing("3_1", "Scope 3", ["WTT- fuels", *GAS[1:]], "GJ", 8.4),
    *thing("4_1", "Outside of Scopes", ["Outside of scopes", "Wood"], "tonnes", 1400),
    *thing("5_1", "Scope 3", ["Water supply", "Water supply"], "cubic metres", None),
)  # fmt: skip

FUEL_HEADS = ["Fuel Type", "Heat Content (HHV)", "CO2 Factor", "CH4 Factor", "N2O Factor"]


def units(unit):
    per = [f"{mass} {gas} per {unit}" for mass, gas in (("kg", "CO2"), ("g", "CH4"), ("g", "N2O"))]
    heat = [f"{mass} {gas} per mmBtu" for mass, gas in (("kg", "CO2"), ("g", "CH4"), ("g", "N2O"))]
    return [None, None, None, f"mmBtu per {unit}", *heat, *per]


def epa(ch4=25, n2o=298):
    """Return the hub's sheet: tables below each other from column C on."""

    def line(*cells):
        return [None, None, *cells]

    rows = [
        line("Emission Factors for Greenhouse Gas Inventories"),
        line("Gas", "100-Year GWP"),
        line("CH4", ch4),
        line("N2O", n2o),
        line("Table 1", "Stationary Combustion"),
        line(*FUEL_HEADS, *FUEL_HEADS[2:]),
        units("short ton"),
        line("Coal and Coke"),
        line("Anthracite Coal", 25.09, 103.69, 11, 1.6, 2602, 276, 40),
        units("scf"),
        line("Natural Gas"),
        line("Natural Gas", 0.001026, 53.06, 1, 0.1, 0.05444, 0.00103, 0.0001),
        units("gallon"),
        line("Biomass Fuels - Liquid"),
        line("Biodiesel (100%)", 0.128, 73.84, 1.1, 0.11, 9.45, 0.14, 0.01),
        line("Broken", 0.1, "n/a", 1, 1, 1, 1, 1),
        line("Table 2", "Mobile Combustion CO2"),
        line("Fuel Type", "kg CO2 per unit", "Unit"),
        line("Motor Gasoline", 8.78, "gallon"),
        line("Table 6", "Electricity"),
        line("eGRID Subregion", "Total Output Emission Factors", None, None, "Non-Baseload"),
        line(None, *[f"{gas} Factor\n(lb {gas} / MWh)" for gas in ("CO2", "CH4", "N2O")] * 2),
        line("AKGD (ASCC Alaska Grid)", 1000, 0.1, 0.01, 1300, 0.12, 0.02),
        line("Table 7", "Steam and Heat"),
        line(None, *[f"{m} {g} per mmBtu" for m, g in (("kg", "CO2"), ("g", "CH4"), ("g", "N2O"))]),
        line("Steam and Heat", 66.33, 1.25, 0.125),
        line("Table 8", "Scope 3 Category 4"),
        line("Vehicle Type", "CO2 Factor \n(kg CO2 / unit)", "CH4 Factor \n(g CH4 / unit)",
             "N2O Factor \n(g N2O / unit)", "Units"),
        line("Passenger Car A", 0.335, 0.009, 0.008, "vehicle-mile"),
        line("Rail", 0.021, 0.0017, 0.0005, "ton-mile"),
    ]  # fmt: skip
    return book(("Emission Factors Hub", rows))


EPA = epa()


def found(rows):
    return {row.code: row for row in rows if isinstance(row, files.Found)}


def refused(rows):
    return {row.name: row.reason for row in rows if isinstance(row, files.Refused)}


def test_the_flat_file_of_defra():
    layout, rows = layouts.read("flat.xlsx", DEFRA, Given())
    assert layout == "defra"
    taken = found(rows)
    assert [row.unit for row in taken.values()] == ["kWh_gross", "kWh_net", "t", "kWh"]
    gross = next(iter(taken.values()))
    assert (gross.row, gross.name) == (7, "Fuels, Gaseous fuels, Natural gas")
    assert (gross.value, gross.gwp_set, gross.gas_basis) == (Decimal("0.18296"), "AR5", "co2e")
    assert gross.gases["ch4"] == Decimal("0.00028")
    assert (gross.version, gross.valid_from, gross.scope) == ("2025", date(2025, 1, 1), "1")
    assert (gross.category, gross.region) == ("fuel", "GB")
    assert "Open Government Licence" in gross.licence
    reasons = refused(rows)
    assert "does not say its basis" in reasons["WTT- fuels, Gaseous fuels, Natural gas"]
    assert "outside of the scopes" in reasons["Outside of scopes, Wood"]
    assert "no figure" in reasons["Water supply, Water supply"]


def test_an_edition_whose_gwp_set_is_not_known_is_asked_for():
    content = defra(*thing("1", "Scope 1", GAS, "tonnes", 2500), year=2019)
    _layout, [row] = layouts.read("flat.xlsx", content, Given())
    assert "GWP set" in row.reason
    _layout, [row] = layouts.read("flat.xlsx", content, Given(gwp_set="AR4"))
    assert (row.gwp_set, row.version) == ("AR4", "2019")


def test_tv_9_the_workbook_of_epa():
    """TV-9: 53.1148 kg/mmBtu under AR4, 53.1145 where the hub names AR5."""
    given = Given("2021", date(2021, 4, 1))
    layout, rows = layouts.read("hub.xlsx", epa(), given)
    assert layout == "epa"
    gas = found(rows)["US-NATURAL-GAS-MMBTU-GROSS"]
    assert (gas.value, gas.gwp_set, gas.unit) == (Decimal("53.1148"), "AR4", "mmBtu_gross")
    _layout, later = layouts.read("hub.xlsx", epa(28, 265), given)
    assert found(later)["US-NATURAL-GAS-MMBTU-GROSS"].value == Decimal("53.1145")


def test_epa_tables_and_units():
    _layout, rows = layouts.read("hub.xlsx", epa(), Given("2021", date(2021, 4, 1)))
    taken = found(rows)
    assert {row.unit for row in taken.values()} == {
        "mmBtu_gross", "short_ton", "scf", "us_gal", "MWh", "mmBtu_heat", "mile", "short_ton_mile",
    }  # fmt: skip
    assert taken["US-STEAM-AND-HEAT-MMBTU-HEAT"].value == Decimal("66.3985")
    grid = taken["US-AKGD-ASCC-ALASKA-GRID-MWH"]
    assert (grid.scope, grid.gases["co2"]) == ("2", Decimal("453.59237"))
    assert "US-PASSENGER-CAR-MILE" in taken
    diesel = taken["US-BIODIESEL-100-MMBTU-GROSS"]
    assert (diesel.biogenic, diesel.gases["co2"]) == (Decimal("73.84"), 0)
    assert diesel.value == Decimal("0.06028")
    assert "has no figure" in refused(rows)["Broken"]
    assert "does not state CO2, CH4 and N2O" in refused(rows)["Table 2"]


def test_a_set_the_workbook_contradicts_is_refused():
    _layout, [row] = layouts.read("hub.xlsx", epa(), Given(gwp_set="AR6"))
    assert row.reason.startswith("The file names the potentials of AR4, not of AR6: ")


BRIGHTWAY = [
    ["Database", "plant"],
    [],
    ["Activity", "heat from a boiler"],
    ["code", "b1"],
    ["location", "DE"],
    ["production amount", 2],
    ["reference product", "heat"],
    ["unit", "megajoule"],
    ["Exchanges"],
    ["name", "amount", "database", "location", "unit", "categories", "type"],
    ["heat", 2, "plant", "DE", "megajoule", "", "production"],
    ["Carbon dioxide, fossil", 0.112, "biosphere3", "", "kilogram", "air", "biosphere"],
    ["Methane, fossil", 0.000002, "biosphere3", "", "kilogram", "air", "biosphere"],
    ["Carbon dioxide, non-fossil", 0.01, "biosphere3", "", "kilogram", "air", "biosphere"],
    ["Nitrogen oxides", 0.0001, "biosphere3", "", "kilogram", "air", "biosphere"],
    [],
    ["Activity", "polymer"],
    ["location", "DE"],
    ["unit", "kilogram"],
    ["Exchanges"],
    ["name", "amount", "unit", "type"],
    ["heat", 4, "megajoule", "technosphere"],
    ["Carbon dioxide, fossil", 1, "kilogram", "biosphere"],
    [],
    ["Activity", "something burned"],
    ["unit", "megajoule"],
    [],
]


def test_a_workbook_of_brightway():
    layout, rows = layouts.read("lci.xlsx", book(("plant", BRIGHTWAY)), LCA)
    assert layout == "brightway"
    [boiler] = found(rows).values()
    assert (boiler.unit, boiler.region) == ("MJ_heat", "DE")
    assert boiler.gases == {"co2": Decimal("0.056"), "ch4": Decimal("0.000001")}
    assert (boiler.value, boiler.biogenic) == (Decimal("0.0560279"), Decimal("0.005"))
    assert "Nitrogen oxides" in boiler.note
    reasons = refused(rows)
    assert "inputs from other activities (heat)" in reasons["polymer"]
    assert "does not say its basis" in reasons["something burned"]


def olca(*others, **more):
    product = {
        "quantitativeReference": True,
        "amount": 1,
        "unit": {"name": "kWh"},
        "flow": {"name": "electricity", "flowType": "PRODUCT_FLOW"},
    }
    document = {"@type": "Process", "name": "electricity, gas turbine", "location": {"code": "FR"}}
    return document | {"exchanges": [product, *others]} | more


def flow(name, amount, kind="ELEMENTARY_FLOW", *, is_input=False):
    exchange = {"amount": amount, "unit": {"name": "kg"}, "input": is_input}
    return exchange | {"flow": {"name": name, "flowType": kind}}


def test_a_process_of_openlca():
    document = olca(flow("Carbon dioxide, fossil", 0.4), flow("Water", 1, is_input=True))
    layout, [row] = layouts.read("p.json", json.dumps(document).encode(), LCA)
    assert layout == "olca"
    assert (row.unit, row.value, row.region) == ("kWh", Decimal("0.4"), "FR")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("processes/1.json", json.dumps(document))
        package.writestr(
            "processes/2.json", json.dumps(olca(flow("gas", 1, "PRODUCT_FLOW", is_input=True)))
        )
        package.writestr("flows/3.json", "{}")
    _layout, rows = layouts.read("p.zip", content.getvalue(), LCA)
    assert len(found(rows)) == 1
    assert "inputs from other activities (gas)" in rows[1].reason


def test_a_characterised_list():
    content = b"""activity;reference product;location;unit;kg CO2e
market for electricity;electricity, low voltage;DE;kilowatt hour;0.42
market for naphtha;naphtha;RER;kilogram;0.5
market for fuel;fuel;RER;megajoule;0.09
market for x;x;RER;kilogram;n/a
"""
    layout, rows = layouts.read("list.csv", content, LCA)
    assert layout == "list"
    assert [row.unit for row in found(rows).values()] == ["kWh", "kg"]
    assert all(row.gwp_set == "AR6" for row in found(rows).values())
    assert len(refused(rows)) == 2


def test_our_own_layout():
    head = "code,name,category,unit,scope,stage,red_term,version,valid_from,value,gas_basis,co2,"
    head += "ch4,n2o,gwp_set,region,source,source_url,licence,note"
    good = "EL,Power,electricity,kWh,2,processing,ep,2026,2026-01-01,0.3,mass,0.2,0.003571428571,0,"
    lines = [head, f"{good}AR5,DE,S,,L,", good.replace("0.2,", "0.1,") + "AR5,DE,S,,L,"]
    lines.append(good.replace("kWh", "furlong") + "AR5,DE,S,,L,")
    layout, rows = layouts.read("own.csv", "\n".join(lines).encode(), Given())
    assert layout == "own"
    assert found(rows)["EL"].value == Decimal("0.3")
    assert [row.reason.partition(":")[0] for row in rows[1:]] == [
        "Its gases weigh 0.199999999988 kg CO2e under AR5, its value is 0.3",
        "There is no unit furlong",
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"x", "CSV, XLSX, JSON or ZIP"),
        ("a.xlsx", b"x", "cannot be read"),
        ("a.json", b"{", "cannot be read"),
        ("a.json", b"{}", "no process"),
        ("a.csv", b"", "no rows"),
        ("a.csv", b"x,y\n1,2\n", "layout is not known"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name, content, words):
    with pytest.raises(sheets.FileProblem, match=words):
        layouts.read(name, content, Given())


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=9), st.floats()), max_size=9)))
def test_whatever_else_a_sheet_holds_its_rows_are_read(rows):
    lca = load_tool("carbon_footprint", "factor_lca")
    epa_rows = sheets.sheets("hub.xlsx", EPA)[0][1]
    assert lca.read_brightway([("", [*rows, *BRIGHTWAY])], LCA)
    assert layouts.factor_epa.read([("", [*epa_rows, *rows])], Given("1", date(2026, 1, 1)))


@pytest.mark.parametrize("name", ["factor_defra", "factor_epa", "factor_lca"])
def test_every_unit_of_a_layout_is_one_of_ours(name):
    basis = load_tool("carbon_footprint", "basis")
    assert set(load_tool("carbon_footprint", name).UNITS.values()) <= set(basis.UNITS)
