# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The plant of the bench of the bridge: its records, its bridges, and what they are beside."""

import contextlib
import functools
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import _plant
import _traffic
import psycopg2
from _processes import ended
from _traffic import LINE, SENSORS, START_MS, wait_for

COLUMNS = (
    "sensor_id, company_id, source_ms, sequence, received_ms, value, raw_value, raw_unit, "
    "quality, origin, verdict"
)
IDLE = "SELECT bool_and(nextcall > now() AT TIME ZONE 'UTC') FROM ir_cron WHERE active"
COUNTED = """SELECT count(*) FROM process_reading
 WHERE sensor_id IN (SELECT id FROM process_sensor WHERE code LIKE %s)
   AND source_ms >= %s AND source_ms < %s"""
TOLD = """SELECT sensor.code FROM process_alert alert
  JOIN process_cycle cycle ON cycle.id = alert.cycle_id
  JOIN process_sensor sensor ON sensor.id = cycle.sensor_id
 WHERE alert.kind = 'breach' AND EXISTS (
    SELECT FROM mail_activity activity
     WHERE (activity.res_model, activity.res_id) IN (
        ('process.alert', alert.id), ('process.deviation', alert.deviation_id)))
   AND sensor.code <> ALL(%s)"""


class Plant:
    """The records of the bench's database, and bridges on it."""

    def __init__(self, database, port):
        self.database = database
        self.port = port
        self.broker_id = 0

    def env(self):
        return _plant.open_env(self.database)

    def set_up(self, watched):
        """Sensors, the first of them under a critical limit, and the broker's record."""
        from odoo.addons.process_monitoring.tools import partition
        from odoo.addons.process_mqtt.tests.common import approve
        from odoo.addons.process_mqtt.tests.mosquitto import USER

        with self.env() as env:
            env["process.parameter"].create(
                {"name": "Bench", "code": "bench", "kind": "measure", "unit": "degC"}
            )
            sensors = self._make_sensors(env, "s", SENSORS)
            self._open_cycles(env, sensors[:watched], START_MS - 1_000)
            reading = env["process.reading"]
            for month in partition.months(START_MS, 2):
                table = f"process_reading_{month.suffix}"
                if reading._is_partition_needed(table, month):
                    reading._create_partition(table, month)
            broker = env["mqtt.broker"].create(
                {
                    "name": LINE,
                    "host": "localhost",
                    "port": self.port,
                    "use_tls": False,
                    "allow_plain": True,
                    "username": USER,
                    "client_id": LINE,
                }
            )
            mapping = env["mqtt.mapping"].create(
                {
                    "broker_id": broker.id,
                    "topic_filter": "plant/{line}/{tag}",
                    "sensor_template": "{line}-{tag}",
                }
            )
            approve(mapping)
            self.broker_id = broker.id

    @staticmethod
    def _make_sensors(env, letter, count):
        parameter = env["process.parameter"].search([("code", "=", "bench")])
        return env["process.sensor"].create(
            [
                {"name": code, "code": code, "parameter_id": parameter.id}
                for code in (f"{LINE}-{letter}{number}" for number in range(count))
            ]
        )

    @staticmethod
    def _open_cycles(env, sensors, start_ms):
        for sensor in sensors:
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
            requirement._open_cycle(start_ms, "Bench")

    def watch(self, count):
        """More sensors, each under a critical limit from now on; and somebody to be told."""
        with self.env() as env:
            group = env.ref("process_monitoring.group_process_monitoring_supervisor")
            manager = env.ref("process_monitoring.group_process_monitoring_quality_manager")
            for login, role in (("bench-supervisor", group), ("bench-manager", manager)):
                env["res.users"].create(
                    {"name": login, "login": login, "group_ids": [(4, role.id)]}
                )
            sensors = self._make_sensors(env, "w", count)
            self._open_cycles(env, sensors, time.time_ns() // 1_000_000 - 1_000)

    def ask(self, query, *arguments):
        """The one figure that a query gives."""
        with self._watching.cursor() as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchone()[0]

    @functools.cached_property
    def _watching(self):
        connection = self._connect()
        connection.autocommit = True
        return connection

    def close(self):
        self._watching.close()

    def get_given(self):
        """How many ids of readings were given, those of undone transactions too."""
        return self.ask("SELECT last_value - (NOT is_called)::int FROM process_reading_id_seq")

    def wait_stored(self, begin, count, target, seconds=600):
        """Wait until the readings of these numbers are committed.

        They are only counted, which costs something, once the ids have come to the target.
        """
        wait_for(lambda: self.get_given() >= target, "the readings", seconds, 0.02)
        numbers = START_MS + begin, START_MS + begin + count
        wait_for(
            lambda: self.ask(COUNTED, f"{LINE}-s%", *numbers) == count, "the last", seconds, 0.02
        )

    def _connect(self):
        return psycopg2.connect(dbname=self.database, host=os.environ["PGHOST"], user="odoo")

    # -- throughput ---------------------------------------------------------------------------

    def subscribe(self):
        _traffic.subscribe(self.port, LINE, "plant/+/+")

    def drain_in_process(self, count):
        """Messages a second of a worker, from its first batch to its last commit."""
        from odoo.modules.registry import Registry

        from odoo.addons.process_mqtt.bridge.worker import Worker

        with self.env() as env:
            settings = env["mqtt.broker"].browse(self.broker_id)._get_settings()
        worker = Worker(Registry(self.database), settings)
        begin = []
        put = worker.inbox.put

        def note_first(received):
            if not begin:
                begin.append(time.perf_counter())
            put(received)

        worker.inbox.put = note_first
        worker.start()
        wait_for(lambda: worker.health.total.total >= count, "the bridge", 300)
        rate = count / (time.perf_counter() - begin[0])
        stored = worker.health.total.stored
        worker.stop()
        worker.join()
        if stored != count:
            raise SystemExit(f"Only {stored} of {count} messages became readings.")
        return rate

    def copy_newest(self, count):
        """Rows a second that COPY alone writes into a table like the readings', same batches."""
        with contextlib.closing(self._connect()) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_copy (LIKE process_reading INCLUDING ALL)")
            text = io.StringIO()
            cursor.copy_expert(
                f"COPY (SELECT {COLUMNS} FROM process_reading ORDER BY id DESC LIMIT {count})"
                " TO STDOUT",
                text,
            )
            connection.commit()
            lines = text.getvalue().splitlines(keepends=True)
            batches = ["".join(lines[i : i + 500]) for i in range(0, len(lines), 500)]
            start = time.perf_counter()
            for batch in batches:
                cursor.copy_expert(f"COPY bench_copy ({COLUMNS}) FROM STDIN", io.StringIO(batch))
                connection.commit()
            taken = time.perf_counter() - start
            cursor.execute("DROP TABLE bench_copy")
            connection.commit()
        return count / taken

    def create_each(self, count):
        """Records a second of a naive bridge: one `create()` and one commit for each message.

        The readings refuse `create`; so it is measured on a model with as many plain columns.
        """
        start = time.perf_counter()
        for number in range(count):
            with self.env() as env:
                document = json.loads(_traffic.make_reading(number))
                env["mqtt.node"].create(
                    {
                        "broker_id": self.broker_id,
                        "name": f"{start}-{number}",
                        "state": "online",
                        "metric_count": document["seq"],
                        "birth_ms": document["ts"],
                    }
                )
        return count / (time.perf_counter() - start)

    # -- processes ----------------------------------------------------------------------------

    def share(self, alone=False):
        """Let the mapping be a shared subscription, or one bridge's alone."""
        from odoo.addons.process_mqtt.tests.common import change

        prefix = "" if alone else "$share/bench/"
        with self.env() as env:
            in_force = env["mqtt.broker"].browse(self.broker_id).mapping_ids._filter_in_force()
            change(in_force, topic_filter=f"{prefix}plant/{{line}}/{{tag}}")

    @contextlib.contextmanager
    def running_bridge(self, folder, instance=1):
        """`odoo mqtt_bridge` as it is run in a plant, connected."""
        import odoo.addons

        places = ",".join(path for path in odoo.addons.__path__ if Path(path).is_dir())
        log = folder / f"bridge-{instance}.log"
        log.unlink(missing_ok=True)
        command = [sys.executable, "-m", "odoo", f"--addons-path={places}", "mqtt_bridge"]
        options = ["-d", self.database, f"--bridge-instance={instance}", f"--logfile={log}"]
        options += ["-c", os.environ["BATCHPROOF_CONF"]]
        with ended(subprocess.Popen([*command, *options])) as process:
            wait_for(lambda: log.exists() and "Connected to MQTT" in log.read_text(), "a bridge")
            time.sleep(0.5)
            yield process

    @contextlib.contextmanager
    def running_odoo(self, folder):
        """A server whose scheduled actions run, in as many threads as our odoo.conf has."""
        log = folder / "odoo.log"
        command = [sys.executable, "-m", "odoo", "-c", os.environ["BATCHPROOF_CONF"]]
        options = ["-d", self.database, "--max-cron-threads=2", f"--logfile={log}"]
        with ended(subprocess.Popen([*command, *options])) as process:
            # in a new database all of them are due at once
            wait_for(lambda: self.ask(IDLE), "the scheduled actions")
            yield process

    # -- alerts -------------------------------------------------------------------------------

    def watch_alerts(self, alerts, seen):
        """Note when each breach had its alert, and an activity that somebody got for it."""
        with self._watching.cursor() as cursor:
            deadline = time.monotonic() + 60 + alerts
            while len(seen) < alerts and time.monotonic() < deadline:
                cursor.execute(TOLD, [list(seen)])
                now = time.time()
                for (code,) in cursor.fetchall():
                    seen.setdefault(code, now)
                time.sleep(0.02)
