# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL

from ..tools import limits, units
from ..tools.fold import Judged
from ..tools.sample import MANUAL, Sample, is_usable


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
    received_ms: int = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """What names the reading."""
        return self.sensor.id, self.sample.source_ms, self.sample.sequence


@dataclass(frozen=True, slots=True)
class Watcher:
    """A cycle as it looks at the readings of its sensor."""

    cycle_id: int
    start_ms: int
    end_ms: float
    rule: limits.Rule
    condition_id: int
    flow_id: int

    @classmethod
    def of(cls, cycle) -> "Watcher":
        """Return how a `process.cycle` looks."""
        return cls(
            cycle.id,
            cycle.start_ms,
            cycle.end_ms or float("inf"),
            limits.load_rule(cycle.limits_snapshot),
            cycle.condition_sensor_id.id,
            cycle.flow_sensor_id.id,
        )

    def get_inputs(self, moment_ms: int, said: dict) -> limits.Inputs:
        """Return what the other sensors of the rule said at a time."""
        condition, tube = self.rule.condition, self.rule.tube
        return limits.Inputs(
            condition
            and limits.known_at(said.get(self.condition_id, []), moment_ms, condition.max_age_ms),
            tube and limits.known_at(said.get(self.flow_id, []), moment_ms, tube.max_age_ms),
        )


class ProcessReadingJudge(models.Model):
    """Verdicts: each reading is judged at its source time by every cycle of its sensor."""

    _inherit = "process.reading"

    def _find_cycles(self, rows: list[Row]):
        """Return the cycles that these readings concern, running or closed since.

        Those of their own sensor, and those that judge another sensor with them.
        """
        times = [row.sample.source_ms for row in rows]
        ids = list({row.sensor.id for row in rows})
        return self.env["process.cycle"].search(
            [
                "|",
                "|",
                ("sensor_id", "in", ids),
                ("condition_sensor_id", "in", ids),
                ("flow_sensor_id", "in", ids),
                ("start_ms", "<=", max(times)),
                "|",
                ("end_ms", "=", 0),
                ("end_ms", ">=", min(times)),
            ],
            order="id",
        )

    def _judge(self, rows: list[Row], cycles, without: frozenset = frozenset()) -> None:
        """Set the verdicts of each cycle on each row, and the worst as the row's own.

        `without` are keys of readings of other sensors that are to be left out of it.
        """
        sensor_ids = {row.sensor.id for row in rows}
        by_sensor = defaultdict(list)
        own = cycles.filtered(lambda cycle: cycle.sensor_id.id in sensor_ids)
        for cycle in own:
            by_sensor[cycle.sensor_id.id].append(Watcher.of(cycle))
        said = self._find_said(rows, own.condition_sensor_id | own.flow_sensor_id, without)
        for row in rows:
            self._judge_row(row, by_sensor[row.sensor.id], said)
            if row.by_cycle:
                row.verdict = limits.worst(list(row.by_cycle.values()))
            elif not is_usable(row.sample.quality):
                row.verdict = limits.Verdict(limits.UNUSABLE)

    def _judge_row(self, row: Row, watchers: list, said: dict) -> None:
        moment, quality = row.sample.source_ms, row.sample.quality
        for watcher in watchers:
            if not watcher.start_ms <= moment <= watcher.end_ms:
                continue
            if row.sample.cycle not in (None, watcher.cycle_id):
                continue
            inputs = watcher.get_inputs(moment, said)
            if row.sensor.is_state:
                text = row.sample.text
                verdict = limits.classify_answer(text, watcher.rule, quality, inputs)
            else:
                verdict = limits.classify(row.value, watcher.rule, quality, inputs)
            row.by_cycle[watcher.cycle_id] = verdict

    def _find_said(self, rows: list[Row], sensors, without: frozenset = frozenset()) -> dict:
        """Return what condition and flow sensors said during the batch, and last before it.

        By sensor, in order of time: (time, state or flow in l/h); None where the quality was bad.
        """
        if not sensors:
            return {}
        times = [row.sample.source_ms for row in rows]
        query = SQL(
            """
            SELECT sensor_id, source_ms, sequence, text_value, value, quality FROM process_reading
             WHERE sensor_id = ANY(%(ids)s) AND source_ms BETWEEN %(from)s AND %(to)s
            UNION ALL
            SELECT earlier.* FROM unnest(%(ids)s) AS wanted (id), LATERAL (
                SELECT sensor_id, source_ms, sequence, text_value, value, quality
                  FROM process_reading
                 WHERE sensor_id = wanted.id AND source_ms < %(from)s
                   AND NOT (sensor_id, source_ms, sequence) IN (
                       SELECT * FROM unnest(%(s)s::int[], %(m)s::bigint[], %(q)s::bigint[]))
                 ORDER BY source_ms DESC, sequence DESC LIMIT 1
            ) AS earlier
            """,
            **{"ids": sensors.ids, "from": min(times), "to": max(times)},
            **{name: [key[i] for key in without] for i, name in enumerate("smq")},
        )
        lines = {tuple(line[:3]): line[3:] for line in self.env.execute_query(query)}
        found = {key: line for key, line in lines.items() if key not in without}
        for row in rows:
            if row.sensor.id in sensors._ids:
                found.setdefault(row.key, (row.sample.text, row.value, row.sample.quality))
        canonical = {sensor.id: sensor.canonical_unit for sensor in sensors}
        said = defaultdict(list)
        for (sensor_id, source_ms, _), (text, value, quality) in sorted(found.items()):
            what = text if value is None else _to_flow(value, canonical[sensor_id])
            said[sensor_id].append((source_ms, what if is_usable(quality) else None))
        return said

    def _find_next_ms(self, sensor, after_ms: int) -> int:
        """Return when a sensor next said something; 0 if it has not."""
        domain = [("sensor_id", "=", sensor.id), ("source_ms", ">", after_ms)]
        return self.search(domain, order="source_ms", limit=1).source_ms

    def _judge_again(self, readings, cycle, without: frozenset = frozenset()) -> list[Judged]:
        """Judge stored readings for one cycle; their own verdict stays as it was stored."""
        corrections = self._find_corrections(readings)
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
                    origin=r.origin,
                    is_correction=r.id in corrections,
                ),
                None if r.value is False else r.value,
                None,
                received_ms=r.received_ms,
            )
            for r in readings
        ]
        if rows:
            self._judge(rows, cycle, without)
        # what a person entered for another window is none of this cycle's
        mine = [row for row in rows if cycle.id in row.by_cycle]
        return [self._prepare_judged(row, row.by_cycle[cycle.id], cycle) for row in mine]

    def _prepare_judged(self, row: Row, verdict: limits.Verdict, cycle) -> Judged:
        limit = verdict.limit
        celsius = None
        if row.value is not None and limits.load_rule(cycle.limits_snapshot).heat_rule:
            celsius = units.convert(row.value, row.sensor.canonical_unit, "degC")
        return Judged(
            row.sample.source_ms,
            row.sample.sequence,
            row.value,
            row.sample.text,
            verdict.code,
            limit.reference if limit else "",
            limit.operator if limit else "",
            measure=verdict.measure,
            unit=limits.QUANTITY_UNITS.get(limit.quantity, "") if limit else "",
            celsius=celsius,
            entered_ms=self._get_entered_ms(row),
            basis=verdict.basis,
        )

    def _get_entered_ms(self, row: Row) -> int:
        """Return when a person entered it; what corrects an entry is not late by itself.

        The sequence does not tell: two batches may be entered for one point at one time.
        """
        is_entry = row.sample.origin == MANUAL and not row.sample.is_correction
        return row.received_ms if is_entry else 0


def _to_flow(value: float, unit: str) -> float:
    return units.convert(value, unit, "l/h")
