# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two footprints side by side: which leaves differ, and whether by quantity, factor or share.

What a leaf of the product differs by is split without a rest: by the quantity (the change of the
amount, weighed as before), by the factor (what is left of the order's change: another version,
conversion or GWP set) and by the share (what co-products take of it). Each effect is a multiple of
a milligram; they add up to the difference of the figures to the last digit.

>>> old = Leaf(("Power",), Decimal(100), "EL 2024", Decimal("0.2"), Decimal(20), Decimal(20))
>>> new = Leaf(("Power",), Decimal(110), "EL 2025", Decimal("0.1"), Decimal(11), Decimal(11))
>>> [pair] = compare([old], [new])
>>> pair.kind, pair.by_quantity, pair.by_factor, pair.by_share, pair.difference
('both', Decimal('2.000000'), Decimal('-11.000000'), Decimal('0.000000'), Decimal('-9'))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

QUANTUM = Decimal("0.000001")
ROUNDING = 2 * QUANTUM  # what dividing a leaf between outputs may move, one way and the other
ZERO = Decimal("0")


@dataclass(frozen=True)
class Leaf:
    """One leaf: what makes it that leaf, what was counted, and what it came to.

    `kg` is the order's, `own` the product's; both None where there is no figure.
    """

    key: tuple[str, ...]
    amount: Decimal | None
    factor_name: str
    factor: Decimal | None
    kg: Decimal | None
    own: Decimal | None


@dataclass(frozen=True)
class Pair:
    """A leaf of either footprint, or of both; `None` where the other side has no such leaf."""

    left: Leaf | None
    right: Leaf | None

    @property
    def is_known(self) -> bool:
        """False when a side that is there has no figure: then nothing can be subtracted."""
        return all(leaf is None or leaf.own is not None for leaf in (self.left, self.right))

    @property
    def difference(self) -> Decimal | None:
        """What the product's figure differs by."""
        return _of(self.right, "own") - _of(self.left, "own") if self.is_known else None

    @property
    def by_quantity(self) -> Decimal | None:
        """The part that another amount, weighed and shared as before, makes."""
        return self._effects()[0]

    @property
    def by_factor(self) -> Decimal | None:
        """The part that another factor, conversion or GWP set makes, shared as before."""
        return self._effects()[1]

    @property
    def by_share(self) -> Decimal | None:
        """The rest: another share of the co-products, and milligrams that cannot be divided."""
        return self._effects()[2]

    def _effects(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        if not self.is_known:
            return None, None, None
        left, right = self.left, self.right
        if left is None or right is None:
            return self.difference, ZERO, ZERO
        more = right.kg - left.kg
        if left.amount:
            of_order = (right.amount - left.amount) * left.kg / left.amount
        else:
            of_order = more if right.amount else ZERO
        share = _share(left, right)
        quantity = (of_order * share).quantize(QUANTUM)
        factor = ((more - of_order) * share).quantize(QUANTUM)
        return quantity, factor, self.difference - quantity - factor

    @property
    def kind(self) -> str:
        """`new`, `gone`, `gap`, `same`, `quantity`, `factor`, `both` or `share`."""
        if self.left is None or self.right is None:
            return "new" if self.left is None else "gone"
        if not self.is_known:
            return "gap"
        left, right = self.left, self.right
        quantity = left.amount != right.amount
        factor = (left.factor_name, left.factor) != (right.factor_name, right.factor)
        if quantity and factor:
            return "both"
        if quantity or factor or abs(self.by_factor) > ROUNDING:
            return "quantity" if quantity else "factor"
        return "share" if abs(self.by_share) > ROUNDING else "same"


def _share(left: Leaf, right: Leaf) -> Decimal:
    """Return what the product carried of the leaf before; where that was nil, after."""
    for leaf in (left, right):
        if leaf.kg:
            return leaf.own / leaf.kg
    return Decimal("1")


def _of(leaf: Leaf | None, name: str) -> Decimal:
    return ZERO if leaf is None else getattr(leaf, name)


def compare(left: Sequence[Leaf], right: Sequence[Leaf]) -> list[Pair]:
    """Pair the leaves of two footprints, the right one's order first; alike ones one by one."""
    waiting = {}
    for leaf in left:
        waiting.setdefault(leaf.key, []).append(leaf)
    pairs = []
    for leaf in right:
        others = waiting.get(leaf.key)
        pairs.append(Pair(others.pop(0) if others else None, leaf))
    return pairs + [Pair(leaf, None) for leaves in waiting.values() for leaf in leaves]
