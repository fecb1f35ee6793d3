# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The workbook of EPA's GHG Emission Factors Hub.

One sheet with numbered tables below each other, from column C on. A table's columns name a gas and
a unit each ("kg CO2 per mmBtu", "g CH4 / unit", "lb CO2 / MWh"), and within a table the unit
changes from section to section (short ton, scf, gallon). Each gas stands apart, so the value is
their sum under the GWP set that the workbook names at its end or its beginning; the CO2 of biomass
stands beside it. The table of waste (9) is in tonnes CO2e per short ton, by treatment, under the
set that its notes name. The mark of a footnote follows a name with a blank or without one.
Places of the tables after readers of the editions 2021 and 2023 on GitHub, which cite their cells.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from . import factor_epa_about as about
from . import gwp
from .factor_cells import mark_of, name, number, text
from .factor_file import Found, Given, Refused, judge, letter, no_figure, slug
from .factor_sheets import Sheet

LICENCE = "US government work, not subject to copyright in the United States"
SOURCE = "US EPA, Emission Factors for Greenhouse Gas Inventories (GHG Emission Factors Hub)"
MASSES = {"kg": Decimal(1), "g": Decimal("0.001"), "lb": Decimal("0.45359237")}
WASTE = 9
# number of the table: category, scope, stage, RED term
TABLES = {
    1: ("fuel", "1", "processing", "ep"),
    6: ("electricity", "2", "processing", "ep"),
    7: ("steam", "2", "processing", "ep"),
    8: ("transport", "3", "transport_in", "etd"),
    WASTE: ("waste", "3", "processing", "ep"),
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
TREATMENTS = re.compile(r"(Recycled|Landfilled|Combusted|Composted|Anaerobically Digested.*)")
_COLUMN = re.compile(r"\b(kg|g|lb)\s*(CO2|CH4|N2O)\s*(?:/|per)\s*([A-Za-z][A-Za-z -]*)")
_TABLE = re.compile(r"table\s*(\d+)\b", re.IGNORECASE)


def find(book: list[Sheet]) -> Sheet | None:
    """Return the sheet in this layout."""
    for title, rows in book:
        has_table = any(_TABLE.match(text(cell)) for row in rows for cell in row)
        if has_table and any(len(_columns(row)) >= 3 for row in rows):
            return title, rows
    return None


def read(book: list[Sheet], given: Given) -> list[Found | Refused]:
    """Return the factors of the tables that state all three gases, and why others are not read."""
    title, rows = find(book)
    gwp_set = about.find_set(rows)
    if given.gwp_set and gwp_set and given.gwp_set != gwp_set:
        detail = {"here": gwp_set, "chosen": given.gwp_set}
        return [Refused(0, SOURCE, "set_differs", detail, title)]
    day = given.valid_from or about.find_day(rows)
    known = replace(
        given,
        valid_from=day,
        edition=given.edition or (str(day.year) if day else ""),
        gwp_set=given.gwp_set or gwp_set,
    )
    return [replace(row, sheet=title) for row in _read(rows, known)]


def _columns(row: list) -> list[tuple[int, str, str, str]]:
    """Return (place, mass unit, gas, unit) of the cells that head a column of a gas."""
    found = []
    for place, cell in enumerate(row):
        match = _COLUMN.search(text(cell)) if isinstance(cell, str) else None
        if match:
            mass, gas, unit = match.groups()
            found.append((place, mass, gas.lower(), unit.strip().lower()))
    return found


def _treatments(row: list) -> list[tuple[int, str]]:
    """Return (place, treatment) of the header of the table of waste."""
    named = [(place, name(cell)) for place, cell in enumerate(row) if isinstance(cell, str)]
    return [(place, words) for place, words in named if TREATMENTS.fullmatch(words)]


def _triples(columns: list) -> list[list]:
    """Return the columns in threes of CO2, CH4 and N2O in one unit; no other columns."""
    found = []
    for index in range(len(columns) - 2):
        three = columns[index : index + 3]
        if [c[2] for c in three] == ["co2", "ch4", "n2o"] and len({c[3] for c in three}) == 1:
            found.append(three)
    return found


def _read(rows: list[list], given: Given) -> Iterator[Found | Refused]:
    mark = mark_of(cell for row in rows for cell in row)
    table, columns, section = 0, [], ""
    for line, row in enumerate(rows, 1):
        heading = next((m for cell in row if (m := _TABLE.match(text(cell)))), None)
        if heading and not _columns(row):
            table, columns, section = int(heading.group(1)), [], ""
            if table not in TABLES:
                yield Refused(line, f"Table {table}", "table", {"table": f"Table {table}"})
            continue
        heads = _treatments(row) if table == WASTE else _columns(row)
        if heads:
            columns = heads
        elif table in TABLES and columns:
            label = _name(row, columns[0][0])
            if not _is_data(row, columns, label, mark):
                section = label or section
            elif table == WASTE:
                yield from _waste(rows, line, label, columns, given, mark)
            else:
                yield from _gases(line, row, (label, section, table), columns, given, mark)


def _name(row: list, end: int) -> str:
    """Return what stands left of the figures: "AKGD (ASCC Alaska Grid)" of one cell or of two."""
    left = [cell for cell in row[: max(end, 1)] if isinstance(cell, str) and text(cell)]
    cells = [name(cell) for cell in left if number(cell) is None]
    return f"{cells[0]} ({cells[1]})" if len(cells) == 2 else " ".join(cells)


def _is_data(row: list, columns: list, label: str, mark: str) -> bool:
    """Return whether a row has a name and, in one of the columns, a figure or a word for none."""
    cells = [row[column[0]] for column in columns if column[0] < len(row)]
    filled = [cell for cell in cells if text(cell)]
    return bool(label and filled) and any(
        number(cell, mark) is not None or len(text(cell)) <= 5 for cell in filled
    )


def _gases(line, row, words, columns, given, mark) -> Iterator[Found | Refused]:
    # of electricity the first three are the total output, the rest are for projects
    for three in _triples(columns)[: 1 if words[2] == 6 else None]:
        yield _judge(line, row, words, three, given, mark)


def _judge(line, row, words, three, given, mark) -> Found | Refused:
    label, section, table = words
    places = [column[0] for column in three]
    cells = [row[place] if place < len(row) else None for place in places]
    figures = [number(cell, mark) for cell in cells]
    unit = _unit(row, three[0][3], table)
    if not unit:
        detail = {"unit": three[0][3]}
        return Refused(line, label, "unit", detail, "", letter(places[0]))
    if None in figures:
        bad = figures.index(None)
        refused = no_figure(line, label, cells[bad], "", places[bad], mark)
        return replace(refused, key="gas_blank") if refused.is_open else refused
    gases = {
        gas: figure * MASSES[mass]
        for figure, (_place, mass, gas, _unit_name) in zip(figures, three, strict=True)
    }
    biogenic = gases["co2"] if "biomass" in section.lower() else None
    if biogenic is not None:
        gases["co2"] = Decimal(0)
    found = _prepare(line, table, given) | {
        "code": slug("US", label, unit),
        "name": f"{label}, per {three[0][3]}" if table == 1 else label,
        "unit": unit,
        "value": gwp.weigh(gases, given.gwp_set) if given.gwp_set else Decimal(0),
        "gas_basis": "mass",
        "gases": gases,
        "biogenic": biogenic,
        "note": section,
    }
    return judge(Found(**found), letter(places[0]))


def _waste(rows, line, label, columns, given, mark) -> Iterator[Found | Refused]:
    """Yield a factor for each treatment of a material that the table has a figure for."""
    gwp_set = about.find_waste_set(rows, line)
    for place, treatment in columns:
        cell = rows[line - 1][place] if place < len(rows[line - 1]) else None
        figure = number(cell, mark)
        words = f"{label}, {treatment.lower()}"
        if figure is None:
            yield no_figure(line, words, cell, "", place, mark)
            continue
        found = _prepare(line, WASTE, given) | {
            "code": slug("US", "WASTE", words, "short_ton"),
            "name": words,
            "unit": "short_ton",
            "value": figure * 1000,
            "gwp_set": gwp_set,
        }
        yield judge(Found(**found), letter(place))


def _prepare(line: int, table: int, given: Given) -> dict:
    category, scope, stage, term = TABLES[table]
    return {
        "row": line,
        "category": category,
        "scope": scope,
        "stage": stage,
        "red_term": term,
        "gwp_set": given.gwp_set,
        "version": given.edition,
        "valid_from": given.valid_from or date(1970, 1, 1),
        "source": given.source or SOURCE,
        "licence": given.licence or LICENCE,
        "region": given.region or "US",
        "source_url": given.source_url,
    }


def _unit(row: list, named: str, table: int) -> str:
    if named == "mmbtu":
        return "mmBtu_heat" if table == 7 else "mmBtu_gross"
    if named == "unit":
        cells = (text(cell).lower() for cell in row if isinstance(cell, str))
        return next((UNITS[cell] for cell in cells if cell in UNITS), "")
    return UNITS.get(named, "")
