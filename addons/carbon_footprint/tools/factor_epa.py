# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The workbook of EPA's GHG Emission Factors Hub.

One sheet with numbered tables below each other. A table's columns name a gas and a unit each ("kg
CO2 per mmBtu", "g CH4 / unit", "lb CO2/MWh"), and within a table the unit changes from section to
section (short ton, scf, gallon). Each gas stands apart, so the value is their sum under the GWP set
that the workbook names at its end or its beginning; the CO2 of biomass stands beside it.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from . import gwp
from .factor_file import Found, Given, Refused, Sheet, judge, number, slug, text

LICENCE = "US government work, not subject to copyright in the United States"
SOURCE = "US EPA, Emission Factors for Greenhouse Gas Inventories (GHG Emission Factors Hub)"
MASSES = {"kg": Decimal(1), "g": Decimal("0.001"), "lb": Decimal("0.45359237")}
# number of the table: category, scope, stage, RED term
TABLES = {
    1: ("fuel", "1", "processing", "ep"),
    6: ("electricity", "2", "processing", "ep"),
    7: ("steam", "2", "processing", "ep"),
    8: ("transport", "3", "transport_in", "etd"),
    10: ("transport", "3", "processing", ""),
}
UNITS = {
    "short ton": "short_ton",
    "scf": "scf",
    "gallon": "us_gal",
    "mwh": "MWh",
    "vehicle-mile": "mile",
    "ton-mile": "short_ton_mile",
    "short ton-mile": "short_ton_mile",
}
_COLUMN = re.compile(r"\b(kg|g|lb)\s*(CO2|CH4|N2O)\s*(?:/|per)\s*([A-Za-z][A-Za-z -]*)")
_TABLE = re.compile(r"table\s*(\d+)\b", re.IGNORECASE)
_NOTE = re.compile(r"\s+[A-Z]$")


def find(book: list[Sheet]) -> list[list] | None:
    """Return the rows of the sheet in this layout."""
    for _title, rows in book:
        has_table = any(_TABLE.match(text(cell)) for row in rows for cell in row)
        if has_table and any(len(_columns(row)) >= 3 for row in rows):
            return rows
    return None


def read(book: list[Sheet], given: Given) -> list[Found | Refused]:
    """Return the factors of the tables that state all three gases, and why others are not read."""
    rows = find(book)
    gwp_set = find_set(rows)
    if given.gwp_set and gwp_set and given.gwp_set != gwp_set:
        reason = f"The workbook names the potentials of {gwp_set}, not of {given.gwp_set}."
        return [Refused(0, "", reason)]
    return list(_read(rows, given, given.gwp_set or gwp_set))


def find_set(rows: list[list]) -> str:
    """Return the GWP set whose potentials of methane and nitrous oxide the workbook names."""
    named: dict[str, set[Decimal]] = {"ch4": set(), "n2o": set()}
    for row in rows:
        cells = {text(cell).lower() for cell in row if isinstance(cell, str)}
        for gas in named:
            if gas in cells:
                named[gas] |= {number(cell) for cell in row if number(cell)}
    sets = [
        code
        for code, potentials in gwp.SETS.items()
        if potentials["ch4"] in named["ch4"] and potentials["n2o"] in named["n2o"]
    ]
    return sets[0] if len(sets) == 1 else ""


def _columns(row: list) -> list[tuple[int, str, str, str]]:
    """Return (place, mass unit, gas, unit) of the cells that head a column of a gas."""
    found = []
    for place, cell in enumerate(row):
        match = _COLUMN.search(text(cell)) if isinstance(cell, str) else None
        if match:
            mass, gas, unit = match.groups()
            found.append((place, mass, gas.lower(), unit.strip().lower()))
    return found


def _triples(columns: list) -> list[list]:
    """Return the columns in threes of CO2, CH4 and N2O in one unit; no other columns."""
    found = []
    for index in range(len(columns) - 2):
        three = columns[index : index + 3]
        if [c[2] for c in three] == ["co2", "ch4", "n2o"] and len({c[3] for c in three}) == 1:
            found.append(three)
    return found


def _read(rows: list[list], given: Given, gwp_set: str) -> Iterator[Found | Refused]:
    table, columns, section = 0, [], ""
    for line, row in enumerate(rows, 1):
        heading = next((m for cell in row if (m := _TABLE.match(text(cell)))), None)
        if heading and not _columns(row):
            table, columns, section = int(heading.group(1)), [], ""
            if table not in TABLES:
                reason = "It is not read: it does not state CO2, CH4 and N2O of one thing together."
                yield Refused(line, f"Table {table}", reason)
            continue
        if _columns(row):
            columns = _columns(row)
        elif table in TABLES and columns:
            name = next((text(cell) for cell in row if isinstance(cell, str) and text(cell)), "")
            if not any(number(cell) is not None for cell in row):
                section = name or section
            elif name:
                # of electricity the first three are the total output, the rest are for projects
                triples = _triples(columns)[: 1 if table == 6 else None]
                for three in triples:
                    yield _judge(line, row, name, section, table, three, given, gwp_set)


def _judge(line, row, name, section, table, three, given, gwp_set) -> Found | Refused:
    figures = [number(row[place]) if place < len(row) else None for place, *_rest in three]
    unit = _unit(row, three[0][3], table)
    name = _NOTE.sub("", name)
    if not unit:
        return Refused(line, name, f"The unit “{three[0][3]}” is not known here.")
    if None in figures:
        return Refused(line, name, "CO2, CH4 or N2O has no figure.")
    gases = {
        gas: figure * MASSES[mass]
        for figure, (_place, mass, gas, _unit_name) in zip(figures, three, strict=True)
    }
    biogenic = gases["co2"] if "biomass" in section.lower() else None
    if biogenic is not None:
        gases["co2"] = Decimal(0)
    category, scope, stage, term = TABLES[table]
    year = given.valid_from.year if given.valid_from else 0
    return judge(
        Found(
            row=line,
            code=slug("US", name, unit),
            name=f"{name}, per {three[0][3]}" if table == 1 else name,
            unit=unit,
            value=gwp.weigh(gases, gwp_set) if gwp_set else Decimal(0),
            gwp_set=gwp_set,
            version=given.edition or str(year or ""),
            valid_from=given.valid_from or date(1970, 1, 1),
            source=given.source or SOURCE,
            licence=given.licence or LICENCE,
            category=category,
            scope=scope,
            stage=stage,
            red_term=term,
            gas_basis="mass",
            gases=gases,
            biogenic=biogenic,
            region=given.region or "US",
            source_url=given.source_url,
            note=section,
        )
    )


def _unit(row: list, named: str, table: int) -> str:
    if named == "mmbtu":
        return "mmBtu_heat" if table == 7 else "mmBtu_gross"
    if named == "unit":
        cells = (text(cell).lower() for cell in row if isinstance(cell, str))
        return next((UNITS[cell] for cell in cells if cell in UNITS), "")
    return UNITS.get(named, "")
