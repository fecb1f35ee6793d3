# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import SQL

from .. import clock
from ..tools import limits, units
from ..tools.limits import UNUSABLE

SPARK_POINTS = 60
CHART_POINTS = 240


class ProcessCycleDisplay(models.Model):
    """What people and rooms above read of a cycle: live values, chart, findings, export."""

    _inherit = "process.cycle"

    # -- findings for the gate ----------------------------------------------------------------

    def _get_findings(self, now_ms: int | None = None) -> list[dict]:
        """Return what keeps a stage from being completed: {code, message, res_model, res_id}.

        Codes: missing_reading, breach, stale, missed, unusable, uncalibrated, open_deviation.
        Limits that are not critical and requirements that are not mandatory keep nobody.
        """
        now_ms = clock.now_ms() if now_ms is None else now_ms
        findings = []
        for cycle in self.sudo():
            findings += cycle._find_deviations()
            findings += cycle._find_breaches()
            if cycle._is_mandatory():
                findings += cycle._find_monitoring(now_ms)
        return findings

    def _finding(self, code: str, message: str, record=None) -> dict:
        record = record or self
        return {
            "code": code,
            "message": message,
            "res_model": record._name,
            "res_id": record.id,
        }

    def _find_deviations(self) -> list[dict]:
        return [
            self._finding(
                "open_deviation",
                self.env._(
                    "Deviation %(deviation)s (%(name)s) is not closed.",
                    deviation=deviation.name,
                    name=self.requirement_id.name,
                ),
                deviation,
            )
            for deviation in self._get_deviations()
            if deviation.state != "closed"
        ]

    def _get_deviations(self):
        """Return the deviations of this window; a room above may know them already."""
        return self.deviation_ids

    def _find_breaches(self) -> list[dict]:
        """Return the broken critical limit: for a CCP for good, else until it is settled."""
        is_settled = self.control_class != "ccp" and all(
            deviation.state == "closed" for deviation in self._get_deviations()
        )
        if not self.breach_count or self.control_class not in ("ccp", "oprp") or is_settled:
            return []
        alert = self.alert_ids.filtered(lambda a: a.kind == "breach")[-1:]
        message = alert.message or self.env._(
            "%s: the critical limit was broken.", self.requirement_id.name
        )
        return [self._finding("breach", message, alert)]

    def _find_monitoring(self, now_ms: int) -> list[dict]:
        """Return what is wrong with the monitoring itself."""
        name = self.requirement_id.name
        findings = []
        if self._is_never_read():
            message = self.env._("%s: there is no valid reading.", name)
            findings.append(self._finding("missing_reading", message))
        elif self._find_silence(now_ms) or self.last_verdict == UNUSABLE:
            when = clock.format_ms(self.env, self._get_usable_ms())
            message = self.env._("%(name)s: no valid reading since %(when)s.", name=name, when=when)
            code = "unusable" if self.last_verdict == UNUSABLE else "stale"
            findings.append(self._finding(code, message))
        if self._is_uncalibrated(now_ms):
            message = self.env._(
                "%(name)s: the calibration of sensor %(sensor)s is not valid.",
                name=name,
                sensor=self.sensor_id.code,
            )
            findings.append(self._finding("uncalibrated", message, self.sensor_id))
        known = {finding["code"] for finding in findings}
        return findings + self._find_unresolved(known)

    def _find_unresolved(self, known: set[str]) -> list[dict]:
        """Return alerts on monitoring that nobody has resolved, though all is well again."""
        codes = {"missing": "missed", "stale": "stale", "unusable": "unusable"}
        return [
            self._finding(codes[alert.kind], alert.message, alert)
            for alert in self.alert_ids
            if alert.kind in codes
            and alert.state != "resolved"
            and not alert.deviation_id
            and codes[alert.kind] not in known
        ]

    # -- live ---------------------------------------------------------------------------------

    def get_live_values(self) -> list[dict]:
        """Return for each cycle what a person wants to see of it now.

        Keys: id, name, control_class, value (number or None), text (as people read it), unit,
        limits (text), status, status_label, state, last_source_ms, age (text), points
        ([[ms, value], …], the newest last) and bounds ([[kind, value], …] in the same unit).
        """
        self.check_access("read")
        labels = dict(self._fields["status"]._description_selection(self.env))
        now_ms = clock.now_ms()
        points = self._get_points()
        return [
            {
                "id": cycle.id,
                "name": cycle.requirement_id.name,
                "control_class": cycle.control_class,
                "value": None if cycle.last_value is False else cycle.last_value,
                "text": cycle._format_last(),
                "unit": units.label(cycle.unit),
                "limits": cycle.limits_text,
                "status": cycle.status,
                "status_label": labels[cycle.status],
                "state": cycle.state,
                "last_source_ms": cycle.last_source_ms,
                "age": cycle._format_age(now_ms),
                "points": points.get(cycle.id, []),
                "bounds": cycle._get_bounds(),
            }
            for cycle in self.sudo()
        ]

    def _format_last(self) -> str:
        if self.last_value is False:
            return self.last_text or "–"
        return f"{self.last_value:.4g}" if abs(self.last_value) < 1000 else f"{self.last_value:.0f}"

    def _format_age(self, now_ms: int) -> str:
        """Return how old the last reading is, in the coarsest unit that still says something."""
        if not self.last_source_ms:
            return self.env._("no reading yet")
        seconds = max(0, (now_ms - self.last_source_ms) // 1000)
        if seconds < 90:
            return self.env._("%s s ago", seconds)
        if seconds < 5400:
            return self.env._("%s min ago", seconds // 60)
        if seconds < 172_800:
            return self.env._("%s h ago", seconds // 3600)
        return self.env._("%s days ago", seconds // 86_400)

    def _get_bounds(self) -> list[list]:
        rule = limits.load_rule(self.limits_snapshot)
        return [[limit.kind, limit.value] for limit in rule.limits]

    def _get_points(self) -> dict[int, list[list]]:
        """Return the last values of each cycle, oldest first; one query."""
        if not self:
            return {}
        query = SQL(
            """
            SELECT cycle.id, point.source_ms, point.value
              FROM process_cycle AS cycle, LATERAL (
                SELECT source_ms, value FROM process_reading
                 WHERE sensor_id = cycle.sensor_id AND source_ms >= cycle.start_ms
                   AND (COALESCE(cycle.end_ms, 0) = 0 OR source_ms <= cycle.end_ms)
                   AND value IS NOT NULL
                 ORDER BY source_ms DESC LIMIT %s) AS point
             WHERE cycle.id = ANY(%s)
             ORDER BY cycle.id, point.source_ms
            """,
            SPARK_POINTS,
            self.ids,
        )
        self.env.flush_all()
        points = {}
        for cycle_id, source_ms, value in self.env.execute_query(query):
            points.setdefault(cycle_id, []).append([source_ms, value])
        return points

    # -- chart --------------------------------------------------------------------------------

    def get_chart_data(self, start_ms: int = 0, end_ms: int = 0) -> dict:
        """Return the readings of the cycle for a chart, and the limits they were judged by.

        Keys: name, unit, points ([[ms, minimum, maximum, is_bad], …] in equal steps of time, so
        that a dip of two seconds is still in it; None where nothing was usable), bounds
        ([[kind, value], …]), windows ([[from, to, name], …] of the deviations).
        """
        self.ensure_one()
        self.check_access("read")
        cycle = self.sudo()
        last_ms = cycle.end_ms or cycle.last_source_ms or cycle.start_ms
        start_ms, end_ms = start_ms or cycle.start_ms, end_ms or last_ms
        return {
            "name": cycle.requirement_id.name,
            "unit": units.label(cycle.unit),
            "points": cycle._get_chart_points(start_ms, end_ms),
            "bounds": cycle._get_bounds(),
            "windows": [
                [d.window_start_ms, d.window_end_ms or last_ms, d.name]
                for d in cycle.deviation_ids
                if d.window_start_ms
            ],
        }

    def _get_chart_points(self, start_ms: int, end_ms: int) -> list[list]:
        return self.env["process.reading"]._read_series(
            self.sensor_id.id or 0, start_ms, end_ms, CHART_POINTS
        )

    # -- open ---------------------------------------------------------------------------------

    def _open_related(self, xmlid: str, domain: list) -> dict:
        action = self.env["ir.actions.act_window"]._for_xml_id(f"process_monitoring.{xmlid}")
        return {**action, "domain": domain, "context": {}}

    def action_view_readings(self):
        """Open the readings of this cycle."""
        return self._open_related("process_reading_action", self._get_readings_domain())

    def action_view_alerts(self):
        """Open the alerts of this cycle."""
        return self._open_related("process_alert_action", [("cycle_id", "in", self.ids)])

    def action_view_deviations(self):
        """Open the deviations of this cycle."""
        return self._open_related("process_deviation_action", [("cycle_id", "in", self.ids)])
