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
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from odoo.addons.process_monitoring.tools import limits, units

FORMAT: Final = "batchproof-plan/1"
MAX_BYTES: Final = 2_000_000
MAX_ROWS: Final = 200
MAX_TEXT: Final = 10_000
MAX_WHOLE: Final = 2**31 - 1
NUMBER: Final = re.compile(r"-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a file: where, what kind, and what was found or wanted."""

    place: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Reference:
    """A record that the plan needs where it is imported, and where the plan names it."""

    kind: str
    name: str
    stage: str = ""
    requirement: str = ""


@dataclass(frozen=True)
class Text:
    """A text; an empty one only if it is optional."""

    required: bool = False

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, str) or "\x00" in value:
            yield Problem(place, "text")
        elif self.required and not value.strip():
            yield Problem(place, "empty")
        elif len(value) > MAX_TEXT:
            yield Problem(place, "long", str(MAX_TEXT))


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, str) or value not in self.words:
            yield Problem(place, "choice", ", ".join(self.words))


@dataclass(frozen=True)
class Whole:
    """A whole number, not below the lowest."""

    lowest: int = 0

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or not self.lowest <= value <= MAX_WHOLE:
            yield Problem(place, "whole", str(self.lowest))


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield Problem(place, "flag")


@dataclass(frozen=True)
class Number:
    """A finite number as text, as the hash has it."""

    lowest: float | None = None

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not NUMBER.fullmatch(value):
            yield Problem(place, "number")
        elif self.lowest is not None and float(value) < self.lowest:
            yield Problem(place, "below", f"{self.lowest:g}")


@dataclass(frozen=True)
class Object:
    """An object with exactly these parts."""

    parts: dict[str, Any] = field(hash=False)
    optional: bool = False

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if value is None and self.optional:
            return
        if not isinstance(value, dict):
            yield Problem(place, "object")
            return
        prefix = f"{place}." if place else ""
        for key in sorted(set(value) - set(self.parts)):
            yield Problem(f"{prefix}{key[:60]}", "unknown")
        for key, part in self.parts.items():
            if key not in value:
                yield Problem(f"{prefix}{key}", "missing")
            else:
                yield from part.check(value[key], f"{prefix}{key}")


@dataclass(frozen=True)
class Rows:
    """A list of up to MAX_ROWS of the same."""

    part: Any

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, list) or len(value) > MAX_ROWS:
            yield Problem(place, "rows", str(MAX_ROWS))
            return
        for number, row in enumerate(value, 1):
            yield from self.part.check(row, f"{place}[{number}]")


LIMIT: Final = Object(
    {
        "kind": Choice(limits.KINDS),
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
        "frequency": Choice(("continuous", "interval", "per_batch", "on_demand")),
        "interval_s": Whole(1),
        "tolerance_s": Whole(),
        "max_gap_s": Whole(),
        "limits": Rows(LIMIT),
        "condition": CONDITION,
        "is_manual": Flag(),
        "entry_role": Choice(("operator", "supervisor", "quality_manager")),
        "device_verification": Text(),
        "answers": Rows(ANSWER),
    }
)
TEXTS: Final = (
    "hazard",
    "limit_rationale",
    "monitoring_method",
    "correction",
    "responsible_role",
    "evaluator_role",
    "instruction",
)
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
            if len({(bound["kind"], bound["operator"]) for bound in bounds}) != len(bounds):
                yield Problem(f"{place}.monitoring.limits", "twice")


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
            found.append(Reference("sensor", (rules["condition"] or {}).get("sensor", ""), *place))
    return list(dict.fromkeys(reference for reference in found if reference.name))
