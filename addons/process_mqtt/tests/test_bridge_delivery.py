# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules A31 and A32 with a real broker: each reading exactly once, whatever is killed."""

import json
import random
import time
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..bridge.supervisor import Supervisor
from .bridge_case import BridgeCase, Source, wait_until
from .common import approve, change

LOGGERS = (
    "odoo.addons.process_mqtt.bridge.connection",
    "odoo.addons.process_mqtt.bridge.worker",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install")
class TestKilledBridge(BridgeCase):
    """The bridge as its own process, killed without a warning."""

    def test_killed_between_receive_and_commit(self):
        """The commit waits for a lock of ours: the bridge has received and stored nothing yet."""
        bridge = self.start_process()
        wait_until(lambda: self.health("state") == "connected", "the bridge")
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM process_sensor WHERE code LIKE %s FOR UPDATE", [f"{self.line}-%"]
            )
            self.source.readings(0, 50)
            self.source.raw(f"plant/{self.line}/temp", b"{")
            wait_until(self._is_waiting_for_lock, "the bridge to wait for the lock")
            bridge.kill()
        self.assertEqual(self.stored(), [])
        self.start_process()
        self.assert_exactly_once()
        wait_until(self.letters, "the dead letter")
        self.assertEqual(len(self.letters()), 1)

    def _is_waiting_for_lock(self):
        def ask(env):
            env.cr.execute(
                """SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'"""
            )
            return env.cr.fetchone()[0]

        return self.commit(ask)

    def test_five_hundred_messages_and_three_kills(self):
        chance = random.Random(31)
        bridge = self.start_process()
        wait_until(lambda: self.health("state") == "connected", "the bridge")
        for round_number in range(4):
            self.source.readings(round_number * 125, 125, pause_s=0.002)
            if round_number < 3:
                time.sleep(chance.uniform(0.0, 0.1))
                bridge.kill()
                bridge = self.start_process()
        self.assert_exactly_once()
        self.assertEqual(len(self.stored()), 500)
        self.assertEqual(self.letters(), [])

    def test_database_away_and_a_clean_stop(self):
        bridge = self.start_process()
        wait_until(lambda: self.health("state") == "connected", "the bridge")
        self.source.readings(0, 20)
        self.assert_exactly_once()
        name = self.registry.db_name
        self.addCleanup(self.administer, (f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true', None))
        self.administer(
            (f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', None),
            (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s AND application_name = %s",
                (name, f"odoo-{bridge.process.pid}"),
            ),
        )
        self.source.readings(20, 200)
        wait_until(lambda: "The database is away" in bridge.log.read_text(), "the outage")
        time.sleep(1)
        self.assertIsNone(bridge.process.poll())
        self.administer((f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true', None))
        self.assert_exactly_once()
        self.assertEqual(bridge.stop(), 0)
        self.assertEqual(self.health("state"), "stopped")
        self.assertNotIn("Traceback", bridge.log.read_text())
        self.assertNotIn("Only-for-tests", bridge.log.read_text())
        # what comes while no bridge runs waits at the broker
        self.source.readings(220, 10)
        self.start_process()
        self.assert_exactly_once()


@tagged("post_install", "-at_install")
class TestDelivery(BridgeCase):
    """The machinery in this process, the broker outside."""

    def test_malformed_messages_disturb_nothing(self):
        self.start_worker()
        self.source.readings(0, 5)
        topic = f"plant/{self.line}/temp"
        good = {"ts": 1795348800000, "seq": 1, "value": 70, "unit": "degC"}
        for payload in (
            b"",
            b"{",
            b"\xff\x00",
            json.dumps({**good, "value": "72,4"}).encode(),
            json.dumps({**good, "value": float("nan")}).encode(),
            json.dumps({**good, "ts": 4102444800000}).encode(),
            json.dumps({**good, "unit": "bar"}).encode(),
            b"x" * 1_000_000,
        ):
            self.source.raw(topic, payload)
        self.source.raw(f"plant/{self.line}/unknown", json.dumps(good).encode())
        self.source.readings(5, 5)
        self.assert_exactly_once()
        wait_until(lambda: len(self.letters()) >= 9, "nine dead letters")
        self.assertEqual(len(self.letters()), 9)
        self.assertTrue(all(reason for _topic, _payload, reason in self.letters()))
        wait_until(lambda: self.health("rejected_count") == 9, "the count")
        self.assertEqual(self.health("stored_count"), 10)
        self.assertEqual(self.health("message_count"), 19)
        self.assertEqual(self.health("dead_letter_count"), 9)

    def test_retained_replay_is_no_reading(self):
        payload = json.dumps({"ts": 1795348800000, "seq": 1, "value": 70, "unit": "degC"})
        self.source.raw(f"plant/{self.line}/temp", payload.encode(), retain=True)
        self.start_worker()
        wait_until(lambda: self.health("retained_count") == 1, "the retained message")
        self.source.readings(2, 3)
        self.assert_exactly_once()
        self.assertEqual(self.letters(), [])

    def test_mappings_change_while_messages_flow(self):
        worker = self.start_worker()
        self.source.readings(0, 20)
        self.commit(
            lambda env: (
                approve(
                    env["mqtt.mapping"].create(
                        {
                            "broker_id": self.broker_id,
                            "topic_filter": "other/{line}/{tag}",
                            "sensor_template": "{line}-{tag}",
                        }
                    )
                )
                and None
            )
        )
        worker.configure(self.registry, self.commit(lambda env: self.broker(env)._get_settings()))
        self.source.readings(20, 20)
        wait_until(lambda: "other/+/+" in (self.health("subscribed_filters") or ""), "the filter")
        self.source.readings(40, 20, topic=f"other/{self.line}/temp")
        self.source.readings(60, 20)
        self.assert_exactly_once()

    def test_supervisor_finds_the_change_by_itself(self):
        self.make_worker()  # only for the password in the environment
        supervisor = Supervisor(self.registry.db_name)
        self.addCleanup(lambda: supervisor._stop_workers(list(supervisor.workers)))
        supervisor.poll()
        self.assertIn(self.broker_id, supervisor.workers)
        wait_until(lambda: self.health("state") == "connected", "the connection")
        self.commit(lambda env: change(self.broker(env).mapping_ids, scale=0.1).id)
        supervisor.poll()
        self.assertEqual(supervisor.workers[self.broker_id]._settings.mappings[0].scale, 0.1)
        self.commit(lambda env: self.broker(env).write({"active": False}))
        supervisor.poll()
        self.assertNotIn(self.broker_id, supervisor.workers)
        self.assertEqual(self.health("state"), "stopped")

    def test_messages_survive_a_restart_of_the_broker(self):
        worker = self.start_worker()
        self.source.readings(0, 10)
        self.assert_exactly_once()
        self.stop_worker(worker)
        self.source.readings(10, 50)
        self.source.close()
        self.mosquitto.stop()
        self.mosquitto.start()
        self.start_worker()
        self.assert_exactly_once()

    @mute_logger(*LOGGERS)
    def test_bridge_comes_back_after_the_broker_was_away(self):
        self.start_worker()
        self.source.readings(0, 10)
        self.assert_exactly_once()
        self.source.close()
        self.mosquitto.stop()
        wait_until(lambda: self.health("state") == "error", "the lost connection")
        self.assertTrue(self.health("state_message"))
        self.mosquitto.start()
        wait_until(lambda: self.health("state") == "connected", "the connection")
        sent = self.source.sent
        self.source = Source(self.mosquitto.port, self.line)
        self.source.sent = sent
        self.source.readings(10, 10)
        self.assert_exactly_once()

    def test_second_bridge_stands_by_and_takes_over(self):
        first = self.start_worker()
        second = self.make_worker()
        second.start()
        self.source.readings(0, 20)
        self.assert_exactly_once()
        self.assertIsNone(second._connection)
        self.stop_worker(first)
        wait_until(lambda: second._connection and second._connection.is_connected, "the other")
        self.source.readings(20, 20)
        self.assert_exactly_once()
        self.assertEqual(second.health.total.stored, 20)

    def test_two_bridges_share_a_subscription(self):
        self.commit(
            lambda env: (
                change(
                    self.broker(env).mapping_ids,
                    topic_filter="$share/bridges/plant/{line}/{tag}",
                ).id
            )
        )
        first, second = self.start_worker(), self.make_worker(instance=2)
        second.start()
        wait_until(lambda: second._connection and second._connection.is_connected, "the other")
        time.sleep(0.5)
        self.source.readings(0, 200)
        self.assert_exactly_once()
        totals = first.health.total + second.health.total
        self.assertEqual((totals.stored, totals.duplicates), (200, 0))
        self.assertTrue(first.health.total.stored)
        self.assertTrue(second.health.total.stored)

    def test_mqtt_3_1_1(self):
        self.commit(lambda env: self.broker(env).write({"protocol": "311"}))
        worker = self.start_worker()
        self.source.readings(0, 100)
        self.assert_exactly_once()
        self.stop_worker(worker)
        self.source.readings(100, 20)
        self.start_worker()
        self.assert_exactly_once()

    def test_back_pressure(self):
        """Only `receive_maximum` messages are under way while nothing can be committed."""
        self.commit(lambda env: self.broker(env).write({"receive_maximum": 10}))
        worker = self.start_worker()
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM process_sensor WHERE code LIKE %s FOR UPDATE", [f"{self.line}-%"]
            )
            self.source.readings(0, 100)
            time.sleep(1)
            # and one notice at most: the broker's own counter may come in line with them
            self.assertLessEqual(len(worker.inbox) + len(worker._batch), 10 + 1)
        self.assert_exactly_once()

    @mute_logger(*LOGGERS)
    def test_one_poisoned_message_is_set_aside(self):
        """Something that only the database refuses: the rest of the batch is stored, in order."""
        worker = self.start_worker()
        receive = self.registry["mqtt.broker"]._receive

        def refuse(broker, messages, router):
            if any(b'"seq": 7,' in message.payload for message in messages):
                broker.env.cr.execute("SELECT 1 / 0")
            return receive(broker, messages, router)

        with patch.object(self.registry["mqtt.broker"], "_receive", refuse):
            self.source.readings(0, 20)
            wait_until(self.letters, "the dead letter")
            wait_until(lambda: len(self.stored()) == 19, "the other readings")
        self.assertEqual([row[2] for row in self.stored()], [n for n in range(20) if n != 7])
        [(topic, _payload, reason)] = self.letters()
        self.assertEqual(topic, f"plant/{self.line}/temp")
        self.assertIn("division by zero", reason)
        self.assertEqual(worker.health.total.rejected, 1)

    def test_heartbeat_and_last_will(self):
        heard = []
        listener = Source(self.mosquitto.port, self.line)
        self.addCleanup(listener.close)
        listener._client.on_message = lambda _c, _u, message: heard.append(
            json.loads(message.payload)["state"]
        )
        listener._client.subscribe(f"batchproof/{self.line}", qos=1)
        worker = self.start_worker()
        wait_until(lambda: "online" in heard, "the heartbeat")
        self.stop_worker(worker)
        wait_until(lambda: heard[-1] == "offline", "the farewell")
        self.assertEqual(heard[-1], "offline")
