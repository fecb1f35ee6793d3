# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Chart, cycle evaluation and insert with millions of readings, against the same with 500 000.

Two databases side by side, alike but for the past of their sensors, measured in turns:
``chart_growth``: the chart of a batch of three hours, from its readings; ``chart_day_growth``: of
a day, from roll-ups; ``live_growth``: the live values of all running cycles; ``cycle_growth``: the
evaluation of all of them, with one breach whose end is still looked for; ``insert_growth``: a batch
of 500 new readings, judged, stored and committed. Each at most 1.5.

Size: 5 000 000 readings, or ``scripts/bench history -- --readings 50000000`` (15 GB of disk).
"""

import argparse
import contextlib
import os
import subprocess
import sys
import time

import _plant

MODULES = ["process_monitoring"]
SENSORS = 20
EVERY_MS = 5_000
BASE = 500_000
CHUNK = 500_000
HOUR_MS = 3_600_000
BATCH_MS, DAY_MS = 3 * HOUR_MS, 24 * HOUR_MS
REPETITIONS = 60

FILL = """
INSERT INTO process_reading (sensor_id, company_id, source_ms, sequence, received_ms, value,
                             raw_value, raw_unit, quality, origin, verdict)
SELECT sensor.id, sensor.company_id, moment, 0, moment + 200, value, value, 'degC', 192, 'mqtt',
       'conform'
  FROM generate_series(%s::bigint, %s::bigint, %s) AS moment,
       (SELECT id, company_id FROM process_sensor WHERE id = ANY(%s) ORDER BY id) AS sensor,
       LATERAL (SELECT 72.6 + (moment / 1000 * 7919 + sensor.id) %% 97 / 200.0 AS value) AS made
"""


def main():
    """Set up both plants, measure them in turns, report."""
    parser = argparse.ArgumentParser(prog="scripts/bench history --")
    parser.add_argument("--readings", type=int, default=5_000_000)
    most = parser.parse_args().readings
    _plant.start_odoo()
    few = Plant(os.environ["BATCHPROOF_DATABASE"])
    few.set_up()
    few.fill_back(BASE)
    few.begin_batches()
    with copied(few) as many:
        many.fill_back(most)
        for plant in (few, many):
            plant.settle()
        compare(few, many)


def compare(few, many):
    """Measure each action in both plants, in turns."""
    for name, action, repetitions in (
        ("chart_growth", Plant.draw_batch, REPETITIONS),
        ("chart_day_growth", Plant.draw_day, REPETITIONS),
        ("live_growth", Plant.show_live, REPETITIONS),
        ("cycle_growth", Plant.evaluate, REPETITIONS),
        ("insert_growth", Plant.insert, 2 * REPETITIONS),
    ):
        for plant in (few, many):  # once before it counts
            plant.do(action)
        baseline, figure = _plant.medians(
            repetitions, lambda a=action: few.do(a), lambda a=action: many.do(a)
        )
        _plant.report(name, figure, "ms", baseline)


@contextlib.contextmanager
def copied(plant):
    """A copy of a plant's database, dropped in the end."""
    from odoo import sql_db
    from odoo.modules.registry import Registry

    name = f"{plant.database}_many"
    sql_db.close_db(plant.database)
    subprocess.run(["createdb", "-T", plant.database, name], check=True)
    try:
        yield Plant(name, plant)
    finally:
        Registry.delete(name)
        sql_db.close_db(name)
        subprocess.run(["dropdb", "--force", name], check=True)


class Plant:
    """One database: sensors with a past, a running batch on each."""

    def __init__(self, database, other=None):
        self.database = database
        self.now_ms = other.now_ms if other else time.time_ns() // 1_000_000 // EVERY_MS * EVERY_MS
        self.newest_ms = self.now_ms
        self.sensor_ids = other.sensor_ids if other else []
        self.cycle_ids = other.cycle_ids if other else []
        self.count = other.count if other else 0
        self.turn = 0

    def env(self):
        """An environment that is committed in the end."""
        return _plant.open_env(self.database)

    def do(self, action):
        """One request: a transaction of its own, nothing remembered."""
        self.turn += 1
        with self.env() as env:
            action(self, env)

    # -- set up -------------------------------------------------------------------------------

    def set_up(self):
        """Make the sensors, and the months that the past needs."""
        from odoo.addons.process_monitoring.tools import partition

        with self.env() as env:
            parameter = env["process.parameter"].create(
                {"name": "Bench", "code": "bench", "kind": "measure", "unit": "degC"}
            )
            sensors = env["process.sensor"].create(
                [
                    {"name": code, "code": code, "parameter_id": parameter.id}
                    for code in (f"bench-{number}" for number in range(SENSORS))
                ]
            )
            self.sensor_ids = sensors.ids
            reading = env["process.reading"]
            for month in partition.months(self.now_ms, 0, behind=24):
                table = f"process_reading_{month.suffix}"
                if reading._is_partition_needed(table, month):
                    reading._create_partition(table, month)

    def fill_back(self, wanted):
        """Give the sensors a past, so that there are this many readings, and roll it up."""
        oldest_ms = self.now_ms - self.count // SENSORS * EVERY_MS
        while self.count < wanted:
            size = min(CHUNK, wanted - self.count) // SENSORS
            start_ms = oldest_ms - size * EVERY_MS
            last_ms = oldest_ms - EVERY_MS
            with self.env() as env:
                env.cr.execute(FILL, [start_ms, last_ms, EVERY_MS, self.sensor_ids])
                env["process.reading.rollup"]._rebuild(start_ms, oldest_ms)
            self.count += size * SENSORS
            oldest_ms = start_ms
            _plant.say(f"{self.database}: {self.count} of {wanted} readings")

    def begin_batches(self):
        """A batch of three hours runs on each sensor; one is in breach."""
        with self.env() as env:
            for sensor in env["process.sensor"].browse(self.sensor_ids):
                requirement = env["process.requirement"].create(
                    {
                        "name": sensor.code,
                        "parameter_id": sensor.parameter_id.id,
                        "sensor_id": sensor.id,
                        "control_class": "ccp",
                        "frequency": "continuous",
                        "max_gap_s": 86_400,
                        "limit_ids": [(0, 0, {"kind": "critical", "operator": "ge", "value": 72})],
                    }
                )
                cycle = requirement._open_cycle(self.now_ms - BATCH_MS, "Bench")
                self.cycle_ids.append(cycle.id)
            self._ingest(env, [(0, self.now_ms, 60.0)])
            env["process.cycle"].browse(self.cycle_ids)._evaluate(self.now_ms)

    def settle(self):
        """Let the database clean up and count before it is measured."""
        from odoo import sql_db

        sql_db.close_db(self.database)
        command = ["psql", "-qd", self.database, "-c", "VACUUM ANALYZE", "-c", "CHECKPOINT"]
        subprocess.run(command, check=True)

    # -- what is measured ---------------------------------------------------------------------

    def _next_cycle(self, env):
        return env["process.cycle"].browse(self.cycle_ids[self.turn % SENSORS])

    def draw_batch(self, env):
        """Draw the chart of a batch."""
        if not self._next_cycle(env).get_chart_data()["points"]:
            raise SystemExit("The chart is empty.")

    def draw_day(self, env):
        """Draw the chart of a day."""
        cycle = self._next_cycle(env)
        if len(cycle.get_chart_data(self.now_ms - DAY_MS, self.now_ms)["points"]) < 200:
            raise SystemExit("The chart of a day is not whole.")

    def show_live(self, env):
        """Show the live values of all batches."""
        env["process.cycle"].browse(self.cycle_ids).get_live_values()

    def evaluate(self, env):
        """Evaluate all running batches."""
        env["process.cycle"].browse(self.cycle_ids)._evaluate(self.now_ms)

    def insert(self, env):
        """Take 500 new readings."""
        points = []
        for _number in range(500 // SENSORS):
            self.newest_ms += 100
            points += [(place, self.newest_ms, 72.8) for place in range(1, SENSORS + 1)]
        self._ingest(env, points)

    def _ingest(self, env, points):
        from odoo.addons.process_monitoring.tools.sample import Sample

        samples = [
            Sample(f"bench-{place % SENSORS}", ms, value=value) for place, ms, value in points
        ]
        result = env["process.reading"]._ingest(samples, self.newest_ms)
        if result.stored != len(samples):
            raise SystemExit(f"{len(samples)} readings were sent, the door says {result}")


if __name__ == "__main__":
    sys.exit(main())
