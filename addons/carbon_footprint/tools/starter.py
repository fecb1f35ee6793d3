# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Read the starter set of factors: a file in, checked rows out.

>>> head = "code,name,category,unit,scope,stage,red_term,version,valid_from,value,gas_basis,"
>>> head += "co2,ch4,n2o,gwp_set,region,source,source_url,licence,note"
>>> line = "EL,Power,electricity,kWh,2,processing,ep,2025,2025-01-01,0.177,none,,,,AR5,GB,S,U,L,"
>>> row = read(head + chr(10) + line)[0]
>>> row.value, row.valid_from, row.gases, row.key
(Decimal('0.177'), datetime.date(2025, 1, 1), {}, 'el_2025')
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from .basis import UNITS
from .gwp import SETS

GASES = ("co2", "ch4", "n2o", "sf6", "nf3")
# How the note of a row begins that the plant has to confirm first: it is loaded as a draft.
DRAFT = "A draft:"
GAS_BASES = ("none", "mass", "co2e")
TEXTS = (
    "code", "name", "category", "unit", "scope", "stage", "red_term", "version", "gwp_set",
    "gas_basis", "region", "source", "source_url", "licence", "note",
)  # fmt: skip


class BadRow(ValueError):
    """A row of the file that cannot be a factor version; names the line and what is wrong."""


@dataclass(frozen=True)
class Row:
    """One factor version of the file."""

    texts: dict[str, str]
    valid_from: date
    value: Decimal
    gases: dict[str, Decimal]
    biogenic: Decimal | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the row needs no confirmation by the plant."""
        return not self.texts["note"].startswith(DRAFT)

    @property
    def factor_key(self) -> str:
        """The code as an identifier."""
        return re.sub(r"\W+", "_", self.texts["code"].lower())

    @property
    def key(self) -> str:
        """Code and version as an identifier."""
        return re.sub(r"\W+", "_", f"{self.texts['code']}_{self.texts['version']}".lower())


def _check(texts: dict[str, str]) -> None:
    if texts["unit"] not in UNITS:
        raise ValueError(f"there is no unit {texts['unit']}")
    if texts["gwp_set"] not in SETS:
        raise ValueError(f"there is no GWP set {texts['gwp_set']}")
    if texts["gas_basis"] not in GAS_BASES:
        raise ValueError(f"gases are given as {', '.join(GAS_BASES)}, not {texts['gas_basis']}")
    for name in ("code", "name", "version", "source", "licence"):
        if not texts[name].strip():
            raise ValueError(f"the {name} is empty")


def _row(line: dict[str, str]) -> Row:
    texts = {name: line[name] for name in TEXTS}
    _check(texts)
    gases = {gas: Decimal(line[gas]) for gas in GASES if line.get(gas)}
    if bool(gases) != (texts["gas_basis"] != "none"):
        raise ValueError("gases and gas basis do not fit each other")
    biogenic = Decimal(line["co2_biogenic"]) if line.get("co2_biogenic") else None
    valid_from = date.fromisoformat(line["valid_from"])
    return Row(texts, valid_from, Decimal(line["value"]), gases, biogenic)


COLUMNS = (*TEXTS, "valid_from", "value", *GASES, "co2_biogenic")


def read_one(line: dict[str, str]) -> Row | str:
    """Return the row of one line, or what is wrong with it."""
    try:
        return _row(line)
    except InvalidOperation:
        return "a figure is no number"
    except (ValueError, KeyError, TypeError) as error:
        return str(error)


def read(text: str) -> list[Row]:
    """Return the rows of a starter file; the first bad one raises `BadRow`."""
    rows = []
    for number, line in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            rows.append(_row(line))
        except (ValueError, KeyError, TypeError, InvalidOperation) as error:
            raise BadRow(f"Line {number}: {error}.") from error
    return rows
