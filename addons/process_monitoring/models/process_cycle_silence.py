# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .. import clock
from ..tools import limits, schedule
from ..tools.fold import Event

# How long after a pause of Odoo silence is excused, at most: readings wait in a queue.
GRACE_MS = 60_000


class ProcessCycleSilence(models.Model):
    """What was not read: silence, missed readings, and the connection that is down.

    Silence is judged up to the time until which the readings are complete (see `process.feed`),
    so that neither a bridge nor Odoo that was down makes a gap, and no gap is hidden by it.
    """

    _inherit = "process.cycle"

    # -- open, pause and close ----------------------------------------------------------------

    def _pause(self, now_ms: int) -> None:
        """Note that nothing is made from now on, so that nothing is due."""
        for cycle in self.sudo().filtered(lambda c: c.state == "running"):
            if not cycle._get_schedule().is_paused:
                cycle.write({"pauses": [*(cycle.pauses or []), [now_ms, 0]]})

    def _resume(self, now_ms: int) -> None:
        """Note that it goes on: silence is counted from here."""
        for cycle in self.sudo().filtered(lambda c: c.state == "running"):
            pauses = [[start, end or now_ms] for start, end in cycle.pauses or []]
            cycle.write({"pauses": pauses})

    def _close(self, end_ms: int) -> None:
        """End monitoring at a time; the silence and the readings until then are judged first."""
        for cycle in self.sudo().filtered(lambda c: c.state == "running"):
            cycle._evaluate_one(end_ms)
            cycle.write({"state": "closed", "end_ms": end_ms})
            cycle._judge_end(cycle._get_complete_until_ms(end_ms), end_ms)

    def _judge_end(self, heard_ms: int, now_ms: int) -> None:
        """Judge once what is only judged at the end, as soon as all readings until then are in."""
        if self.state != "closed" or self.is_end_judged:
            return
        if heard_ms < self.end_ms:
            self.write({"is_evaluation_due": True})
            return
        for event in self._find_events_at_end(self.end_ms):
            self._raise_alert(event, now_ms)
        self.write({"is_end_judged": True})

    def _find_events_at_end(self, end_ms: int) -> list[Event]:
        """Return what is only known at the end."""
        events = []
        if self._is_never_read() or self._lacks_last_reading(end_ms):
            events.append(Event("missing", self.last_usable_ms or self.start_ms, end_ms))
        if not self.deviation_ids:
            events += self._find_lethality_events(end_ms)
        return events

    def _lacks_last_reading(self, end_ms: int) -> bool:
        """Tell whether the reading at the stop, or of the last shift, is not there."""
        plan = self._get_schedule()
        last_ms = self.last_usable_ms or None
        if not self._is_mandatory() or not last_ms:
            return False
        return schedule.lacks_stop(plan, self.first_ms, last_ms, end_ms) or schedule.lacks_shift(
            plan, last_ms, end_ms
        )

    def _find_lethality_events(self, end_ms: int) -> list[Event]:
        """Return the bounds that the lethality breaks at the end, or cannot be shown to keep."""
        events = []
        for limit in limits.load_rule(self.limits_snapshot).bounds(limits.LETHALITY):
            value = None if self.lethality is False else self.lethality
            is_shown = value is not None and not self.lethality_gap_ms
            if is_shown and limit.holds(value):
                continue
            kind = {"critical": "breach"}.get(limit.kind, limit.kind)
            reference = limit.reference
            if not is_shown:
                reference = f"{reference} (not demonstrable)"
            events.append(
                Event(kind, self.start_ms, end_ms, value, reference, limit.operator, unit="min")
            )
        return events

    # -- the way of the readings ----------------------------------------------------------------

    def _get_feed(self, now_ms: int):
        """Return the connection that delivers the sensor's readings; none for typed ones."""
        return self.env["process.feed"]._find(self.sensor_id.last_origin, self.company_id, now_ms)

    def _get_complete_until_ms(self, now_ms: int) -> int:
        """Return until when all readings are in; of what has no feed, that is now."""
        feed = self._get_feed(now_ms)
        known = [now_ms, *feed.mapped("complete_until_ms")]
        return min(known + [self.end_ms]) if self.end_ms else min(known)

    def _find_disconnected(self, now_ms: int) -> list[Event]:
        """Return that the connection is down for longer than the sensor may be silent."""
        if self.state != "running" or self._get_schedule().is_paused:
            return []
        feed = self._get_feed(now_ms)
        if not feed or (feed.state == "listening" and feed._is_alive_at(now_ms)):
            return []
        since_ms = max(feed.complete_until_ms, self.last_usable_ms or self.start_ms)
        gap = schedule.find_gap(self._get_schedule(), since_ms, now_ms)
        return [Event("disconnected", since_ms, now_ms)] if gap else []

    def _split_events(self, events: tuple[Event, ...], heard_ms: int) -> tuple[list, list]:
        """Return the events that can be told now, and those that readings on the way may change.

        A gap was found between two readings as they came in: what came in between them since
        then may have filled it.
        """
        kind = self._get_schedule().gap_kind
        ready, waiting = [], []
        for event in events:
            if event.kind != kind:
                ready.append(event)
            elif event.last_ms > heard_ms:
                waiting.append(event)
            else:
                ready.append(self._find_real_gap(event))
        return [event for event in ready if event], waiting

    # -- silence --------------------------------------------------------------------------------

    def _find_silence(self, now_ms: int) -> list[Event]:
        """Return the silence up to a time, if it is longer than allowed."""
        plan = self._get_schedule()
        if not self._is_listening(now_ms) or plan.is_paused or self._is_excused(now_ms):
            return []
        # of a moment before we heard last, such as a stated end, only the source times can tell
        counted = plan.frequency in ("continuous", "interval")
        heard = [self.heard_ms, plan.resumed_ms] if counted else []
        gap = self._get_state().find_silence(
            now_ms, max((moment for moment in heard if moment <= now_ms), default=0)
        )
        if not gap:
            return []
        # it starts at the last usable reading, whenever we started to listen
        since_ms = self._get_usable_ms() or self.start_ms if counted else gap.start_ms
        return [Event(plan.gap_kind, since_ms, now_ms)]

    def _is_listening(self, now_ms: int) -> bool:
        """Tell whether silence at a time means anything: while it runs, and once up to its end."""
        return self.state == "running" or (now_ms == self.end_ms and not self.is_end_judged)

    def _is_excused(self, now_ms: int) -> bool:
        """Tell whether readings may still be on their way after a pause of Odoo."""
        since_ms = self.listening_since_ms
        allowed_ms = self._get_schedule().allowed_ms
        if not since_ms or since_ms > now_ms or self._get_feed(now_ms):
            return False
        return now_ms - since_ms <= min(allowed_ms or GRACE_MS, GRACE_MS)

    # -- due ------------------------------------------------------------------------------------

    def _get_due(self) -> schedule.Due | None:
        """Return when the next reading is due."""
        self.ensure_one()
        if self.state != "running":
            return None
        return schedule.next_due(self._get_schedule(), self._get_usable_ms() or None)

    def _format_next_due(self, now_ms: int) -> str:
        """Return in words when the next reading is due, and whether it is late."""
        due = self._get_due()
        plan = self._get_schedule()
        if self.state == "running" and plan.is_paused:
            return self.env._("on hold: nothing is due")
        if self.state == "running" and plan.frequency == "start_stop" and not due:
            return self.env._("next reading at the stop")
        if self.state == "running" and plan.frequency == "per_batch" and not self.last_usable_ms:
            return self.env._("one reading before the end")
        if not due:
            return ""
        if plan.frequency == "continuous":
            seconds = plan.max_gap_ms // 1000
            return self.env._("at least every %s", self.requirement_id._format_span(seconds))
        when = clock.format_short(self.env, due.due_ms, now_ms)
        if now_ms > due.latest_ms:
            return self.env._("missed: was due at %s", when)
        if now_ms > due.due_ms:
            latest = clock.format_short(self.env, due.latest_ms, now_ms)
            return self.env._(
                "due since %(when)s, missed after %(latest)s", when=when, latest=latest
            )
        return self.env._("next reading due at %s", when)
