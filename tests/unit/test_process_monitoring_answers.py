# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Answers of observed requirements (food-safety.md, A7)."""

import doctest

import pytest
from conftest import load_tool

answers = load_tool("process_monitoring", "answers")
limits = load_tool("process_monitoring", "limits")
LIST = (answers.Answer("negative", True), answers.Answer("positive", False))


def test_doctests():
    assert doctest.testmod(answers).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("negative", "conform"),
        ("positive", "critical"),
        ("Negative", "unusable"),
        ("negative ", "unusable"),
        ("ok", "unusable"),
        ("", "unusable"),
        (None, "unusable"),
    ],
)
def test_a7_only_what_the_plan_lists_conforms(text, expected):
    assert limits.classify_answer(text, limits.Rule("", answers=LIST)).code == expected


def test_a10_bad_quality_is_no_answer():
    rule = limits.Rule("", answers=LIST)
    assert limits.classify_answer("negative", rule, quality=0).code == "unusable"


def test_an_empty_list_judges_nobody():
    assert limits.classify_answer("negative", limits.Rule("")).code == "unjudged"


def test_snapshot_round_trip():
    text = limits.dump(
        {"unit": "", "limits": [], "control_class": "quality", "answers": answers.dump(LIST)}
    )
    rule = limits.load_rule(text)
    assert rule.answers == LIST
    assert limits.classify_answer("positive", rule).code == "quality"
