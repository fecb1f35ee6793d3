# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A12 where the limit is on something computed: a holding time, a lethality."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import MINUTE, SECOND
from .test_calibration import DAY
from .test_reevaluation import GOOD, ReevaluationCase


@tagged("post_install", "-at_install")
class TestReevaluationComputed(ReevaluationCase):
    def test_a12_a_flow_meter_and_the_holding_time(self):
        """A5 seen again: at 1150 l/h in 4.7917 l it is 15 s; the meter showed 50 l/h too little."""
        requirement = self._create_requirement(
            "Holding time",
            [],
            flow_sensor_id=self.flow_sensor.id,
            tube_volume_l=4.7917,
            limit_ids=[
                Command.create(
                    {"kind": "critical", "operator": "ge", "quantity": "holding_time", "value": 15}
                )
            ],
        )
        start_ms = GOOD + 3 * DAY
        cycle = self.open_cycle(requirement, start_ms)
        points = [(start_ms + n * SECOND, flow) for n, flow in enumerate((1000, 1100, 1101, 1149))]
        self.feed(*points, sensor="t-flow")
        self.feed(*[(moment + 1, 72.9) for moment, _flow in points])
        cycle._close(start_ms + 5 * SECOND)
        self.lots_of[cycle.id] = self.lots[0].ids
        vals = {"sensor_id": self.flow_sensor.id, "tolerance": 10, "next_due": "2099-01-01"}
        self.assertEqual(cycle.breach_count, 0)
        record = self.look_back(-50, **vals)
        line = record.line_ids
        self.assertEqual((line.reading_count, line.flagged_count), (4, 2))
        self.assertEqual((line.quantity, line.worst_true), ("holding_time", 1199.0))
        self.assertEqual(self.lots[0].hold_state, "held")
        self.assertEqual(
            sorted(
                self.env["process.reading"]
                .search(record.action_view_flagged()["domain"])
                .mapped("value")
            ),
            [1101.0, 1149.0],
        )

    def divert(self, *moments):
        """The valve's states at times: (ms, state)."""
        self.feed(*moments, sensor="t-valve")

    def test_a12_a_diverted_reading_needs_no_decision(self):
        """A4 seen again: what is out of limits while diverting is not product."""
        condition = {"condition_sensor_id": self.valve.id, "condition_value": "forward"}
        requirement = self._create_requirement(
            "While forward", [("critical", "ge", 72.0)], **condition
        )
        start_ms = GOOD + 3 * DAY
        self.divert((start_ms, "forward"), (start_ms + 2 * SECOND, "divert"))
        values = [72.9, 72.3, 72.2, 72.1]
        cycle = self.batch(3, values, [self.lots[0]], requirement)
        line = self.look_back(0.4).line_ids
        self.assertEqual((line.flagged_count, line.worst_reading), (1, 72.3))
        self.assertEqual((line.first_ms, line.last_ms), (start_ms + SECOND, start_ms + SECOND))
        flagged = line.reevaluation_id.action_view_flagged()["domain"]
        self.assertEqual(self.env["process.reading"].search(flagged).mapped("value"), [72.3])
        self.assertEqual(cycle.breach_count, 0)

    def test_a12_a_valve_heard_of_later_counts_as_it_was(self):
        """Stored as not applicable, it went forward in truth; and the other way round."""
        condition = {"condition_sensor_id": self.valve.id, "condition_value": "forward"}
        requirement = self._create_requirement(
            "While forward", [("critical", "ge", 72.0)], condition_max_age_s=3600, **condition
        )
        start_ms = GOOD + 3 * DAY
        self.divert((start_ms, "divert"))
        self.batch(3, [72.3, 72.3, 72.2, 72.2], [self.lots[0]], requirement)
        self.divert((start_ms + SECOND, "forward"), (start_ms + 3 * SECOND, "divert"))
        line = self.look_back(0.4).line_ids
        self.assertEqual((line.flagged_count, line.worst_true), (2, 71.8))
        self.assertEqual(line.first_ms, start_ms + SECOND)
        self.assertEqual(self.lots[0].hold_state, "held")

    def test_a12_a_lethality_counts_only_while_forward(self):
        """Half of the ten minutes were diverted: the true figure is of the other half as well."""
        requirement = self._create_requirement(
            "PU",
            [],
            max_gap_s=120,
            lethality_method="pu",
            condition_sensor_id=self.valve.id,
            condition_value="forward",
            condition_max_age_s=3600,
            limit_ids=[
                Command.create(
                    {"kind": "critical", "operator": "ge", "quantity": "lethality", "value": 9}
                )
            ],
        )
        start_ms = GOOD + 3 * DAY
        cycle = self.open_cycle(requirement, start_ms)
        self.divert((start_ms, "forward"), (start_ms + 5 * MINUTE + 1, "divert"))
        self.feed(*[(start_ms + n * MINUTE, 62.0) for n in range(11)])
        cycle._close(start_ms + 10 * MINUTE)
        self.lots_of[cycle.id] = self.lots[0].ids
        half = 5 * 10 ** (2 / 7)
        self.assertAlmostEqual(cycle.lethality, half, 6)
        line = self.look_back(0.4).line_ids
        self.assertEqual(line.quantity, "lethality")
        self.assertAlmostEqual(line.worst_true, half * 10 ** (-0.4 / 7), 6)

    def test_a12_a_lethality_is_added_up_anew(self):
        """10 min shown as 62 °C are 19.307 PU; in truth it was 0.4 °C less, with z = 7."""
        requirement = self._create_requirement(
            "PU",
            [],
            frequency="continuous",
            max_gap_s=120,
            lethality_method="pu",
            limit_ids=[
                Command.create(
                    {"kind": "critical", "operator": "ge", "quantity": "lethality", "value": 18}
                )
            ],
        )
        start_ms = GOOD + 3 * DAY
        cycle = self.open_cycle(requirement, start_ms)
        self.feed(*[(start_ms + n * MINUTE, 62.0) for n in range(11)])
        cycle._close(start_ms + 10 * MINUTE)
        self.lots_of[cycle.id] = self.lots[0].ids
        self.assertAlmostEqual(cycle.lethality, 19.3070, 3)
        record = self.look_back(0.4)
        line = record.line_ids
        self.assertEqual(line.quantity, "lethality")
        self.assertAlmostEqual(line.worst_true, 19.3070 * 10 ** (-0.4 / 7), 3)
        self.assertIn(
            "believed to be 19.31 min and was 16.93 min", record.deviation_ids.description
        )
        self.assertEqual(self.lots[0].hold_state, "held")
        self.assertAlmostEqual(cycle.lethality, 19.3070, 3, "what was stored stays")
