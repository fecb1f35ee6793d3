# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .. import clock
from ..tools import units
from ..tools.arrays import from_numbers, from_texts
from ..tools.sample import IngestResult, Sample, check
from .process_reading_judge import Row, SensorInfo

_INSERT = """
WITH new AS (
    INSERT INTO process_reading (
        sensor_id, source_ms, sequence, company_id, value, raw_value, raw_unit,
        text_value, quality, origin, verdict, limit_ref, cycle_id, basis, received_ms)
    SELECT batch.*, %s FROM unnest(
        %s::int[], %s::bigint[], %s::bigint[], %s::int[], %s::float8[], %s::float8[],
        %s::varchar[], %s::varchar[], %s::int[], %s::varchar[], %s::varchar[],
        %s::varchar[], %s::int[], %s::varchar[]) AS batch
    ON CONFLICT DO NOTHING
    RETURNING sensor_id, source_ms, sequence),
marked AS (
    INSERT INTO process_reading_dirty (sensor_ids, minutes)
    SELECT array_agg(sensor_id), array_agg(minute)
      FROM (SELECT DISTINCT sensor_id, source_ms / 60000 AS minute FROM new) AS touched
    HAVING count(*) > 0)
SELECT sensor_id, source_ms, sequence FROM new
"""


class ProcessReadingDoor(models.Model):
    """The only way in for readings: check, convert, judge at source time, store, hand over.

    Four queries a batch (sensors, cycles, states of condition sensors, one insert), one update of
    the sensors and one write for each cycle concerned, whatever the number of samples.
    """

    _inherit = "process.reading"

    @api.model
    def _ingest(self, samples: list[Sample], now_ms: int | None = None) -> IngestResult:
        """Store samples; return how many were stored, how many were known, which were refused.

        The only door for readings. A sample that cannot be taken is refused on its own, with a
        reason, and the rest is stored; nothing is guessed and nothing becomes 0. `now_ms` is the
        server's time (default: its clock). A sensor code is looked up in the companies of the
        environment, the current company first.
        """
        now_ms = clock.now_ms() if now_ms is None else now_ms
        door = self.sudo()
        rows, rejected = door._examine(samples, now_ms)
        stored, conflicts = door._take(rows, now_ms) if rows else (0, [])
        duplicates = len(rows) - stored - len(conflicts)
        return IngestResult(stored, duplicates, sorted(rejected + conflicts))

    @api.model
    def _examine(self, samples: list[Sample], now_ms: int) -> tuple[list[Row], list]:
        """Return the samples that can be taken, and (index, reason) of those that cannot."""
        sensors = self._find_sensors(samples)
        max_ahead_ms = self._get_max_ahead_ms()
        rows, rejected = [], []
        for index, sample in enumerate(samples):
            reason = check(sample, now_ms, max_ahead_ms)
            row = None
            if not reason:
                row, reason = self._prepare_row(index, sample, sensors)
            if reason:
                rejected.append((index, reason))
            else:
                rows.append(row)
        return rows, rejected

    def _take(self, rows: list[Row], now_ms: int) -> tuple[int, list]:
        """Judge, store and hand over; return how many are new, and which contradict others."""
        for row in rows:
            row.received_ms = now_ms
        cycles = self._find_cycles(rows)
        self._judge(rows, cycles)
        new_keys = self._store(rows, now_ms)
        # the first of two equal samples in a batch is the one that is stored
        new_rows, known_rows = [], []
        for row in rows:
            if row.key in new_keys:
                new_keys.remove(row.key)
                new_rows.append(row)
            else:
                known_rows.append(row)
        self._update_sensors(new_rows)
        self._hand_over(new_rows, cycles)
        return len(new_rows), self._find_conflicts(known_rows)

    # -- check --------------------------------------------------------------------------------

    def _find_sensors(self, samples: list[Sample]) -> dict[str, SensorInfo | str]:
        """Return the sensors by code; a text in place of a sensor says why there is none."""
        codes = {s.sensor for s in samples if isinstance(s.sensor, str)}
        found = defaultdict(list)
        domain = [("code", "in", list(codes)), ("company_id", "in", self.env.companies.ids)]
        for sensor in self.env["process.sensor"].search(domain):
            found[sensor.code].append(sensor)
        return {code: self._choose_sensor(code, sensors) for code, sensors in found.items()}

    def _choose_sensor(self, code: str, sensors: list) -> SensorInfo | str:
        own = [s for s in sensors if s.company_id == self.env.company] or sensors
        if len(own) > 1:
            return f"Several companies have a sensor {code!r}."
        [sensor] = own
        return SensorInfo(
            sensor.id,
            code,
            sensor.company_id.id,
            sensor.kind == "state",
            sensor.unit or "",
            sensor.canonical_unit or "",
        )

    @api.model
    def _prepare_row(self, index, sample, sensors) -> tuple[Row | None, str | None]:
        """Return the sample as a row, or why its sensor refuses it."""
        sensor = sensors.get(sample.sensor)
        if sensor is None:
            return None, f"There is no sensor with the code {sample.sensor!r}."
        if isinstance(sensor, str):
            return None, sensor
        if sensor.is_state:
            return self._prepare_state(index, sample, sensor)
        return self._prepare_measurement(index, sample, sensor)

    def _prepare_state(self, index, sample, sensor) -> tuple[Row | None, str | None]:
        if sample.value is not None:
            return None, f"Sensor {sensor.code} delivers a state as text, not a number."
        return Row(index, sensor, sample, None, None), None

    def _prepare_measurement(self, index, sample, sensor) -> tuple[Row | None, str | None]:
        if sample.text is not None:
            return None, f"Sensor {sensor.code} delivers a number, not the text {sample.text!r}."
        unit = sample.unit or sensor.unit
        try:
            known = units.parse(unit).code
            value = sample.value
            if value is not None:
                value = units.convert(value, known, sensor.canonical_unit)
            elif not units.is_compatible(known, sensor.canonical_unit):
                return None, f"{unit} cannot be converted into {sensor.canonical_unit}."
        except units.UnitError as error:
            return None, f"Sensor {sensor.code}: {error}"
        except OverflowError:
            return None, "The value is too large for a number."
        return Row(index, sensor, sample, value, known), None

    @api.model
    def _get_max_ahead_ms(self) -> int:
        """Return how far the clock of a source may be ahead of the server's."""
        return self.env.company.process_max_ahead_s * 1000

    # -- store --------------------------------------------------------------------------------

    def _store(self, rows: list[Row], now_ms: int) -> set[tuple[int, int, int]]:
        """Insert in one statement; return the keys of the readings that are new.

        The same statement marks the minutes they fall in, one row for the batch: their roll-ups
        are counted later, and no writer waits for another over a roll-up.
        """
        samples = [row.sample for row in rows]
        broken = [row.verdict.limit for row in rows]
        query = SQL(
            _INSERT,
            now_ms,
            from_numbers([row.sensor.id for row in rows]),
            from_numbers([sample.source_ms for sample in samples]),
            from_numbers([sample.sequence for sample in samples]),
            from_numbers([row.sensor.company_id for row in rows]),
            from_numbers([row.value for row in rows]),
            from_numbers([sample.value for sample in samples]),
            from_texts([row.raw_unit for row in rows]),
            from_texts([sample.text for sample in samples]),
            from_numbers([sample.quality for sample in samples]),
            from_texts([sample.origin for sample in samples]),
            from_texts([row.verdict.code for row in rows]),
            from_texts([limit and limit.reference for limit in broken]),
            from_numbers([sample.cycle for sample in samples]),
            from_texts([row.verdict.basis or None for row in rows]),
        )
        return set(self.env.execute_query(query))

    def _update_sensors(self, rows: list[Row]) -> None:
        """Note the newest reading on each sensor, in one statement."""
        newest = {}
        for row in rows:
            known = newest.get(row.sensor.id)
            if known is None or row.key > known.key:
                newest[row.sensor.id] = row
        if not newest:
            return
        rows = list(newest.values())
        samples = [row.sample for row in rows]
        self.env.cr.execute(
            SQL(
                """
                UPDATE process_sensor AS sensor
                   SET last_source_ms = new.source_ms, last_value = new.value,
                       last_text = new.text_value, last_quality = new.quality,
                       last_origin = new.origin
                  FROM unnest(%s::int[], %s::bigint[], %s::float8[], %s::varchar[], %s::int[],
                              %s::varchar[])
                       AS new (id, source_ms, value, text_value, quality, origin)
                 WHERE sensor.id = new.id
                   AND COALESCE(sensor.last_source_ms, 0) <= new.source_ms
                """,
                from_numbers(newest),
                from_numbers([sample.source_ms for sample in samples]),
                from_numbers([row.value for row in rows]),
                from_texts([sample.text for sample in samples]),
                from_numbers([sample.quality for sample in samples]),
                from_texts([sample.origin for sample in samples]),
            )
        )
        self.env["process.sensor"].browse(newest).invalidate_recordset(
            ["last_source_ms", "last_value", "last_text", "last_quality", "last_origin"]
        )

    # -- hand over ----------------------------------------------------------------------------

    def _hand_over(self, rows: list[Row], cycles) -> None:
        """Tell each cycle what it got; wake the evaluation if somebody must know."""
        judged = defaultdict(list)
        by_id = {cycle.id: cycle for cycle in cycles}
        for row in rows:
            for cycle_id, verdict in row.by_cycle.items():
                judged[cycle_id].append(self._prepare_judged(row, verdict, by_id[cycle_id]))
        concerned = cycles.filtered(lambda cycle: cycle.id in judged)
        is_urgent = [cycle._add_readings(judged[cycle.id]) for cycle in concerned]
        is_urgent += self._hand_over_late_inputs(rows, cycles)
        if any(is_urgent):
            self.env["process.cycle"]._trigger_evaluation()

    def _hand_over_late_inputs(self, rows: list[Row], cycles) -> list[bool]:
        """Have cycles look again where a condition or a flow came in after what it judges."""
        moments = defaultdict(list)
        for row in rows:
            moments[row.sensor.id].append(row.sample.source_ms)
        batch = frozenset(row.key for row in rows)
        is_urgent = []
        for cycle in cycles:
            for sensor in cycle.condition_sensor_id | cycle.flow_sensor_id:
                late = [ms for ms in moments[sensor.id] if ms <= cycle.last_source_ms]
                if late:
                    is_urgent.append(cycle._judge_late_inputs(sensor, late, batch))
        return is_urgent
