# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Follow one monitoring cycle: fold judged readings, in whatever order they come, into its figures.

>>> continuous = Schedule("continuous", start_ms=0, max_gap_ms=10_000)
>>> state = fold(State(continuous), [
...     Judged(1_000, 0, 72.6, None, "conform"),
...     Judged(2_000, 0, 71.8, None, "critical", "critical >= 72.0", "ge"),
...     Judged(3_000, 0, 72.7, None, "conform"),
... ])
>>> state.reading_count, state.breach_count, state.min_value, state.last_good_ms
(3, 1, 71.8, 3000)
>>> [(event.kind, event.first_ms, event.last_ms, event.value) for event in state.events]
[('breach', 2000, 2000, 71.8)]
"""

from dataclasses import asdict, dataclass, replace

from . import lethality
from .limits import CONFORM, GOOD, NOT_APPLICABLE, UNJUDGED, UNUSABLE
from .schedule import Schedule, find_gap

# What a verdict means to the people who answer alerts.
EVENT_KINDS = {
    "critical": "breach",
    "operating": "operating",
    "quality": "quality",
    UNUSABLE: "unusable",
}
STATUSES = {
    "critical": "breach",
    "operating": "operating",
    "quality": "operating",
    UNUSABLE: "unusable",
}


@dataclass(frozen=True)
class Judged:
    """A reading with its verdict for this cycle.

    measure and unit: what broke the limit, where that is not the value itself. celsius: the value
    where lethality is added up. entered_ms: when a person entered it, 0 if a machine did. basis:
    what else it was judged with.
    """

    source_ms: int
    sequence: int
    value: float | None
    text: str | None
    verdict: str
    limit: str = ""
    operator: str = ""
    measure: float | None = None
    unit: str = ""
    celsius: float | None = None
    entered_ms: int = 0
    basis: str = ""


@dataclass(frozen=True)
class Event:
    """Something that people must hear of: all of one kind since the last evaluation."""

    kind: str
    first_ms: int
    last_ms: int
    value: float | None = None
    limit: str = ""
    operator: str = ""
    count: int = 1
    onsets: int = 1  # how often it began: readings that are bad after one that was not
    unit: str = ""

    def merge(self, other: "Event") -> "Event":
        """Return both as one; the value is the worse of the two."""
        is_worse = self._is_worse(other)
        return replace(
            self,
            first_ms=min(self.first_ms, other.first_ms),
            last_ms=max(self.last_ms, other.last_ms),
            value=other.value if is_worse else self.value,
            limit=other.limit if is_worse else self.limit,
            operator=other.operator if is_worse else self.operator,
            unit=other.unit if is_worse else self.unit,
            count=self.count + other.count,
            onsets=self.onsets + other.onsets,
        )

    def _is_worse(self, other: "Event") -> bool:
        if self.limit != other.limit:
            # two different limits have no common scale: the one that was broken first is told
            return other.first_ms < self.first_ms
        if self.value is None or other.value is None:
            return self.value is None
        is_lower_bound = other.operator in ("ge", "gt")
        return other.value < self.value if is_lower_bound else other.value > self.value


@dataclass(slots=True)
class State:
    """The figures of one cycle. A time of 0 and a value of None mean: there is none yet.

    Not frozen, because a new one for each reading would be most of the work: `fold` changes a copy
    of its own, and nobody else changes any.
    """

    schedule: Schedule
    heat_rule: lethality.Rule | None = None
    reading_count: int = 0
    conform_count: int = 0
    breach_count: int = 0
    unusable_count: int = 0
    min_value: float | None = None
    max_value: float | None = None
    first_ms: int = 0
    last_source_ms: int = 0
    last_sequence: int = 0
    last_value: float | None = None
    last_text: str | None = None
    last_verdict: str = ""
    last_basis: str = ""
    last_usable_ms: int = 0
    last_good_ms: int = 0
    breach_since_ms: int = 0
    status: str = "waiting"
    heat: lethality.Heat = lethality.Heat()
    events: tuple[Event, ...] = ()

    def find_silence(self, until_ms: int, heard_ms: int = 0):
        """Return the gap from the last usable reading up to a time, if it is too long.

        `heard_ms` is up to when silence is excused, 0 if it is not.
        """
        since_ms = self.last_usable_ms or None
        if heard_ms > (since_ms or self.schedule.start_ms):
            since_ms = heard_ms
        return find_gap(self.schedule, since_ms, until_ms)


def fold(state: State, readings: list[Judged]) -> State:
    """Return the state after these readings. A late one counts, but is not the current one."""
    state = replace(state)
    for reading in sorted(readings, key=lambda r: (r.source_ms, r.sequence)):
        _add(state, reading)
    return state


def add_event(events: tuple[Event, ...], event: Event) -> tuple[Event, ...]:
    """Return the events with one more; there is one for each kind."""
    by_kind = {known.kind: known for known in events}
    known = by_kind.get(event.kind)
    by_kind[event.kind] = known.merge(event) if known else event
    return tuple(by_kind.values())


def _add(state: State, reading: Judged) -> None:
    is_newest = (reading.source_ms, reading.sequence) >= (
        state.last_source_ms,
        state.last_sequence,
    )
    state.events = _find_events(state, reading, is_newest)
    _count(state, reading)
    if is_newest:
        _move_on(state, reading)


def _find_events(state: State, reading: Judged, is_newest: bool) -> tuple[Event, ...]:
    events = state.events
    moment, entered_ms = reading.source_ms, reading.entered_ms
    if is_newest and reading.verdict != UNUSABLE:
        # what a person enters late was missed, whatever time is written beside it
        gap = state.find_silence(max(moment, entered_ms))
        if gap:
            events = add_event(events, Event(state.schedule.gap_kind, gap.start_ms, gap.end_ms))
    if entered_ms and entered_ms - moment > state.schedule.tolerance_ms:
        events = add_event(events, Event("late", moment, entered_ms))
    kind = EVENT_KINDS.get(reading.verdict)
    if not kind:
        return events
    measure = reading.value if reading.measure is None else reading.measure
    is_onset = is_newest and EVENT_KINDS.get(state.last_verdict) != kind
    return add_event(
        events,
        Event(
            kind,
            moment,
            moment,
            measure,
            reading.limit,
            reading.operator,
            onsets=int(is_onset),
            unit=reading.unit,
        ),
    )


def _count(state: State, reading: Judged) -> None:
    value, verdict = reading.value, reading.verdict
    state.reading_count += 1
    state.conform_count += verdict == CONFORM
    state.breach_count += verdict == "critical"
    state.unusable_count += verdict == UNUSABLE
    state.first_ms = min(state.first_ms or reading.source_ms, reading.source_ms)
    if value is None or verdict == UNUSABLE:
        return
    if state.min_value is None or value < state.min_value:
        state.min_value = value
    if state.max_value is None or value > state.max_value:
        state.max_value = value


def _move_on(state: State, reading: Judged) -> None:
    """Make the reading the current one."""
    moment, verdict = reading.source_ms, reading.verdict
    state.heat = _add_heat(state, reading)
    # where no limit is set on a single reading, one that can be used is all that is wanted
    if verdict in GOOD or verdict == UNJUDGED:
        state.breach_since_ms = 0
        state.last_good_ms = moment
    elif verdict == "critical":
        state.breach_since_ms = state.breach_since_ms or moment
    state.last_source_ms = moment
    state.last_sequence = reading.sequence
    state.last_value = reading.value
    state.last_text = reading.text
    state.last_verdict = verdict
    state.last_basis = reading.basis
    if verdict != UNUSABLE:
        state.last_usable_ms = moment
    # Cold milk that is now diverted has not been shown to be hot again.
    state.status = "breach" if state.breach_since_ms else STATUSES.get(verdict, "ok")


def _add_heat(state: State, reading: Judged) -> lethality.Heat:
    """Add the stretch from the reading before, if both show that product was heated."""
    if not state.heat_rule:
        return state.heat
    if reading.verdict == NOT_APPLICABLE:
        return lethality.skip_outside(state.heat)
    if reading.verdict == UNUSABLE or reading.celsius is None:
        return lethality.skip_unusable(state.heat)
    allowed_ms = state.schedule.allowed_ms
    return lethality.add(
        state.heat, state.heat_rule, reading.source_ms, reading.celsius, allowed_ms
    )


def dump_events(events: tuple[Event, ...]) -> list[dict]:
    """Return the events as plain data, for the row of the cycle."""
    return [asdict(event) for event in events]


def load_events(data: list[dict]) -> tuple[Event, ...]:
    """Return the events that `dump_events` wrote.

    >>> load_events(dump_events((Event("breach", 1, 2, 71.8),)))[0].value
    71.8
    """
    return tuple(Event(**line) for line in data)
