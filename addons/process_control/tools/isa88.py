# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The batch state model of ISA-88.01, example model, as one table.

Twelve states, eight commands, 96 pairs of which 25 are legal. A command names the
state it leads through (an "-ing" state, when there is one) and the state it ends in.
"Complete" is reached by no command: the batch itself reports it when its work is done.

>>> path("hold", "running")
('holding', 'held')
>>> path("start", "idle")
('running',)
>>> path("reset", "held") is None
True
>>> len(TRANSITIONS), len(STATES) * len(COMMANDS)
(25, 96)
"""

from typing import Final

STATES: Final = (
    "idle",
    "running",
    "pausing",
    "paused",
    "holding",
    "held",
    "restarting",
    "stopping",
    "stopped",
    "aborting",
    "aborted",
    "complete",
)
COMMANDS: Final = ("start", "pause", "resume", "hold", "restart", "stop", "abort", "reset")
TRANSIENT: Final = frozenset({"pausing", "holding", "restarting", "stopping", "aborting"})
ENDED: Final = frozenset({"complete", "stopped", "aborted"})

_ALLOWED_FROM: Final = {
    "start": ("idle",),
    "pause": ("running",),
    "resume": ("paused",),
    "hold": ("running", "pausing", "paused", "restarting"),
    "restart": ("held",),
    "stop": ("running", "pausing", "paused", "holding", "held", "restarting"),
    "abort": (
        "running",
        "pausing",
        "paused",
        "holding",
        "held",
        "restarting",
        "stopping",
        "stopped",
    ),
    "reset": ("complete", "stopped", "aborted"),
}
_LEADS_TO: Final = {
    "start": ("running",),
    "pause": ("pausing", "paused"),
    "resume": ("running",),
    "hold": ("holding", "held"),
    "restart": ("restarting", "running"),
    "stop": ("stopping", "stopped"),
    "abort": ("aborting", "aborted"),
    "reset": ("idle",),
}
TRANSITIONS: Final = {
    (command, state): _LEADS_TO[command]
    for command, states in _ALLOWED_FROM.items()
    for state in states
}
# What happens inside, without a command: the work of a running batch is done.
INTERNAL: Final = {("done", "running"): ("complete",)}


def path(command: str, state: str) -> tuple[str, ...] | None:
    """Return the states a command leads through, the last one stays; None when illegal.

    An unknown command or state is a programming error and raises KeyError.
    """
    if command not in _LEADS_TO:
        raise KeyError(command)
    if state not in STATES:
        raise KeyError(state)
    return TRANSITIONS.get((command, state))


def legal_commands(state: str) -> tuple[str, ...]:
    """Return the commands that may be given in a state, in the order of COMMANDS.

    >>> legal_commands("idle")
    ('start',)
    >>> legal_commands("stopped")
    ('abort', 'reset')
    >>> legal_commands("aborting")
    ()
    """
    return tuple(command for command in COMMANDS if (command, state) in TRANSITIONS)


def states_for(command: str) -> tuple[str, ...]:
    """Return the states a command may be given in.

    >>> states_for("reset")
    ('complete', 'stopped', 'aborted')
    """
    return _ALLOWED_FROM[command]
