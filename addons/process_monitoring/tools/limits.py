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

import functools
import hashlib
import json
import math
import operator
from dataclasses import dataclass

from . import answers as observed
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
# The critical limit holds in these, whatever else is to be said.
GOOD = (CONFORM, "operating", "quality")


@dataclass(frozen=True)
class Limit:
    """One bound: `value` in the canonical unit of the parameter; `reference` names it to people."""

    kind: str
    operator: str
    value: float
    reference: str = ""

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


@dataclass(frozen=True)
class Verdict:
    """What was found, and the bound that was broken."""

    code: str
    limit: Limit | None = None


def state_at(states: list[tuple[int, str | None]], source_ms: int, max_age_ms: int) -> str | None:
    """Return what the condition sensor said at a time: the newest not later; None if unknown.

    `states` are (time, text) in order of time; a text of None was said with bad quality.

    >>> state_at([(1000, "forward"), (2000, "divert")], 1999, 60_000)
    'forward'
    >>> state_at([(1000, "forward")], 62_000, 60_000) is None
    True
    """
    newest = None
    for state in states:
        if state[0] > source_ms:
            break
        newest = state
    if newest is None or source_ms - newest[0] > max_age_ms:
        return None
    return newest[1]


def classify(
    value: float | None, rule: Rule, quality: int = QUALITY_GOOD, state: str | None = None
) -> Verdict:
    """Judge a value. `state` is that of the condition sensor at the same time, None if unknown.

    Only a condition that is known not to be met switches the limits off: with the valve unknown,
    milk that is too cold may have gone forward.
    """
    if not is_usable(quality) or value is None:
        return Verdict(UNUSABLE)
    if rule.condition and state is not None and state != rule.condition.value:
        return Verdict(NOT_APPLICABLE)
    if not rule.limits:
        return Verdict(UNJUDGED)
    for kind in KINDS:
        for limit in rule.limits:
            if limit.kind == kind and not limit.holds(value):
                return Verdict(kind, limit)
    return Verdict(CONFORM)


def classify_answer(
    text: str | None, rule: Rule, quality: int = QUALITY_GOOD, state: str | None = None
) -> Verdict:
    """Judge what was observed, or said by a source of states; without a list nobody judges it.

    >>> from odoo.addons.process_monitoring.tools.answers import Answer
    >>> rule = Rule("", answers=(Answer("clean", True), Answer("soiled", False)))
    >>> [classify_answer(text, rule).code for text in ("clean", "soiled", "so-so", None)]
    ['conform', 'critical', 'unusable', 'unusable']
    """
    if not is_usable(quality):
        return Verdict(UNUSABLE)
    if rule.condition and state is not None and state != rule.condition.value:
        return Verdict(NOT_APPLICABLE)
    if not rule.answers:
        return Verdict(UNJUDGED)
    found = observed.judge(text, rule.answers)
    if found == observed.BROKEN:
        reference = f"{rule.answer_kind}: {observed.describe(text, rule.answers)}"
        return Verdict(rule.answer_kind, Limit(rule.answer_kind, "", math.nan, reference))
    return Verdict(CONFORM if found == observed.CONFORM else UNUSABLE)


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
    condition = body.get("condition")
    return Rule(
        unit=body["unit"],
        limits=tuple(
            Limit(line["kind"], line["operator"], float(line["canonical"]), line["reference"])
            for line in body["limits"]
        ),
        condition=condition
        and Condition(condition["sensor"], condition["value"], condition["max_age_ms"]),
        answers=observed.load(body.get("answers", [])),
        answer_kind="quality" if body.get("control_class") == "quality" else "critical",
    )
