# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two revisions of a plan: each difference once, at its place, nothing else."""

import copy
import doctest

import pytest
from conftest import load_tool

plan_diff = load_tool("process_control", "plan_diff")


def bound(kind="critical", operator="ge", value="72.0"):
    symbol = {"ge": "≥", "le": "≤"}[operator]
    return {
        "kind": kind,
        "quantity": "value",
        "operator": operator,
        "value": value,
        "unit": "degC",
        "canonical": value,
        "reference": f"{kind} {symbol} {value} °C",
    }


def requirement(name="Holding tube", *bounds):
    return {
        "hazard": "Pathogens survive",
        "monitoring": {
            "version": 1,
            "requirement": name,
            "sensor": "t-1",
            "limits": list(bounds),
            "condition": None,
        },
        "rationales": [""] * len(bounds),
    }


def stage(name, sequence, *requirements, **parts):
    return {
        "name": name,
        "sequence": sequence,
        "min_duration": "0",
        "max_duration": "0",
        "duration_unit": "s",
        "requirements": list(requirements),
        "approvals": [],
        **parts,
    }


OLD = {
    "format": "batchproof-plan/1",
    "code": "MILK",
    "revision": 1,
    "name": "Milk",
    "stages": [
        stage("Reception", 10),
        stage("Pasteurisation", 20, requirement("Holding tube", bound())),
        stage("Filling", 30),
    ],
}


def changes(change):
    new = copy.deepcopy(OLD)
    change(new)
    return [
        (each.kind, each.level, each.stage, each.item, each.part)
        for each in plan_diff.compare(OLD, new)
    ]


def past(new):
    return new["stages"][1]


CASES = [
    (lambda new: new.update(revision=2), []),
    (lambda new: new.update(name="Cream"), [("changed", "plan", "", "", "name")]),
    (
        lambda new: new["stages"].append(stage("Cooling", 40)),
        [("added", "stage", "Cooling", "", "")],
    ),
    (lambda new: new["stages"].pop(0), [("removed", "stage", "Reception", "", "")]),
    (
        lambda new: new["stages"].insert(0, new["stages"].pop(2)),
        [("moved", "stage", "Filling", "", "position")],
    ),
    (lambda new: new["stages"][2].update(sequence=99), []),
    (
        lambda new: past(new).update(name="Heating"),
        [("changed", "stage", "Heating", "", "name")],
    ),
    (
        lambda new: past(new).update(min_duration="15"),
        [("changed", "stage", "Pasteurisation", "", "min_duration")],
    ),
    (
        lambda new: past(new)["requirements"].append(requirement("Flow")),
        [("added", "requirement", "Pasteurisation", "Flow", "")],
    ),
    (
        lambda new: past(new)["requirements"].clear(),
        [("removed", "requirement", "Pasteurisation", "Holding tube", "")],
    ),
    (
        lambda new: past(new)["requirements"][0].update(hazard="Other"),
        [("changed", "requirement", "Pasteurisation", "Holding tube", "hazard")],
    ),
    (
        lambda new: past(new)["requirements"][0]["monitoring"].update(sensor="t-2"),
        [("changed", "requirement", "Pasteurisation", "Holding tube", "sensor")],
    ),
    (
        lambda new: past(new)["requirements"][0]["monitoring"]["limits"][0].update(
            bound(value="72.5")
        ),
        [("changed", "limit", "Pasteurisation", "Holding tube", "limit")],
    ),
    (
        lambda new: past(new)["requirements"][0].update(
            requirement("Holding tube", bound(), bound("operating", "le", "78.0"))
        ),
        [("added", "limit", "Pasteurisation", "Holding tube", "")],
    ),
    (
        lambda new: past(new)["requirements"][0].update(requirement("Holding tube")),
        [("removed", "limit", "Pasteurisation", "Holding tube", "")],
    ),
    (
        lambda new: past(new)["requirements"][0]["monitoring"].update(
            answers=[{"answer": "clean", "is_conforming": True}]
        ),
        [("added", "answer", "Pasteurisation", "Holding tube", "")],
    ),
    (
        lambda new: past(new)["approvals"].append({"name": "QM", "level": 1}),
        [("added", "approval", "Pasteurisation", "QM", "")],
    ),
]


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_one_difference(change, expected):
    assert changes(change) == expected


def test_old_and_new_of_a_limit():
    new = copy.deepcopy(OLD)
    new["stages"][1]["requirements"][0]["monitoring"]["limits"][0].update(bound(value="72.5"))
    (change,) = plan_diff.compare(OLD, new)
    assert change.old["reference"] == "critical ≥ 72.0 °C"
    assert change.new["reference"] == "critical ≥ 72.5 °C"


def test_a_duration_is_read_with_its_unit():
    new = copy.deepcopy(OLD)
    new["stages"][1].update(min_duration="2", duration_unit="min")
    (change,) = plan_diff.compare(OLD, new)
    assert (change.old, change.new) == ("", "2 min")


def test_the_reverse_has_as_many_differences():
    new = copy.deepcopy(OLD)
    new["stages"].reverse()
    new["stages"][0]["name"] = "Bottling"
    assert len(plan_diff.compare(OLD, new)) == len(plan_diff.compare(new, OLD))


def test_two_stages_of_the_same_name():
    new = copy.deepcopy(OLD)
    new["stages"].append(stage("Filling", 40))
    assert [change.kind for change in plan_diff.compare(OLD, new)] == ["added"]


def test_doctests():
    assert not doctest.testmod(plan_diff).failed
