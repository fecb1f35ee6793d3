# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What LCA programs export: activities of Brightway (bw2io's workbook), processes of openLCA
(JSON-LD), and lists of processes that are characterised already.

An activity that does nothing but emit is a factor with its gases apart. One with inputs from other
activities is not calculated here: that is the LCA program's work, whose result comes as a
characterised list. Flows without a potential are left out and named.
"""

import json
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

from . import gwp
from .factor_cells import mark_of, number, text
from .factor_file import Found, Given, Refused, judge, letter, no_figure, slug
from .factor_sheets import FileProblem, Sheet

GASES = {
    "carbon dioxide, fossil": "co2",
    "carbon dioxide": "co2",
    "carbon dioxide, from soil or biomass stock": "co2",
    "carbon dioxide, non-fossil": "biogenic",
    "carbon dioxide, biogenic": "biogenic",
    "methane, fossil": "ch4",
    "methane": "ch4",
    "methane, non-fossil": "ch4",
    "methane, biogenic": "ch4",
    "dinitrogen monoxide": "n2o",
    "nitrous oxide": "n2o",
    "sulfur hexafluoride": "sf6",
    "nitrogen trifluoride": "nf3",
    "nitrogen fluoride": "nf3",
}
UNITS = {
    "kilogram": "kg", "kg": "kg", "gram": "g", "g": "g", "ton": "t", "t": "t", "metric ton": "t",
    "cubic meter": "m3", "m3": "m3", "litre": "l", "liter": "l", "l": "l",
    "ton kilometer": "tkm", "t*km": "tkm", "tkm": "tkm", "kilometer": "km", "km": "km",
    "unit": "piece", "item(s)": "piece", "piece": "piece", "hour": "h", "h": "h",
}  # fmt: skip
ENERGY = {"kilowatt hour": "kWh", "kwh": "kWh", "megajoule": "MJ", "mj": "MJ", "gj": "GJ"}
IN_KG = {"kg": Decimal(1), "kilogram": Decimal(1), "g": Decimal("0.001"), "gram": Decimal("0.001")}
LIST_NAMES = ("name", "activity", "process")
LIST_VALUES = ("kg co2e", "kg co2-eq", "kg co2 eq", "score", "impact", "value")


@dataclass
class Process:
    """An activity as both programs state it: what it makes, emits and takes in."""

    row: int
    name: str
    unit: str
    location: str
    amount: Decimal | None
    emissions: list[tuple[str, Decimal | None, str]]
    inputs: list[str]
    sheet: str = ""


def unit_of(unit: str, name: str) -> str:
    """Return the unit with its basis; energy is electricity or heat by what the activity is called.

    >>> unit_of("kilowatt hour", "market for electricity, low voltage"), unit_of("megajoule", "Gas")
    ('kWh', '')
    """
    found = UNITS.get(unit.lower())
    energy = ENERGY.get(unit.lower())
    if found or not energy:
        return found or ""
    words = name.lower()
    if "electricity" in words:
        return "kWh" if energy == "kWh" else ""
    return f"{energy}_heat" if re.search(r"\b(heat|steam)\b", words) else ""


def factor(process: Process, given: Given) -> Found | Refused:
    """Return the factor of an activity that does nothing but emit."""
    unit = unit_of(process.unit, process.name)
    if not unit:
        return _refused(process, "unit", unit=process.unit)
    if process.inputs:
        named = ", ".join(process.inputs[:3]) + (" …" if len(process.inputs) > 3 else "")
        return _refused(process, "inputs", inputs=named)
    if not process.amount or process.amount < 0:
        return _refused(process, "no_amount")
    gases, left_out = {}, []
    for flow, amount, mass in process.emissions:
        gas = GASES.get(flow.lower())
        if gas is None:
            left_out.append(flow)
        elif amount is None or mass.lower() not in IN_KG:
            return _refused(process, "flow", flow=flow)
        else:
            part = amount * IN_KG[mass.lower()] / process.amount
            gases[gas] = gases.get(gas, Decimal(0)) + part
    return _found(process, unit, gases, left_out, given)


def _found(process, unit, gases, left_out, given) -> Found | Refused:
    biogenic = gases.pop("biogenic", None)
    if not gases:
        return _refused(process, "no_gas")
    if not given.gwp_set:
        return _refused(process, "gwp_set")
    note = f"Left out, without a potential: {', '.join(sorted(set(left_out)))}." if left_out else ""
    found = _prepare(process, unit, gwp.weigh(gases, given.gwp_set), given)
    return judge(Found(**found, gas_basis="mass", gases=gases, biogenic=biogenic, note=note))


def _refused(process: Process, key: str, **detail: str) -> Refused:
    return Refused(process.row, process.name, key, detail, process.sheet)


def _prepare(process: Process, unit: str, value: Decimal, given: Given) -> dict:
    return {
        "row": process.row,
        "sheet": process.sheet,
        "code": slug("LCA", process.name, process.location, unit),
        "name": process.name,
        "unit": unit,
        "value": value,
        "gwp_set": given.gwp_set,
        "version": given.edition,
        "valid_from": given.valid_from or date(1970, 1, 1),
        "source": given.source,
        "licence": given.licence,
        "region": process.location or given.region,
        "source_url": given.source_url,
    }


# -- Brightway's workbook --------------------------------------------------------------------------


def is_brightway(book: list[Sheet]) -> bool:
    """Return whether a sheet says which database it is of, and has activities."""
    words = {text(row[0]).lower() for _title, rows in book for row in rows if row}
    return {"database", "activity"} <= words


def read_brightway(book: list[Sheet], given: Given) -> list[Found | Refused]:
    """Return the factors of the activities."""
    found = []
    for title, rows in book:
        starts = [i for i, row in enumerate(rows) if row and text(row[0]).lower() == "activity"]
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            found.append(factor(_activity(rows[start:end], start + 1, title), given))
    return found


def _activity(rows: list[list], line: int, sheet: str) -> Process:
    texts, exchanges, heads = {}, [], None
    is_open = False
    for row in rows[1:]:
        first = text(row[0]).lower() if row else ""
        if first == "exchanges":
            is_open = True
        elif is_open and heads is None:
            heads = [text(cell).lower() for cell in row]
        elif is_open and any(text(cell) for cell in row):
            exchanges.append(dict(zip(heads, row, strict=False)))
        elif first and len(row) > 1:
            texts[first] = row[1]
    return _process(text(rows[0][1]), (line, sheet), texts, exchanges)


def _process(name: str, place: tuple[int, str], texts: dict, exchanges: list[dict]) -> Process:
    kinds = {"production": [], "biosphere": [], "technosphere": []}
    for exchange in exchanges:
        kinds.setdefault(text(exchange.get("type")).lower(), []).append(exchange)
    made = [number(e.get("amount")) for e in kinds["production"]]
    amount = made[0] if made else number(texts.get("production amount", 1))
    product = text(texts.get("reference product"))
    return Process(
        row=place[0],
        sheet=place[1],
        name=f"{name} | {product}" if product and product != name else name,
        unit=text(texts.get("unit")),
        location=text(texts.get("location")),
        amount=amount,
        emissions=[
            (text(e.get("name")), number(e.get("amount")), text(e.get("unit")) or "kg")
            for e in kinds["biosphere"]
        ],
        inputs=[text(e.get("name")) for e in kinds["technosphere"]],
    )


# -- openLCA's JSON-LD -----------------------------------------------------------------------------


def read_json(name: str, content: bytes, given: Given) -> list[Found | Refused]:
    """Return the factors of the processes of a JSON file or of a package of them."""
    try:
        documents = _documents(name, content)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise FileProblem(f"The file cannot be read: {error}.") from error
    processes = [d for d in documents if isinstance(d, dict) and d.get("@type") == "Process"]
    if not processes:
        raise FileProblem("There is no process in the file.")
    return [factor(_olca(one, line), given) for line, one in enumerate(processes, 1)]


def _documents(name: str, content: bytes) -> list:
    if name.lower().endswith(".json"):
        found = json.loads(content, parse_float=Decimal)
        return found if isinstance(found, list) else [found]
    with zipfile.ZipFile(BytesIO(content)) as package:
        names = sorted(n for n in package.namelist() if re.search(r"(^|/)processes/.+\.json$", n))
        return [json.loads(package.read(one), parse_float=Decimal) for one in names]


def _olca(document: dict, line: int) -> Process:
    exchanges = [e for e in document.get("exchanges") or [] if isinstance(e, dict)]
    made = [e for e in exchanges if _says(e, "quantitativeReference")]
    location = document.get("location") or {}
    others = [e for e in exchanges if not _says(e, "quantitativeReference")]
    flows = [(e, (e.get("flow") or {})) for e in others]
    return Process(
        row=line,
        name=text(document.get("name")),
        unit=_unit_name(made[0]) if made else "",
        location=text(location.get("code") or location.get("name")),
        amount=number(made[0].get("amount")) if made else None,
        emissions=[
            (text(flow.get("name")), number(e.get("amount")), _unit_name(e))
            for e, flow in flows
            if flow.get("flowType") == "ELEMENTARY_FLOW" and not _says(e, "input")
        ],
        inputs=[
            text(flow.get("name"))
            for e, flow in flows
            if flow.get("flowType") != "ELEMENTARY_FLOW" and number(e.get("amount")) != 0
        ],
    )


def _says(exchange: dict, name: str) -> bool:
    """Return a mark of an exchange: `input` of openLCA 1 is `isInput` since openLCA 2."""
    return bool(exchange.get(name) or exchange.get(f"is{name[0].upper()}{name[1:]}"))


def _unit_name(exchange: dict) -> str:
    return text((exchange.get("unit") or {}).get("name") or exchange.get("refUnit"))


# -- a characterised list --------------------------------------------------------------------------


def read_list(book: list[Sheet], given: Given) -> list[Found | Refused]:
    """Return the factors of a list with a name, a unit and a figure in kg CO2e per row."""
    [(title, rows), *_others] = book
    start = next((i for i, row in enumerate(rows[:30]) if _list_places(row)), None)
    if start is None:
        raise FileProblem(
            "The layout is not known: a list needs a row of headings with name, unit and kg CO2e."
        )
    heads = [text(cell).lower() for cell in rows[start]]
    name, value = _list_places(rows[start])
    mark = mark_of(row[value] for row in rows[start + 1 :] if len(row) > value)
    found = []
    for line, row in enumerate(rows[start + 1 :], start + 2):
        cells = dict(zip(heads, row, strict=False))
        if text(cells.get("unit")) or (len(row) > value and text(row[value])):
            cell = row[value] if len(row) > value else None
            label = text(row[name])
            found.append(_listed((line, title, value), cells, label, (cell, mark), given))
    return found


def _list_places(row: list) -> tuple[int, int] | None:
    """Return where name and figure stand in a row of headings, `None` for any other row."""
    heads = [text(cell).lower() for cell in row]
    name = next((heads.index(head) for head in LIST_NAMES if head in heads), None)
    value = next((heads.index(head) for head in LIST_VALUES if head in heads), None)
    return None if name is None or value is None or "unit" not in heads else (name, value)


def _listed(place: tuple, cells: dict, name: str, figure: tuple, given: Given) -> Found | Refused:
    line, sheet, column = place
    named = text(cells.get("unit"))
    where = text(cells.get("location") or cells.get("region"))
    product = text(cells.get("reference product"))
    label = f"{name} | {product}" if product and product != name else name
    value = number(*figure)
    if value is None:
        return no_figure(line, label, figure[0], sheet, column, figure[1])
    unit = unit_of(named, label)
    if not unit:
        return Refused(line, label, "unit", {"unit": named}, sheet)
    process = Process(line, label, named, where, Decimal(1), [], [], sheet)
    return judge(Found(**_prepare(process, unit, value, given)), letter(column))
