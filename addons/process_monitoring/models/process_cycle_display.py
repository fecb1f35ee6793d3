# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import SQL

from .. import clock
from ..tools import limits, units

SPARK_POINTS = 60
CHART_POINTS = 240


class ProcessCycleDisplay(models.Model):
    """What people read of a cycle: live values, chart, and the lists of what belongs to it."""

    _inherit = "process.cycle"

    # -- live ---------------------------------------------------------------------------------

    def get_live_values(self) -> list[dict]:
        """Return for each cycle what a person wants to see of it now.

        Keys: id, name, control_class, value (number or None), text (as people read it), unit,
        limits (text), status, status_label, state, last_source_ms, age (text), points
        ([[ms, value], …], the newest last), bounds ([[kind, value], …] in the same unit), and as
        texts: due (when the next reading is due), lethality (what heat has added up to, and how
        much is wanted), basis (what else the last reading was judged with).
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
                "due": cycle._format_next_due(now_ms),
                "lethality": cycle._format_lethality(),
                "basis": cycle.last_basis or "",
            }
            for cycle in self.sudo()
        ]

    def _format_last(self) -> str:
        if self.last_value is False:
            return self.last_text or "–"
        return f"{self.last_value:.4g}" if abs(self.last_value) < 1000 else f"{self.last_value:.0f}"

    def _format_lethality(self) -> str:
        """Return what heat has added up to so far, beside what is wanted; nothing if none is."""
        rule = limits.load_rule(self.limits_snapshot)
        bounds = rule.bounds(limits.LETHALITY)
        if not bounds:
            return ""
        wanted = ", ".join(f"{limits.SYMBOLS[b.operator]} {b.value:g}" for b in bounds)
        if self.lethality_gap_ms:
            return self.env._(
                "%(what)s: not demonstrable (wanted: %(wanted)s)",
                what=rule.heat_rule.describe(),
                wanted=wanted,
            )
        return self.env._(
            "%(what)s: %(value)s so far (wanted: %(wanted)s)",
            what=rule.heat_rule.describe(),
            value=f"{self.lethality or 0.0:.4g}",
            wanted=wanted,
        )

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
        return [[limit.kind, limit.value] for limit in rule.bounds(limits.VALUE)]

    def _get_points(self) -> dict[int, list[list]]:
        """Return the last values of each cycle, oldest first; one query."""
        if not self:
            return {}
        query = SQL(
            """
            SELECT cycle.id, point.source_ms, point.value
              FROM process_cycle AS cycle, LATERAL (
                SELECT source_ms, value FROM process_reading AS said
                 WHERE sensor_id = cycle.sensor_id AND source_ms >= cycle.start_ms
                   AND (COALESCE(cycle.end_ms, 0) = 0 OR source_ms <= cycle.end_ms)
                   AND value IS NOT NULL
                   AND (said.cycle_id IS NULL OR said.cycle_id = cycle.id)
                   AND NOT %s
                 ORDER BY source_ms DESC LIMIT %s) AS point
             WHERE cycle.id = ANY(%s)
             ORDER BY cycle.id, point.source_ms
            """,
            self.env["process.reading"]._get_corrected_sql("said"),
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
        ([[kind, value], …]), windows ([[from, to, name], …] of the deviations), corrected
        ([[ms, value, what was wrong], …] of entries that count no more).
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
            "corrected": cycle._get_chart_corrected(start_ms, end_ms),
        }

    def _get_chart_points(self, start_ms: int, end_ms: int) -> list[list]:
        return self.env["process.reading"]._read_series(
            self.sensor_id.id or 0,
            start_ms,
            end_ms,
            CHART_POINTS,
            cycle_id=self.id if self.is_manual else 0,
        )

    def _get_chart_corrected(self, start_ms: int, end_ms: int) -> list[list]:
        """Return the entries that count no more: they are shown, so that nothing is obscured."""
        wrong = self.entry_ids.corrects_id.filtered(
            lambda e: e.value is not False and start_ms <= e.measured_ms <= end_ms
        )
        return [
            [
                entry.measured_ms,
                units.convert(entry.value, entry.unit, self.unit) if entry.unit else entry.value,
                entry._say_corrected(),
            ]
            for entry in wrong.sorted("measured_ms")
        ]

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
