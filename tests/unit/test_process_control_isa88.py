# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All 96 pairs of the batch state model, against the text of the model and not its table."""

import doctest

import pytest
from conftest import load_tool

isa88 = load_tool("process_control", "isa88")

# The model as a plant engineer reads it, column by column: state → command → final state.
EXPECTED = {
    "idle": {"start": "running"},
    "running": {"pause": "paused", "hold": "held", "stop": "stopped", "abort": "aborted"},
    "pausing": {"hold": "held", "stop": "stopped", "abort": "aborted"},
    "paused": {"resume": "running", "hold": "held", "stop": "stopped", "abort": "aborted"},
    "holding": {"stop": "stopped", "abort": "aborted"},
    "held": {"restart": "running", "stop": "stopped", "abort": "aborted"},
    "restarting": {"hold": "held", "stop": "stopped", "abort": "aborted"},
    "stopping": {"abort": "aborted"},
    "stopped": {"abort": "aborted", "reset": "idle"},
    "aborting": {},
    "aborted": {"reset": "idle"},
    "complete": {"reset": "idle"},
}
THROUGH = {
    "pause": "pausing",
    "hold": "holding",
    "restart": "restarting",
    "stop": "stopping",
    "abort": "aborting",
}
PAIRS = [(command, state) for state in isa88.STATES for command in isa88.COMMANDS]


def test_there_are_96_pairs_and_25_are_legal():
    assert len(isa88.STATES) == 12
    assert len(isa88.COMMANDS) == 8
    assert len(PAIRS) == 96
    legal = [pair for pair in PAIRS if isa88.path(*pair)]
    assert len(legal) == 25
    assert sum(len(row) for row in EXPECTED.values()) == 25


@pytest.mark.parametrize(("command", "state"), PAIRS)
def test_pair(command, state):
    path = isa88.path(command, state)
    final = EXPECTED[state].get(command)
    if final is None:
        assert path is None
        return
    assert path[-1] == final
    assert path[:-1] == ((THROUGH[command],) if command in THROUGH else ())


@pytest.mark.parametrize("state", isa88.STATES)
def test_commands_offered_are_the_legal_ones(state):
    assert set(isa88.legal_commands(state)) == set(EXPECTED[state])


def test_every_state_is_reachable_and_every_transient_state_passes_on():
    reached = {state for path in isa88.TRANSITIONS.values() for state in path}
    reached |= {state for path in isa88.INTERNAL.values() for state in path}
    assert reached | {"idle"} == set(isa88.STATES)
    finals = {path[-1] for path in isa88.TRANSITIONS.values()}
    assert not finals & isa88.TRANSIENT


def test_done_is_internal_and_only_from_running():
    assert isa88.INTERNAL == {("done", "running"): ("complete",)}
    assert "done" not in isa88.COMMANDS


def test_an_unknown_name_is_an_error_and_not_an_illegal_pair():
    with pytest.raises(KeyError):
        isa88.path("clear", "idle")
    with pytest.raises(KeyError):
        isa88.path("start", "unknown")


def test_doctests():
    assert doctest.testmod(isa88).failed == 0
