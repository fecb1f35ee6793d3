# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is lost at the broker is detected and reported; how far the bridge has come is known."""

import json
import time
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.process_monitoring import clock

from ..bridge import worker as worker_module
from .bridge_case import BridgeCase, wait_until
from .common import change


class FindingCase(BridgeCase):
    def setUp(self):
        super().setUp()
        self.patch(worker_module, "CHECK_S", 0.2)

    def findings(self):
        return self.commit(
            lambda env: {
                finding.kind: finding.count
                for finding in env["mqtt.finding"].search([("broker_id", "=", self.broker_id)])
            }
        )

    def feed(self):
        """State and completeness of this connection, as the evaluation sees it."""

        def read(env):
            feed = env["process.feed"].search([("client", "=", self.line)])
            return feed.state, feed.complete_until_ms

        return self.commit(read)


@tagged("post_install", "-at_install")
class TestOverflow(FindingCase):
    broker_lines = ("max_queued_messages 20", "max_inflight_messages 20", "sys_interval 1")

    def test_queue_of_the_broker_overflows_and_it_is_reported(self):
        worker = self.start_worker()
        self.source.readings(0, 5)
        wait_until(lambda: len(self.stored()) == 5, "the first readings")
        wait_until(lambda: self.seen() >= 0, "the broker's counter before")
        self.stop_worker(worker)
        self.source.readings(5, 100)
        self.start_worker()
        wait_until(self.findings, "the finding")
        stored = len(self.stored())
        self.assertLess(stored, 105)
        self.assertGreaterEqual(self.findings()["overflow"], 105 - stored)

    def seen(self):
        return self.commit(lambda env: self.broker(env).dropped_seen)


@tagged("post_install", "-at_install")
class TestLostSession(FindingCase):
    def test_session_that_the_broker_lost_is_reported(self):
        worker = self.start_worker()
        self.source.readings(0, 5)
        self.assert_exactly_once()
        wait_until(lambda: self.health("subscribed_filters") not in (False, "[]"), "the filters")
        self.stop_worker(worker)
        self.assertEqual(self.findings(), {})
        self.source.close()
        self.mosquitto.stop()
        (self.folder / "mosquitto.db").unlink()
        self.mosquitto.start()
        self.start_worker()
        wait_until(lambda: "session" in self.findings(), "the finding")


@tagged("post_install", "-at_install")
class TestProgress(FindingCase):
    def test_a9_complete_only_when_the_backlog_is_through(self):
        worker = self.start_worker()
        wait_until(lambda: self.feed()[0] == "listening", "the feed")
        before = clock.now_ms()
        self.source.readings(0, 10)
        wait_until(lambda: self.feed()[1] > before, "progress with traffic")
        self.stop_worker(worker)
        state, complete_ms = self.feed()
        self.assertEqual(state, "stopped")
        self.source.readings(10, 200)
        time.sleep(0.2)
        worker = self.make_worker()
        commit = worker._store.commit
        blocked = []

        def hold_up(batch, router):
            if not blocked:
                blocked.append(self.feed())
                time.sleep(1.5)
            return commit(batch, router)

        with patch.object(worker._store, "commit", hold_up):
            worker.start()
            self.assert_exactly_once()
        self.assertEqual(blocked[0][0], "catching_up")
        self.assertEqual(blocked[0][1], complete_ms, "nothing is claimed before it is stored")
        wait_until(lambda: self.feed()[0] == "listening", "the backlog to be through")
        self.assertGreater(self.feed()[1], complete_ms)

    def test_too_old_is_refused_where_the_mapping_says_so(self):
        self.commit(lambda env: change(self.broker(env).mapping_ids, max_age_s=60) and None)
        self.start_worker()
        now = clock.now_ms()
        for number, age_ms in enumerate((0, 59_000, 62_000)):
            payload = {"ts": now - age_ms, "seq": number, "value": 70, "unit": "degC"}
            self.source.raw(f"plant/{self.line}/temp", json.dumps(payload).encode())
        wait_until(self.letters, "the dead letter")
        [(_topic, _payload, reason)] = self.letters()
        self.assertIn("62 s old", reason)
        wait_until(lambda: len(self.stored()) == 2, "the others")
