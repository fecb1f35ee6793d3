# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Open a figure down to its last leaf, nothing lost on the way.

A figure is a multiple of a milligram; what it consists of are parts of it. A footprint consists of
its activities. An activity that consumed another batch consists of that batch's activities, and so
on; any other consists of the gases its factor states, with the rest that the source gives as a sum.
Each level is divided exactly, so the leaves add up to the figure to the last digit, at any depth.

>>> batch = Node("batch", Decimal("10.000000"), (Node("gas", Decimal("3")), Node("power",
...              Decimal("6"))))
>>> [leaf.kg_co2e for leaf in opened(batch).leaves()]
[Decimal('3.333333'), Decimal('6.666667')]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from . import gwp

QUANTUM = Decimal("0.000001")


class NotOpenable(ValueError):
    """The parts of a figure cancel each other out while the figure itself is not nil."""


@dataclass(frozen=True)
class Node:
    """A figure with its parts; before `opened`, the parts only weigh against each other.

    `facts` are what people want to see beside it: amount, unit, factor, source.
    """

    key: str
    kg_co2e: Decimal
    parts: tuple["Node", ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def leaves(self) -> Iterator["Node"]:
        """Yield what cannot be opened further."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def apportion(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide a multiple of a milligram by weights of any sign; the parts add up to it exactly.

    Largest remainder, first come first served. Nil is divided by weights that cancel out, too.

    >>> apportion(Decimal("1.000000"), [Decimal("3"), Decimal("-1")])
    [Decimal('1.500000'), Decimal('-0.500000')]
    """
    fractions = [Fraction(weight) for weight in weights]
    units = int((amount / QUANTUM).to_integral_value(rounding=ROUND_HALF_EVEN))
    total = sum(fractions, Fraction(0))
    if total == 0:
        if units:
            raise NotOpenable(f"{amount} cannot be divided: its parts add up to nil.")
        return [Decimal("0.000000")] * len(fractions)
    exact = [units * fraction / total for fraction in fractions]
    floors = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(
        range(len(exact)), key=lambda index: (floors[index] - exact[index], index)
    )
    for index in by_remainder[: units - sum(floors)]:
        floors[index] += 1
    return [part * QUANTUM for part in floors]


def opened(node: Node) -> Node:
    """Return the node with every part divided down to the leaves.

    Where the parts cancel out the node stays closed, a leaf itself.
    """
    if not node.parts:
        return node
    try:
        amounts = apportion(node.kg_co2e, [part.kg_co2e for part in node.parts])
    except NotOpenable:
        return replace(node, parts=())
    parts = tuple(
        opened(replace(part, kg_co2e=amount))
        for part, amount in zip(node.parts, amounts, strict=True)
    )
    return replace(node, parts=parts)


def by_gas(value: Decimal, gases: Mapping[str, Decimal], gwp_set: str) -> dict[str, Decimal]:
    """Return what each gas weighs in a factor; `rest` is what its source gives beyond them.

    >>> by_gas(Decimal("53.12"), {"co2": Decimal("53.06"), "ch4": Decimal("0.002")}, "AR5")
    {'co2': Decimal('53.06'), 'ch4': Decimal('0.056'), 'rest': Decimal('0.004')}
    >>> by_gas(Decimal("2"), {}, "AR5")
    {}
    """
    weighed = {gas: gwp.weigh({gas: mass}, gwp_set) for gas, mass in gases.items() if mass}
    rest = value - sum(weighed.values(), Decimal("0"))
    if not weighed:
        return {}
    return weighed | ({"rest": rest} if rest else {})
