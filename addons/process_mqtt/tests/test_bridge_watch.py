# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A real broker: what comes on a watched prefix is listed, and no reading suffers by it."""

import json
import time

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.process_monitoring import clock

from ..bridge import watch
from ..bridge import worker as worker_module
from ..models import mqtt_unmapped
from .bridge_case import BridgeCase, wait_until


@tagged("post_install", "-at_install")
class TestWatch(BridgeCase):
    def setUp(self):
        super().setUp()
        self.patch(worker_module, "CHECK_S", 0.2)
        self.patch(watch, "COUNT_S", 0)
        self.commit(lambda env: self.broker(env).write({"watched_filters": "other/#\nplant/#"}))

    def listed(self):
        """Topic, how often, and what is missing."""
        return self.commit(
            lambda env: {
                found.topic: (found.count, found.lacking)
                for found in env["mqtt.unmapped"].search([("broker_id", "=", self.broker_id)])
            }
        )

    def publish(self, topic, count=1, retain=False):
        for _number in range(count):
            payload = json.dumps({"ts": clock.now_ms(), "value": 5}).encode()
            self.source.raw(topic, payload, retain=retain)

    def test_new_topics_are_listed_and_readings_come_once(self):
        self.publish("other/before", retain=True)
        self.start_worker()
        wait_until(lambda: "other/before" in self.listed(), "the retained topic")
        self.publish("other/silo/level", 3)
        self.publish(f"plant/{self.line}/ph")
        self.source.readings(0, 50)
        self.assert_exactly_once()
        expected = {
            "other/before": (1, "mapping"),
            "other/silo/level": (3, "mapping"),
            f"plant/{self.line}/ph": (1, "sensor"),
        }
        wait_until(lambda: len(self.listed()) >= 3, "the three topics")
        time.sleep(1)
        self.assertEqual(self.listed(), expected)
        self.assertEqual(len(self.letters()), 1, "only what a mapping reads is kept")
        wait_until(lambda: self.health("stored_count") == 50, "the report")
        self.assertEqual(self.health("duplicate_count"), 0)

    def test_watching_follows_the_record_and_leaves_the_readings_alone(self):
        self.publish("other/a", retain=True)
        worker = self.start_worker()
        wait_until(lambda: "other/a" in self.listed(), "the topic")
        number = worker._connection._number
        settings = self.commit(self._watch_less)
        worker.configure(worker.registry, settings)
        wait_until(lambda: worker._watcher._connection is None, "the end of watching")
        self.publish("other/b")
        self.source.readings(0, 5)
        self.assert_exactly_once()
        self.assertNotIn("other/b", self.listed())
        self.assertEqual(worker._connection._number, number, "the connection stayed")

    def _watch_less(self, env):
        self.broker(env).watched_filters = False
        return self.broker(env)._get_settings()

    def test_two_workers_tell_of_a_silence_once(self):
        """Both look at the same moment: the row's lock lets one of them tell."""
        later = clock.now_ms() + 400_000
        self.commit(
            lambda env: self.broker(env).write({"responsible_id": env.ref("base.user_admin").id})
        )
        with self.registry.cursor() as one, self.registry.cursor() as two:
            first, second = (
                self.broker(api.Environment(cr, SUPERUSER_ID, {})) for cr in (one, two)
            )
            # its transaction begins before the other's commit
            self.assertEqual(second.name, self.line)
            first._watch_bridge(later)
            first.env.flush_all()
            second._watch_bridge(later)
            self.assertFalse(second.activity_ids)
            # both are workers of their own: what one has done is committed while the other looks
            one.commit()  # pylint: disable=invalid-commit
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                second._watch_bridge(later)
            two.rollback()
            second._watch_bridge(later)
        self.assertEqual(self.commit(lambda env: len(self.broker(env).activity_ids)), 1)

    def test_an_attack_does_not_fill_the_table(self):
        self.patch(mqtt_unmapped, "MOST_LISTED", 20)
        self.publish("other/before", retain=True)
        self.start_worker()
        wait_until(self.listed, "the retained topic")
        for number in range(200):
            self.source.raw(f"other/attack/{number}", b"x", wait=False)
        self.source._wait(200)
        wait_until(lambda: self.health("unlisted_count") == 181, "the count of the rest")
        self.assertEqual(len(self.listed()), 20)
        self.source.readings(0, 5)
        self.assert_exactly_once()
