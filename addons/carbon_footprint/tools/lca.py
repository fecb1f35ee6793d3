# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The inventory of a batch as a workbook that Brightway's importer of Excel files reads.

Every batch and every factor is an activity of one database; a factor emits its gases, and what its
source gives only as a sum as CO2 equivalents. The flows are in the same database, so that nothing
else is needed to calculate; a sheet that the importer skips says what each flow weighs.

>>> power = Process("f-EL", "Power", "kilowatt hour", Decimal("1"), (), (("co2e", Decimal("0.2")),))
>>> batch = Process("b-1", "PP", "kilogram", Decimal("900"), (Use("f-EL", Decimal("50")),))
>>> rows = sheet("demo", [batch, power])
>>> rows[0], rows[2], rows[-2]
(('Database', 'demo'), ('Activity', 'PP'), ('code', 'co2e'))
>>> score(read_result('{"format": "batchproof-lca-result/1", "footprint": "PP v1", '
...                   '"snapshot_sha256": "00", "method": "GWP100", "score": "1.5", '
...                   '"unit": "kg CO2e", "software": "bw2calc"}'))
Decimal('1.5')
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from . import gwp

FORMAT = "batchproof-lca-result/1"
LOCATION = "GLO"
FLOWS = {
    "co2": "Carbon dioxide, fossil",
    "ch4": "Methane",
    "n2o": "Dinitrogen monoxide",
    "co2e": "Greenhouse gases, as CO2 equivalents",
}
UNITS = {"kWh": "kilowatt hour", "kg": "kilogram", "m3": "cubic meter"}
HEAD = ("name", "amount", "unit", "database", "location", "type", "code")
TEXTS = ("footprint", "snapshot_sha256", "method", "unit", "software")


class BadResult(ValueError):
    """A file that is no result of an LCA, with the reason."""


@dataclass(frozen=True)
class Use:
    """How much of another process goes into one."""

    code: str
    amount: Decimal


@dataclass(frozen=True)
class Process:
    """What makes `amount` of a product (for a batch: all of it) from what it uses and emits."""

    code: str
    name: str
    unit: str
    amount: Decimal
    uses: tuple[Use, ...] = ()
    emissions: tuple[tuple[str, Decimal], ...] = ()


def unit(code: str) -> str:
    """Return the name Brightway knows a unit by, or our own.

    >>> unit("kWh"), unit("kWh_gross")
    ('kilowatt hour', 'kWh_gross')
    """
    return UNITS.get(code, code)


def sheet(database: str, processes: Sequence[Process]) -> list[tuple]:
    """Return the rows of the sheet of activities, flows last."""
    named = {process.code: process for process in processes}
    rows: list[tuple] = [("Database", database), ()]
    for process in processes:
        rows += _activity(database, process, named)
    for code in sorted({code for process in processes for code, _kg in process.emissions}):
        rows += [
            ("Activity", FLOWS[code]),
            ("location", LOCATION),
            ("unit", "kilogram"),
            ("type", "emission"),
            ("categories", "air"),
            ("code", code),
            (),
        ]
    return rows


def _activity(database: str, process: Process, named: Mapping[str, Process]) -> Iterable[tuple]:
    name, code = process.name, process.code
    yield ("Activity", name)
    yield ("code", code)
    yield ("location", LOCATION)
    yield ("unit", process.unit)
    yield ("reference product", name)
    yield ("production amount", process.amount)
    yield ("Exchanges",)
    yield HEAD
    yield (name, process.amount, process.unit, database, LOCATION, "production", code)
    for use in process.uses:
        other = named[use.code]
        yield (other.name, use.amount, other.unit, database, LOCATION, "technosphere", use.code)
    for flow, kg in process.emissions:
        yield (FLOWS[flow], kg, "kilogram", database, LOCATION, "biosphere", flow)
    yield ()


def method(gwp_set: str) -> list[tuple]:
    """Return the rows of the sheet that says what a kilogram of each flow weighs."""
    weights = {gas: gwp.potential(gas, gwp_set) for gas in ("co2", "ch4", "n2o")}
    weights["co2e"] = Decimal("1")
    head = [("skip",), (f"GWP100, {gwp.LABELS[gwp_set]}",), ("code", "name", "kg CO2e per kg")]
    return head + [(code, FLOWS[code], weight) for code, weight in weights.items()]


def read_result(text: str) -> dict[str, str]:
    """Return the result that a practitioner hands back; what lacks is said by `BadResult`."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except ValueError as error:
        raise BadResult(f"The file is no JSON: {error}.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadResult(f"The file does not say that its format is {FORMAT}.")
    lacking = [name for name in (*TEXTS, "score") if not str(found.get(name) or "").strip()]
    if lacking:
        raise BadResult(f"The file does not say: {', '.join(lacking)}.")
    score(found)
    return {name: str(found[name]) for name in (*TEXTS, "score")}


def score(result: Mapping[str, str]) -> Decimal:
    """Return the score of a result."""
    try:
        figure = Decimal(str(result["score"]))
    except InvalidOperation as error:
        raise BadResult(f"The score {result['score']} is no figure.") from error
    if not figure.is_finite():
        raise BadResult(f"The score {figure} is no figure.")
    return figure
