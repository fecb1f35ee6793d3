# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two bridges share the messages of one CCP: each stored once, its record as if there were one."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .bridge_case import BridgeCase, wait_until
from .common import change

COUNT = 400


@tagged("post_install", "-at_install")
class TestSharedCcp(BridgeCase):
    def setUp(self):
        super().setUp()
        self.requirement_id = self.commit(self._make_ccp)
        self.addCleanup(self.commit, self._end)

    def _make_ccp(self, env):
        change(
            self.broker(env).mapping_ids, topic_filter=f"$share/{self.line}/plant/{{line}}/{{tag}}"
        )
        self.broker(env).batch_size = 20  # many small batches get in each other's way
        sensor = env["process.sensor"].search([("code", "=", f"{self.line}-temp")])
        requirement = env["process.requirement"].create(
            {
                "name": self.line,
                "parameter_id": sensor.parameter_id.id,
                "sensor_id": sensor.id,
                "control_class": "ccp",
                "frequency": "continuous",
                "max_gap_s": 7_200,
                "limit_ids": [(0, 0, {"kind": "critical", "operator": "ge", "value": 72})],
            }
        )
        requirement._open_cycle(1_700_000_000_000, self.line)
        return requirement.id

    def _end(self, env):
        requirement = env["process.requirement"].browse(self.requirement_id)
        requirement.cycle_ids._close(requirement.cycle_ids.last_source_ms)
        requirement.active = False

    def figures(self):
        def read(env):
            cycle = env["process.requirement"].browse(self.requirement_id).cycle_ids
            names = ("reading_count", "breach_count", "min_value", "max_value", "last_source_ms")
            return [cycle[name] for name in names]

        return self.commit(read)

    @mute_logger("odoo.sql_db")
    def test_messages_that_overtake_each_other_make_the_same_record(self):
        first, second = self.start_worker(), self.make_worker(instance=2)
        second.start()
        wait_until(lambda: second._connection and second._connection.is_settled, "the other")
        self.source.readings(0, COUNT)
        self.assert_exactly_once()
        totals = first.health.total + second.health.total
        self.assertEqual((totals.stored, totals.duplicates), (COUNT, 0))
        self.assertTrue(first.health.total.stored and second.health.total.stored)
        values = [row[3] for row in self.source.sent]
        breaches = len([value for value in values if value < 72])
        newest_ms = max(row[1] for row in self.source.sent)
        wait_until(lambda: self.figures()[0] == COUNT, "the figures")
        self.assertEqual(self.figures(), [COUNT, breaches, min(values), max(values), newest_ms])
