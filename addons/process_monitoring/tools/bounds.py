# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bounds that contradict each other: what no value could keep, or no one could ever be warned by.

>>> low, high = Bound("critical", "ge", 72.0), Bound("critical", "le", 70.0)
>>> find_contradiction([low, high]).code
'empty'
>>> find_contradiction([low, Bound("operating", "ge", 71.0)]).code
'outside'
>>> find_contradiction([low, Bound("operating", "ge", 72.5), Bound("quality", "le", 76.0)])
"""

from dataclasses import dataclass
from itertools import combinations

LOWER = ("ge", "gt")


@dataclass(frozen=True)
class Bound:
    """One bound, in the canonical unit of what it bounds."""

    kind: str
    operator: str
    value: float
    quantity: str = "value"

    @property
    def is_lower(self) -> bool:
        """Tell whether values have to be above it."""
        return self.operator in LOWER


@dataclass(frozen=True)
class Contradiction:
    """Two bounds that cannot stand together, and why.

    empty: no value keeps both. outside: the inner one (operating, quality) lies beyond the
    critical one, so it would never be heard of. twice: two of one kind in one direction.
    """

    code: str
    first: Bound
    second: Bound


def find_contradiction(bounds: list[Bound]) -> Contradiction | None:
    """Return the first contradiction of the bounds of one requirement, or None."""
    for first, second in combinations(bounds, 2):
        code = _judge(first, second)
        if code:
            return Contradiction(code, first, second)
    return None


def _judge(first: Bound, second: Bound) -> str:
    if first.quantity != second.quantity:
        return ""
    if first.is_lower != second.is_lower:
        low, high = (first, second) if first.is_lower else (second, first)
        return "" if _has_values(low, high) else "empty"
    if first.kind == second.kind:
        return "twice"
    for outer, inner in ((first, second), (second, first)):
        if outer.kind == "critical" and _is_beyond(inner, outer):
            return "outside"
    return ""


def _has_values(low: Bound, high: Bound) -> bool:
    if low.value == high.value:
        return low.operator == "ge" and high.operator == "le"
    return low.value < high.value


def _is_beyond(inner: Bound, outer: Bound) -> bool:
    """Tell whether every value that breaks the inner bound has broken the critical one as well.

    >>> _is_beyond(Bound("operating", "ge", 72.0), Bound("critical", "ge", 72.0))
    True
    >>> _is_beyond(Bound("operating", "gt", 72.0), Bound("critical", "ge", 72.0))
    False
    """
    if inner.value == outer.value:
        return not (inner.operator in ("gt", "lt") and outer.operator in ("ge", "le"))
    return inner.value < outer.value if outer.is_lower else inner.value > outer.value
