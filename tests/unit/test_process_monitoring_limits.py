# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Verdicts with the numbers of food-safety.md, A1 to A4 and A10."""

import doctest
import itertools

import pytest
from conftest import load_tool

limits = load_tool("process_monitoring", "limits")
units = load_tool("process_monitoring", "units")
Limit, Rule, Condition = limits.Limit, limits.Rule, limits.Condition

CCP = Rule("degC", (Limit("critical", "ge", 72.0), Limit("operating", "ge", 72.5)))


def code(*args, **kwargs):
    return limits.classify(*args, **kwargs).code


def test_doctests():
    assert doctest.testmod(limits).failed == 0


@pytest.mark.parametrize(
    ("value", "expected"), [(72.0, "conform"), (71.9, "critical"), (95.0, "conform")]
)
def test_a1_one_sided(value, expected):
    assert code(value, Rule("degC", (Limit("critical", "ge", 72.0),))) == expected


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("ge", "critical", "conform", "conform"),
        ("gt", "critical", "critical", "conform"),
        ("le", "conform", "conform", "critical"),
        ("lt", "conform", "critical", "critical"),
    ],
)
def test_a1_boundary(operator, below, at, above):
    rule = Rule("degC", (Limit("critical", operator, 0.0),))
    assert [code(value, rule) for value in (-0.1, 0.0, 0.1)] == [below, at, above]


def test_a2_161_fahrenheit():
    value = units.convert(161, "degF", "degC")
    assert code(value, Rule("degC", (Limit("critical", "ge", 72.0),))) == "critical"
    american = Limit("critical", "ge", units.convert(161, "degF", "degC"))
    assert code(value, Rule("degC", (american,))) == "conform"


def test_a2_displayed_72_is_still_a_breach():
    assert f"{71.96:.1f}" == "72.0"
    assert code(71.96, CCP) == "critical"


@pytest.mark.parametrize(
    ("value", "expected"), [(72.3, "operating"), (71.8, "critical"), (72.5, "conform")]
)
def test_a3_kinds(value, expected):
    verdict = limits.classify(value, CCP)
    assert verdict.code == expected
    assert (verdict.limit is None) == (expected == "conform")


def test_worst_kind_wins_in_any_order():
    bounds = [
        Limit("critical", "ge", 72.0),
        Limit("operating", "ge", 72.5),
        Limit("quality", "le", 76.0),
        Limit("critical", "le", 90.0),
    ]
    for order in itertools.permutations(bounds):
        rule = Rule("degC", tuple(order))
        assert [code(v, rule) for v in (71, 72.1, 74, 80, 91)] == [
            "critical",
            "operating",
            "conform",
            "quality",
            "critical",
        ]


FORWARD = Rule("degC", CCP.limits, Condition("valve", "forward", 60_000))


@pytest.mark.parametrize(
    ("value", "state", "expected"),
    [
        (70.2, "divert", "not_applicable"),
        (70.2, "forward", "critical"),
        (70.2, None, "critical"),
        (72.6, None, "conform"),
        (72.6, "forward", "conform"),
        (72.6, "divert", "not_applicable"),
    ],
)
def test_a4_conditional(value, state, expected):
    assert code(value, FORWARD, inputs=limits.Inputs(state)) == expected


def test_a4_state_without_condition_means_nothing():
    assert code(70.2, CCP, inputs=limits.Inputs("divert")) == "critical"


@pytest.mark.parametrize(
    ("moment", "expected"), [(999, None), (1_000, "forward"), (1_999, "forward"), (2_000, "divert")]
)
def test_state_at(moment, expected):
    states = [(1_000, "forward"), (2_000, "divert")]
    assert limits.known_at(states, moment, 60_000) == expected


def test_state_ages():
    states = [(1_000, "divert")]
    assert limits.known_at(states, 61_000, 60_000) == "divert"
    assert limits.known_at(states, 61_001, 60_000) is None


def test_state_of_bad_quality_hides_the_older_one():
    assert limits.known_at([(1_000, "divert"), (2_000, None)], 3_000, 60_000) is None


@pytest.mark.parametrize("quality", [0, 64, 191, 256, 500])
def test_a10_bad_quality(quality):
    assert code(72.6, CCP, quality=quality) == "unusable"


def test_no_value_is_unusable_and_not_zero():
    at_least_zero = Rule("degC", (Limit("critical", "ge", 0.0),))
    assert code(None, at_least_zero) == "unusable"
    assert code(0.0, at_least_zero) == "conform"


def test_no_limits_no_verdict():
    assert code(72.6, Rule("degC")) == "unjudged"


def test_worst_of_several():
    verdicts = [limits.Verdict(c) for c in ("conform", "quality", "critical", "not_applicable")]
    assert limits.worst(verdicts).code == "critical"
    assert limits.worst([]).code == "unjudged"


def test_snapshot_round_trip():
    text = limits.dump(
        {
            "unit": "degC",
            "limits": [
                {
                    "kind": "critical",
                    "quantity": "value",
                    "operator": "ge",
                    "canonical": "72.0",
                    "reference": "≥ 72",
                }
            ],
            "condition": {"sensor": "valve", "value": "forward", "max_age_ms": 60000},
        }
    )
    rule = limits.load_rule(text)
    assert rule.limits == (Limit("critical", "ge", 72.0, "≥ 72"),)
    assert rule.condition == Condition("valve", "forward", 60_000)
    assert limits.fingerprint(text) != limits.fingerprint(text.replace("72.0", "71.9"))


def test_snapshot_without_condition():
    assert limits.load_rule('{"unit":"degC","limits":[],"condition":null}').condition is None
