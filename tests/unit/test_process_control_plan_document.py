# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The file of a plan: what is written is read back, and what is wrong is said with its place."""

import copy
import doctest
import json

import pytest
from conftest import load_tool

load_tool("process_monitoring", "limits")
load_tool("process_monitoring", "units")
plan_document = load_tool("process_control", "plan_document")
document_parts = load_tool("process_control", "document_parts")

REQUIREMENT = {
    **dict.fromkeys(plan_document.TEXTS, ""),
    "monitoring": {
        "version": 1,
        "requirement": "Holding tube",
        "control_class": "ccp",
        "is_mandatory": True,
        "parameter": "temp",
        "sensor": "t-1",
        "unit": "degC",
        "frequency": "continuous",
        "interval_s": 1800,
        "tolerance_s": 300,
        "max_gap_s": 10,
        "limits": [
            {
                "kind": "critical",
                "quantity": "value",
                "operator": "ge",
                "value": "72.0",
                "unit": "degC",
                "canonical": "72.0",
                "reference": "critical ≥ 72.0 °C",
            }
        ],
        "condition": {"sensor": "valve", "value": "forward", "max_age_ms": 60000},
        "calendar": "",
        "holding": None,
        "lethality": None,
        "is_manual": False,
        "entry_role": "operator",
        "device_verification": "",
        "answers": [],
    },
    "rationales": ["Law"],
}
PLAN = {
    "format": plan_document.FORMAT,
    "code": "MILK",
    "revision": 3,
    "name": "Milk",
    "process_type": "",
    "product": "milk",
    "bom": "",
    "change_note": "",
    "retention_months": 0,
    "stages": [
        {
            "sequence": 10,
            "name": "Pasteurisation",
            "code": "",
            "is_ccp": True,
            "is_skippable": False,
            "min_duration": "15",
            "max_duration": "0",
            "duration_unit": "s",
            "workcenter": "P1",
            "entry_criteria": "",
            "exit_criteria": "",
            "requirements": [REQUIREMENT],
            "approvals": [
                {
                    "level": 1,
                    "name": "QM",
                    "role": "supervisor",
                    "minimum": 1,
                    "deadline_min": 0,
                    "delegation": "role",
                }
            ],
        }
    ],
}


def problems(document) -> list:
    return [(p.place, p.code) for p in plan_document.read(json.dumps(document).encode())[1]]


def test_what_is_written_is_read():
    text = plan_document.dump(PLAN)
    document, wrong = plan_document.read(text.encode())
    assert document == PLAN and not wrong
    assert plan_document.dump(document) == text


def test_references_in_order_each_once():
    found = plan_document.references(PLAN)
    assert [(each.kind, each.name) for each in found] == [
        ("product", "milk"),
        ("workcenter", "P1"),
        ("parameter", "temp"),
        ("sensor", "t-1"),
        ("sensor", "valve"),
    ]
    assert found[-1].stage == "Pasteurisation" and found[-1].requirement == "Holding tube"


def rules(plan):
    return plan["stages"][0]["requirements"][0]["monitoring"]


RULES = "stages[1].requirements[1].monitoring"
WRONG = [
    (lambda p: p.update(state="approved"), ("state", "unknown")),
    (lambda p: p.pop("code"), ("code", "missing")),
    (lambda p: p.update(name=" "), ("name", "empty")),
    (lambda p: p.update(name=7), ("name", "text")),
    (lambda p: p.update(name="a\0"), ("name", "text")),
    (lambda p: p.update(name="a" * 10_001), ("name", "long")),
    (lambda p: p.update(format="other/1"), ("format", "choice")),
    (lambda p: p.update(revision=0), ("revision", "whole")),
    (lambda p: p.update(revision=True), ("revision", "whole")),
    (lambda p: p.update(revision=2**31), ("revision", "whole")),
    (lambda p: p.update(stages={}), ("stages", "rows")),
    (lambda p: p["stages"].append(1), ("stages[2]", "object")),
    (lambda p: p["stages"][0].update(is_ccp=1), ("stages[1].is_ccp", "flag")),
    (lambda p: p["stages"][0].update(min_duration=15), ("stages[1].min_duration", "number")),
    (lambda p: p["stages"][0].update(min_duration="nan"), ("stages[1].min_duration", "number")),
    (lambda p: p["stages"][0].update(min_duration="-1"), ("stages[1].min_duration", "below")),
    (lambda p: rules(p).update(control_class="none"), (f"{RULES}.control_class", "choice")),
    (lambda p: rules(p).update(interval_s=0), (f"{RULES}.interval_s", "whole")),
    (lambda p: rules(p)["limits"][0].update(unit="x"), (f"{RULES}.limits[1].unit", "choice")),
    (lambda p: rules(p)["limits"].clear(), ("stages[1].requirements[1].rationales", "as_many")),
    (
        lambda p: (
            rules(p)["limits"].append(rules(p)["limits"][0]),
            p["stages"][0]["requirements"][0]["rationales"].append(""),
        ),
        (f"{RULES}.limits", "twice"),
    ),
]


@pytest.mark.parametrize(("change", "expected"), WRONG)
def test_one_problem(change, expected):
    document = copy.deepcopy(PLAN)
    change(document)
    assert problems(document) == [expected]


def test_a_condition_may_be_absent():
    document = copy.deepcopy(PLAN)
    rules(document)["condition"] = None
    assert not problems(document)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "json"), (b"\xff", "json"), (b"[" * 99_999, "json"), (b" " * 2_000_001, "large")],
)
def test_what_is_no_document(data, code):
    document, (problem,) = plan_document.read(data)
    assert document is None and problem.code == code


def test_doctests():
    assert not doctest.testmod(plan_document).failed


def test_answers_are_read_strictly():
    document = copy.deepcopy(PLAN)
    rules = document["stages"][0]["requirements"][0]["monitoring"]
    rules["answers"] = [{"answer": "negative", "is_conforming": True}]
    assert not problems(document)
    rules["answers"] = [{"answer": "", "is_conforming": "yes"}, {"answer": "positive"}]
    place = "stages[1].requirements[1].monitoring.answers"
    assert problems(document) == [
        (f"{place}[1].answer", "empty"),
        (f"{place}[1].is_conforming", "flag"),
        (f"{place}[2].is_conforming", "missing"),
    ]


def test_computed_limits_are_read_strictly():
    document = copy.deepcopy(PLAN)
    rules = document["stages"][0]["requirements"][0]["monitoring"]
    rules["holding"] = {
        "sensor": "flow",
        "volume_l": "4.79",
        "factor": "1.0",
        "factor_source": "salt test",
        "max_age_ms": 10_000,
    }
    rules["lethality"] = {"method": "f0", "reference_c": "121.1", "z_c": "10.0"}
    rules["calendar"] = "Three shifts"
    assert problems(document) == []
    found = plan_document.references(document)
    assert ("sensor", "flow") in {(each.kind, each.name) for each in found}
    assert ("calendar", "Three shifts") in {(each.kind, each.name) for each in found}
    rules["holding"]["factor"] = "0.5"
    rules["lethality"]["method"] = "f1"
    found = {place.rsplit(".", 1)[-1]: code for place, code in problems(document)}
    assert found == {"factor": "below", "method": "choice"}


def test_one_bound_of_each_quantity():
    document = copy.deepcopy(PLAN)
    requirement = document["stages"][0]["requirements"][0]
    [bound] = requirement["monitoring"]["limits"]
    requirement["monitoring"]["limits"].append({**bound, "quantity": "holding_time"})
    requirement["rationales"].append("")
    assert problems(document) == []
