# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What two footprints differ by is explained without a rest."""

from decimal import Decimal

from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

tool = load_tool("carbon_footprint", "compare")
D = Decimal

amounts = st.decimals("-1000", "1000", places=3)
milligrams = st.decimals("-5000", "5000", places=6)


@st.composite
def leaf(draw):
    names = st.sampled_from(["Power", "Steam", "Water"])
    return tool.Leaf(
        key=("meter", draw(names)),
        amount=draw(amounts),
        factor_name=draw(st.sampled_from(["EL 2024", "EL 2025"])),
        factor=draw(amounts),
        kg=draw(milligrams),
        own=draw(milligrams),
    )


@given(st.lists(leaf(), max_size=6), st.lists(leaf(), max_size=6))
def test_effects_add_up_to_the_difference_of_the_figures(left, right):
    pairs = tool.compare(left, right)
    wanted = sum((x.own for x in right), D(0)) - sum((x.own for x in left), D(0))
    effects = [p.by_quantity + p.by_factor + p.by_share for p in pairs]
    assert sum(effects, D(0)) == wanted
    assert sum((p.difference for p in pairs), D(0)) == wanted
    assert sorted(p.left.own for p in pairs if p.left) == sorted(x.own for x in left)
    assert [p.right for p in pairs if p.right] == right


def make(amount="100", name="EL 2024", factor="0.2", kg="20", own="20", key="Power"):
    figures = (None if text is None else D(text) for text in (factor, kg, own))
    factor, kg, own = figures
    return tool.Leaf(("meter", key), D(amount), name, factor, kg, own)


def test_kinds():
    old = make()
    cases = {
        "same": make(),
        "quantity": make(amount="110", kg="22", own="22"),
        "factor": make(name="EL 2025", factor="0.1", kg="10", own="10"),
        "both": make(amount="110", name="EL 2025", factor="0.1", kg="11", own="11"),
        "share": make(own="18"),
        "gap": make(kg=None, own=None),
    }
    for kind, new in cases.items():
        [pair] = tool.compare([old], [new])
        assert pair.kind == kind
    assert [p.kind for p in tool.compare([old], [make(key="Gas")])] == ["new", "gone"]


def test_a_gap_has_no_difference():
    [pair] = tool.compare([make()], [make(kg=None, own=None)])
    assert pair.difference is pair.by_quantity is pair.by_factor is pair.by_share is None


def test_an_unchanged_share_takes_no_part_of_the_difference():
    old = make(kg="20", own="18")
    [pair] = tool.compare([old], [make(name="EL 2025", factor="0.1", kg="10", own="9")])
    assert (pair.kind, pair.by_factor, pair.by_share) == ("factor", D("-9"), D("0"))
    [pair] = tool.compare([old], [make(kg="20", own="18.000001")])
    assert pair.kind == "same"
