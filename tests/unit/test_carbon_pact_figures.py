# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Figures of a product footprint: TV-7's numbers, the mean by mass, what no batch may bring in."""

from decimal import Decimal

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

load_tool("carbon_footprint", "pcf")  # its package, which the figures import from
figures = load_tool("carbon_pact", "figures")
Batch, Carbon, Part = figures.Batch, figures.Carbon, figures.Part
# The four examples that are published with the format, by the figures TV-7 names.
TV7 = {
    1: ("0.384", "-1.61", "-1.23", "0.44"),
    2: ("5.14", "-19.36", "-14.22", "5.28"),
    3: ("77", "0", "77", "0"),
    4: ("0.42", "-0.37", "0.05", "0.1"),
}


def D(text):
    return Decimal(text)


def pcf(excluding, uptake, including, carbon, **components):
    return {
        "pcfExcludingBiogenicUptake": D(excluding),
        "biogenicCO2Uptake": D(uptake),
        "pcfIncludingBiogenicUptake": D(including),
        "biogenicCarbonContent": D(carbon),
        **{name: D(value) for name, value in components.items()},
    }


def blocking(values):
    return [doubt.code for doubt in figures.check(values) if doubt.is_blocking]


@pytest.mark.parametrize("number", TV7)
def test_tv7_both_identities_hold_in_the_published_examples(number):
    assert not blocking(pcf(*TV7[number]))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"including": "-14.23"}, "including"),
        ({"including": "-14.2"}, None),  # rounded to one place it is right
        ({"uptake": "-19.35", "including": "-14.21"}, "uptake"),
        ({"carbon": "5.27"}, "uptake"),
        ({"excluding": "5.15"}, "including"),
    ],
)
def test_tv7_a_wrong_figure_blocks(changed, code):
    names = ("excluding", "uptake", "including", "carbon")
    values = dict(zip(names, TV7[2], strict=True)) | changed
    assert blocking(pcf(**values)) == ([code] if code else [])


def test_tv7_our_own_figures_have_no_room_for_rounding():
    rounded = pcf("5.14", "-19.36", "-14.2", "5.28")
    assert not blocking(rounded)
    assert blocking({name: figures.pad(value) for name, value in rounded.items()})


@pytest.mark.parametrize(
    ("excluding", "components"),
    [
        ("0.384", {"fossil": "0.35", "management": "0.03", "biogenic": "0.004"}),
        ("5.14", {"fossil": "4.78", "management": "0.36", "biogenic": "0"}),
        ("0.42", {"fossil": "0.17", "management": "0.2", "biogenic": "0.05"}),
    ],
)
def test_tv7_the_components_add_up_with_land_management(excluding, components):
    named = {
        "fossilGhgEmissions": components["fossil"],
        "landManagementFossilGhgEmissions": components["management"],
        "landManagementBiogenicCO2Emissions": components["biogenic"],
        "biogenicNonCO2Emissions": "0.002",  # left out of the sum
    }
    assert not figures.check(pcf(excluding, "0", excluding, "0", **named))


def test_tv7_a_component_that_is_wrong_warns_and_does_not_block():
    # the sixth published example states 1.63 where 0.35 is meant
    wrong = pcf("0.384", "-1.61", "-1.23", "0.44", fossilGhgEmissions="1.63")
    [doubt] = figures.check(wrong)
    assert (doubt.code, doubt.is_blocking) == ("components", False)
    assert "1.63" in doubt.sentence and "0.384" in doubt.sentence


def batch(name, kg, *parts, gwp_set="AR6"):
    return Batch(name, D(kg), tuple(Part(D(value), *rest) for value, *rest in parts), gwp_set)


def test_the_mean_is_weighed_by_mass():
    # 1 kg/kg of 900 kg and 3 kg/kg of 100 kg: 1.2, and not the 2 of a plain mean
    batches = [batch("B1", "900", ("900",)), batch("B2", "100", ("300",))]
    found = figures.compute(batches, Carbon(D(0)), D(1))
    assert found["pcfExcludingBiogenicUptake"] == D("1.2")


def test_the_figure_is_for_the_declared_unit():
    found = figures.compute([batch("B1", "100", ("50",))], Carbon(D("0.8"), D("0.25")), D("0.9"))
    assert found["pcfExcludingBiogenicUptake"] == D("0.45")
    assert found["biogenicCarbonContent"] == D("0.18")
    assert found["fossilCarbonContent"] == D("0.54")
    assert found["biogenicCO2Uptake"] == D("-0.66")
    assert found["pcfIncludingBiogenicUptake"] == D("-0.21")


def test_what_comes_after_the_gate_is_reported_apart():
    parts = (
        ("70", "processing"),
        ("10", "raw_material", "el"),
        ("20", "packaging"),
        ("5", "distribution"),
        ("900", "use"),
        ("40", "end_of_life"),
    )
    found = figures.compute([batch("B1", "100", *parts)], Carbon(D(0)), D(1))
    assert found["pcfExcludingBiogenicUptake"] == D("1")
    assert found["fossilGhgEmissions"] == D("0.9")
    assert found["landUseChangeGhgEmissions"] == D("0.1")
    assert found["packagingGhgEmissions"] == D("0.2")
    assert found["outboundLogisticsGhgEmissions"] == D("0.05")


def test_a_stage_of_which_nothing_was_counted_has_no_figure():
    found = figures.compute([batch("B1", "100", ("70", "processing"))], Carbon(D(0)), D(1))
    assert "packagingGhgEmissions" not in found and "outboundLogisticsGhgEmissions" not in found
    known = figures.compute([batch("B1", "100", ("0", "packaging"))], Carbon(D(0)), D(1))
    assert known["packagingGhgEmissions"] == 0


def test_biogenic_carbon_that_was_measured_is_weighed_by_mass():
    # 900 kg of which a laboratory found a half to be biogenic, 100 kg with the product's tenth
    batches = [
        Batch("B1", D("900"), (Part(D("900")),), "AR6", D("0.5")),
        batch("B2", "100", ("100",)),
    ]
    found = figures.compute(batches, Carbon(D("0.8"), D("0.1")), D(1))
    assert found["biogenicCarbonContent"] == D("0.368")
    assert found["fossilCarbonContent"] == D("0.432")
    assert found["biogenicCO2Uptake"] == figures.round_to(D("-0.368") * 44 / 12)
    assert not figures.check(found)


def test_only_what_suppliers_declare_is_primary():
    parts = (("30", "raw_material", "", "declared"), ("70", "processing", "", "measured"))
    found = figures.compute([batch("B1", "100", *parts)], Carbon(D(0)), D(1))
    assert found["primaryDataShare"] == D("30.00")


def test_recycled_carbon_is_stated_where_it_is_known():
    plain = figures.compute([batch("B", "1", ("1",))], Carbon(D("0.5")), D(1))
    assert "recycledCarbonContent" not in plain
    known = figures.compute([batch("B", "1", ("1",))], Carbon(D("0.5"), D(0), D("0.3")), D(1))
    assert known["recycledCarbonContent"] == D("0.15")


@pytest.mark.parametrize(
    ("batches", "carbon", "code"),
    [
        ([], Carbon(D(0)), "no_batches"),
        ([batch("B1", "0", ("1",))], Carbon(D(0)), "no_mass"),
        (
            [batch("A", "1", ("1",)), batch("B", "1", ("1",), gwp_set="AR5")],
            Carbon(D(0)),
            "mixed_sets",
        ),
        ([batch("A", "1", ("1",), gwp_set="AR0")], Carbon(D(0)), "unknown_set"),
        ([batch("A", "1", ("-1", "processing", "eccs"))], Carbon(D(0)), "capture"),
        ([batch("A", "1", ("1",))], Carbon(None), "no_carbon"),
    ],
)
def test_there_is_no_figure_without(batches, carbon, code):
    found = figures.compute(batches, carbon, D(1))
    assert isinstance(found, figures.Problem) and found.code == code


AMOUNTS = st.decimals("-100000", "1000000", places=6)
KG = st.decimals("0.001", "100000", places=3)
PARTS = st.lists(
    st.tuples(
        AMOUNTS,
        st.sampled_from(["raw_material", "processing", "packaging", "distribution", "use", ""]),
        st.sampled_from(["", "el", "ep"]),
    ),
    max_size=6,
)
SHARES = st.decimals("0", "1", places=4)


@given(st.lists(st.tuples(KG, PARTS), min_size=1, max_size=5), SHARES, SHARES, KG)
def test_tv7_whatever_is_computed_satisfies_the_identities(rows, carbon, share, unit):
    batches = [
        Batch(str(index), kg, tuple(Part(*part) for part in parts), "AR6")
        for index, (kg, parts) in enumerate(rows)
    ]
    found = figures.compute(batches, Carbon(carbon, share), unit)
    assert not figures.check(found)
