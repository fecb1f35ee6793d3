# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The UK government's conversion factors (DESNZ/DEFRA), as the flat file for automatic processing.

Some lines of title, then the columns ID, Scope, Level 1 to 4, Column Text, UOM, GHG/Unit and "GHG
Conversion Factor <year>". The rows of one thing in one unit stand together: its total ("kg CO2e")
and its gases in CO2e ("kg CO2e of CH4 per unit"). Half of the rows of waste have no figure, the
CO2 of biomass stands apart as "Outside of Scopes", with the fuel's name and unit again. Layout
checked against the extract of the 2025 file in scope3emissiontest-oss/JulesProject on GitHub
(defra_factors_2025_v2). The sheets of the full set are read in `factor_defra_full`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from .factor_cells import mark_of, number, text
from .factor_file import Found, Given, Refused, judge, letter, no_figure, slug
from .factor_sheets import Sheet

LICENCE = "Open Government Licence v3.0"
SOURCE = "UK Government GHG Conversion Factors for Company Reporting %s (DESNZ/DEFRA)"
LEVELS = ("level 1", "level 2", "level 3", "level 4", "column text")
COLUMNS = ("scope", *LEVELS, "uom")
TOTAL = "kg co2e"
UNITS = {
    "kwh (gross cv)": "kWh_gross",
    "kwh (net cv)": "kWh_net",
    "tonnes": "t",
    "kg": "kg",
    "litres": "l",
    "million litres": "Ml",
    "cubic metres": "m3",
    "tonne.km": "tkm",
    "passenger.km": "pkm",
    "km": "km",
    "miles": "mile",
}
# beginning of level 1, without "WTT-": category, stage, RED term
KINDS = (
    ("fuels", "fuel", "processing", "ep"),
    ("bioenergy", "fuel", "processing", "ep"),
    ("uk electricity", "electricity", "processing", "ep"),
    ("overseas electricity", "electricity", "processing", "ep"),
    ("transmission and distribution", "electricity", "processing", "ep"),
    ("heat and steam", "steam", "processing", "ep"),
    ("water", "water", "processing", "ep"),
    ("refrigerant", "direct", "processing", "ep"),
    ("material use", "material", "raw_material", "eec"),
    ("waste disposal", "waste", "processing", "ep"),
    ("freighting goods", "transport", "transport_in", "etd"),
    ("delivery vehicles", "transport", "transport_in", "etd"),
)
GAS = re.compile(r"kg CO2e of (CO2|CH4|N2O) per unit", re.IGNORECASE)
_YEAR = re.compile(r"ghg conversion factor\s*(\d{4})?", re.IGNORECASE)


@dataclass
class Thing:
    """What the rows of one thing in one unit say together."""

    row: int
    sheet: str
    cells: dict[str, str]
    year: str
    mark: str = ""
    # figure by label ("kg co2e"), with the row and place it stands in
    figures: dict[str, tuple[object, int, int]] = field(default_factory=dict)
    conflict: Refused | None = None

    @property
    def name(self) -> str:
        """Its levels in one line."""
        return ", ".join(self.cells[level] for level in LEVELS if self.cells.get(level))

    def add(self, label: str, cell: object, row: int, place: int) -> None:
        """Take a figure; the same again is no news, another one for the same is a conflict."""
        known = self.figures.setdefault(label.lower(), (cell, row, place))
        if number(known[0], self.mark) != number(cell, self.mark):
            detail = {"other": str(known[1]), "there": text(known[0]), "here": text(cell)}
            self.conflict = Refused(row, self.name, "twice", detail, self.sheet, letter(place))


def find(book: list[Sheet]) -> tuple[str, list[list], int] | None:
    """Return the title and rows of the sheet in this layout, and where its header stands."""
    for title, rows in book:
        for index, row in enumerate(rows[:60]):
            heads = {text(cell).lower() for cell in row}
            if {"level 1", "uom", "ghg/unit"} <= heads:
                return title, rows, index
    return None


def read(book: list[Sheet], given: Given) -> list[Found | Refused]:
    """Return the factors of the flat file, in its order."""
    return weigh(_things(book), given)


def _things(book: list[Sheet]) -> list[Thing]:
    title, rows, start = find(book)
    heads = [text(cell).lower() for cell in rows[start]]
    places = {head: index for index, head in enumerate(heads)}
    values = next((i for i, head in enumerate(heads) if _YEAR.match(head)), len(heads) - 1)
    year = next((m.group(1) for head in heads if (m := _YEAR.match(head))), "") or ""
    mark = mark_of(row[values] for row in rows[start + 1 :] if len(row) > values)
    things: dict[tuple, Thing] = {}
    for line, row in enumerate(rows[start + 1 :], start + 2):
        cells = {n: text(row[places[n]]) for n in COLUMNS if places.get(n, len(row)) < len(row)}
        # notes below the table name no unit
        if not cells.get("uom"):
            continue
        key = tuple(cells.get(name, "") for name in COLUMNS)
        thing = things.setdefault(key, Thing(line, title, cells, year, mark))
        figure = row[values] if values < len(row) else None
        thing.add(text(row[places["ghg/unit"]]), figure, line, values)
    return list(things.values())


def weigh(things: Iterable[Thing], given: Given) -> list[Found | Refused]:
    """Return what each thing becomes; the CO2 of biomass goes along with its fuel."""
    inside, outside = [], {}
    for thing in things:
        if "outside" in thing.cells.get("scope", "").lower():
            outside[_fuel(thing)] = thing
        else:
            inside.append(thing)
    found, taken = [], set()
    for thing in inside:
        row = _judge(thing, given)
        fuel = outside.get(_fuel(thing))
        if isinstance(row, Found) and row.scope in "12" and fuel:
            row = _with_biogenic(row, fuel)
            taken.add(_fuel(thing))
        found.append(row)
    return [*found, *(_outside(fuel) for key, fuel in outside.items() if key not in taken)]


def _fuel(thing: Thing) -> tuple[str, str]:
    return thing.cells.get("level 3", "").lower(), thing.cells["uom"].lower()


def _co2(thing: Thing) -> tuple[object, int, int]:
    figures = thing.figures
    return figures.get("kg co2e of co2 per unit") or figures.get(TOTAL) or (None, thing.row, 0)


def _with_biogenic(row: Found, fuel: Thing) -> Found:
    biogenic = number(_co2(fuel)[0], fuel.mark)
    if biogenic is None:
        return row
    return replace(row, biogenic=biogenic, note=f"Biogenic CO2: row {fuel.row}.")


def _outside(thing: Thing) -> Refused:
    cell, row, place = _co2(thing)
    if number(cell, thing.mark) is None:
        return no_figure(row, thing.name, cell, thing.sheet, place, thing.mark)
    return Refused(thing.row, thing.name, "outside", {}, thing.sheet, letter(place))


def _judge(thing: Thing, given: Given) -> Found | Refused:
    cells, sheet = thing.cells, thing.sheet
    cell, row, place = thing.figures.get(TOTAL) or (None, thing.row, 0)
    total = number(cell, thing.mark)
    unit = _unit(cells)
    scopes = re.findall(r"[123]", cells.get("scope", ""))
    if thing.conflict:
        return thing.conflict
    if total is None:
        return no_figure(row, thing.name, cell, sheet, place, thing.mark)
    if not unit:
        return Refused(row, thing.name, "unit", {"unit": cells["uom"]}, sheet)
    if len(scopes) != 1:
        return Refused(row, thing.name, "scope", {"scope": cells.get("scope", "")}, sheet)
    gases = _gases(thing, total)
    category, stage, term = _kind(cells["level 1"])
    year = thing.year
    found = Found(
        row=thing.row,
        sheet=sheet,
        code=slug("GB", scopes[0], *(cells.get(n, "") for n in LEVELS), cells["uom"]),
        name=thing.name,
        unit=unit,
        value=total,
        gwp_set=given.gwp_set or ("AR5" if year >= "2024" else ""),
        version=given.edition or year,
        valid_from=given.valid_from or date(int(year or 1970), 1, 1),
        source=given.source or (SOURCE % year),
        licence=given.licence or LICENCE,
        category=category,
        scope=scopes[0],
        stage=stage,
        red_term=term,
        gas_basis="co2e" if gases else "none",
        gases=gases,
        region=given.region or "GB",
        source_url=given.source_url,
    )
    return judge(found, letter(place))


def _unit(cells: dict) -> str:
    unit = cells["uom"].lower()
    if unit == "kwh":
        kind = _kind(cells.get("level 1", ""))[0]
        return {"electricity": "kWh", "steam": "kWh_heat"}.get(kind, "")
    return UNITS.get(unit, "")


def _kind(level: str) -> tuple[str, str, str]:
    name = re.sub(r"^wtt\s*-\s*", "", level.lower())
    for beginning, *kind in KINDS:
        if name.startswith(beginning):
            return tuple(kind)
    return "other", "processing", ""


def _gases(thing: Thing, total: Decimal) -> dict[str, Decimal]:
    """Return the gases in CO2e; none where the file leaves one open or rounds all of them away."""
    found = {}
    for label, (cell, _row, _place) in thing.figures.items():
        match = GAS.fullmatch(label)
        if match and number(cell, thing.mark) is not None:
            found[match.group(1).lower()] = number(cell, thing.mark)
    whole = len(found) == 3 and total and abs(sum(found.values()) - total) <= abs(total) / 200
    return found if whole else {}
