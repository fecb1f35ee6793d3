# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the kilograms come from, as two pictures: a waterfall by stage, and a flow.

Both are laid out here once, so that the screen and the printed report draw the same. Sums are of
`Decimal`; only places on the paper are floats. The flow (a Sankey diagram) runs from the leaves
through the life-cycle stages to what the order made. Its bands are as thick as they are heavy, so a
leaf that takes away (a credit) has no band: it is in the waterfall, and `credits` says how much.

>>> leaves = [Leaf("Power", "processing", Decimal(30)), Leaf("Oil", "raw_material", Decimal(70))]
>>> made = [("product", Decimal(100))]
>>> [(step.key, step.start, step.end) for step in waterfall(leaves, made)]
[('raw_material', Decimal('0'), Decimal('70')), ('processing', Decimal('70'), Decimal('100'))]
>>> [f"{band.source} > {band.target}: {band.kg}" for band in flow(leaves, made).bands][:2]
['leaf:raw_material:Oil > stage:raw_material: 70', 'leaf:processing:Power > stage:processing: 30']
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0")
# The order of the life cycle; what comes with none of these goes to the end.
STAGES = (
    "raw_material",
    "transport_in",
    "processing",
    "packaging",
    "distribution",
    "use",
    "end_of_life",
)
# Blue to vermilion in the order of the life cycle; apart for most colour-blind eyes too.
COLORS = {
    "raw_material": "#0f6ea8",
    "transport_in": "#55a8d6",
    "processing": "#d9822b",
    "packaging": "#b5639a",
    "distribution": "#7a8b2e",
    "use": "#c4453c",
    "end_of_life": "#6b5b95",
    "coproduct": "#8a93a3",
    "product": "#0b8a76",
    "known": "#8a93a3",
}
OTHER = "#5f6b7a"
MOST_LEAVES = 9  # of one picture: the small ones of a stage are drawn together
BODY = 260.0  # height of all kilograms together
SLOT = 19.0  # the least height of a node with its label
GAP = 5.0


@dataclass(frozen=True)
class Leaf:
    """One thing that emits, by the label people know it by, and the stage it belongs to."""

    label: str
    stage: str
    kg: Decimal


@dataclass(frozen=True)
class Step:
    """A bar of the waterfall: from where the sum stood to where it stands."""

    key: str
    start: Decimal
    end: Decimal

    @property
    def kg(self) -> Decimal:
        """What the bar adds."""
        return self.end - self.start


@dataclass(frozen=True)
class Node:
    """A box of the flow in column 0, 1 or 2; `label` is empty where the caller has the word."""

    key: str
    label: str
    stage: str
    column: int
    kg: Decimal
    top: float
    height: float
    members: int = 1


@dataclass(frozen=True)
class Band:
    """A band between two boxes, with the heights at which it leaves and arrives."""

    source: str
    target: str
    stage: str
    kg: Decimal
    start: float
    end: float
    height: float


@dataclass(frozen=True)
class Flow:
    """The boxes and bands, the height of the whole, and the sum of what takes away."""

    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    height: float
    credits: Decimal


def rank(stage: str) -> int:
    """Return the place of a stage in the life cycle."""
    return STAGES.index(stage) if stage in STAGES else len(STAGES)


def color(key: str) -> str:
    """Return the colour of a stage, or of product and co-products."""
    return COLORS.get(key, OTHER)


def by_stage(leaves: Iterable[Leaf]) -> dict[str, Decimal]:
    """Return the sum of each stage, in the order of the life cycle."""
    sums = {}
    for leaf in leaves:
        sums[leaf.stage] = sums.get(leaf.stage, ZERO) + leaf.kg
    return dict(sorted(sums.items(), key=lambda item: rank(item[0])))


def waterfall(leaves: Sequence[Leaf], outputs: Sequence[tuple[str, Decimal]]) -> list[Step]:
    """Return a step for each stage, and one for what the co-products take (`coproduct`).

    `outputs` are (`product` or a co-product's key, kg); none while the footprint is incomplete.
    """
    steps, height = [], ZERO
    for stage, kg in by_stage(leaves).items():
        steps.append(Step(stage, height, height + kg))
        height += kg
    away = sum((kg for key, kg in outputs if key != "product"), ZERO)
    if away:
        steps.append(Step("coproduct", height, height - away))
    return steps


# -- flow -------------------------------------------------------------------------------------


def flow(leaves: Sequence[Leaf], outputs: Sequence[tuple[str, Decimal]]) -> Flow:
    """Return the flow from the leaves through the stages to the outputs.

    Each stage is divided between the outputs as the whole is. Without outputs (an incomplete
    footprint) everything flows to one box, `known`.
    """
    counted = _merge(leaf for leaf in leaves if leaf.kg > 0)
    taken = -sum((leaf.kg for leaf in leaves if leaf.kg < 0), ZERO)
    total = sum((kg for _leaf, kg, _members in counted), ZERO)
    if not total:
        return Flow((), (), 0.0, taken)
    stages = by_stage(Leaf(leaf.label, leaf.stage, kg) for leaf, kg, _members in counted)
    shares = _shares(outputs)
    columns = (
        [(_key(leaf), leaf.label, leaf.stage, kg, members) for leaf, kg, members in counted],
        [(f"stage:{stage}", "", stage, kg, 1) for stage, kg in stages.items()],
        [(f"output:{key}", "", key, total * share, 1) for key, share in shares],
    )
    scale = BODY / float(total)
    height = max(_column_height(column, scale) for column in columns)
    nodes = [
        node
        for number, column in enumerate(columns)
        for node in _place(column, number, scale, height)
    ]
    links = [(_key(leaf), f"stage:{leaf.stage}", leaf.stage, kg) for leaf, kg, _m in counted]
    links += [
        (f"stage:{stage}", f"output:{key}", stage, kg * share)
        for stage, kg in stages.items()
        for key, share in shares
        if share
    ]
    return Flow(tuple(nodes), tuple(_bands(links, nodes, scale)), height, taken)


def _key(leaf: Leaf) -> str:
    return f"leaf:{leaf.stage}:{leaf.label}"


def _shares(outputs) -> list[tuple[str, Decimal]]:
    sums = {}
    for key, kg in outputs:
        sums[key] = sums.get(key, ZERO) + kg
    whole = sum(sums.values(), ZERO)
    if whole <= 0:
        return [("known", Decimal("1"))]
    return [(key, kg / whole) for key, kg in sums.items() if kg > 0]


def _merge(leaves: Iterable[Leaf]) -> list[tuple[Leaf, Decimal, int]]:
    """Return (leaf, kg, how many) by label, in the order of drawing; the small ones together."""
    sums = {}
    for leaf in leaves:
        key = (leaf.stage, leaf.label)
        sums[key] = sums.get(key, ZERO) + leaf.kg
    big = set(sorted(sums, key=lambda key: -sums[key])[:MOST_LEAVES])
    rows, rest = [], {}
    for key, kg in sums.items():
        if key in big:
            rows.append((Leaf(key[1], key[0], kg), kg, 1))
        else:
            rest.setdefault(key[0], {})[key[1]] = kg
    for stage, small in rest.items():
        label = "" if len(small) > 1 else next(iter(small))
        kg = sum(small.values(), ZERO)
        rows.append((Leaf(label, stage, kg), kg, len(small)))
    return sorted(rows, key=lambda row: (rank(row[0].stage), not row[0].label, -row[1]))


def _slot(kg: Decimal, scale: float) -> float:
    return max(float(kg) * scale, SLOT) + GAP


def _column_height(column, scale: float) -> float:
    return sum(_slot(row[3], scale) for row in column)


def _place(column, number: int, scale: float, height: float) -> list[Node]:
    """Return the boxes of a column, one below the other, in the middle of the picture."""
    top = (height - _column_height(column, scale)) / 2
    nodes = []
    for key, label, stage, kg, members in column:
        slot, own = _slot(kg, scale), float(kg) * scale
        nodes.append(Node(key, label, stage, number, kg, top + (slot - own) / 2, own, members))
        top += slot
    return nodes


def _bands(links, nodes, scale: float) -> Iterable[Band]:
    """Yield the bands; each begins where the one before it left the box."""
    leaving = {node.key: node.top for node in nodes}
    arriving = dict(leaving)
    for source, target, stage, kg in links:
        height = float(kg) * scale
        yield Band(source, target, stage, kg, leaving[source], arriving[target], height)
        leaving[source] += height
        arriving[target] += height


def ribbon(left: float, right: float, band: Band) -> str:
    """Return the band as an SVG path between two x; the screen draws by the same rule.

    >>> ribbon(0, 10, Band("a", "b", "use", Decimal(1), 0.0, 4.0, 2.0))
    'M0,0.00C5,0.00 5,4.00 10,4.00L10,6.00C5,6.00 5,2.00 0,2.00Z'
    """
    middle = f"{(left + right) / 2:g}"
    a, b = f"{left:g}", f"{right:g}"
    start, end = f"{band.start:.2f}", f"{band.end:.2f}"
    end_low, start_low = f"{band.end + band.height:.2f}", f"{band.start + band.height:.2f}"
    upper = f"M{a},{start}C{middle},{start} {middle},{end} {b},{end}"
    return f"{upper}L{b},{end_low}C{middle},{end_low} {middle},{start_low} {a},{start_low}Z"
