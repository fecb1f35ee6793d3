# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Windows in time: what a bad reading makes doubtful, and where monitoring itself was missing.

All times are milliseconds UTC. The clocks of people do not enter here, so a change to summer time
neither makes a gap nor hides one.

>>> bad_at_1030 = [(600, "conform"), (630, "critical"), (647, "conform")]
>>> affected_window(bad_at_1030, 630, 630)
Window(start_ms=600, end_ms=647)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .limits import GOOD


@dataclass(frozen=True)
class Window:
    """From the last good reading to the next one; None where there is none (yet)."""

    start_ms: int | None
    end_ms: int | None


@dataclass(frozen=True)
class Gap:
    """A stretch without a usable reading, longer than allowed."""

    start_ms: int
    end_ms: int


def affected_window(
    readings: Iterable[tuple[int, str]], first_bad_ms: int, last_bad_ms: int
) -> Window:
    """Return what lies between the last good reading before and the next good one after.

    Everything made in between is doubtful, not only what was made while the value was bad.
    """
    start = end = None
    for source_ms, verdict in readings:
        if verdict not in GOOD:
            continue
        if source_ms < first_bad_ms:
            start = source_ms if start is None else max(start, source_ms)
        elif source_ms > last_bad_ms:
            end = source_ms if end is None else min(end, source_ms)
    return Window(start, end)
