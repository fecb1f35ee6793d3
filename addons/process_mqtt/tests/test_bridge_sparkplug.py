# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule A34 against an edge node that others wrote, over a real broker; A10 on its deaths."""

import json
import time
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.process_monitoring import clock

from ..bridge import worker as worker_module
from .bridge_case import BridgeCase, Source, wait_until
from .common import change
from .edge import Edge, find_edge_python

ALIAS = 5


class SparkplugCase(BridgeCase):
    def setUp(self):
        if not find_edge_python():
            self.skipTest("BATCHPROOF_EDGE_PYTHON is not set: run the tests by scripts/test.")
        super().setUp()
        self.patch(worker_module, "CHECK_S", 0.2)
        self.commit(self._make_sparkplug)
        self.edge = self.start_edge()

    def _make_sparkplug(self, env):
        self.broker(env).write(
            {
                "is_sparkplug": True,
                "host_id": self.line,
                "reorder_timeout_ms": 400,
                "heartbeat_topic": False,
            }
        )
        self._change_mapping(
            env,
            topic_filter=f"spBv1.0/{self.line}/{{node}}/{{device}}/Outlet/{{tag}}",
            sensor_template=f"{self.line}-{{tag}}",
            unit_path=False,
            unit="degC",
        )

    def _change_mapping(self, env, **values):
        change(self.broker(env).mapping_ids._filter_in_force(), **values)

    def start_edge(self, node="edge1"):
        edge = Edge(self.mosquitto.port, self.line, node)
        self.addCleanup(edge.close)
        return edge

    def metric(self, value, at_ms=None, **changes):
        named = {"name": "Outlet/temp", "alias": ALIAS, "type": "DOUBLE"}
        return {**named, "value": value, "ts": at_ms or clock.now_ms(), **changes}

    def by_alias(self, value, **changes):
        return {"alias": ALIAS, "type": "DOUBLE", "value": value, "ts": clock.now_ms(), **changes}

    def be_born(self, value=72.4, **changes):
        self.edge.connect()
        self.edge.do("birth", metrics=[self.metric(value, **changes)])
        wait_until(lambda: value in self.values(), "the value of the birth")

    def be_born_unheard(self):
        """Born, and its birth delivered to nobody, before a bridge listens."""
        self.edge.connect()
        self.edge.do("birth", metrics=[self.metric(72.4)])
        time.sleep(0.5)

    def values(self):
        return [row[3] for row in sorted(self.stored(), key=lambda row: row[1])]

    def newest(self):
        """Value and quality of the newest reading."""

        def read(env):
            env.cr.execute(
                """SELECT raw_value, quality, verdict, origin FROM process_reading r
                     JOIN process_sensor s ON s.id = r.sensor_id
                    WHERE s.code = %s ORDER BY source_ms DESC LIMIT 1""",
                [f"{self.line}-temp"],
            )
            return env.cr.fetchone()

        return self.commit(read)

    def findings(self):
        return self.commit(
            lambda env: {
                finding.kind: finding.count
                for finding in env["mqtt.finding"].search([("broker_id", "=", self.broker_id)])
            }
        )

    def states(self):
        return self.commit(
            lambda env: {
                node.name.removeprefix(f"{self.line}/"): node.state
                for node in env["mqtt.node"].search([("broker_id", "=", self.broker_id)])
            }
        )


@tagged("post_install", "-at_install")
class TestSparkplug(SparkplugCase):
    def test_metrics_without_a_mapping_are_listed_where_they_are_watched(self):
        watched = f"spBv1.0/{self.line}/+/htst/Inlet/#"
        self.commit(lambda env: self.broker(env).write({"watched_filters": watched}))
        self.start_worker()
        self.edge.connect()
        names = ("Inlet/temp", "Pump/speed")
        others = [self.metric(4, name=name, alias=20 + n) for n, name in enumerate(names)]
        self.edge.do("birth", metrics=[self.metric(72.4), *others])
        wait_until(lambda: 72.4 in self.values(), "the value of the birth")
        listed = wait_until(lambda: self.commit(self._read_listed), "the metric")
        self.assertEqual(listed, [(f"spBv1.0/{self.line}/edge1/htst/Inlet/temp", "Inlet-temp")])

    def _read_listed(self, env):
        listed = env["mqtt.unmapped"].search([("broker_id", "=", self.broker_id)])
        return [(found.topic, found.sensor_code) for found in listed]

    def test_births_aliases_deaths(self):
        self.start_worker()
        self.be_born()
        self.edge.do("data", metrics=[self.by_alias(72.5)])
        self.edge.do("data", metrics=[self.by_alias(72.6, quality=0)])
        self.edge.do("data", metrics=[self.by_alias(None, is_null=True)])
        wait_until(lambda: len(self.stored()) == 4, "the data")
        self.assertEqual(self.values(), [72.4, 72.5, 72.6, None])
        self.assertEqual(self.states(), {"edge1": "online", "edge1/htst": "online"})
        self.edge.do("data", metrics=[self.by_alias(72.7)])
        wait_until(lambda: self.newest()[:2] == (72.7, 192), "a good value")
        self.edge.do("device_death")
        wait_until(lambda: self.newest()[:3] == (None, 500, "unusable"), "A10: the device is dead")
        self.assertEqual(self.states(), {"edge1": "online", "edge1/htst": "offline"})
        self.assertEqual(self.findings(), {})
        self.assertEqual(self.letters(), [])

    def test_a34_gap_asks_for_rebirth(self):
        self.start_worker()
        self.be_born()
        self.edge.do("data", metrics=[self.by_alias(72.5)])
        self.edge.do("skip")
        self.edge.do("data", metrics=[self.by_alias(72.7)])
        wait_until(lambda: self.edge.rebirths == 1, "the question for births")
        wait_until(lambda: 72.7 in self.values(), "the value behind the gap")
        wait_until(self.findings, "the finding")
        self.assertEqual(self.findings(), {"gap": 1})
        self.assertEqual(self.values(), [72.4, 72.5, 72.7])
        self.assertEqual(self.letters(), [])

    def test_a34_stale_death_is_ignored_and_the_will_is_not(self):
        self.start_worker()
        self.edge.connect(bd_seq=7)
        self.edge.do("birth", metrics=[self.metric(72.4)])
        wait_until(lambda: self.values() == [72.4], "the birth")
        self.edge.do("node_death", bd_seq=6)
        self.edge.do("data", metrics=[self.by_alias(72.5)])
        wait_until(lambda: self.values() == [72.4, 72.5], "data after a stale death")
        self.assertEqual(self.states()["edge1"], "online")
        self.edge.kill()
        wait_until(lambda: self.newest()[1] == 500, "the will of a killed node")
        self.assertEqual(self.states(), {"edge1": "offline", "edge1/htst": "offline"})

    def test_a34_alias_before_birth_asks_for_rebirth(self):
        self.be_born_unheard()
        self.start_worker()
        self.edge.do("data", metrics=[self.by_alias(72.5)])
        wait_until(lambda: self.edge.rebirths, "the question for births")
        wait_until(lambda: 72.4 in self.values(), "the value of the birth")
        self.assertEqual(self.findings(), {"unborn": 1})
        [(topic, _payload, reason)] = self.letters()
        self.assertEqual(topic, f"spBv1.0/{self.line}/DDATA/edge1/htst")
        self.assertIn("no birth was received before", reason)

    def test_a34_the_session_is_clean(self):
        """Sparkplug 3.0: what the broker would keep for us must not come in another session."""
        for protocol in ("5", "311"):
            with self.subTest(protocol):
                self.commit(lambda env, p=protocol: self.broker(env).write({"protocol": p}))
                worker = self.start_worker()
                client = worker._connection._client
                if protocol == "5":
                    arguments = worker._connection._session_arguments()
                    self.assertIs(arguments["clean_start"], True)
                    self.assertEqual(arguments["properties"].SessionExpiryInterval, 0)
                else:
                    self.assertTrue(client._clean_session)
                self.stop_worker(worker)
        self.be_quiet_while_away()

    def be_quiet_while_away(self):
        self.be_born_unheard()
        self.start_worker()
        time.sleep(1)
        self.assertEqual(self.stored(), [], "nothing of before was queued")

    def test_host_state_as_in_3_0(self):
        """Will and birth carry one time, a clean leave its own; QoS 1 and retained."""
        heard = []
        listener = Source(self.mosquitto.port, self.line)
        self.addCleanup(listener.close)
        listener._client.on_message = lambda _c, _u, message: heard.append(
            (json.loads(message.payload), message.qos, message.topic)
        )
        listener._client.subscribe("spBv1.0/STATE/+", qos=1)
        worker = self.start_worker()
        wait_until(lambda: heard, "the birth of the host")
        document, qos, topic = heard[0]
        self.assertEqual((qos, topic), (1, f"spBv1.0/STATE/{self.line}"))
        self.assertEqual(set(document), {"online", "timestamp"})
        self.assertIs(document["online"], True)
        will = json.loads(worker._connection._client._will_payload)
        self.assertEqual(will, {"online": False, "timestamp": document["timestamp"]})
        listener.raw(topic, json.dumps(will).encode())
        wait_until(lambda: heard[-1][0]["online"] and len(heard) > 2, "the correction")
        self.stop_worker(worker)
        wait_until(lambda: heard[-1][0]["online"] is False, "the farewell")
        self.assertGreaterEqual(heard[-1][0]["timestamp"], document["timestamp"])

    def test_restart_asks_known_nodes_and_keeps_what_held(self):
        """A9, A10: what has not changed meanwhile has no gap; what has, has one."""
        at_ms = clock.now_ms() - 60_000
        worker = self.start_worker()
        self.be_born(at_ms=at_ms)
        wait_until(lambda: self.states().get("edge1") == "online", "the node")
        self.stop_worker(worker)
        worker = self.start_worker()
        wait_until(lambda: self.edge.rebirths, "the question for births")
        wait_until(lambda: worker.health.total.duplicates, "the same value once more")
        self.assertEqual(self.values(), [72.4])
        wait_until(self._is_complete, "the bridge to know how far it has come")
        self.stop_worker(worker)
        self.edge.do("birth", metrics=[self.metric(72.9)])
        self.start_worker()
        wait_until(lambda: 72.9 in self.values(), "the value that changed meanwhile")
        self.assertEqual(self.values(), [72.4, None, 72.9])

    def _is_complete(self):
        return self.commit(
            lambda env: env["process.feed"].search([("client", "=", self.line)]).complete_until_ms
        )

    def test_a10_online_and_unchanged(self):
        """What the source has not said again still holds, as long as it is connected."""
        requirement = self.commit(self._make_requirement)
        self.addCleanup(self.commit, lambda env: self._end(env, requirement))
        self.start_worker()
        self.be_born()
        noted = "unchanged_ms"
        wait_until(lambda: self.sensor_field(noted), "the first word")
        first = self.sensor_field(noted)
        wait_until(lambda: self.sensor_field(noted) > first, "the next word")
        self.edge.kill()
        wait_until(lambda: self.newest()[1] == 500, "the death")
        last = self.sensor_field(noted)
        time.sleep(0.6)
        self.assertEqual(self.sensor_field(noted), last, "nothing is said of the dead")

    def sensor_field(self, name):
        return self.commit(
            lambda env: env["process.sensor"].search([("code", "=", f"{self.line}-temp")])[name]
        )

    def _make_requirement(self, env):
        sensor = env["process.sensor"].search([("code", "=", f"{self.line}-temp")])
        requirement = env["process.requirement"].create(
            {
                "name": self.line,
                "parameter_id": sensor.parameter_id.id,
                "sensor_id": sensor.id,
                "control_class": "quality",
                "frequency": "on_demand",
            }
        )
        requirement._open_cycle(clock.now_ms(), self.line)
        return requirement.id

    def _end(self, env, requirement_id):
        requirement = env["process.requirement"].browse(requirement_id)
        requirement.cycle_ids._close(clock.now_ms())
        requirement.active = False

    def test_historical_values_keep_their_time(self):
        self.start_worker()
        self.be_born()
        old = clock.now_ms() - 3_600_000
        self.edge.do("data", metrics=[self.by_alias(71.0, ts=old, is_historical=True)])
        wait_until(lambda: 71.0 in self.values(), "the old value")
        self.assertEqual(self.values(), [71.0, 72.4])
        self.assertEqual(self.sensor_field("last_value"), 72.4)

    def test_types_and_what_is_no_value(self):
        """Every type that a reading can be, as another library encodes it."""
        sent = [
            ("INT8", -5),
            ("INT16", -300),
            ("INT32", -70_000),
            ("INT64", -(2**40)),
            ("UINT8", 250),
            ("UINT16", 65_000),
            ("UINT32", 4_000_000_000),
            ("UINT64", 2**50),
            ("FLOAT", 72.4),
            ("DOUBLE", 71.96),
        ]
        now = clock.now_ms()
        metrics = [
            self.metric(value, now + number, type=kind, alias=None)
            for number, (kind, value) in enumerate(sent)
        ]
        metrics += [
            self.metric("hot", now + 20, type="STRING", alias=None),
            self.metric(True, now + 21, type="BOOLEAN", alias=None),
            self.metric(1.0, now + 22, alias=None, is_transient=True),
        ]
        self.start_worker()
        self.edge.connect()
        self.edge.do("birth", metrics=metrics)
        wait_until(lambda: len(self.letters()) == 3, "the refusals")
        self.assertEqual(self.values(), [float(value) for _kind, value in sent])
        reasons = " ".join(reason for _topic, _payload, reason in self.letters())
        for words in ('"hot", not a number', '"true", not a number', "transient"):
            self.assertIn(words, reasons)

    def test_malformed_is_a_dead_letter_and_asks_for_rebirth(self):
        self.start_worker()
        self.be_born()
        self.edge.do("raw", kind="DDATA", hex="ffff00ff")
        wait_until(lambda: self.edge.rebirths, "the question for births")
        wait_until(self.letters, "the dead letter")
        self.assertEqual(self.findings(), {"malformed": 1})
        self.edge.do("data", metrics=[self.by_alias(72.8)])
        wait_until(lambda: 72.8 in self.values(), "the bridge goes on")

    @mute_logger("odoo.addons.process_mqtt.bridge.worker")
    def test_a_host_that_cannot_store_is_offline(self):
        """Nodes that have it as their primary host keep their values meanwhile."""
        worker = self.start_worker()
        self.be_born()
        heard = []
        listener = Source(self.mosquitto.port, self.line)
        self.addCleanup(listener.close)
        listener._client.on_message = lambda _c, _u, message: heard.append(
            json.loads(message.payload)["online"]
        )
        listener._client.subscribe("spBv1.0/STATE/+", qos=1)
        wait_until(lambda: heard == [True], "the state")
        with patch.object(worker._store, "commit", side_effect=psycopg2.OperationalError("away")):
            self.edge.do("data", metrics=[self.by_alias(72.5)])
            wait_until(lambda: False in heard, "the host to say that it is offline")
        wait_until(lambda: heard[-1], "the host to be back")
        wait_until(lambda: 72.5 in self.values(), "what had come before it left")
        self.assertEqual((heard[0], heard[-1]), (True, True))

    def test_dead_letter_of_a_metric_can_be_replayed(self):
        """Its address and value are kept in words, whatever the alias meant."""
        self.start_worker()
        self.be_born()
        self.commit(lambda env: self._change_mapping(env, unit="bar"))
        wait_until(self._reconfigured, "the other mapping")
        self.edge.do("data", metrics=[self.by_alias(72.5)])
        wait_until(self.letters, "the dead letter")
        [(topic, _payload, reason)] = self.letters()
        self.assertEqual(topic, f"spBv1.0/{self.line}/edge1/htst/Outlet/temp")
        self.assertIn("bar", reason)
        self.commit(self._replay)
        self.assertEqual(self.values(), [72.4, 72.5])

    def _reconfigured(self):
        settings = self.commit(lambda env: self.broker(env)._get_settings())
        self.workers[-1].configure(self.registry, settings)
        return True

    def _replay(self, env):
        self._change_mapping(env, unit="degC")
        env["mqtt.dead.letter"].search([("broker_id", "=", self.broker_id)]).action_replay()
