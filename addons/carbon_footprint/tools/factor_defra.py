# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The flat file of the UK government's conversion factors (DESNZ/DEFRA).

One sheet with some lines of title, then the columns ID, Scope, Level 1 to 4, Column Text, UOM,
GHG/Unit and "GHG Conversion Factor <year>". The rows of one thing in one unit stand together: its
total ("kg CO2e") and its gases in CO2e ("kg CO2e of CH4 per unit").
"""

import re
from datetime import date
from decimal import Decimal

from .factor_file import Found, Given, Refused, Sheet, judge, number, slug, text

LICENCE = "Open Government Licence v3.0"
COLUMNS = ("scope", "level 1", "level 2", "level 3", "level 4", "column text", "uom", "ghg/unit")
LEVELS = ("level 1", "level 2", "level 3", "level 4", "column text")
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
_GAS = re.compile(r"kg CO2e of (CO2|CH4|N2O) per unit", re.IGNORECASE)
_YEAR = re.compile(r"ghg conversion factor\s*(\d{4})?", re.IGNORECASE)


def find(book: list[Sheet]) -> tuple[list[list], int] | None:
    """Return the rows of the sheet in this layout, and where its header stands."""
    for _title, rows in book:
        for index, row in enumerate(rows[:30]):
            heads = {text(cell).lower() for cell in row}
            if {"level 1", "uom", "ghg/unit"} <= heads:
                return rows, index
    return None


def read(book: list[Sheet], given: Given) -> list[Found | Refused]:
    """Return the factors of the flat file, in its order."""
    rows, start = find(book)
    heads = [text(cell).lower() for cell in rows[start]]
    places = {head: index for index, head in enumerate(heads)}
    values = next(i for i, head in enumerate(heads) if _YEAR.match(head))
    year = _YEAR.match(heads[values]).group(1) or ""
    groups: dict[tuple, dict] = {}
    for line, row in enumerate(rows[start + 1 :], start + 2):
        cells = {name: text(row[places[name]]) for name in COLUMNS if name in places}
        if not any(cells.values()):
            continue
        key = tuple(cells.get(name, "") for name in COLUMNS[:-1])
        group = groups.setdefault(key, {"row": line, "cells": cells, "figures": {}})
        group["figures"][cells["ghg/unit"].lower()] = row[values]
    return [_judge(group, given, year) for group in groups.values()]


def _judge(group: dict, given: Given, year: str) -> Found | Refused:
    row, cells = group["row"], group["cells"]
    name = ", ".join(cells[level] for level in LEVELS if cells.get(level))
    unit = _unit(cells)
    total = number(group["figures"].get("kg co2e"))
    if not unit:
        return Refused(
            row, name, f"The unit “{cells['uom']}” is not known here, or lacks its basis."
        )
    if "scope" not in cells["scope"].lower() or "outside" in cells["scope"].lower():
        reason = "It stands outside of the scopes: biogenic CO2 is entered beside the value."
        return Refused(row, name, reason)
    if total is None:
        return Refused(row, name, "There is no figure in kg CO2e.")
    gases = _gases(group["figures"], total)
    category, stage, term = _kind(cells["level 1"])
    return judge(
        Found(
            row=row,
            code=slug("GB", cells["scope"][-1:], *(cells[n] for n in LEVELS), cells["uom"]),
            name=name,
            unit=unit,
            value=total,
            gwp_set=given.gwp_set or ("AR5" if year >= "2024" else ""),
            version=given.edition or year,
            valid_from=given.valid_from or date(int(year or 1970), 1, 1),
            source=given.source
            or f"UK Government GHG Conversion Factors for Company Reporting {year} (DESNZ/DEFRA)",
            licence=given.licence or LICENCE,
            category=category,
            scope=re.sub(r"\D", "", cells["scope"])[:1] or "3",
            stage=stage,
            red_term=term,
            gas_basis="co2e" if gases else "none",
            gases=gases,
            region=given.region or "GB",
            source_url=given.source_url,
        )
    )


def _unit(cells: dict) -> str:
    unit = cells["uom"].lower()
    if unit == "kwh":
        kind = _kind(cells["level 1"])[0]
        return {"electricity": "kWh", "steam": "kWh_heat"}.get(kind, "")
    return UNITS.get(unit, "")


def _kind(level: str) -> tuple[str, str, str]:
    name = re.sub(r"^wtt\s*-\s*", "", level.lower())
    for beginning, *kind in KINDS:
        if name.startswith(beginning):
            return tuple(kind)
    return "other", "processing", ""


def _gases(figures: dict, total: Decimal) -> dict[str, Decimal]:
    """Return the gases in CO2e; none where the file leaves one open or rounds all of them away."""
    found = {}
    for label, value in figures.items():
        match = _GAS.fullmatch(label)
        if match and number(value) is not None:
            found[match.group(1).lower()] = number(value)
    whole = len(found) == 3 and total and abs(sum(found.values()) - total) <= abs(total) / 200
    return found if whole else {}
