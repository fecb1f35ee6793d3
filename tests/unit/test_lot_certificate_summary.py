# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The box at the head of a batch certificate: nothing measured is never nothing wrong."""

import doctest

import pytest
from conftest import load_tool

tool = load_tool("lot_certificate", "summary")


def record(*lines, attempts=1, deviations=()):
    return {
        "stages": [{"name": "Heating", "attempt": n + 1} for n in range(attempts)],
        "monitoring": [
            {"stage": "Heating", "attempt": attempt, "class": kind, "verdict": verdict}
            for kind, verdict, attempt in lines
        ],
        "deviations": [{"state": state} for state in deviations],
    }


def test_doctests():
    assert doctest.testmod(tool).failed == 0


def test_a_batch_without_monitoring_is_sound_of_nothing():
    found = tool.summarise(record())
    assert (found.monitored, found.critical) == (0, 0)
    assert not found.is_sound


@pytest.mark.parametrize("verdict", ["breach", "gaps", "no_readings", "not_judged", "recorded"])
def test_a_critical_point_holds_or_it_does_not(verdict):
    assert not tool.summarise(record(("ccp", verdict, 1))).is_sound
    assert not tool.summarise(record(("ccp", "conform", 1), ("ccp", verdict, 1))).is_sound


@pytest.mark.parametrize(
    ("verdict", "findings"),
    [("breach", 1), ("gaps", 1), ("no_readings", 1), ("recorded", 0), ("conform", 0)],
)
def test_findings_beside_the_critical_points_are_counted(verdict, findings):
    found = tool.summarise(record(("ccp", "conform", 1), ("oprp", verdict, 1)))
    assert (found.other_findings, found.critical_conform) == (findings, 1)


def test_a17_the_attempt_that_stands_is_judged():
    """Attempt 1 broke its limit and stays in the table; attempt 2 is what was released."""
    lines = [("ccp", "breach", 1), ("ccp", "conform", 2)]
    found = tool.summarise(record(*lines, attempts=2, deviations=["closed"]))
    assert (found.critical, found.deviations, found.is_sound) == (1, 1, True)
    # an attempt that was opened again and measured nothing does not borrow the one before
    assert not tool.summarise(record(*lines, attempts=3)).is_sound


def test_an_open_deviation_is_never_sound():
    found = tool.summarise(record(("ccp", "conform", 1), deviations=["closed", "open"]))
    assert (found.open_deviations, found.is_sound) == (1, False)


def test_each_exception_is_told_once_with_its_stages():
    def event(kind, stage, attempt=1, reason="too cold", person="Ann", at=0):
        row = {"type": kind, "stage": stage, "attempt": attempt}
        return {**row, "reason": reason, "person": person, "at": at}

    rows = tool.gather(
        [
            event("rework", "Heating", at=1),
            event("rework", "Heating", 2, at=1),
            event("rework", "", None, at=2),
            event("skip", "Filling", reason="empty", at=3),
            event("rework", "Heating", 3, at=4),
            event("rework", "Heating", 3, person="Bob", at=5),
        ]
    )
    told = [(row["type"], row["stages"], row["at"], row["person"]) for row in rows]
    assert told == [
        ("rework", ["Heating", "Heating (2)"], 1, "Ann"),
        ("skip", ["Filling"], 3, "Ann"),
        ("rework", ["Heating (3)"], 4, "Ann"),
        ("rework", ["Heating (3)"], 5, "Bob"),
    ]
    assert tool.gather([]) == []
