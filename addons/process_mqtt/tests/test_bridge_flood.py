# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A flood of refused messages from a real broker: bounded in the database, and all of it counted.

`BATCHPROOF_FLOOD=200000` makes it a long one.
"""

import os

from odoo.tests import tagged

from .bridge_case import BridgeCase, wait_until

SENT = int(os.environ.get("BATCHPROOF_FLOOD", "3000"))
PART = 1000
"""Published before the broker is waited for: paho has a packet id for so many, and more."""


@tagged("post_install", "-at_install")
class TestBridgeFlood(BridgeCase):
    def test_flood_of_invented_topics_and_malformed_payloads(self):
        self.commit(lambda env: self.broker(env).write({"letter_quota": 4, "letter_topics": 10}))
        self.start_worker()
        self.source.readings(0, 5)
        for first in range(0, SENT, PART):
            for number in range(first, first + PART):
                self.source.raw(f"plant/{self.line}/invented-{number}", b"{}", wait=False)
            self.source._wait(PART)
        for _number in range(50):
            self.source.raw(f"plant/{self.line}/temp", b"{", wait=False)
        self.source._wait(50)
        self.source.readings(5, 5)
        self.assert_exactly_once()
        wait_until(lambda: self.counted("count") == SENT + 50, "all to be counted", 600)
        letters = self.letters()
        hours = self.commit(lambda env: len(set(self.refusals(env).mapped("hour"))))
        self.assertEqual(len(letters), self.counted("kept"))
        self.assertLessEqual(len(letters), hours * (10 + 4 + 4))
        self.assertEqual(self.counted("left_out"), SENT + 50 - len(letters))
        of_sensor = [topic for topic, _payload, _reason in letters if topic.endswith("/temp")]
        self.assertGreaterEqual(len(of_sensor), 4, "the flood took no place of the sensor")
        found = self.commit(
            lambda env: [
                (finding.kind, finding.count, len(finding.activity_ids.user_id))
                for finding in env["mqtt.finding"].search([("broker_id", "=", self.broker_id)])
            ]
        )
        engineers = self.commit(
            lambda env: len(
                env["res.users"]._get_process_users(
                    "group_process_monitoring_engineer", self.broker(env).company_id
                )
            )
        )
        self.assertEqual(found, [("flood", self.counted("left_out"), engineers)])

    def refusals(self, env):
        return env["mqtt.refusal"].search([("broker_id", "=", self.broker_id)])

    def counted(self, field):
        return self.commit(lambda env: sum(self.refusals(env).mapped(field)))
