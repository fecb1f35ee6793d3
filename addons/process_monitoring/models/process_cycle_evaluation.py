# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.fold import Event, dump_events, load_events
from ..tools.limits import GOOD, UNJUDGED

SILENCE = {"stale", "missing"}
# These last until they end; looking again does not make them worse.
LASTING = SILENCE | {"uncalibrated", "disconnected"}
# How many readings are first looked at for a good one, before and after a bad one.
NEAR = 20
# Which event of which control class is a deviation; the others are alerts only.
DEVIATIONS = {
    ("breach", "ccp"),
    ("breach", "oprp"),
    ("stale", "ccp"),
    ("uncalibrated", "ccp"),
}


class ProcessCycleEvaluation(models.Model):
    """The scheduled half of monitoring: events become alerts, deviations and holds.

    A cycle is evaluated under its row lock: a second worker skips it. Alerts and deviations are
    de-duplicated by unique indexes besides.
    """

    _inherit = "process.cycle"

    # -- what ---------------------------------------------------------------------------------

    def _evaluate(self, now_ms: int) -> None:
        """Judge the cycles at a time (server, ms UTC): alerts, deviations, holds.

        Cycles that another worker is evaluating are left to it.
        """
        self.env.flush_all()
        locked = self.sudo().try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset()
        for cycle in locked:
            cycle._evaluate_one(now_ms)

    def _evaluate_one(self, now_ms: int) -> None:
        if self.refold_from_ms:
            self._refold()
        heard_ms = self._get_complete_until_ms(now_ms)
        events, waiting = self._split_events(load_events(self.pending_events or []), heard_ms)
        silence = self._find_silence(heard_ms)
        for event in (
            *events,
            *silence,
            *self._find_uncalibrated(now_ms),
            *self._find_disconnected(now_ms),
        ):
            self._raise_alert(event, now_ms)
        if self.is_evaluation_due or self.evaluation_error:
            self.write(
                {
                    "pending_events": dump_events(waiting) or False,
                    "is_evaluation_due": bool(waiting),
                    "evaluation_error": False,
                }
            )
        self._judge_end(heard_ms, now_ms)
        if silence and self.status != silence[0].kind:
            self.write({"status": silence[0].kind})
        self._end_alerts(now_ms)
        self._extend_deviations()

    def _find_uncalibrated(self, now_ms: int) -> list[Event]:
        """Return that the sensor's calibration is not valid while it is being relied on."""
        if self.state != "running" or not self._is_uncalibrated(now_ms):
            return []
        return [Event("uncalibrated", self.start_ms, now_ms)]

    def _is_uncalibrated(self, at_ms: int) -> bool:
        sensor = self.sensor_id
        return bool(sensor) and sensor._get_calibration_state(at_ms) in ("overdue", "failed")

    # -- alerts -------------------------------------------------------------------------------

    def _raise_alert(self, event: Event, now_ms: int) -> None:
        """Open an alert, or add to the one that is open; a deviation where the class wants one."""
        alerts = self.env["process.alert"].sudo()
        alert = alerts.search(
            [("cycle_id", "=", self.id), ("kind", "=", event.kind), ("state", "!=", "resolved")],
            limit=1,
        )
        is_new = not alert
        if is_new and self._is_settled(event):
            return
        if is_new:
            alert = alerts.create(alerts._prepare_alert(self, event, now_ms))
        elif alert.ended_ms or event.kind not in LASTING:
            alert._add_event(event, now_ms)
        if (event.kind, self.control_class) in DEVIATIONS:
            self._open_deviation(alert, event, now_ms)
        if is_new:
            alert._notify(now_ms)

    def _is_settled(self, event: Event) -> bool:
        """Tell whether somebody has already resolved this very silence, not long before its end."""
        if event.kind not in SILENCE:
            return False
        resolved_ms = max(
            self.alert_ids.filtered(
                lambda a: a.kind == event.kind and a.source_ms == event.first_ms
            ).mapped("resolved_at_ms"),
            default=0,
        )
        plan = self._get_schedule()
        allowed_ms = plan.allowed_ms or plan.tolerance_ms
        return bool(resolved_ms) and event.last_ms - resolved_ms <= allowed_ms

    def _end_alerts(self, now_ms: int) -> None:
        """Note on open alerts that what they tell of is over; acknowledged ones are then done."""
        current = {
            "breach": bool(self.breach_since_ms),
            "operating": self.last_verdict == "operating",
            "quality": self.last_verdict == "quality",
            "unusable": self.last_verdict == "unusable",
            "uncalibrated": self._is_uncalibrated(now_ms),
            "disconnected": bool(self._find_disconnected(now_ms)),
            **dict.fromkeys(SILENCE, bool(self._find_silence(now_ms))),
        }
        for alert in self.alert_ids.filtered(lambda a: a.state != "resolved"):
            alert._note_end(now_ms, is_current=current.get(alert.kind, False))

    # -- deviations ---------------------------------------------------------------------------

    def _open_deviation(self, alert, event: Event, now_ms: int) -> None:
        """Open the deviation of this cycle and kind, or widen the one that is not over yet."""
        deviation = self.deviation_ids.filtered(
            lambda d: (
                d.kind == event.kind
                and (d.state == "open" or (d.state == "decided" and not d.window_end_ms))
            )
        )[:1]
        if not deviation:
            deviation = self.env["process.deviation"].sudo()._open(self, alert, event, now_ms)
            if self.control_class == "ccp":
                self._hold(deviation)
        elif event.kind not in LASTING:
            deviation._widen(event)
        alert._set_deviation(deviation, now_ms)

    def _extend_deviations(self) -> None:
        """Give open windows their end: the next good reading, also where another cycle saw it."""
        self.env["process.deviation"].sudo().search(
            [
                ("requirement_id", "=", self.requirement_id.id),
                ("cycle_id.sensor_id", "=", self.sensor_id.id),
                ("window_end_ms", "=", 0),
                ("state", "!=", "closed"),
            ]
        )._find_window_end()

    def _find_good_before(self, moment_ms: int) -> int:
        """Return when the last good reading was, up to a time; the start if there was none."""
        return self._find_good("<=", moment_ms) or self.start_ms

    def _find_good_after(self, moment_ms: int) -> int:
        """Return when the first good reading is after a time; 0 if there is none.

        Once the cycle is closed, a later cycle of the same requirement may show it.
        """
        found_ms = self._find_good(">", moment_ms)
        if found_ms or self.state == "running":
            return found_ms
        later = self.search(
            [
                ("requirement_id", "=", self.requirement_id.id),
                ("sensor_id", "=", self.sensor_id.id),
                ("start_ms", ">=", self.end_ms),
                ("last_good_ms", ">", 0),
            ],
            order="start_ms",
            limit=1,
        )
        return later._find_good(">", moment_ms) if later else 0

    def _find_good(self, operator: str, moment_ms: int) -> int:
        """Return the nearest reading in one direction that this cycle takes for good.

        It is judged by this cycle and by what is known now: the verdict stored with a reading is
        the worst of all that looked at it, when it came in.
        """
        order = "source_ms DESC, sequence DESC" if operator == "<=" else "source_ms, sequence"
        reading = self.env["process.reading"].sudo()
        domain, limit_ms, size = self._get_readings_domain(), moment_ms, NEAR
        while True:
            found = reading.search(
                [*domain, ("source_ms", operator, limit_ms)], order=order, limit=size
            )
            for judged in reading._judge_again(found, self):
                if judged.verdict in (*GOOD, UNJUDGED):
                    return judged.source_ms
            if len(found) < size:
                return 0
            limit_ms, size = found[-1].source_ms, size * 4
