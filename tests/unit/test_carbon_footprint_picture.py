# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The pictures say what the figures say, and fit on the paper."""

from decimal import Decimal

from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

picture = load_tool("carbon_footprint", "picture")

kilograms = st.decimals("-500", "5000", places=6)
leaves = st.lists(
    st.builds(
        picture.Leaf,
        st.sampled_from([f"Leaf {number}" for number in range(25)]),
        st.sampled_from((*picture.STAGES, "")),
        kilograms,
    ),
    max_size=30,
)


@given(leaves)
def test_waterfall_ends_at_the_sum(rows):
    steps = picture.waterfall(rows, [])
    total = sum((leaf.kg for leaf in rows), Decimal(0))
    assert (steps[-1].end if steps else 0) == total
    assert all(a.end == b.start for a, b in zip(steps, steps[1:], strict=False))


@given(leaves, st.decimals("0.1", "100", places=3))
def test_flow_loses_nothing(rows, other):
    positive = sum((leaf.kg for leaf in rows if leaf.kg > 0), Decimal(0))
    flow = picture.flow(rows, [("product", Decimal(900)), ("Gas", other)])
    taken = sum((leaf.kg for leaf in rows if leaf.kg < 0), Decimal(0))
    assert flow.credits == -taken
    into = sum((b.kg for b in flow.bands if b.target.startswith("stage:")), Decimal(0))
    out = sum((b.kg for b in flow.bands if b.source.startswith("stage:")), Decimal(0))
    assert into == positive
    assert abs(out - positive) < Decimal("0.000001")


@given(leaves)
def test_boxes_lie_below_each_other_and_on_the_paper(rows):
    flow = picture.flow(rows, [])
    for column in (0, 1, 2):
        boxes = [node for node in flow.nodes if node.column == column]
        ends = [0.0]
        for node in boxes:
            assert node.top >= ends[-1] - 1e-6
            ends.append(node.top + node.height)
        assert ends[-1] <= flow.height + 1e-6
    assert len([node for node in flow.nodes if node.column == 0]) <= picture.MOST_LEAVES + 8


def test_small_leaves_are_drawn_together():
    rows = [picture.Leaf(f"L{n}", "processing", Decimal(100 - n)) for n in range(20)]
    rest = [node for node in picture.flow(rows, []).nodes if node.column == 0 and not node.label]
    assert [node.members for node in rest] == [20 - picture.MOST_LEAVES]


def test_incomplete_flows_to_what_is_known():
    flow = picture.flow([picture.Leaf("L", "use", Decimal(1))], [])
    assert flow.nodes[-1].key == "output:known"
    assert picture.flow([], []).nodes == ()
    assert picture.color("nothing") == picture.OTHER
