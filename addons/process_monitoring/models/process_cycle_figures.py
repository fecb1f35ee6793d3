# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import models

from .. import clock
from ..tools import limits, schedule
from ..tools.fold import (
    EVENT_KINDS,
    Event,
    Judged,
    State,
    add_event,
    dump_events,
    fold,
    load_events,
)
from ..tools.lethality import Heat
from ..tools.limits import UNUSABLE

# Figures that are copied between the row and `tools.fold.State` under the same name.
_FIGURES = (
    "reading_count",
    "conform_count",
    "breach_count",
    "unusable_count",
    "first_ms",
    "last_source_ms",
    "last_sequence",
    "last_usable_ms",
    "last_good_ms",
    "breach_since_ms",
    "status",
)
_OPTIONAL_FIGURES = ("min_value", "max_value", "last_value")
_TEXTS = ("last_text", "last_verdict", "last_basis")
CHUNK = 2_000


class ProcessCycleFigures(models.Model):
    """The figures of a cycle: each reading is added once, at the same cost however many there are.

    What comes in out of order counts at once; what depends on the order (the current value, the
    lethality, since when it is bad) is then made anew from the table, by the door for a short
    window and by the evaluation for a long one, so that late readings end in the same figures as
    if they had been in time.
    """

    _inherit = "process.cycle"

    # -- state --------------------------------------------------------------------------------

    def _get_schedule(self) -> schedule.Schedule:
        """Return when readings of this cycle are due."""
        self.ensure_one()
        snapshot = self._get_snapshot()
        return schedule.Schedule(
            snapshot["frequency"],
            self.start_ms,
            snapshot["interval_s"] * 1000,
            snapshot["tolerance_s"] * 1000,
            snapshot["max_gap_s"] * 1000,
            schedule.load_shifts(snapshot["shifts"]),
            snapshot["zone"],
            tuple(tuple(pause) for pause in self.pauses or ()),
        )

    def _get_empty_state(self) -> State:
        """Return the figures before the first reading."""
        return State(
            self._get_schedule(),
            limits.load_rule(self.limits_snapshot).heat_rule,
        )

    def _get_state(self) -> State:
        """Return the figures as the pure logic takes them."""
        empty = self._get_empty_state()
        figures = {name: self[name] for name in _FIGURES}
        for name in _OPTIONAL_FIGURES:
            figures[name] = _to_number(self[name])
        return State(
            empty.schedule,
            empty.heat_rule,
            last_text=self.last_text or None,
            last_verdict=self.last_verdict or "",
            last_basis=self.last_basis or "",
            heat=Heat(
                _to_number(self.lethality),
                self.lethality_ms or None,
                _to_number(self.lethality_rate),
                self.lethality_gap_ms or None,
            ),
            events=load_events(self.pending_events or []),
            **figures,
        )

    def _prepare_figures(self, state: State) -> dict:
        vals = {name: getattr(state, name) for name in (*_FIGURES, *_OPTIONAL_FIGURES)}
        vals.update({name: getattr(state, name) or False for name in _TEXTS})
        return vals | {
            "lethality": state.heat.value,
            "lethality_ms": state.heat.last_ms or 0,
            "lethality_rate": state.heat.last_rate,
            "lethality_gap_ms": state.heat.gap_ms or 0,
        }

    def _is_shown(self) -> bool:
        """Tell whether the window shows what it is for: conformity, or that it was recorded."""
        self.ensure_one()
        rule = limits.load_rule(self.limits_snapshot)
        for limit in rule.bounds(limits.LETHALITY):
            is_reached = self.lethality is not False and limit.holds(self.lethality)
            if limit.kind == "critical" and (self.lethality_gap_ms or not is_reached):
                return False
        is_judged_one_by_one = any(limit.quantity != limits.LETHALITY for limit in rule.limits)
        return bool(self.conform_count if is_judged_one_by_one else self.last_usable_ms)

    # -- readings -----------------------------------------------------------------------------

    def _add_readings(self, readings: list[Judged]) -> bool:
        """Add judged readings to the figures, in one write; tell whether people must hear of it."""
        self.ensure_one()
        before = self._get_state()
        after = fold(before, readings)
        vals = self._prepare_figures(after)
        if after.last_usable_ms > before.last_usable_ms:
            vals["heard_ms"] = clock.now_ms()
        oldest_ms = min(reading.source_ms for reading in readings)
        needs_refold = oldest_ms < before.last_source_ms and _depends_on_order(before)
        is_urgent = after.events != before.events or after.status != before.status
        if needs_refold:
            vals["refold_from_ms"] = min(self.refold_from_ms or oldest_ms, oldest_ms)
        if is_urgent or needs_refold:
            vals["pending_events"] = dump_events(after.events) or False
            vals["is_evaluation_due"] = True
        self.write(vals)
        if needs_refold and self.reading_count <= CHUNK:
            self._refold()
        return is_urgent or needs_refold

    def _refold(self) -> None:
        """Make the figures anew from the table, after something came in late.

        Events are not found again: those of late readings were found as they came in.
        """
        self.ensure_one()
        state = self._get_empty_state()
        for chunk in self._iter_judged():
            state = fold(state, chunk)
        self.write(self._prepare_figures(state) | {"refold_from_ms": 0})

    def _iter_judged(self, from_ms: int = 0, to_ms: int = 0):
        """Yield the readings of the cycle, judged by it as of now, in order and in chunks."""
        reading = self.env["process.reading"].sudo()
        base = self._get_readings_domain()
        base += [("source_ms", "<=", to_ms)] if to_ms else []
        after = [("source_ms", ">=", from_ms)]
        while True:
            found = reading.search([*base, *after], order="source_ms, sequence", limit=CHUNK)
            if found:
                yield reading._judge_again(found, self)
            if len(found) < CHUNK:
                return
            last = found[-1]
            # the next chunk begins behind the last reading of this one
            after = [
                "|",
                ("source_ms", ">", last.source_ms),
                "&",
                ("source_ms", "=", last.source_ms),
                ("sequence", ">", last.sequence),
            ]
            found.invalidate_recordset(flush=False)

    def _find_real_gap(self, event: Event) -> Event | None:
        """Return a gap found on arrival as the table now shows it; None if it is filled."""
        state = self._get_empty_state()
        state = replace(
            state,
            last_source_ms=event.first_ms,
            last_usable_ms=0 if event.first_ms == self.start_ms else event.first_ms,
        )
        for chunk in self._iter_judged(event.first_ms, event.last_ms):
            state = fold(state, chunk)
        gaps = [found for found in state.events if found.kind == event.kind]
        return gaps[0] if gaps else None

    def _catch_up(self) -> None:
        """Judge what the sensor has already said since the start, when it was set in the past."""
        self.ensure_one()
        if not self.sensor_id:
            return
        is_urgent = False
        for judged in self._iter_judged(self.start_ms):
            is_urgent |= self._add_readings(judged)
        if is_urgent:
            self._trigger_evaluation()

    # -- late inputs --------------------------------------------------------------------------

    def _judge_late_inputs(self, sensor, moments: list[int], batch: set) -> bool:
        """Judge readings again of which another sensor has only now said more; tell if any changed.

        `moments` are the times of what the condition or flow sensor said after readings of those
        times had been judged; `batch` are the keys of the readings that came in with it.
        """
        self.ensure_one()
        reading = self.env["process.reading"].sudo()
        first_ms = min(moments)
        until_ms = reading._find_next_ms(sensor, max(moments)) or self.last_source_ms + 1
        domain = [("source_ms", ">=", first_ms), ("source_ms", "<", until_ms)]
        found = reading.search(
            [*self._get_readings_domain(), *domain], order="source_ms, sequence"
        ).filtered(lambda r: (r.sensor_id.id, r.source_ms, r.sequence) not in batch)
        before = reading._judge_again(found, self, without=batch)
        pairs = list(zip(before, reading._judge_again(found, self), strict=True))
        changed = [(old, new) for old, new in pairs if _says(old) != _says(new)]
        events = self._get_state().events
        for old, new in changed:
            kind = EVENT_KINDS.get(new.verdict)
            if kind and kind != EVENT_KINDS.get(old.verdict):
                events = add_event(events, _prepare_event(kind, new))
        if changed:
            self._note_changed(first_ms, events)
        return bool(changed)

    def _note_changed(self, first_ms: int, events: tuple[Event, ...]) -> None:
        """Note that readings since a time are seen otherwise, and what people must hear of it."""
        self.write(
            {
                "refold_from_ms": min(self.refold_from_ms or first_ms, first_ms),
                "pending_events": dump_events(events) or False,
                "is_evaluation_due": True,
            }
        )
        if self.reading_count <= CHUNK:
            self._refold()


def _depends_on_order(state: State) -> bool:
    """Tell whether readings that come late can change more than they add by themselves."""
    is_good_now = not state.breach_since_ms and state.last_verdict != UNUSABLE
    return bool(state.heat_rule) or not is_good_now


def _says(judged: Judged) -> tuple:
    return judged.verdict, judged.limit


def _prepare_event(kind: str, judged: Judged) -> Event:
    measure = judged.value if judged.measure is None else judged.measure
    moment = judged.source_ms
    return Event(kind, moment, moment, measure, judged.limit, judged.operator, unit=judged.unit)


def _to_number(value) -> float | None:
    return None if value is False else value
