# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Default and disaggregated values of RED II, and what may be combined with actual ones.

A whole default may be declared as it stands where land-use change does not emit; or single terms of
it (disaggregated values) beside terms of one's own, el among them (RED II Art. 31(1) a to c).
Typical values inform and are never declared.

>>> head = "code,fuel,feedstock,process,feedstock_kind,eec_typical,eec_default,ep_typical,"
>>> head += "ep_default,etd_typical,etd_default"
>>> soy = read(head + chr(10) + "SOY,FAME,soybean,,crop,21.2,21.2,12.1,16.9,8.9,8.9")["SOY"]
>>> declare(soy).terms.total, declare(soy).kind
(Decimal('47.0'), 'default')
>>> mixed = declare(soy, {"ep": Decimal("10")})
>>> mixed.terms.total, mixed.kind, mixed.kinds["eec"]
(Decimal('40.1'), 'disaggregated', 'default')
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from .red import Terms

PARTS = ("eec", "ep", "etd")
FEEDSTOCK_KINDS = ("crop", "residue")


class BadPathway(ValueError):
    """A line of the table that is no pathway, or values that may not be combined."""


@dataclass(frozen=True)
class Pathway:
    """Values of one production pathway, g CO2eq/MJ."""

    code: str
    fuel: str
    feedstock: str
    process: str
    feedstock_kind: str
    typical: Mapping[str, Decimal]
    default: Mapping[str, Decimal]

    @property
    def label(self) -> str:
        """The pathway for people."""
        return ", ".join(part for part in (self.fuel, self.feedstock, self.process) if part)


@dataclass(frozen=True)
class Declared:
    """Terms to declare, with the kind of each and of the whole."""

    terms: Terms
    kinds: Mapping[str, str]

    @property
    def kind(self) -> str:
        """`default`, `disaggregated` (some terms of the table, some one's own) or `actual`."""
        used = {self.kinds[part] for part in PARTS}
        if used == {"default"}:
            others = {kind for term, kind in self.kinds.items() if term not in PARTS}
            return "disaggregated" if "actual" in others else "default"
        return "actual" if used == {"actual"} else "disaggregated"


def read(text: str) -> dict[str, Pathway]:
    """Return the pathways of a table by code; a bad or repeated line raises `BadPathway`."""
    found: dict[str, Pathway] = {}
    for number, line in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        if None in line:
            raise BadPathway(f"Line {number}: it has more columns than the head (decimal comma?).")
        try:
            pathway = _pathway(line)
        except (KeyError, InvalidOperation, TypeError) as error:
            raise BadPathway(f"Line {number}: {error!r}.") from error
        if pathway.code in found:
            raise BadPathway(f"Line {number}: the code {pathway.code} is there twice.")
        if pathway.feedstock_kind not in FEEDSTOCK_KINDS:
            raise BadPathway(f"Line {number}: no kind of feedstock: {pathway.feedstock_kind}.")
        found[pathway.code] = pathway
    return found


@cache
def shipped() -> Mapping[str, Pathway]:
    """Return the pathways of the table beside this file, which is that of `data/factors`.

    >>> shipped()["FAME-SOY"].default["ep"]
    Decimal('16.9')
    """
    return read(Path(__file__).with_name("red2_values.csv").read_text(encoding="utf-8"))


def alike(pathway: Pathway | None, pathways: Mapping[str, Pathway]) -> list[Pathway]:
    """Return the pathways of the same fuel and feedstock, whatever the process.

    >>> len(alike(shipped()["ETHANOL-MAIZE-NG"], shipped())), alike(None, shipped())
    (4, [])
    """
    if pathway is None:
        return []
    kind = (pathway.fuel, pathway.feedstock)
    return [other for other in pathways.values() if (other.fuel, other.feedstock) == kind]


def _pathway(line: Mapping[str, str]) -> Pathway:
    texts = (line[name] for name in ("code", "fuel", "feedstock", "process", "feedstock_kind"))
    return Pathway(
        *texts,
        typical={part: Decimal(line[f"{part}_typical"]) for part in PARTS},
        default={part: Decimal(line[f"{part}_default"]) for part in PARTS},
    )


def declare(
    pathway: Pathway | None, actual: Mapping[str, Decimal | None] | None = None
) -> Declared:
    """Return the terms to declare: one's own where stated, else those of the pathway.

    Without a pathway a term that is not stated is not known. The whole default beside emissions of
    land-use change raises `BadPathway`; single values of it may stand beside actual ones.
    """
    own = dict(actual or {})
    taken = {} if pathway is None else {p: v for p, v in pathway.default.items() if p not in own}
    if set(PARTS) <= set(taken) and (own.get("el") or Decimal("0")) > 0:
        raise BadPathway(
            f"Land-use change emits {own['el']} g CO2eq/MJ: the total default value may only be "
            "used where it emits nothing; calculate eec, ep or etd."
        )
    values = dict.fromkeys(PARTS) | taken | own
    kinds = {term: "default" if term in taken else "actual" for term in values}
    return Declared(Terms(**values), kinds)
