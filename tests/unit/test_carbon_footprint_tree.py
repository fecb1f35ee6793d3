# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opened to any depth, leaves are the figure; uncertainty by data quality."""

from decimal import Decimal

from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

tree = load_tool("carbon_footprint", "tree")
uncertainty = load_tool("carbon_footprint", "uncertainty")
KG = st.decimals("-1e6", "1e7", places=6)
NODES = st.recursive(
    st.builds(tree.Node, st.just("leaf"), KG),
    lambda nodes: st.builds(
        tree.Node, st.just("batch"), KG, st.lists(nodes, min_size=1, max_size=5).map(tuple)
    ),
    max_leaves=40,
)


@given(NODES)
def test_opened_leaves_are_the_figure_at_any_depth(node):
    result = tree.opened(node)
    assert sum(leaf.kg_co2e for leaf in result.leaves()) == node.kg_co2e
    todo = [result]
    while todo:
        part = todo.pop()
        assert part.kg_co2e % tree.QUANTUM == 0
        if part.parts:
            assert sum(child.kg_co2e for child in part.parts) == part.kg_co2e
        todo.extend(part.parts)


@given(KG, st.lists(st.decimals("0", "1e6", places=4), min_size=1, max_size=9).filter(any))
def test_each_part_is_its_share_to_a_milligram(amount, weights):
    parts = tree.apportion(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) <= tree.QUANTUM


def test_parts_that_cancel_out_stay_closed():
    node = tree.Node("n", Decimal(1), (tree.Node("a", Decimal(2)), tree.Node("b", Decimal(-2))))
    assert tree.opened(node).parts == ()
    assert tree.apportion(Decimal(0), [Decimal(2), Decimal(-2)]) == [0, 0]


def test_gases_of_a_factor_with_the_rest_of_its_source():
    gases = {"co2": Decimal("0.18259"), "ch4": Decimal("0.00001")}
    parts = tree.by_gas(Decimal("0.18296"), gases, "AR5")
    assert sum(parts.values()) == Decimal("0.18296")
    assert parts["ch4"] == Decimal("0.00028") and parts["rest"] == Decimal("0.00009")


# -- uncertainty ----------------------------------------------------------------------------------


def test_worse_scores_never_make_a_figure_surer():
    for position in range(5):
        spreads = []
        for score in range(1, 6):
            scores = [1] * 5
            scores[position] = score
            spreads.append(uncertainty.variance(scores))
        assert spreads == sorted(spreads) and spreads[0] < spreads[-1]


def test_propagation():
    spread = uncertainty.variance(uncertainty.SCORES["default"])
    one = uncertainty.propagate([(Decimal("100"), spread)])
    assert one == uncertainty.gsd(spread)
    many = uncertainty.propagate([(Decimal("25"), spread)] * 4)
    assert many == uncertainty.gsd(spread / 4) < one
    assert uncertainty.propagate([(Decimal("1"), spread), (Decimal("-1"), spread)]) is None
    assert uncertainty.propagate([]) is None
