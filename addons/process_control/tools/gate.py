# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Combine what was found at a stage into the verdict of its gate.

A gate is open when nothing blocks it. The readiness score tells a person how far the
stage is; it never outweighs a blocker: a stage with one blocker and a score of 99 is shut.

>>> verdict = judge([Finding("min_duration", "Too short")], Counts(conform=98, breached=0))
>>> verdict.is_open, verdict.compliance
(False, 'incomplete')
>>> judge([], Counts(conform=10, breached=0)).is_open
True
"""

from dataclasses import dataclass, field
from typing import Final

# How a blocker is read: not yet ready, or ready but not in order. Only the first kind
# goes away by waiting; the second needs a person.
WAITING_CODES: Final = frozenset(
    {
        "not_running",
        "missing_reading",
        "min_duration",
        "lethality",
        "evaluating",
        "approval",
        "approval_requested",
    }
)
APPROVAL_CODES: Final = frozenset({"approval", "approval_requested", "approval_rejected"})


@dataclass(frozen=True)
class Finding:
    """One reason why a stage cannot be completed, with the record that explains it."""

    code: str
    message: str
    res_model: str = ""
    res_id: int = 0

    def as_dict(self) -> dict:
        """Return the shape that `_gate_blockers` and the API hand out."""
        return {
            "code": self.code,
            "message": self.message,
            "res_model": self.res_model,
            "res_id": self.res_id,
        }


@dataclass(frozen=True)
class Counts:
    """Readings that were judged at a stage: those within all limits and those outside."""

    conform: int = 0
    breached: int = 0


@dataclass(frozen=True)
class Verdict:
    """What the gate of a stage says now."""

    blockers: tuple[Finding, ...] = field(default_factory=tuple)
    quality_score: float | None = None
    readiness: int = 0

    @property
    def is_open(self) -> bool:
        """A gate is open when nothing blocks it, whatever the score."""
        return not self.blockers

    @property
    def awaits_only_approval(self) -> bool:
        """Everything measured is in order; people have not approved yet."""
        return bool(self.blockers) and all(f.code in APPROVAL_CODES for f in self.blockers)

    @property
    def compliance(self) -> str:
        """Return `compliant`, `incomplete` (waiting helps) or `non_compliant`."""
        if self.is_open:
            return "compliant"
        if all(finding.code in WAITING_CODES for finding in self.blockers):
            return "incomplete"
        return "non_compliant"


def from_dicts(findings: list[dict]) -> list[Finding]:
    """Read findings in the shape of `process.cycle._get_findings`.

    >>> from_dicts([{"code": "stale", "message": "Silent", "res_model": "m", "res_id": 3}])
    [Finding(code='stale', message='Silent', res_model='m', res_id=3)]
    """
    return [
        Finding(
            item["code"],
            item["message"],
            item.get("res_model") or "",
            item.get("res_id") or 0,
        )
        for item in findings
    ]


def unique(findings: list[Finding]) -> tuple[Finding, ...]:
    """Drop repetitions, keep the order in which they were found.

    >>> a, b = Finding("x", "one"), Finding("y", "two")
    >>> [finding.code for finding in unique([a, b, a])]
    ['x', 'y']
    """
    return tuple(dict.fromkeys(findings))


def quality_score(counts: Counts) -> float | None:
    """Return the share of conforming readings in percent; None when nothing was judged.

    >>> quality_score(Counts(197, 3))
    98.5
    >>> quality_score(Counts()) is None
    True
    """
    judged = counts.conform + counts.breached
    if not judged:
        return None
    return round(100.0 * counts.conform / judged, 1)


def readiness_score(blockers: tuple[Finding, ...], checks: int) -> int:
    """Return the share of passed checks in percent; never 100 while anything blocks.

    >>> readiness_score((), 4)
    100
    >>> readiness_score((Finding("a", "b"),), 4)
    75
    >>> readiness_score(tuple(Finding("a", str(n)) for n in range(9)), 4)
    0
    >>> readiness_score((Finding("a", "b"),), 1000)
    99
    """
    if not blockers:
        return 100
    share = 1 - len(blockers) / max(checks, 1)
    return min(99, max(0, round(100 * share)))


def judge(findings: list[Finding], counts: Counts, checks: int = 1) -> Verdict:
    """Return the verdict of a gate from its findings and the readings counted.

    `checks` is the number of questions that were asked; it only scales the readiness.
    """
    blockers = unique(findings)
    return Verdict(blockers, quality_score(counts), readiness_score(blockers, checks))
