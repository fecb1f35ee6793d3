# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The workbook of eGRID: emission rates of the subregions of the United States' grid.

The sheet "SRL<year>" has two header rows: what each column is, with its unit, and below it a code
(SUBRGN, SRCO2RTA, SRCH4RTA, SRN2ORTA, SRC2ERTA). The rate in CO2e is not taken over but tells which
GWP set the edition uses: the one under which the gases weigh it. Older editions count methane and
nitrous oxide in lb/GWh; the words above the code say so. Layout after public readers of the
editions 2009 to 2023, which name these sheets, columns and units.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from . import gwp
from .factor_cells import number, text
from .factor_file import Found, Given, Refused, judge, letter, no_figure, slug
from .factor_sheets import Sheet

LICENCE = "US government work, not subject to copyright in the United States"
SOURCE = "US EPA, Emissions & Generation Resource Integrated Database (eGRID%s)"
GASES = {"co2": "SRCO2RTA", "ch4": "SRCH4RTA", "n2o": "SRN2ORTA"}
TOTAL = "SRC2ERTA"
POUND = Decimal("0.45359237")
PER_MWH = {"lb/mwh": Decimal(1), "lb/gwh": Decimal("0.001")}
ROUNDED = Decimal("0.06")  # lb/MWh: rates are published to a tenth or finer
APART = Decimal("0.01")  # lb/MWh: two sets that weigh all subregions alike cannot be told apart


def find(book: list[Sheet]) -> tuple[str, list[list], int] | None:
    """Return title and rows of the sheet of subregions, and where its codes stand."""
    for title, rows in book:
        for index, row in enumerate(rows[:8]):
            if {"SUBRGN", *GASES.values()} <= {text(cell).upper() for cell in row}:
                return title, rows, index
    return None


def read(book: list[Sheet], given: Given) -> list[Found | Refused]:
    """Return a factor for each subregion."""
    title, rows, start = find(book)
    places = {text(cell).upper(): place for place, cell in enumerate(rows[start])}
    above = rows[start - 1] if start else []
    sizes = {gas: _size(above, places[code]) for gas, code in GASES.items()}
    open_gas = next((gas for gas, size in sizes.items() if not size), None)
    if open_gas:
        column = letter(places[GASES[open_gas]])
        return [Refused(start + 1, GASES[open_gas], "rate_unit", {}, title, column)]
    data = list(_rates(rows, start, places, sizes))
    gwp_set = _set_of(data, rows, places)
    if given.gwp_set and gwp_set and given.gwp_set != gwp_set:
        detail = {"here": gwp_set, "chosen": given.gwp_set}
        return [Refused(start + 1, TOTAL, "set_differs", detail, title)]
    return [
        _judge(line, rows[line - 1], rates, (title, places), given, given.gwp_set or gwp_set)
        for line, rates in data
    ]


def _size(above: list, place: int) -> Decimal | None:
    """Return lb/MWh in one unit of the column, by the words above its code."""
    words = re.sub(r"\s", "", text(above[place]).lower()) if place < len(above) else ""
    return next((size for unit, size in PER_MWH.items() if unit in words), None)


def _rates(rows, start, places, sizes) -> Iterator[tuple[int, dict[str, Decimal | None]]]:
    for line, row in enumerate(rows[start + 1 :], start + 2):
        if len(row) > places["SUBRGN"] and text(row[places["SUBRGN"]]):
            figures = {gas: number(row[places[code]]) for gas, code in GASES.items()}
            yield (
                line,
                {gas: None if f is None else f * sizes[gas] for gas, f in figures.items()},
            )


def _set_of(data: list, rows: list[list], places: dict[str, int]) -> str:
    """Return the GWP set under which the gases of every subregion weigh its rate in CO2e."""
    if TOTAL not in places:
        return ""
    totals = [(rates, number(rows[line - 1][places[TOTAL]])) for line, rates in data]
    known = [(r, total) for r, total in totals if total is not None and None not in r.values()]
    if not known:
        return ""
    far = sorted(
        (max(abs(gwp.weigh(rates, code) - total) for rates, total in known), code)
        for code in gwp.SETS
    )
    (nearest, code), (next_one, _other) = far[:2]
    return code if nearest <= ROUNDED and next_one >= 3 * nearest + APART else ""


def _judge(line, row, rates, sheet, given, gwp_set) -> Found | Refused:
    title, places = sheet
    name = " ".join(
        (text(row[places["SUBRGN"]]), f"({text(row[places.get('SRNAME', places['SUBRGN'])])})")
    )
    missing = next((gas for gas, rate in rates.items() if rate is None), None)
    if missing:
        place = places[GASES[missing]]
        return no_figure(line, name, row[place], title, place)
    gases = {gas: rate * POUND for gas, rate in rates.items()}
    place = places.get("YEAR")
    year = text(row[place])[:4] if place is not None else ""
    year = year if re.fullmatch(r"20\d\d", year) else ""
    found = Found(
        row=line,
        sheet=title,
        code=slug("US", name, "MWh"),
        name=f"Electricity, {name}",
        unit="MWh",
        value=gwp.weigh(gases, gwp_set) if gwp_set else Decimal(0),
        gwp_set=gwp_set,
        version=given.edition or (f"eGRID{year}" if year else ""),
        valid_from=given.valid_from or date(int(year or 1970), 1, 1),
        source=given.source or SOURCE % year,
        licence=given.licence or LICENCE,
        category="electricity",
        scope="2",
        red_term="ep",
        gas_basis="mass",
        gases=gases,
        region=given.region or f"US-{text(row[places['SUBRGN']])}",
        source_url=given.source_url,
    )
    return judge(found, letter(places[GASES["co2"]]))
