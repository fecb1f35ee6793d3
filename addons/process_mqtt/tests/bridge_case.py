# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A real broker, a real bridge and really committed records.

Everything of a test is named by a line of its own (`self.line`), in the main company: readings
stay, as readings do, and disturb nobody.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import paho.mqtt.client as mqtt
import psycopg2

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name
from odoo.tools import config

import odoo.addons
from odoo.addons.process_monitoring import clock

from ..bridge.worker import Worker
from .common import approve
from .mosquitto import PASSWORD, USER, Mosquitto, find_mosquitto

PATIENCE_S = 60


def wait_until(probe, what, seconds=PATIENCE_S):
    """Return the first truthy answer; fail by name."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


class Source:
    """A sensor's end of the wire: publishes with QoS 1 and knows what the broker has taken."""

    def __init__(self, port, line):
        self.line = line
        self.sent = []
        self._taken = threading.Semaphore(0)
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self._client.username_pw_set(USER, PASSWORD)
        self._client.max_inflight_messages_set(1000)
        self._client.on_publish = lambda *_arguments: self._taken.release()
        self._client.connect("localhost", port)
        self._client.loop_start()

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()

    def readings(self, first, count, tag="temp", pause_s=0.0, topic=None):
        """Publish `count` readings numbered from `first`; returns when all are taken."""
        begin = clock.now_ms() - 3_600_000
        for number in range(first, first + count):
            value = 70 + number % 50 / 10
            payload = {"ts": begin + number, "seq": number, "value": value, "unit": "degC"}
            self.sent.append((f"{self.line}-{tag}", begin + number, number, value))
            self.raw(topic or f"plant/{self.line}/{tag}", json.dumps(payload).encode(), wait=False)
            if pause_s:
                time.sleep(pause_s)
        self._wait(count)

    def raw(self, topic, payload, wait=True, retain=False):
        self._client.publish(topic, payload, qos=1, retain=retain)
        if wait:
            self._wait(1)

    def _wait(self, count):
        for _number in range(count):
            if not self._taken.acquire(timeout=PATIENCE_S):
                raise AssertionError("the broker does not take the messages")


class BridgeProcess:
    """`odoo mqtt_bridge` as it is run in a plant."""

    def __init__(self, folder):
        self.log = folder / f"bridge-{uuid.uuid4().hex[:6]}.log"
        places = ",".join(path for path in odoo.addons.__path__ if Path(path).is_dir())
        command = [
            *(sys.executable, "-m", "odoo", f"--addons-path={places}", "mqtt_bridge"),
            *("-c", config["config"], "-d", get_db_name(), f"--logfile={self.log}"),
            "--log-level=info",
        ]
        self.process = subprocess.Popen(
            command, env={**os.environ, "BATCHPROOF_MQTT_PASSWORD": PASSWORD}
        )

    def kill(self):
        """As power loss would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)

    def close(self):
        if self.process.poll() is None:
            self.kill()


class BridgeCase(BaseCase):
    broker_lines = ()
    """Configuration of the broker instead of queues without a bound."""

    def setUp(self):
        super().setUp()
        if not find_mosquitto():
            self.skipTest("The MQTT broker Mosquitto is not installed here.")
        self.folder = Path(tempfile.mkdtemp(prefix="bridge-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.registry = Registry(get_db_name())
        self.workers = []
        self.line = f"x{uuid.uuid4().hex[:10]}"
        self.mosquitto = Mosquitto(self.folder, extra=self.broker_lines).start()
        self.addCleanup(lambda: self.mosquitto.stop())
        self.broker_id = self.commit(self._make_records)
        self.addCleanup(self.commit, self._take_away)
        self.source = Source(self.mosquitto.port, self.line)
        self.addCleanup(lambda: self.source.close())

    def commit(self, work):
        """Call `work(env)` in a transaction of its own; ids go out, records do not."""
        with self.registry.cursor() as cr:
            return work(api.Environment(cr, SUPERUSER_ID, {}))

    def broker(self, env):
        return env["mqtt.broker"].browse(self.broker_id)

    def _take_away(self, env):
        """Leave no sensor that a later test could take for its own; readings cannot be deleted."""
        self.broker(env).active = False
        sensors = env["process.sensor"].search([("code", "=like", f"{self.line}-%")])
        parameters = sensors.parameter_id
        sensors.active = False
        parameters.active = False

    def _make_records(self, env):
        company = env.ref("base.main_company")
        parameter = env["process.parameter"].create(
            {"name": "T", "code": f"t_{self.line}", "kind": "measure", "unit": "degC"}
        )
        env["process.sensor"].create(
            [
                {
                    "name": tag,
                    "code": f"{self.line}-{tag}",
                    "parameter_id": parameter.id,
                    "company_id": company.id,
                }
                for tag in ("temp", "temp2")
            ]
        )
        broker = env["mqtt.broker"].create(
            {
                "name": self.line,
                "host": "localhost",
                "port": self.mosquitto.port,
                "company_id": company.id,
                "use_tls": False,
                "allow_plain": True,
                "username": USER,
                "client_id": self.line,
                "heartbeat_topic": f"batchproof/{self.line}",
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
        return broker.id

    def start_process(self):
        bridge = BridgeProcess(self.folder)
        self.addCleanup(bridge.close)
        return bridge

    def start_worker(self):
        """The machinery in this process: quicker where nothing is killed."""
        worker = self.make_worker()
        worker.start()
        wait_until(lambda: self.health("state") == "connected", "the connection")
        return worker

    def make_worker(self, instance=1):
        with_password = {**os.environ, "BATCHPROOF_MQTT_PASSWORD": PASSWORD}
        self.patch(os, "environ", with_password)
        settings = self.commit(lambda env: self.broker(env)._get_settings())
        worker = Worker(self.registry, settings, instance)
        self.addCleanup(self.stop_worker, worker)
        self.workers.append(worker)
        return worker

    @staticmethod
    def stop_worker(worker):
        if worker.is_alive():
            worker.stop()
            worker.join(30)

    def health(self, field):
        return self.commit(lambda env: self.broker(env)[field])

    def stored(self):
        """Every reading of this line as its source would name it, in the order of numbers."""
        return self.commit(self._read_stored)

    def _read_stored(self, env):
        env.cr.execute(
            """SELECT sensor.code, reading.source_ms, reading.sequence, reading.raw_value
                 FROM process_reading reading JOIN process_sensor sensor
                   ON sensor.id = reading.sensor_id
                WHERE sensor.code LIKE %s ORDER BY reading.sequence, sensor.code""",
            [f"{self.line}-%"],
        )
        return env.cr.fetchall()

    def assert_exactly_once(self):
        """What was published is in the table, each once, and nothing else is."""
        expected = sorted(self.source.sent, key=lambda row: (row[2], row[0]))
        wait_until(lambda: len(self.stored()) >= len(expected), f"{len(expected)} readings")
        self.assertEqual(self.stored(), expected)

    def letters(self):
        return self.commit(
            lambda env: [
                (letter.topic, letter.payload_preview, letter.reason)
                for letter in env["mqtt.dead.letter"].search(
                    [("broker_id", "=", self.broker_id)], order="id"
                )
            ]
        )

    def administer(self, *queries):
        """Run SQL from outside the tests' database, as its administrator."""
        connection = psycopg2.connect(**sql_db.connection_info_for("postgres")[1])
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                for query, arguments in queries:
                    cursor.execute(query, arguments)
        finally:
            connection.close()
