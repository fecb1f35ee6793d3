# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Judge one value by the limits of one monitoring requirement.

A limit is one bound. A requirement without an upper bound simply has no such limit: there is no
empty bound that could be read as 0. The comparison takes the value as measured, in the canonical
unit of the parameter, never the one rounded for people.

>>> rule = Rule("degC", (Limit("critical", "ge", 72.0), Limit("operating", "ge", 72.5)))
>>> [classify(value, rule).code for value in (72.5, 72.3, 72.0, 71.96, 95.0)]
['conform', 'operating', 'operating', 'critical', 'conform']
"""

import bisect
import functools
import hashlib
import json
import math
import operator
from dataclasses import dataclass

from . import answers as observed
from . import holding, lethality
from .sample import QUALITY_GOOD, is_usable

# Worst first: the first kind that is broken names the verdict.
KINDS = ("critical", "operating", "quality")
OPERATORS = {"ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt}
SYMBOLS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}

CONFORM = "conform"
NOT_APPLICABLE = "not_applicable"
UNUSABLE = "unusable"
UNJUDGED = "unjudged"
# Worst first, for a reading that several requirements look at.
SEVERITY = ("critical", UNUSABLE, "operating", "quality", CONFORM, NOT_APPLICABLE, UNJUDGED)
# What a limit bounds: the reading itself, or something that is computed from it.
VALUE, HOLDING_TIME, LETHALITY = "value", "holding_time", "lethality"
# Units of what is computed; the reading itself has that of its parameter.
QUANTITY_UNITS = {HOLDING_TIME: "s", LETHALITY: "min"}
MAX_BASIS = 255
# The critical limit holds in these, whatever else is to be said.
GOOD = (CONFORM, "operating", "quality")


@dataclass(frozen=True)
class Limit:
    """One bound: `value` in the canonical unit of what it bounds, `reference` for people."""

    kind: str
    operator: str
    value: float
    reference: str = ""
    quantity: str = VALUE

    @property
    def is_lower(self) -> bool:
        """Tell whether values have to be above it."""
        return self.operator in ("ge", "gt")

    def holds(self, value: float) -> bool:
        """Tell whether the value keeps this bound."""
        return OPERATORS[self.operator](value, self.value)


@dataclass(frozen=True)
class Condition:
    """The limits apply while another sensor says `value`; older than `max_age_ms` is unknown."""

    sensor: str
    value: str
    max_age_ms: int


@dataclass(frozen=True)
class Rule:
    """All limits of one requirement, as they were when its monitoring started."""

    unit: str
    limits: tuple[Limit, ...] = ()
    condition: Condition | None = None
    answers: tuple[observed.Answer, ...] = ()
    answer_kind: str = "critical"
    tube: holding.Tube | None = None
    heat_rule: lethality.Rule | None = None

    def bounds(self, quantity: str) -> tuple[Limit, ...]:
        """Return the limits of one quantity."""
        return tuple(limit for limit in self.limits if limit.quantity == quantity)


@dataclass(frozen=True)
class Inputs:
    """What the other sensors of a rule said at the time of a reading; None is unknown."""

    state: str | None = None
    flow: float | None = None


NOTHING_KNOWN = Inputs()


@dataclass(frozen=True)
class Verdict:
    """What was found, the bound that was broken and by what, and what else it was judged with."""

    code: str
    limit: Limit | None = None
    measure: float | None = None
    basis: str = ""


def known_at(
    said: list[tuple[int, str | float | None]], source_ms: int, max_age_ms: int
) -> str | float | None:
    """Return what another sensor said at a time: the newest not later; None if unknown.

    `said` are (time, what) in order of time; a None was said with bad quality.

    >>> known_at([(1000, "forward"), (2000, "divert")], 1999, 60_000)
    'forward'
    >>> known_at([(1000, "forward")], 62_000, 60_000) is None
    True
    """
    index = bisect.bisect_right(said, source_ms, key=lambda each: each[0])
    if not index:
        return None
    moment, what = said[index - 1]
    return what if source_ms - moment <= max_age_ms else None


def classify(
    value: float | None,
    rule: Rule,
    quality: int = QUALITY_GOOD,
    inputs: Inputs = NOTHING_KNOWN,
) -> Verdict:
    """Judge a value, with what the other sensors of the rule said at the same time.

    Only a condition that is known not to be met switches the limits off: with the valve unknown,
    milk that is too cold may have gone forward. Where the holding time cannot be told, the value
    alone may still break a critical limit; if it does not, nothing was shown. A lethality is
    judged at the end of all readings, not by one of them.
    """
    if not is_usable(quality) or value is None:
        return Verdict(UNUSABLE)
    held_s = holding.seconds(inputs.flow, rule.tube) if rule.tube else None
    basis = describe(rule, inputs, held_s)
    if rule.condition and inputs.state is not None and inputs.state != rule.condition.value:
        return Verdict(NOT_APPLICABLE, basis=basis)
    if not any(limit.quantity != LETHALITY for limit in rule.limits):
        return Verdict(UNJUDGED, basis=basis)
    measures = {VALUE: value, HOLDING_TIME: held_s}
    broken = [
        Verdict(limit.kind, limit, measures[limit.quantity], basis)
        for limit in rule.limits
        if measures.get(limit.quantity) is not None and not limit.holds(measures[limit.quantity])
    ]
    if held_s is None and rule.bounds(HOLDING_TIME):
        broken.append(Verdict(UNUSABLE, basis=basis))
    return worst(broken) if broken else Verdict(CONFORM, basis=basis)


def describe(rule: Rule, inputs: Inputs, held_s: float | None) -> str:
    """Return the other inputs of a verdict, for the record; nothing for a rule without them.

    >>> rule = Rule("degC", condition=Condition("valve", "forward", 60_000))
    >>> describe(rule, Inputs("divert"), None), describe(rule, Inputs(), None)
    ('valve = divert', 'valve = ?')
    """
    parts = []
    if rule.condition:
        parts.append(f"{rule.condition.sensor} = {inputs.state or '?'}")
    if rule.tube:
        flow = "?" if inputs.flow is None else f"{inputs.flow:.6g} l/h"
        held = "?" if held_s is None else f"{held_s:.4g} s"
        parts.append(f"{rule.tube.sensor} = {flow}")
        parts.append(f"{rule.tube.volume_l:g} l / ({flow} × {rule.tube.factor:g}) = {held}")
    return "; ".join(parts)[:MAX_BASIS]


def classify_answer(
    text: str | None,
    rule: Rule,
    quality: int = QUALITY_GOOD,
    inputs: Inputs = NOTHING_KNOWN,
) -> Verdict:
    """Judge what was observed, or said by a source of states; without a list nobody judges it.

    >>> from odoo.addons.process_monitoring.tools.answers import Answer
    >>> rule = Rule("", answers=(Answer("clean", True), Answer("soiled", False)))
    >>> [classify_answer(text, rule).code for text in ("clean", "soiled", "so-so", None)]
    ['conform', 'critical', 'unusable', 'unusable']
    """
    if not is_usable(quality):
        return Verdict(UNUSABLE)
    basis = describe(rule, inputs, None)
    if rule.condition and inputs.state is not None and inputs.state != rule.condition.value:
        return Verdict(NOT_APPLICABLE, basis=basis)
    if not rule.answers:
        return Verdict(UNJUDGED, basis=basis)
    found = observed.judge(text, rule.answers)
    if found == observed.BROKEN:
        reference = f"{rule.answer_kind}: {observed.describe(text, rule.answers)}"
        limit = Limit(rule.answer_kind, "", math.nan, reference)
        return Verdict(rule.answer_kind, limit, basis=basis)
    return Verdict(CONFORM if found == observed.CONFORM else UNUSABLE, basis=basis)


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the worst of several verdicts on one reading; unjudged when nobody looked.

    >>> worst([Verdict("conform"), Verdict("operating")]).code
    'operating'
    """
    return min(verdicts, key=lambda v: SEVERITY.index(v.code), default=Verdict(UNJUDGED))


def dump(body: dict) -> str:
    """Return the canonical text of a limits snapshot (decimals are strings in it).

    >>> dump({"b": 1, "a": "°C"})
    '{"a":"°C","b":1}'
    """
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a snapshot, by which a result names the limits it was judged by."""
    return hashlib.sha256(text.encode()).hexdigest()


@functools.lru_cache(maxsize=1024)
def load(text: str) -> dict:
    """Return what `dump` wrote; the same object each time, so it is not to be changed."""
    return json.loads(text)


@functools.lru_cache(maxsize=1024)
def load_rule(text: str) -> Rule:
    """Return the limits of a snapshot written by `dump`."""
    body = load(text)
    condition, tube, heat = (body.get(key) for key in ("condition", "holding", "lethality"))
    return Rule(
        unit=body["unit"],
        limits=tuple(
            Limit(
                line["kind"],
                line["operator"],
                float(line["canonical"]),
                line["reference"],
                line["quantity"],
            )
            for line in body["limits"]
        ),
        condition=condition
        and Condition(condition["sensor"], condition["value"], condition["max_age_ms"]),
        answers=observed.load(body.get("answers", [])),
        answer_kind="quality" if body.get("control_class") == "quality" else "critical",
        tube=tube
        and holding.Tube(
            float(tube["volume_l"]), float(tube["factor"]), tube["sensor"], tube["max_age_ms"]
        ),
        heat_rule=heat
        and lethality.Rule(heat["method"], float(heat["reference_c"]), float(heat["z_c"])),
    )
