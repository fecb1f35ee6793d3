# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A plan as a file: the content that is hashed, written as JSON and read back strictly.

The file names products, sensors and work centres by their codes. Reading checks the shape of
every part and changes nothing; what is wrong comes back as problems, each with its place.
Bounds carry their comparison value in the file (`canonical`), which is computed anew on import.

>>> read(b"[]")
(None, [Problem(place='', code='object', detail='')])
>>> read(dump({"format": "batchproof-plan/1"}).encode())[1][0]
Problem(place='code', code='missing', detail='')
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from odoo.addons.process_monitoring.tools import lethality, limits, units

from .control_texts import CONTROL_TEXTS
from .document_parts import Choice, Flag, Number, Object, Problem, Rows, Text, Whole

FORMAT: Final = "batchproof-plan/1"
MAX_BYTES: Final = 2_000_000


@dataclass(frozen=True)
class Reference:
    """A record that the plan needs where it is imported, and where the plan names it."""

    kind: str
    name: str
    stage: str = ""
    requirement: str = ""


FREQUENCIES: Final = (
    *("continuous", "interval", "per_batch"),
    *("start_stop", "per_shift", "on_demand"),
)
LIMIT: Final = Object(
    {
        "kind": Choice(limits.KINDS),
        "quantity": Choice((limits.VALUE, *limits.QUANTITY_UNITS)),
        "operator": Choice(tuple(limits.SYMBOLS)),
        "value": Number(),
        "unit": Choice(tuple(code for code, _label in units.SELECTION)),
        "canonical": Text(),
        "reference": Text(),
    }
)
CONDITION: Final = Object(
    {"sensor": Text(True), "value": Text(True), "max_age_ms": Whole()}, optional=True
)
HOLDING: Final = Object(
    {
        "sensor": Text(True),
        "volume_l": Number(0),
        "factor": Number(1),
        "factor_source": Text(),
        "max_age_ms": Whole(),
    },
    optional=True,
)
LETHALITY: Final = Object(
    {
        "method": Choice((*lethality.METHODS, "other")),
        "reference_c": Number(),
        "z_c": Number(0),
    },
    optional=True,
)
ANSWER: Final = Object({"answer": Text(True), "is_conforming": Flag()})
MONITORING: Final = Object(
    {
        "version": Whole(1),
        "requirement": Text(True),
        "control_class": Choice(("ccp", "oprp", "prp", "quality")),
        "is_mandatory": Flag(),
        "parameter": Text(True),
        "sensor": Text(),
        "unit": Text(),
        "frequency": Choice(FREQUENCIES),
        "interval_s": Whole(1),
        "tolerance_s": Whole(),
        "max_gap_s": Whole(),
        "limits": Rows(LIMIT),
        "condition": CONDITION,
        "calendar": Text(),
        "holding": HOLDING,
        "lethality": LETHALITY,
        "is_manual": Flag(),
        "entry_role": Choice(("operator", "supervisor", "quality_manager")),
        "device_verification": Text(),
        "answers": Rows(ANSWER),
    }
)
TEXTS: Final = (*CONTROL_TEXTS, "instruction")
REQUIREMENT: Final = Object(
    {
        **{name: Text() for name in TEXTS},
        "monitoring": MONITORING,
        "rationales": Rows(Text()),
    }
)
APPROVAL: Final = Object(
    {
        "level": Whole(),
        "name": Text(True),
        "role": Choice(("operator", "supervisor", "engineer", "quality_manager")),
        "minimum": Whole(1),
        "deadline_min": Whole(),
        "delegation": Choice(("role", "any", "none")),
    }
)
STAGE: Final = Object(
    {
        "sequence": Whole(),
        "name": Text(True),
        "code": Text(),
        "is_ccp": Flag(),
        "is_skippable": Flag(),
        "min_duration": Number(0),
        "max_duration": Number(0),
        "duration_unit": Choice(("s", "min", "h")),
        "workcenter": Text(),
        "entry_criteria": Text(),
        "exit_criteria": Text(),
        "requirements": Rows(REQUIREMENT),
        "approvals": Rows(APPROVAL),
    }
)
PLAN: Final = Object(
    {
        "format": Choice((FORMAT,)),
        "code": Text(True),
        "revision": Whole(1),
        "name": Text(True),
        "process_type": Text(),
        "product": Text(),
        "bom": Text(),
        "change_note": Text(),
        "retention_months": Whole(),
        "stages": Rows(STAGE),
    }
)


def dump(content: dict) -> str:
    """Return the content as a text that is the same for the same content, one key a line."""
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def read(data: bytes) -> tuple[dict | None, list[Problem]]:
    """Return the document and no problem, or no document and all that is wrong with it."""
    if len(data) > MAX_BYTES:
        return None, [Problem("", "large", str(MAX_BYTES))]
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return None, [Problem("", "json", str(error)[:200])]
    problems = list(PLAN.check(document, ""))
    if not problems:
        problems = list(_check_bounds(document))
    return (None, problems) if problems else (document, [])


def _check_bounds(document: dict) -> Iterator[Problem]:
    """Check what no single part can know: one bound of a kind and direction, with its reason."""
    for number, stage in enumerate(document["stages"], 1):
        for row, requirement in enumerate(stage["requirements"], 1):
            place = f"stages[{number}].requirements[{row}]"
            bounds = requirement["monitoring"]["limits"]
            if len(requirement["rationales"]) != len(bounds):
                yield Problem(f"{place}.rationales", "as_many", str(len(bounds)))
            if len({_direction(bound) for bound in bounds}) != len(bounds):
                yield Problem(f"{place}.monitoring.limits", "twice")


def _direction(bound: dict) -> tuple:
    return bound["kind"], bound["quantity"], bound["operator"]


def references(document: dict) -> list[Reference]:
    """Return the records that a checked document names, in its order, each place of it once."""
    found = [Reference("product", document["product"]), Reference("bom", document["bom"])]
    for stage in document["stages"]:
        found.append(Reference("workcenter", stage["workcenter"], stage["name"]))
        for requirement in stage["requirements"]:
            rules = requirement["monitoring"]
            place = (stage["name"], rules["requirement"])
            found.append(Reference("parameter", rules["parameter"], *place))
            found.append(Reference("sensor", rules["sensor"], *place))
            for part in ("condition", "holding"):
                sensor = (rules[part] or {}).get("sensor", "")
                found.append(Reference("sensor", sensor, *place))
            found.append(Reference("calendar", rules["calendar"], *place))
    return list(dict.fromkeys(reference for reference in found if reference.name))
