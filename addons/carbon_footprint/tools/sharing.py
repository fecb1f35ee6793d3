# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What several batches used together, divided so that nothing is lost and nothing counts twice.

A meter is a list of steps: what was used from one reading to the next. Each step is divided for
itself between the batches that ran in it, by the time they ran and by their weight (1 for a
division by time alone, kilograms for one by mass, what another meter counted for one by meter).
The parts of a step are multiples of the ninth decimal and add up to it exactly (largest remainder).
They depend on the step and on who ran in it, not on who asks: every batch can be calculated on its
own, and the batches together give what the meter counted, to the last digit.

>>> both = [Window("A", 0, 100), Window("B", 50, 300)]
>>> own([Step(0, 100, Decimal("8"))], both, "A")
Decimal('6.000000000')
>>> own([Step(0, 100, Decimal("8"))], both, "B")
Decimal('2.000000000')
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

from .allocation import NotDivisible, split

PRECISION = 50
PLACES = Decimal("0.000000001")
NO_WEIGHT = "none of the batches that ran together has a weight that it could be divided by"


@dataclass(frozen=True)
class Window:
    """When a batch ran (ms UTC, both ends belong to it), and what it weighs in a division."""

    key: str
    start: int
    end: int
    weight: Decimal = Decimal("1")

    def holds(self, before_ms: int, after_ms: int) -> bool:
        """Return whether a whole step lies in the window."""
        return self.start <= before_ms and after_ms <= self.end

    def meets(self, before_ms: int, after_ms: int) -> bool:
        """Return whether any of a step lies in the window."""
        if before_ms == after_ms:
            return self.start <= before_ms <= self.end
        return self.start < after_ms and before_ms < self.end


@dataclass(frozen=True)
class Step:
    """What was used between two moments; both the same for an amount that is told at a moment."""

    before_ms: int
    after_ms: int
    amount: Decimal


def steps(readings: Sequence[tuple[int, Decimal]]) -> list[Step]:
    """Return the steps of a counter.

    >>> steps([(0, Decimal("5")), (60, Decimal("7.5"))])
    [Step(before_ms=0, after_ms=60, amount=Decimal('2.5'))]
    """
    return [
        Step(before_ms, after_ms, after - before)
        for (before_ms, before), (after_ms, after) in pairwise(readings)
    ]


def parts(step: Step, windows: Iterable[Window]) -> dict[str, Decimal]:
    """Divide one step between the windows it meets; the parts add up to it exactly."""
    running = sorted(
        (w for w in windows if w.meets(step.before_ms, step.after_ms)), key=lambda w: w.key
    )
    if step.before_ms == step.after_ms:
        # what is told at a moment was used before it: not by a batch that begins then
        running = [w for w in running if w.start < step.before_ms] or running
    if len(running) == 1:
        return {running[0].key: step.amount.quantize(PLACES)}
    weights = _weights(step, running)
    if running and not any(weights):
        raise NotDivisible(NO_WEIGHT)
    amounts = split(step.amount, weights, PLACES) if running else []
    return {window.key: amount for window, amount in zip(running, amounts, strict=True)}


def _weights(step: Step, running: Sequence[Window]) -> list[Fraction]:
    """Return what each window weighs in a step: its part of every moment, over the moments."""
    if step.before_ms == step.after_ms:
        return [Fraction(window.weight) for window in running]
    before_ms, after_ms = step.before_ms, step.after_ms
    cuts = {edge for w in running for edge in (w.start, w.end) if before_ms < edge < after_ms}
    weights = [Fraction(0)] * len(running)
    for left, right in pairwise(sorted({before_ms, *cuts, after_ms})):
        at = [i for i, window in enumerate(running) if window.holds(left, right)]
        whole = sum((Fraction(running[i].weight) for i in at), Fraction(0))
        for i in at if whole else ():
            weights[i] += Fraction(right - left) * Fraction(running[i].weight) / whole
    return weights


def own_steps(all_steps: Iterable[Step], windows: Sequence[Window], key: str) -> list[Step]:
    """Return what is one window's of each step.

    A step counts when it lies within the window of anybody: what was used before everybody's first
    reading, or after the last, belongs to nobody.
    """
    found = []
    for step in all_steps:
        if any(window.holds(step.before_ms, step.after_ms) for window in windows):
            part = parts(step, windows).get(key)
            if part is not None:
                found.append(Step(step.before_ms, step.after_ms, part))
    return found


def total(found: Iterable[Step]) -> Decimal:
    """Return the exact sum of steps."""
    with localcontext() as context:
        context.prec = PRECISION
        return sum((step.amount for step in found), Decimal("0.000000000"))


def own(all_steps: Iterable[Step], windows: Sequence[Window], key: str) -> Decimal:
    """Return what is one window's of all steps."""
    return total(own_steps(all_steps, windows, key))


def by_stage(found: Iterable[Step], stages: Sequence[Window]) -> dict[str, Decimal]:
    """Divide what is a batch's own over its stages, by time; "" is what fell between them.

    >>> heat = [Window("Heating", 0, 60), Window("Cooling", 60, 90)]
    >>> [str(amount) for amount in by_stage([Step(0, 120, Decimal("12"))], heat).values()]
    ['6.000000000', '3.000000000', '3.000000000']
    """
    sums = dict.fromkeys([*(stage.key for stage in stages), ""], Decimal("0.000000000"))
    for step in found:
        names, weights = _stage_weights(step, stages)
        for name, amount in zip(names, split(step.amount, weights, PLACES), strict=True):
            with localcontext() as context:
                context.prec = PRECISION
                sums[name] += amount
    return {name: amount for name, amount in sums.items() if name or amount}


def _stage_weights(step: Step, stages: Sequence[Window]) -> tuple[list[str], list[Fraction]]:
    """Return the stages that a step meets with their weights, and the rest of its time as ""."""
    met = [stage for stage in stages if stage.meets(step.before_ms, step.after_ms)]
    if step.before_ms == step.after_ms:
        # at the change from one stage to the next, what is told belongs to the one that ended
        names = [stage.key for stage in met[:1]] or [""]
        return names, [Fraction(1)]
    weights = _weights(step, met)
    rest = Fraction(step.after_ms - step.before_ms) - sum(weights, Fraction(0))
    return [*(stage.key for stage in met), ""], [*weights, rest]
