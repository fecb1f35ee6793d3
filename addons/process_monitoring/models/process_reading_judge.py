# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL

from ..tools import limits
from ..tools.fold import Judged
from ..tools.sample import Sample, is_usable


@dataclass(frozen=True, slots=True)
class SensorInfo:
    """What the door must know of a sensor."""

    id: int
    code: str
    company_id: int
    is_state: bool
    unit: str
    canonical_unit: str


@dataclass(slots=True)
class Row:
    """A sample that was taken: converted, and being judged."""

    index: int
    sensor: SensorInfo
    sample: Sample
    value: float | None
    raw_unit: str | None
    verdict: limits.Verdict = field(default_factory=lambda: limits.Verdict(limits.UNJUDGED))
    by_cycle: dict[int, limits.Verdict] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, int, int]:
        """What names the reading."""
        return self.sensor.id, self.sample.source_ms, self.sample.sequence


class ProcessReadingJudge(models.Model):
    """Verdicts: each reading is judged at its source time by every cycle of its sensor."""

    _inherit = "process.reading"

    def _find_cycles(self, rows: list[Row]):
        """Return the cycles that may look at these readings, running or closed since."""
        times = [row.sample.source_ms for row in rows]
        return self.env["process.cycle"].search(
            [
                ("sensor_id", "in", list({row.sensor.id for row in rows})),
                ("start_ms", "<=", max(times)),
                "|",
                ("end_ms", "=", 0),
                ("end_ms", ">=", min(times)),
            ],
            order="id",
        )

    def _judge(self, rows: list[Row], cycles) -> None:
        """Set the verdicts of each cycle on each row, and the worst as the row's own."""
        by_sensor = defaultdict(list)
        for cycle in cycles:
            rule = limits.load_rule(cycle.limits_snapshot)
            end_ms = cycle.end_ms or float("inf")
            by_sensor[cycle.sensor_id.id].append(
                (cycle.id, cycle.start_ms, end_ms, rule, cycle.condition_sensor_id.id)
            )
        states = self._find_states(rows, cycles.condition_sensor_id)
        for row in rows:
            self._judge_row(row, by_sensor[row.sensor.id], states)
            if row.by_cycle:
                row.verdict = limits.worst(list(row.by_cycle.values()))
            elif not is_usable(row.sample.quality):
                row.verdict = limits.Verdict(limits.UNUSABLE)

    def _judge_row(self, row: Row, watchers: list[tuple], states: dict) -> None:
        moment, quality = row.sample.source_ms, row.sample.quality
        for cycle_id, start_ms, end_ms, rule, condition_id in watchers:
            if not start_ms <= moment <= end_ms or row.sample.cycle not in (None, cycle_id):
                continue
            state = None
            if rule.condition:
                max_age_ms = rule.condition.max_age_ms
                state = limits.state_at(states.get(condition_id, []), moment, max_age_ms)
            if row.sensor.is_state:
                verdict = limits.classify_answer(row.sample.text, rule, quality, state)
            else:
                verdict = limits.classify(row.value, rule, quality, state)
            row.by_cycle[cycle_id] = verdict

    def _find_states(self, rows: list[Row], sensors) -> dict[int, list[tuple[int, str | None]]]:
        """Return what each condition sensor said during the batch, and last before it."""
        if not sensors:
            return {}
        times = [row.sample.source_ms for row in rows]
        query = SQL(
            """
            SELECT sensor_id, source_ms, sequence, text_value, quality FROM process_reading
             WHERE sensor_id = ANY(%(ids)s) AND source_ms BETWEEN %(from)s AND %(to)s
            UNION ALL
            SELECT earlier.* FROM unnest(%(ids)s) AS wanted (id), LATERAL (
                SELECT sensor_id, source_ms, sequence, text_value, quality
                  FROM process_reading
                 WHERE sensor_id = wanted.id AND source_ms < %(from)s
                 ORDER BY source_ms DESC, sequence DESC LIMIT 1
            ) AS earlier
            """,
            **{"ids": sensors.ids, "from": min(times), "to": max(times)},
        )
        found = {tuple(line[:3]): line[3:] for line in self.env.execute_query(query)}
        for row in rows:
            if row.sensor.id in sensors._ids:
                found.setdefault(row.key, (row.sample.text, row.sample.quality))
        states = defaultdict(list)
        for (sensor_id, source_ms, _), (text, quality) in sorted(found.items()):
            states[sensor_id].append((source_ms, text if is_usable(quality) else None))
        return states

    def _judge_again(self, readings, cycle) -> list[Judged]:
        """Judge stored readings for one cycle; their own verdict stays as it was stored."""
        rows = [
            Row(
                0,
                SensorInfo(r.sensor_id.id, "", r.company_id.id, not r.unit, "", r.unit or ""),
                Sample(
                    "",
                    r.source_ms,
                    r.sequence,
                    text=r.text_value or None,
                    quality=r.quality,
                    cycle=r.cycle_id.id or None,
                ),
                None if r.value is False else r.value,
                None,
            )
            for r in readings
        ]
        if rows:
            self._judge(rows, cycle)
        # what a person entered for another window is none of this cycle's
        mine = [row for row in rows if cycle.id in row.by_cycle]
        return [self._prepare_judged(row, row.by_cycle[cycle.id]) for row in mine]

    def _prepare_judged(self, row: Row, verdict: limits.Verdict) -> Judged:
        return Judged(
            row.sample.source_ms,
            row.sample.sequence,
            row.value,
            row.sample.text,
            verdict.code,
            verdict.limit.reference if verdict.limit else "",
            verdict.limit.operator if verdict.limit else "",
        )
