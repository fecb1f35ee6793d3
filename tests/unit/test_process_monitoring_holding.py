# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Holding time from the flow, judged together with the temperature (A5)."""

import doctest
import math

import pytest
from conftest import load_tool

holding = load_tool("process_monitoring", "holding")
limits = load_tool("process_monitoring", "limits")
Limit, Inputs = limits.Limit, limits.Inputs

TUBE = holding.Tube(volume_l=4.7917, sensor="d1-flow")
BOTH = limits.Rule(
    "degC",
    (
        Limit("critical", "ge", 72.0, "critical ≥ 72.0 °C"),
        Limit("critical", "ge", 15.0, "critical holding time ≥ 15.0 s", "holding_time"),
        Limit("operating", "ge", 72.5, "operating ≥ 72.5 °C"),
        Limit("operating", "ge", 16.0, "operating holding time ≥ 16.0 s", "holding_time"),
    ),
    condition=limits.Condition("valve", "forward", 60_000),
    tube=TUBE,
)


def flow_for(seconds):
    return TUBE.volume_l * 3600 / seconds


def test_doctests():
    assert doctest.testmod(holding).failed == 0


@pytest.mark.parametrize(
    ("celsius", "seconds", "expected", "broken"),
    [
        (72.5, 14.2, "critical", "critical holding time ≥ 15.0 s"),
        (72.5, 15.5, "operating", "operating holding time ≥ 16.0 s"),
        (72.3, 16.5, "operating", "operating ≥ 72.5 °C"),
        (72.5, 16.5, "conform", None),
        (71.9, 14.2, "critical", "critical ≥ 72.0 °C"),
        (71.9, 20.0, "critical", "critical ≥ 72.0 °C"),
    ],
)
def test_a5_both_are_judged_together(celsius, seconds, expected, broken):
    verdict = limits.classify(celsius, BOTH, inputs=Inputs("forward", flow_for(seconds)))
    assert verdict.code == expected
    assert (verdict.limit.reference if verdict.limit else None) == broken


def test_a5_the_breach_says_what_it_was_measured_with():
    verdict = limits.classify(72.5, BOTH, inputs=Inputs("forward", flow_for(14.2)))
    assert verdict.measure == pytest.approx(14.2)
    assert "d1-flow = 1214.8 l/h" in verdict.basis
    assert verdict.basis.endswith("= 14.2 s")
    assert verdict.basis.startswith("valve = forward")


@pytest.mark.parametrize("flow", [None, -1.0, math.nan])
def test_a5_an_unknown_flow_shows_nothing(flow):
    inputs = Inputs("forward", flow)
    assert limits.classify(72.5, BOTH, inputs=inputs).code == "unusable"
    assert limits.classify(71.9, BOTH, inputs=inputs).code == "critical", "Cold is cold"


def test_a5_diverted_flow_is_not_judged():
    assert limits.classify(72.5, BOTH, inputs=Inputs("divert", None)).code == "not_applicable"


def test_a5_what_stands_still_is_held():
    assert limits.classify(72.5, BOTH, inputs=Inputs("forward", 0.0)).code == "conform"


def test_the_fastest_particle_counts():
    laminar = holding.Tube(4.7917, holding.LAMINAR)
    turbulent = holding.Tube(4.7917, holding.TURBULENT)
    assert holding.seconds(1150.0, laminar) == pytest.approx(7.5, abs=1e-3)
    assert holding.seconds(1150.0, turbulent) == pytest.approx(15.0 * 49 / 60, abs=1e-3)


def test_a_lethality_is_not_judged_by_one_reading():
    rule = limits.Rule("degC", (Limit("critical", "ge", 15.0, "PU", "lethality"),))
    assert limits.classify(40.0, rule).code == "unjudged"
