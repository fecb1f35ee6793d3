# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A12: a device that was found wrong, and everything it has said since it was last good."""

from unittest.mock import patch

from psycopg2 import DatabaseError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.sample import Sample
from .common import MINUTE, SECOND, T0
from .test_calibration import DAY, CalibrationCase

# 1 March 10:00 and 15 March 10:00 of the rule, a day off for convenience
GOOD, FOUND = T0, T0 + 14 * DAY


class ReevaluationCase(CalibrationCase):
    """Offers `look_back`: the device is found wrong, and the scheduled work is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls.env["product.product"].create(
            {"name": "Milk", "type": "consu", "is_storable": True, "tracking": "lot"}
        )
        cls.lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in ("L-1", "L-2", "L-3")]
        )

    def setUp(self):
        super().setUp()
        self.calibrate(GOOD)
        lots_of = {}
        self.lots_of = lots_of
        cycles = type(self.env["process.cycle"])
        self.patch(
            cycles,
            "_get_affected_lots",
            lambda cycle: cycle.env["stock.lot"].browse(lots_of.get(cycle.id, ())),
        )

    def batch(self, day, values, lots=(), requirement=None, sensor=None):
        """Monitor one batch on a day after the good calibration; one reading a second."""
        start_ms = GOOD + day * DAY
        cycle = self.open_cycle(requirement, start_ms)
        points = [(start_ms + n * SECOND, value) for n, value in enumerate(values)]
        self.feed(*points, sensor=(sensor or self.sensor).code)
        cycle._close(start_ms + len(values) * SECOND)
        self.lots_of[cycle.id] = [lot.id for lot in lots]
        return cycle

    def look_back(self, error=0.4, at_ms=FOUND, **vals):
        calibration = self.calibrate(at_ms, error, **vals)
        record = calibration.reevaluation_ids
        if record:
            for cycle in record._get_remaining_cycles():
                record._reevaluate(cycle)
            record._finish()
        return record


@tagged("post_install", "-at_install")
class TestReevaluation(ReevaluationCase):
    def test_a12_the_readings_since_the_last_good_calibration(self):
        before = self.batch(-1, [72.0, 72.1])
        cycle = self.batch(3, [72.9, 72.39, 72.4, 72.0, 75.0], [self.lots[0]])
        fine = self.batch(5, [72.4, 73.0], [self.lots[1]])
        self.feed((GOOD + 6 * DAY, 70.0))
        record = self.look_back(0.4)
        self.assertEqual((record.last_good_ms, record.found_ms), (GOOD, FOUND))
        self.assertEqual(record.reading_count, 8, "all of them, monitored or not")
        self.assertEqual(record.line_ids.cycle_id, cycle | fine)
        self.assertNotIn(before, record.line_ids.cycle_id)
        line = record.line_ids.filtered(lambda x: x.cycle_id == cycle)
        self.assertEqual((line.reading_count, line.flagged_count), (5, 2), "72.4 was 72.0")
        self.assertEqual((line.worst_reading, line.worst_true), (72.0, 71.6))
        self.assertEqual(
            (line.first_ms, line.last_ms), (cycle.start_ms + 1000, cycle.start_ms + 3000)
        )
        self.assertEqual(record.state, "open")
        self.assertEqual(record.lot_ids, self.lots[0])
        domain = record.action_view_flagged()["domain"]
        flagged = self.env["process.reading"].search(domain)
        self.assertEqual(sorted(flagged.mapped("value")), [72.0, 72.39])
        every = self.env["process.reading"].search(record.action_view_readings()["domain"])
        self.assertEqual(len(every), 8)

    def test_a12_what_was_stored_stays(self):
        cycle = self.batch(3, [72.9, 72.1], [self.lots[0]])
        before = self.get_readings().read(["value", "verdict", "limit_ref"])
        figures = (cycle.breach_count, cycle.conform_count, cycle.last_verdict)
        self.look_back(0.4)
        self.get_readings().invalidate_recordset()
        self.assertEqual(self.get_readings().read(["value", "verdict", "limit_ref"]), before)
        self.assertEqual((cycle.breach_count, cycle.conform_count, cycle.last_verdict), figures)

    def test_a12_lots_are_held_and_each_needs_its_decision(self):
        cycle = self.batch(3, [72.1], self.lots[:2])
        other = self.batch(4, [72.2], self.lots[1:2])
        self.batch(5, [72.3], self.lots[2:])
        record = self.look_back(0.4)
        self.assertEqual(record.deviation_count, 3, "one for each lot")
        self.assertEqual(set(self.lots.mapped("hold_state")), {"held"})
        second = record.deviation_ids.filtered(lambda d: self.lots[1] in d.lot_ids)
        self.assertEqual(second.lot_ids, self.lots[1])
        self.assertEqual((second.kind, second.control_class), ("calibration", "ccp"))
        self.assertIn("+0.4 °C", second.description)
        self.assertIn("showed 72.1 °C and was 71.7 °C", second.description)
        self.assertIn("showed 72.2 °C and was 71.8 °C", second.description)
        self.assertEqual(second.last_bad_ms, other.last_source_ms)
        self.assertEqual(second.window_start_ms, cycle.start_ms)
        with self.assertRaisesRegex(UserError, "Every lot needs its decision.*L-1.*L-2.*L-3"):
            record.with_user(self.quality_manager).action_close()

    def settle(self, deviation, disposition="destroy"):
        deviation = deviation.with_user(self.quality_manager)
        deviation.write(
            {
                "disposition": disposition,
                "disposition_reason": "Too cold in truth",
                "cause_category": "measurement",
                "cause": "Drift",
                "correction": "Adjusted",
                "prevention": "Shorter interval",
            }
        )
        self.sign(deviation, "disposition", self.quality_manager)
        self.sign(deviation, "close", self.quality_manager)

    def test_a12_closed_by_signature_when_all_are_decided(self):
        self.batch(3, [72.1], self.lots[:1])
        self.batch(4, [72.2], self.lots[1:2])
        record = self.look_back(0.4, as_left_error=0.0, next_due="2099-01-01")
        self.settle(record.deviation_ids[0])
        self.assertEqual((record.decided_count, record.deviation_count), (1, 2))
        with self.assertRaisesRegex(UserError, "Every lot needs"):
            self.sign(record, "close", self.quality_manager)
        self.settle(record.deviation_ids[1])
        with self.assertRaises(AccessError):
            self.sign(record, "close", self.supervisor)
        self.sign(record, "close", self.quality_manager)
        self.assertEqual((record.state, record.closed_by_id), ("closed", self.quality_manager))
        self.assertEqual(record.signature_state, "valid")

    def test_a12_not_back_in_limits_before_the_device_is_good(self):
        self.batch(3, [72.1], self.lots[:1])
        record = self.look_back(0.4)
        self.assertFalse(record.deviation_ids.is_parameter_in_limits)
        self.calibrate(FOUND + DAY, 0.0, next_due="2099-01-01")
        record.deviation_ids.invalidate_recordset()
        self.assertTrue(record.deviation_ids.is_parameter_in_limits)

    def test_a20_product_of_a_ccp_is_not_released(self):
        self.batch(3, [72.1], self.lots[:1])
        deviation = self.look_back(0.4).deviation_ids
        self.assertNotIn("release", dict(deviation.get_allowed_dispositions()))

    # -- sign and direction -----------------------------------------------------------------------

    def upper(self, **vals):
        return self._create_requirement("Cooler", [("critical", "le", 6.0)], **vals)

    def test_a12_an_upper_limit_and_a_device_that_shows_too_much(self):
        self.batch(3, [5.0, 5.9, 6.0], self.lots[:1], self.upper())
        record = self.look_back(0.4)
        self.assertEqual((record.flagged_count, record.state), (0, "none"))
        self.assertEqual(self.lots[0].hold_state, "free")

    def test_a12_an_upper_limit_that_was_broken_in_truth_as_well(self):
        self.batch(3, [6.3, 6.4, 6.5], self.lots[:1], self.upper())
        self.assertEqual(self.look_back(0.4).flagged_count, 1)

    def test_a12_an_upper_limit_and_a_device_that_shows_too_little(self):
        self.batch(3, [5.5, 5.6, 5.7], self.lots[:1], self.upper())
        record = self.look_back(-0.4)
        self.assertEqual(record.flagged_count, 1)
        self.assertEqual(record.line_ids.worst_true, 6.1)

    def test_a12_a_lower_limit_and_a_device_that_shows_too_little(self):
        self.batch(3, [72.0, 72.1], self.lots[:1])
        self.assertEqual(self.look_back(-0.4).state, "none")

    def test_a12_fahrenheit(self):
        """An error of 0.9 °F is one of 0.5 °C: a difference has no offset."""
        self.sensor.unit = "degF"
        self.batch(3, [161.6, 162.5], self.lots[:1])
        record = self.look_back(0.9, unit="degF")
        self.assertEqual((record.error, record.unit), (0.5, "degC"))
        self.assertEqual(record.flagged_count, 1)

    def test_a12_within_the_permitted_error_nothing_is_looked_at(self):
        self.batch(3, [72.1], self.lots[:1])
        self.assertFalse(self.look_back(0.3))

    # -- which readings ---------------------------------------------------------------------------

    def test_a12_diverted_and_unusable_readings_say_nothing(self):
        requirement = self._create_requirement(
            "Conditional",
            [("critical", "ge", 72.0)],
            condition_sensor_id=self.valve.id,
            condition_value="forward",
        )
        start_ms = GOOD + 3 * DAY
        self.feed((start_ms, "divert"), sensor="t-valve")
        self.feed((start_ms + 2 * SECOND, "forward"), sensor="t-valve")
        cycle = self.open_cycle(requirement, start_ms)
        self.feed((start_ms + SECOND, 72.1), (start_ms + 3 * SECOND, 72.2))
        self.feed((start_ms + 4 * SECOND, 72.1), quality=0)
        cycle._close(start_ms + 5 * SECOND)
        record = self.look_back(0.4)
        self.assertEqual((record.line_ids.reading_count, record.flagged_count), (1, 1))

    def test_a12_operating_limits_hold_nothing(self):
        requirement = self._create_requirement("Operating", [("operating", "ge", 72.0)])
        self.batch(3, [72.1], self.lots[:1], requirement)
        self.assertEqual(self.look_back(0.4).state, "none")

    def test_a12_an_oprp_is_decided_on_too(self):
        self.ccp.control_class = "oprp"
        self.batch(3, [72.1], self.lots[:1])
        self.assertEqual(self.look_back(0.4).deviation_ids.control_class, "oprp")

    def test_a12_a_prp_is_listed_and_holds_nothing(self):
        self.ccp.control_class = "prp"
        self.batch(3, [72.1], self.lots[:1])
        record = self.look_back(0.4)
        self.assertEqual((record.flagged_count, record.state), (1, "none"))

    def test_a12_without_lots_the_window_itself_is_decided_on(self):
        self.batch(3, [72.1])
        record = self.look_back(0.4)
        self.assertEqual((record.deviation_count, record.state), (1, "open"))

    def test_a12_a_device_that_people_used_elsewhere(self):
        handheld = self._create_sensor("t-hand", self.temperature, calibration_tolerance=0.3)
        requirement = self._create_requirement(
            "By hand", [("critical", "ge", 72.0)], is_manual=True, frequency="on_demand"
        )
        start_ms = GOOD + 3 * DAY
        cycle = self.open_cycle(requirement, start_ms)
        for minute, value, device in ((1, "72.1", handheld), (2, "72.1", False)):
            with self.at_ms(start_ms + minute * MINUTE):
                cycle.with_user(self.operator).action_enter(
                    value=value, device_id=device and device.id
                )
        cycle._close(start_ms + 3 * MINUTE)
        self.lots_of[cycle.id] = self.lots[0].ids
        by_hand = self.look_back(0.4, sensor_id=handheld.id, next_due="2099-01-01")
        self.assertEqual((by_hand.line_ids.reading_count, by_hand.flagged_count), (1, 1))
        own = self.look_back(0.4)
        self.assertEqual(own.line_ids.flagged_count, 1)
        self.assertEqual(own.line_ids.first_ms, start_ms + 2 * MINUTE)

    # -- last good ------------------------------------------------------------------------------

    def test_a12_a_failed_one_in_between_is_not_good(self):
        self.batch(3, [72.1], self.lots[:1])
        self.calibrate(GOOD + 5 * DAY, 0.4)
        self.batch(7, [72.1], self.lots[1:2])
        self.assertEqual(self.look_back(0.4).last_good_ms, GOOD)

    def test_a12_one_that_was_adjusted_is_good_from_then_on(self):
        self.calibrate(GOOD + 5 * DAY, 0.5, as_left_error=0.0)
        self.batch(7, [72.1], self.lots[1:2])
        self.assertEqual(self.look_back(0.4).last_good_ms, GOOD + 5 * DAY)

    def test_a12_never_known_to_be_good(self):
        other = self._create_sensor("t-new", self.temperature, calibration_tolerance=0.3)
        requirement = self._create_requirement("New", [("critical", "ge", 72.0)], sensor=other)
        self.batch(-100, [72.1], self.lots[:1], requirement, other)
        record = self.look_back(0.4, sensor_id=other.id, next_due="2099-01-01")
        self.assertEqual((record.last_good_ms, record.flagged_count), (0, 1))

    # -- work -----------------------------------------------------------------------------------

    def test_a12_an_interrupted_run_goes_on_where_it_stopped(self):
        for day in (1, 2, 3):
            self.batch(day, [72.1], self.lots[day - 1])
        record = self.calibrate(FOUND, 0.4).reevaluation_ids
        self.assertEqual((record.state, record.cycle_count), ("running", 3))
        record._reevaluate(record._get_remaining_cycles()[0])
        self.assertEqual((record.done_count, round(record.progress)), (1, 33))
        self.assertEqual(len(record._get_remaining_cycles()), 2)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60.0):
            self.env["process.reevaluation"]._cron_reevaluate()
        self.assertEqual((record.state, record.done_count, record.deviation_count), ("open", 3, 3))
        self.assertIn(self.quality_manager, record.activity_ids.user_id)

    def test_a12_two_queries_a_window_however_many_readings(self):
        start_ms = GOOD + 3 * DAY
        cycle = self.open_cycle(None, start_ms)
        samples = [Sample("t-temp", start_ms + n * 100, value=72.1) for n in range(3000)]
        self.env["process.reading"]._ingest(samples)
        record = self.calibrate(FOUND, 0.4).reevaluation_ids
        lines = self.env["process.reevaluation.line"]
        lines._prepare_line(record, cycle)
        self.env.flush_all()
        with self.assertQueryCount(2):
            vals = lines._prepare_line(record, cycle)
        self.assertEqual(vals["flagged_count"], 3000)

    def test_a12_a_running_ccp_is_held(self):
        start_ms = FOUND - MINUTE
        cycle = self.open_cycle(None, start_ms)
        self.feed((start_ms, 72.1))
        held = []
        self.patch(type(cycle), "_hold", lambda cycles, deviation: held.append(deviation))
        record = self.look_back(0.4)
        self.assertEqual(held, [record.deviation_ids])

    def test_what_was_found_is_frozen(self):
        self.batch(3, [72.1], self.lots[:1])
        record = self.look_back(0.4)
        for target, vals in (
            (record, {"state": "closed"}),
            (record, {"error": 0.0}),
            (record.line_ids, {"flagged_count": 0}),
        ):
            with self.assertRaises(UserError):
                target.sudo().write(vals)
            with self.assertRaises(UserError):
                target.sudo().unlink()
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(DatabaseError),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE process_reevaluation_line SET flagged_count = 0")
