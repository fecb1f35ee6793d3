# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Read the `stages_config` of a request to start a batch with a plan of its own.

The result is either a tuple of stages with the assumptions that were made to read them,
or the list of what is wrong, each with the place where it is. Bounds are rows: an absent
bound is no row. Of a critical requirement only the safety side is a critical limit.

>>> bounds = _bounds({"tolerance_min": 71.5, "tolerance_max": 72.5}, "critical", "min")
>>> [(bound.kind, bound.operator, bound.value) for bound in bounds]
[('critical', 'ge', 71.5), ('operating', 'le', 72.5)]
"""

import math
from dataclasses import dataclass, field
from typing import Any, Final

from .control_texts import CONTROL_TEXTS
from .stages_words import frequency, unit_code

MAX_STAGES: Final = 100
MAX_REQUIREMENTS: Final = 100
MAX_TEXT: Final = 200
SIDES: Final = ("min", "max", "both")
CLASSES: Final = ("ccp", "oprp", "prp", "quality")
DURATION_UNITS: Final = ("s", "min", "h")
HEAT_WORDS: Final = ("pasteur", "steril", "uht", "heat", "cook", "thermi", "blanch")


@dataclass(frozen=True)
class Bound:
    """One bound of a requirement, in the unit of the requirement."""

    kind: str
    operator: str
    value: float


@dataclass(frozen=True)
class Requirement:
    """What is to be watched at a stage."""

    name: str
    kind: str
    unit: str
    control_class: str
    is_mandatory: bool
    frequency: str
    interval_s: int
    bounds: tuple[Bound, ...]
    sensor: str = ""
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Stage:
    """One stage of the plan, with its place in the order."""

    name: str
    sequence: int
    is_ccp: bool
    min_duration: float
    max_duration: float
    duration_unit: str
    requirements: tuple[Requirement, ...] = ()


@dataclass
class Reader:
    """Collects what is wrong and what was assumed while a configuration is read."""

    errors: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    def wrong(self, where: str, what: str) -> None:
        """Note one error with its place."""
        self.errors.append(f"{where}: {what}")

    def text(self, item: dict, key: str, where: str, default: str | None = None) -> str:
        """Return a short text; a missing one is an error when there is no default."""
        value = item.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.wrong(f"{where}.{key}", "must be a text")
            return ""
        if len(value) > MAX_TEXT:
            self.wrong(f"{where}.{key}", f"must not be longer than {MAX_TEXT} characters")
        if "\x00" in value:
            self.wrong(f"{where}.{key}", "must not contain a zero byte")
        return value.strip()

    def flag(self, item: dict, key: str, where: str, default: bool) -> bool:
        """Return a boolean; 0, 1 and "true" are errors."""
        value = item.get(key, default)
        if not isinstance(value, bool):
            self.wrong(f"{where}.{key}", "must be true or false")
            return default
        return value

    def number(self, item: dict, key: str, where: str) -> float | None:
        """Return a finite number, or None when it is absent or null."""
        value = item.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.wrong(f"{where}.{key}", "must be a number")
            return None
        if not math.isfinite(value) or abs(value) > 1e12:
            self.wrong(f"{where}.{key}", "is outside what a plant can measure")
            return None
        return float(value)


def _bounds(item: dict, kind: str, side: str) -> tuple[Bound, ...]:
    """Return the bounds present; the side that is not the safety side only operates."""
    bounds = []
    for key, operator, this_side in (
        ("tolerance_min", "ge", "min"),
        ("tolerance_max", "le", "max"),
    ):
        if item.get(key) is not None:
            bound_kind = kind if side in (this_side, "both") else "operating"
            bounds.append(Bound(bound_kind, operator, float(item[key])))
    return tuple(bounds)


def _critical_side(reader: Reader, item: dict, where: str, is_heat: bool) -> str:
    side = item.get("critical_side")
    if side is None:
        side = "min" if is_heat else "both"
        reader.assumptions.append(f"{where}.critical_side: assumed '{side}'")
    if side not in SIDES:
        reader.wrong(f"{where}.critical_side", "must be 'min', 'max' or 'both'")
        return "both"
    return side


def _is_heat(item: dict, stage_name: str) -> bool:
    words = f"{stage_name} {item.get('requirement_name')}".lower()
    return item.get("requirement_type") == "temperature" and any(w in words for w in HEAT_WORDS)


def _frequency(reader: Reader, item: dict, where: str) -> tuple[str, int]:
    text = reader.text(item, "monitoring_frequency", where, "30_minutes")
    found = frequency(text)
    if found is None:
        reader.wrong(
            f"{where}.monitoring_frequency",
            "must be 'continuous', 'per_batch', 'start_stop', 'per_shift', 'on_demand' or like "
            "'30_minutes'",
        )
        return "interval", 1800
    return found


def _class(reader: Reader, item: dict, where: str, critical: bool) -> str:
    value = item.get("control_class")
    if value is None:
        value = "ccp" if critical else "prp"
        reader.assumptions.append(f"{where}.control_class: assumed '{value}'")
    if value not in CLASSES:
        reader.wrong(f"{where}.control_class", "must be one of " + ", ".join(CLASSES))
        return "ccp"
    if value == "ccp" and not critical:
        reader.wrong(f"{where}.is_critical_limit", "must be true for control_class 'ccp'")
    return value


def _requirement(reader: Reader, item: Any, where: str, stage_name: str) -> Requirement | None:
    if not isinstance(item, dict):
        reader.wrong(where, "must be an object")
        return None
    name = reader.text(item, "requirement_name", where)
    critical = reader.flag(item, "is_critical_limit", where, False)
    low, high = (reader.number(item, key, where) for key in ("tolerance_min", "tolerance_max"))
    reader.number(item, "target_value", where)
    if low is not None and high is not None and low > high:
        reader.wrong(f"{where}.tolerance_min", "must not be above tolerance_max")
    side = "both"
    if critical and low is not None and high is not None:
        side = _critical_side(reader, item, where, _is_heat(item, stage_name))
    kind = "critical" if critical else "operating"
    if critical and low is None and high is None:
        reader.wrong(where, "a critical limit needs tolerance_min or tolerance_max")
    how_often, interval_s = _frequency(reader, item, where)
    valid = {"tolerance_min": low, "tolerance_max": high}
    return Requirement(
        name=name,
        kind=reader.text(item, "requirement_type", where),
        unit=unit_code(reader.text(item, "unit_of_measure", where, "")),
        control_class=_class(reader, item, where, critical),
        is_mandatory=reader.flag(item, "is_mandatory", where, True),
        frequency=how_often,
        interval_s=interval_s,
        bounds=_bounds(valid, kind, side),
        sensor=reader.text(item, "sensor_code", where, ""),
        texts=tuple(
            (key, reader.text(item, key, where, "")) for key in CONTROL_TEXTS if key in item
        ),
    )


def _durations(reader: Reader, item: dict, where: str) -> tuple[float, float, str]:
    unit = item.get("duration_unit", "min")
    if unit not in DURATION_UNITS:
        reader.wrong(f"{where}.duration_unit", "must be 's', 'min' or 'h'")
        unit = "min"
    low = reader.number(item, "min_duration", where)
    high = reader.number(item, "max_duration", where) or 0.0
    planned = reader.number(item, "duration_minutes", where)
    if low is None and planned is not None:
        low, unit = planned, "min"
        reader.assumptions.append(f"{where}.duration_minutes: read as the minimum duration")
    low = low or 0.0
    if low < 0 or high < 0:
        reader.wrong(f"{where}.duration_minutes", "must not be negative")
    if high and high < low:
        reader.wrong(f"{where}.max_duration", "must not be below the minimum duration")
    return low, high, unit


def _stage(reader: Reader, item: Any, number: int) -> Stage | None:
    where = f"stages_config[{number}]"
    if not isinstance(item, dict):
        reader.wrong(where, "must be an object")
        return None
    sequence = item.get("sequence_order", number + 1)
    if isinstance(sequence, bool) or not isinstance(sequence, int) or not 0 <= sequence <= 9999:
        reader.wrong(f"{where}.sequence_order", "must be a whole number from 0 to 9999")
        sequence = number + 1
    name = reader.text(item, "stage_name", where)
    rows = item.get("monitoring_requirements", [])
    if not isinstance(rows, list) or len(rows) > MAX_REQUIREMENTS:
        reader.wrong(
            f"{where}.monitoring_requirements",
            f"must be a list of up to {MAX_REQUIREMENTS}",
        )
        rows = []
    found = [
        _requirement(reader, row, f"{where}.monitoring_requirements[{place}]", name)
        for place, row in enumerate(rows)
    ]
    low, high, unit = _durations(reader, item, where)
    return Stage(
        name=name,
        sequence=sequence,
        is_ccp=reader.flag(item, "is_critical_control_point", where, False),
        min_duration=low,
        max_duration=high,
        duration_unit=unit,
        requirements=tuple(requirement for requirement in found if requirement),
    )


def read(config: Any) -> tuple[tuple[Stage, ...], Reader]:
    """Read a configuration; its stages are empty when the reader holds an error."""
    reader = Reader()
    if not isinstance(config, list) or not config:
        reader.wrong("stages_config", "must be a list of at least one stage")
        return (), reader
    if len(config) > MAX_STAGES:
        reader.wrong("stages_config", f"must not have more than {MAX_STAGES} stages")
        return (), reader
    stages = [_stage(reader, item, number) for number, item in enumerate(config)]
    orders = [stage.sequence for stage in stages if stage]
    if len(set(orders)) != len(orders):
        reader.wrong("stages_config", "two stages have the same sequence_order")
    if reader.errors:
        return (), reader
    return tuple(sorted((s for s in stages if s), key=lambda stage: stage.sequence)), reader
