# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A score never opens a gate; a blocker always shuts it."""

import doctest

import pytest
from conftest import load_tool

gate = load_tool("process_control", "gate")


def finding(code, message="why"):
    return gate.Finding(code, message)


def test_nothing_found_is_open_and_compliant():
    verdict = gate.judge([], gate.Counts())
    assert verdict.is_open
    assert verdict.compliance == "compliant"
    assert verdict.readiness == 100
    assert verdict.quality_score is None


@pytest.mark.parametrize("conform", [1, 999, 10**9])
def test_one_breach_shuts_the_gate_whatever_the_score(conform):
    verdict = gate.judge([finding("breach")], gate.Counts(conform, 0), checks=10**6)
    assert not verdict.is_open
    assert verdict.compliance == "non_compliant"
    assert verdict.quality_score == 100.0
    assert verdict.readiness < 100


@pytest.mark.parametrize("code", sorted(gate.WAITING_CODES))
def test_waiting_is_incomplete_not_non_compliant(code):
    assert gate.judge([finding(code)], gate.Counts()).compliance == "incomplete"


@pytest.mark.parametrize("code", ["breach", "stale", "uncalibrated", "deviation", "max_duration"])
def test_the_rest_needs_a_person(code):
    mixed = [finding("missing_reading"), finding(code)]
    assert gate.judge(mixed, gate.Counts()).compliance == "non_compliant"


def test_awaits_only_approval():
    only = gate.judge([finding("approval"), finding("approval_requested")], gate.Counts())
    assert only.awaits_only_approval
    assert not gate.judge([], gate.Counts()).awaits_only_approval
    mixed = gate.judge([finding("approval"), finding("missing_reading")], gate.Counts())
    assert not mixed.awaits_only_approval


def test_findings_are_read_and_repetitions_dropped():
    rows = [
        {"code": "stale", "message": "silent", "res_model": "process.cycle", "res_id": 4},
        {"code": "stale", "message": "silent", "res_model": "process.cycle", "res_id": 4},
        {"code": "missing_reading", "message": "none", "res_model": False, "res_id": False},
    ]
    verdict = gate.judge(gate.from_dicts(rows), gate.Counts())
    assert [blocker.code for blocker in verdict.blockers] == ["stale", "missing_reading"]
    assert verdict.blockers[0].as_dict() == rows[0]
    assert verdict.blockers[1].as_dict()["res_id"] == 0


def test_doctests():
    assert doctest.testmod(gate).failed == 0
