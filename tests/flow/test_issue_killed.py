# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The issue of a certificate is all or nothing, whenever its process is killed."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("issue_killed.py")
BEFORE_COMMIT = (
    "number",
    "snapshot",
    "sign",
    "credential",
    "print",
    "attach",
    "state",
    "chain",
    "commit",
)


@pytest.fixture(scope="module")
def found(plant, evidence):
    """What is left after a kill at each step, and of two issues at once."""
    from plant import machine, paths

    state = paths.State(plant.state)
    done = subprocess.run(
        [state.root / "venv/bin/python", PROGRAM, state.conf, "batchproof"],
        env={**machine.environment(), **plant.environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("step", BEFORE_COMMIT)
def test_killed_before_the_commit_it_is_still_to_issue(found, step):
    """Nothing of the attempt is left, and the next turn of the scheduled action issues it whole."""
    case = found[step]
    assert case["ended"] == -signal.SIGKILL
    left = {"state": "to_issue", "number": "", "partial": False, "trail": 0, "mail": False}
    assert {key: case["left"][key] for key in left} == left
    assert case["again"] == 0
    assert (case["after"]["state"], case["after"]["whole"], case["after"]["trail"]) == (
        "issued",
        True,
        1,
    )


def test_killed_while_mailing_it_is_issued_and_not_mailed(found):
    """No mail leaves without its certificate, and the certificate is not issued again."""
    case = found["mail"]
    assert case["ended"] == -signal.SIGKILL
    assert (case["left"]["state"], case["left"]["whole"]) == ("issued", True)
    assert not case["left"]["mail"]
    assert case["after"] == case["left"]


def test_no_number_is_lost_or_given_twice(found):
    """The numbers of all that were issued follow each other without a gap."""
    numbers = [case["after"]["number"] for case in found.values()]
    counted = sorted(int(number.rpartition("/")[2]) for number in numbers)
    assert counted == list(range(counted[0], counted[0] + len(found)))


def test_two_issues_at_once_make_one_certificate(found):
    """One of the two issues it; the other sees that and does nothing."""
    case = found["race"]
    assert case["ended"] == [0, 0]
    assert (case["after"]["state"], case["after"]["whole"], case["after"]["trail"]) == (
        "issued",
        True,
        1,
    )
