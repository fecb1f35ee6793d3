# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A6: how much was made in the affected window, estimated by the flow sensor."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestEstimate(ProcessMonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requirement = cls._create_requirement(
            "Holding time",
            [("critical", "ge", 72.0)],
            flow_sensor_id=cls.flow_sensor.id,
            tube_volume_l=100,
            max_gap_s=3600,
            flow_max_age_s=600,
        )
        cls.requirement.limit_ids = [
            Command.create(
                {"kind": "critical", "operator": "ge", "quantity": "holding_time", "value": 15}
            )
        ]

    def deviate(self, *flows, until=20):
        """Good at 0, bad at 10, good again at `until` minutes; the flow before that."""
        cycle = self.open_cycle(self.requirement)
        self.feed(*flows, sensor="t-flow")
        self.feed((T0, 72.6), (T0 + 10 * MINUTE, 71.0))
        if until:
            self.feed((T0 + until * MINUTE, 72.6))
        cycle._evaluate(T0 + 21 * MINUTE)
        return cycle.deviation_ids.with_user(self.quality_manager)

    def test_a6_from_the_last_good_to_the_next_good(self):
        """A6: ten minutes at 6000 l/h and ten at 3000 are 1500 l; nothing of later."""
        flows = [(T0 - SECOND, 6000.0), (T0 + 10 * MINUTE, 3000.0), (T0 + 20 * MINUTE, 9000.0)]
        self.assertEqual(self.deviate(*flows).affected_estimate, "about 1500 l, by t-flow")

    def test_a6_as_long_as_it_is_not_over_it_is_so_far(self):
        deviation = self.deviate((T0, 6000.0), (T0 + 10 * MINUTE - 1, 6000.0), until=0)
        self.assertEqual(deviation.affected_estimate, "about 1000 l so far, by t-flow")

    def test_a6_without_a_flow_nothing_is_guessed(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6), (T0 + SECOND, 71.0))
        cycle._evaluate(T0 + 2 * SECOND)
        self.assertEqual(cycle.deviation_ids.affected_estimate, "")
        self.assertIn("not known: t-flow", self.deviate().affected_estimate)
