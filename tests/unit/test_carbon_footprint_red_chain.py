# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whole pathways: TV-1 to TV-3 in one run, values of RED II, plausibility."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

allocation = load_tool("carbon_footprint", "allocation")
chain = load_tool("carbon_footprint", "red_chain")
gwp = load_tool("carbon_footprint", "gwp")
red = load_tool("carbon_footprint", "red")
red_check = load_tool("carbon_footprint", "red_check")
red_values = load_tool("carbon_footprint", "red_values")
Output = allocation.Output
ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "addons" / "carbon_footprint" / "tools" / "red2_values.csv"
PATHWAYS = red_values.read(SHIPPED.read_text(encoding="utf-8"))
RED2 = red.COMPARATORS["transport_red2"]
OIL = (Output("oil", Decimal(1)), Output("cake", Decimal("0.632647462277092")))
FAME = (
    Output("FAME", Decimal("37200")),
    Output("glycerol", Decimal("105.6"), Decimal(16)),
)
CULTIVATION = {
    "co2": Decimal("16.92175605177768"),
    "ch4": Decimal("0.031693790432316446"),
    "n2o": Decimal("0.1037298113211047"),
}
BEFORE_OIL = Decimal("56.169260408083346")
BOTH = Decimal("0.5858912958253117")


def close(figure, expected, places="1e-9"):
    return abs(figure - Decimal(expected)) <= Decimal(places)


def rapeseed():
    """The steps of the workbook's rapeseed pathway, per MJ FAME, undivided."""
    cultivation = gwp.weigh(CULTIVATION, "AR4")
    drying = Decimal("28.9101383453053") / BOTH - cultivation
    distribution = Decimal("52.03303833376347") - Decimal("50.76930213885307")
    transport = (Decimal("1.4371120830499982") - distribution) / BOTH
    extraction = BEFORE_OIL - cultivation - drying - transport
    esterification = Decimal("53.0752110876113") - Decimal("34.403789982769915")
    return [
        chain.Step("cultivation", {"eec": cultivation}),
        chain.Step("drying", {"eec": drying}),
        chain.Step("transport of seed", {"etd": transport}),
        chain.Step("oil mill", {"ep": extraction}, OIL),
        chain.Step("esterification", {"ep": esterification}, FAME),
        chain.Step("distribution", {"etd": distribution}),
    ]


def test_tv1_tv2_tv3_rapeseed_fame_in_one_run():
    result = chain.run(rapeseed())
    stages = {stage.key: stage for stage in result.stages}
    assert close(gwp.weigh(CULTIVATION, "AR4"), "48.6255845862748")
    assert close(stages["oil mill"].share.fraction, "0.612502100487313")
    assert close(chain.net(stages["oil mill"].before), BEFORE_OIL)
    assert close(chain.net(stages["oil mill"].after), "34.403789982769915")
    assert close(chain.net(stages["oil mill"].to_coproducts), "21.765470425313428")
    assert close(stages["esterification"].share.fraction, "0.9565539372994323")
    assert close(chain.net(stages["esterification"].before), "53.0752110876113")
    assert close(chain.net(stages["esterification"].after), "50.76930213885307")
    assert close(chain.net(stages["esterification"].to_coproducts), "2.30590894875823")
    assert close(result.terms.eec, "28.9101383453053")
    assert close(result.terms.ep, "21.68578790540817")
    assert close(result.terms.etd, "1.4371120830499982")
    assert close(result.terms.total, "52.03303833376347")
    assert close(result.unallocated, "76.10441770783513")
    saving = red.saving(result.terms.total, RED2)
    assert round(saving, 10) == Decimal("0.4464570390")


def test_emissions_of_the_dividing_step_itself_are_divided_and_later_ones_are_not():
    half = (Output("main", Decimal(1)), Output("other", Decimal(1)))
    steps = [
        chain.Step("a", {"eec": Decimal(10)}),
        chain.Step("b", {"ep": Decimal(4)}, half),
        chain.Step("c", {"ep": Decimal(3), "etd": Decimal(1)}),
    ]
    terms = chain.run(steps).terms
    assert (terms.eec, terms.ep, terms.etd) == (5, 5, 1)


def test_a_step_that_takes_more_than_one_unit_of_the_one_before():
    steps = [
        chain.Step("seed", {"eec": Decimal("700")}),  # g per kg of seed
        chain.Step("oil", {"ep": Decimal("20")}, OIL, Decimal("2.5")),
        chain.Step("fuel", {"ep": Decimal("3"), "etd": Decimal("1")}, (), Decimal("0.027")),
    ]
    terms = chain.run(steps).terms
    share = chain.shares(OIL)[0].fraction
    assert close(terms.eec, 700 * Decimal("2.5") * share * Decimal("0.027"))
    assert close(terms.ep, 20 * share * Decimal("0.027") + 3)


def test_credits_are_divided_too_and_subtracted():
    half = (Output("main", Decimal(1)), Output("other", Decimal(1)))
    step = {"eec": Decimal(10), "ep": Decimal(2), "etd": Decimal(1), "esca": Decimal(4)}
    result = chain.run([chain.Step("all", step, half)])
    assert result.terms.esca == 2 and result.terms.total == Decimal("4.5")
    assert result.unallocated == 9


def test_waste_and_negative_heating_value_carry_nothing():
    outputs = (
        Output("fuel", Decimal(10), Decimal(37)),
        Output("vinasse", Decimal(30), Decimal("-1")),
        Output("ash", Decimal(5), Decimal(10), is_waste=True),
    )
    step = {"eec": Decimal(1), "ep": Decimal(2), "etd": Decimal(3)}
    result = chain.run([chain.Step("still", step, outputs)])
    assert result.terms.total == 6 and result.stages[0].share.denominator == 370


def test_a_step_that_is_not_known_is_no_zero():
    steps = rapeseed()
    steps[3] = replace(steps[3], emissions={"ep": None})
    result = chain.run(steps)
    assert result.terms.missing == ("ep",) and result.unallocated is None
    with pytest.raises(red.MissingTerm, match="ep is not known"):
        assert result.terms.total
    unstated = chain.run([chain.Step("s", {"eec": Decimal(1)})])
    assert unstated.terms.missing == ("ep", "etd")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(chain.TERMS),
            st.decimals("0", "1000", places=9),
            st.none() | st.decimals("0.001", "50", places=6),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_divided_is_never_lost(rows):
    steps = [
        chain.Step(str(index), {term: value}, _outputs(other))
        for index, (term, value, other) in enumerate(rows)
    ]
    result = chain.run(steps)
    kept = Fraction(chain.net(result.stages[-1].after))
    given_away = sum(Fraction(chain.net(stage.to_coproducts)) for stage in result.stages)
    assert abs(kept + given_away - Fraction(result.unallocated)) < Fraction(1, 10**30)


def _outputs(other):
    return () if other is None else (Output("main", Decimal(1)), Output("other", other))


# -- values of the directive ----------------------------------------------------------------------


def test_one_source():
    assert (ROOT / "data" / "factors" / SHIPPED.name).read_bytes() == SHIPPED.read_bytes()
    assert len(PATHWAYS) == 37


@pytest.mark.parametrize(
    ("code", "typical", "typical_saving", "default", "default_saving"),
    [
        ("FAME-RAPESEED", "45.5", "51.60", "50.1", "46.70"),
        ("FAME-SUNFLOWER", "40.0", "57.45", "44.7", "52.45"),
        ("FAME-SOY", "42.2", "55.11", "47.0", "50.00"),
        ("FAME-PALM-POND", "63.5", "32.45", "75.7", "19.47"),
        ("FAME-PALM-CAPTURE", "46.3", "50.74", "51.6", "45.11"),
        ("FAME-UCO", "11.2", "88.09", "14.9", "84.15"),
        ("FAME-TALLOW-3", "15.3", "83.72", "20.8", "77.87"),
        ("ETHANOL-CANE", "28.1", "70.11", "28.6", "69.57"),
        ("ETHANOL-MAIZE-NG", "48.5", "48.40", "56.8", "39.57"),
        ("ETHANOL-BEET-NOBG-NG", "30.7", "67.34", "38.2", "59.36"),
        ("HVO-RAPESEED", "45.8", "51.28", "50.1", "46.70"),
        ("HVO-UCO", "11.9", "87.34", "16.0", "82.98"),
    ],
)
def test_values_and_savings(code, typical, typical_saving, default, default_saving):
    for values, total, percent in (
        (PATHWAYS[code].typical, typical, typical_saving),
        (PATHWAYS[code].default, default, default_saving),
    ):
        terms = red.Terms(**values)
        assert terms.total == Decimal(total)
        assert round(red.saving(terms.total, RED2) * 100, 2) == Decimal(percent)


def test_rule_23_soy_default_with_a_plant_of_2014():
    declared = red_values.declare(PATHWAYS["FAME-SOY"])
    verdict = red.assess(declared.terms, RED2, date(2014, 1, 1))
    assert declared.kind == "default" and verdict.total == Decimal("47.0")
    assert verdict.saving == Decimal("0.5") and verdict.is_met
    assert verdict.comparator == RED2


def test_disaggregated_and_actual():
    mixed = red_values.declare(PATHWAYS["FAME-SOY"], {"ep": Decimal("12"), "eccs": Decimal("1")})
    assert mixed.kind == "disaggregated" and mixed.terms.total == Decimal("41.1")
    assert mixed.kinds == {"eec": "default", "etd": "default", "ep": "actual", "eccs": "actual"}
    own = red_values.declare(None, {"eec": Decimal(1), "ep": Decimal(2), "etd": Decimal(3)})
    assert own.kind == "actual" and own.terms.total == 6
    assert red_values.declare(None, {"ep": Decimal(1)}).terms.missing == ("eec", "etd")


def test_a_total_default_beside_land_use_change_is_refused_and_single_values_are_not():
    """RED II Art. 31(1): a total default only where el <= 0; c lets single terms stand."""
    with pytest.raises(red_values.BadPathway, match="the total default value may only be"):
        red_values.declare(PATHWAYS["FAME-SOY"], {"el": Decimal("5")})
    mixed = red_values.declare(PATHWAYS["FAME-SOY"], {"el": Decimal("5"), "ep": Decimal("10")})
    assert (mixed.terms.total, mixed.kind) == (Decimal("45.1"), "disaggregated")
    allowed = red_values.declare(PATHWAYS["FAME-SOY"], {"el": Decimal("-5")})
    assert allowed.terms.total == Decimal("42.0")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("FAME-SOY", "FAME-RAPESEED", "is there twice"),
        ("16.9", "16,9", "Line"),
        (",crop,21.2", ",shrub,21.2", "no kind of feedstock: shrub"),
    ],
)
def test_a_bad_table_is_refused(old, new, words):
    text = SHIPPED.read_text(encoding="utf-8")
    with pytest.raises(red_values.BadPathway, match=words):
        red_values.read(text.replace(old, new, 1))


# -- plausibility ---------------------------------------------------------------------------------


def findings(eec, ep, etd, saving="0.6", kind="crop", code="FAME-SOY"):
    terms = red.Terms(Decimal(eec), Decimal(ep), Decimal(etd))
    pathways = [PATHWAYS[code]] if code else []
    found = red_check.check(terms, Decimal(saving), kind, pathways)
    assert red_check.is_blocked(found) == any(f.severity == "block" for f in found)
    return [(finding.severity, finding.code) for finding in found]


@pytest.mark.parametrize(
    ("terms", "options", "expected"),
    [
        (("21.2", "16.9", "8.9"), {}, []),
        (("21.2", "16.9", "8.9"), {"saving": "0.99"}, []),
        (("21.2", "16.9", "8.9"), {"saving": "0.9901"}, [("warn", "saving_is_unusual")]),
        (("21.2", "16.9", "8.9"), {"saving": "1"}, [("flag", "saving_is_total")]),
        (("21.2", "16.9", "8.9"), {"saving": "1.2"}, [("flag", "saving_is_total")]),
        (("21.2", "16.9", "0"), {}, [("block", "etd_is_not_positive")]),
        (("21.2", "-1", "8.9"), {}, [("block", "ep_is_not_positive")]),
        (("0", "1", "1"), {"code": ""}, [("block", "eec_of_crop_is_nil")]),
        (("3", "1", "1"), {"code": "", "kind": "residue"}, [("warn", "eec_of_residue")]),
        (("0", "1", "1"), {"code": "FAME-UCO", "kind": "residue"}, []),
        (("14.84", "1", "1"), {}, []),
        (("14.83", "1", "1"), {}, [("warn", "eec_is_unusual")]),
        (("27.56", "1", "1"), {}, []),
        (("27.57", "1", "1"), {}, [("warn", "eec_is_unusual")]),
    ],
)
def test_plausibility(terms, options, expected):
    assert findings(*terms, **options) == expected
