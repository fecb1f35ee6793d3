# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The door: each sample is checked on its own, the rest is stored once, judged at source time."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.sample import Sample
from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestIngest(ProcessMonitoringCase):
    def reject(self, sample):
        """Deliver one bad sample between two good ones; return why it was refused."""
        good = [Sample("t-temp", T0 + n, value=72.6) for n in (1, 2)]
        result = self.env["process.reading"]._ingest([good[0], sample, good[1]])
        self.assertEqual(result.stored, 2, "The good ones are stored")
        [(index, reason)] = result.rejected
        self.assertEqual(index, 1)
        self.assertEqual(len(self.get_readings()), 2, "Nothing is written for the bad one")
        return reason

    def test_stored_as_delivered_and_in_canonical_unit(self):
        result = self.feed((T0, 161), unit="degF")
        self.assertEqual((result.stored, result.duplicates, result.rejected), (1, 0, []))
        reading = self.get_readings()
        self.assertEqual((reading.raw_value, reading.raw_unit), (161.0, "degF"))
        self.assertEqual(reading.value, 129 * 5 / 9)
        self.assertEqual(reading.verdict, "unjudged")
        self.assertEqual(reading.quality, 192)
        self.assertEqual(reading.received_ms, T0)

    def test_late_readings_are_not_silence(self):
        cycle = self.open_cycle(start_ms=T0)
        served_ms = T0 + 40 * 60 * SECOND
        with self.at_ms(served_ms):
            self.env["process.reading"]._ingest([Sample("t-temp", T0 + SECOND, value=72.6)])
        cycle._evaluate(served_ms + 10 * SECOND)
        self.assertFalse(cycle.alert_ids, "It came in 10 s ago, whatever its own time")
        cycle._evaluate(served_ms + 11 * SECOND)
        self.assertEqual(cycle.alert_ids.mapped("kind"), ["stale"], "Nothing for 11 s")

    def test_unit_of_the_sensor_is_the_default(self):
        self.sensor.unit = "degF"
        self.feed((T0, 212))
        self.assertEqual(self.get_readings().value, 100.0)

    def test_refused_unknown_sensor(self):
        self.assertIn("no sensor", self.reject(Sample("nobody", T0, value=1)))

    def test_refused_not_a_number(self):
        self.assertIn("finite", self.reject(Sample("t-temp", T0, value=float("nan"))))

    def test_refused_infinite(self):
        self.assertIn("finite", self.reject(Sample("t-temp", T0, value=float("-inf"))))

    def test_refused_text_for_a_number(self):
        reason = self.reject(Sample("t-temp", T0, value="72,4"))
        self.assertIn("'72,4' is not a number", reason)

    def test_refused_text_field_for_a_number(self):
        reason = self.reject(Sample("t-temp", T0, text="72,4"))
        self.assertIn("delivers a number", reason)

    def test_refused_number_for_a_state(self):
        self.assertIn("delivers a state", self.reject(Sample("t-valve", T0, value=1)))

    def test_refused_wrong_unit(self):
        reason = self.reject(Sample("t-temp", T0, value=72, unit="bar"))
        self.assertIn("cannot be converted", reason)

    def test_refused_unknown_unit(self):
        self.assertIn("not a unit", self.reject(Sample("t-temp", T0, value=72, unit="furlong")))

    def test_refused_missing_timestamp(self):
        self.assertIn("missing", self.reject(Sample("t-temp", None, value=72)))

    def test_refused_timestamp_in_seconds(self):
        self.assertIn("milliseconds", self.reject(Sample("t-temp", T0 // 1000, value=72)))

    def test_refused_no_value(self):
        self.assertIn("no value", self.reject(Sample("t-temp", T0)))

    def test_refused_what_the_database_cannot_hold(self):
        self.assertIn("printed", self.reject(Sample("t-valve", T0, text="a\x00b")))
        result = self.env["process.reading"]._ingest([Sample("t-temp", T0, value=10**400)])
        self.assertIn("too large", result.rejected[0][1])

    def test_future_is_refused_beyond_the_tolerance(self):
        door = self.env["process.reading"]
        samples = [Sample("t-temp", T0 + ms, value=72.6) for ms in (5_000, 5_001, 7_200_000)]
        result = door._ingest(samples, now_ms=T0)
        self.assertEqual(result.stored, 1, "5 s ahead is within the clocks' tolerance")
        self.assertEqual([index for index, _ in result.rejected], [1, 2])
        self.company.process_max_ahead_s = 10
        self.assertEqual(door._ingest([samples[1]], now_ms=T0).stored, 1)

    def test_duplicates_are_dropped(self):
        points = [(T0, 72.6), (T0 + SECOND, 72.7)]
        self.assertEqual(self.feed(*points).stored, 2)
        result = self.feed(*points, (T0 + 2 * SECOND, 72.8))
        self.assertEqual((result.stored, result.duplicates), (1, 2))
        self.assertEqual(len(self.get_readings()), 3)

    def test_duplicate_keeps_the_first_and_counts_once(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        self.feed((T0, 71.0))
        self.assertEqual(self.get_readings().value, 72.6)
        self.assertEqual((cycle.reading_count, cycle.breach_count), (1, 0))
        result = self.feed((T0 + SECOND, 72.6), (T0 + SECOND, 72.6))
        self.assertEqual((result.stored, result.duplicates), (1, 1))
        self.assertEqual(cycle.reading_count, 2)

    def test_sequence_tells_readings_of_one_millisecond_apart(self):
        samples = [Sample("t-temp", T0, number, value=72.6) for number in (1, 2)]
        self.assertEqual(self.env["process.reading"]._ingest(samples).stored, 2)

    def test_zero_is_a_value_and_no_value_is_none(self):
        self.feed((T0, 0.0))
        self.env["process.reading"]._ingest([Sample("t-temp", T0 + 1, quality=0)])
        zero, nothing = self.get_readings()
        self.assertIsNot(zero.value, False)
        self.assertEqual(zero.value, 0.0)
        self.assertIs(nothing.value, False)
        self.assertEqual(nothing.verdict, "unusable")
        self.assertEqual(nothing.read(["value"])[0]["value"], False)

    def test_every_number_and_text_arrives_as_it_is(self):
        values = [0.1 + 0.2, -1.7976931348623157e308, 5e-324, 10**22, -0.0]
        states = ['"', "\\", '{"a, b"}', "NULL", "null", " x ", "'; --", "%s", "Ä€"]
        samples = [Sample("t-temp", T0 + n, value=value) for n, value in enumerate(values)]
        samples += [Sample("t-valve", T0 + n, text=text) for n, text in enumerate(states)]
        result = self.env["process.reading"]._ingest(samples, T0)
        self.assertEqual((result.stored, result.rejected), (len(samples), []))
        self.env.cr.execute(
            """SELECT value, text_value FROM process_reading
                WHERE sensor_id IN %s ORDER BY text_value IS NULL, source_ms""",
            [tuple((self.sensor | self.valve).ids)],
        )
        found = self.env.cr.fetchall()
        self.assertEqual([text for _value, text in found[: len(states)]], states)
        self.assertEqual([value for value, _text in found[len(states) :]], values)
        again = self.env["process.reading"]._ingest(samples, T0)
        self.assertEqual((again.duplicates, again.rejected), (len(samples), []))

    def test_empty_batch(self):
        result = self.env["process.reading"]._ingest([])
        self.assertEqual((result.stored, result.duplicates, result.rejected), (0, 0, []))

    def test_sensor_knows_its_newest_reading(self):
        self.feed((T0 + SECOND, 72.7), (T0, 72.6))
        self.assertEqual((self.sensor.last_source_ms, self.sensor.last_value), (T0 + SECOND, 72.7))
        self.feed((T0 + 500, 70.0))
        self.assertEqual(self.sensor.last_value, 72.7, "A late reading is not the current one")
        self.feed((T0, "forward"), sensor="t-valve")
        self.assertEqual(self.valve.last_text, "forward")

    def test_same_code_in_two_companies(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        sensor = self._create_sensor("t-temp", self.temperature, company_id=other.id)
        door = self.env["process.reading"]
        sample = Sample("t-temp", T0, value=72.6)
        both = {"allowed_company_ids": [self.company.id, other.id]}
        self.assertEqual(door.with_context(**both)._ingest([sample]).stored, 1)
        self.assertEqual(self.get_readings().company_id, self.company)
        self.assertEqual(door.with_company(other)._ingest([sample]).stored, 1)
        self.assertEqual(self.get_readings(sensor).company_id, other)

    def test_one_insert_and_one_write_for_each_cycle(self):
        self.open_cycle()
        points = [(T0 + n * 100, 72.6) for n in range(200)]
        self.feed((T0 - 1, 72.6))
        self.env.flush_all()
        with self.assertQueryCount(12):
            self.feed(*points)
            self.env.flush_all()

    def test_evaluation_is_asked_for_at_once(self):
        self.open_cycle()
        cycles = type(self.env["process.cycle"])
        with patch.object(cycles, "_trigger_evaluation", autospec=True) as trigger:
            self.feed((T0, 72.6))
            trigger.reset_mock()
            self.feed((T0 + SECOND, 72.7))
            trigger.assert_not_called()
            self.feed((T0 + 2 * SECOND, 71.8))
            trigger.assert_called_once()

    def test_trigger_reaches_the_scheduler(self):
        cron = self.env.ref("process_monitoring.ir_cron_evaluate_cycles")
        triggers = self.env["ir.cron.trigger"].sudo()
        self.open_cycle()
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self.feed((T0, 71.8))
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)

    # -- A1 to A4: the verdict, at source time --------------------------------------------------

    def test_a1_one_sided(self):
        requirement = self._create_requirement("A1", [("critical", "ge", 72.0)])
        cycle = self.open_cycle(requirement)
        self.feed((T0, 72.0), (T0 + 1, 71.9), (T0 + 2, 95.0))
        verdicts = self.get_readings().mapped("verdict")
        self.assertEqual(verdicts, ["conform", "critical", "conform"])
        self.assertEqual(cycle.breach_count, 1)

    def test_a1_exclusive_bound(self):
        self._create_requirement("A1x", [("critical", "gt", 72.0)])._open_cycle(T0, "A1x")
        self.feed((T0, 72.0))
        self.assertEqual(self.get_readings().verdict, "critical")

    def test_a2_unrounded_in_canonical_unit(self):
        self._create_requirement("A2", [("critical", "ge", 72.0)])._open_cycle(T0, "A2")
        self.feed((T0, 161), unit="degF")
        self.feed((T0 + 1, 71.96))
        self.assertEqual(self.get_readings().mapped("verdict"), ["critical", "critical"])

    def test_a2_the_american_limit(self):
        limits = [("critical", "ge", 161, {"unit": "degF"})]
        self._create_requirement("A2us", limits)._open_cycle(T0, "A2us")
        self.feed((T0, 161), unit="degF")
        self.assertEqual(self.get_readings().verdict, "conform")

    def test_a3_kinds(self):
        self.open_cycle()
        self.feed((T0, 72.3), (T0 + 1, 71.8), (T0 + 2, 72.5))
        readings = self.get_readings()
        self.assertEqual(readings.mapped("verdict"), ["operating", "critical", "conform"])
        self.assertEqual(readings[1].limit_ref, "critical ≥ 72.0 °C")

    def conditional(self, **vals):
        return self._create_requirement(
            "A4",
            [("critical", "ge", 72.0)],
            condition_sensor_id=self.valve.id,
            condition_value="forward",
            **vals,
        )

    def test_a4_diverted_flow_is_no_breach(self):
        self.open_cycle(self.conditional())
        self.feed((T0, "divert"), (T0 + 10 * SECOND, "forward"), sensor="t-valve")
        self.feed((T0 + 5 * SECOND, 70.2), (T0 + 12 * SECOND, 70.2))
        verdicts = self.get_readings().mapped("verdict")
        self.assertEqual(verdicts, ["not_applicable", "critical"])

    def test_a4_state_in_the_same_batch_counts(self):
        self.open_cycle(self.conditional())
        self.env["process.reading"]._ingest(
            [
                Sample("t-temp", T0 + 2 * SECOND, value=70.2),
                Sample("t-valve", T0 + SECOND, text="divert"),
                Sample("t-valve", T0 + 3 * SECOND, text="forward"),
                Sample("t-temp", T0 + 4 * SECOND, value=70.2),
            ]
        )
        verdicts = self.get_readings().mapped("verdict")
        self.assertEqual(verdicts, ["not_applicable", "critical"])

    def test_a4_unknown_state_applies_the_limit(self):
        self.open_cycle(self.conditional())
        self.feed((T0, 70.2))
        self.assertEqual(self.get_readings().verdict, "critical")

    def test_a4_stale_state_applies_the_limit(self):
        self.open_cycle(self.conditional(condition_max_age_s=60))
        self.feed((T0, "divert"), sensor="t-valve")
        self.feed((T0 + MINUTE, 70.2), (T0 + MINUTE + 1, 70.2))
        verdicts = self.get_readings().mapped("verdict")
        self.assertEqual(verdicts, ["not_applicable", "critical"])

    def test_a4_state_of_bad_quality_is_unknown(self):
        self.open_cycle(self.conditional())
        self.feed((T0, "divert"), sensor="t-valve")
        self.feed((T0 + SECOND, "divert"), sensor="t-valve", quality=0)
        self.feed((T0 + 2 * SECOND, 70.2))
        self.assertEqual(self.get_readings().verdict, "critical")

    def test_a10_bad_quality_is_unusable(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.6))
        self.feed((T0 + SECOND, 72.6), quality=0)
        self.feed((T0 + 2 * SECOND, 72.6), quality=500)
        verdicts = self.get_readings().mapped("verdict")
        self.assertEqual(verdicts, ["conform", "unusable", "unusable"])
        self.assertEqual(cycle.status, "unusable")
        self.assertEqual((cycle.last_usable_ms, cycle.unusable_count), (T0, 2))

    # -- source time ----------------------------------------------------------------------------

    def test_judged_by_the_cycle_of_its_time(self):
        cycle = self.open_cycle()
        cycle._close(T0 + 5 * SECOND)
        self.feed((T0 - 1, 60.0), (T0 + SECOND, 71.0), (T0 + 6 * SECOND, 60.0))
        verdicts = self.get_readings().mapped("verdict")
        self.assertEqual(verdicts, ["unjudged", "critical", "unjudged"])
        self.assertEqual(cycle.breach_count, 1, "A late reading belongs to the closed cycle")
        self.assertTrue(cycle.is_evaluation_due)

    def test_limits_are_those_of_the_start(self):
        self.open_cycle()
        self.ccp.limit_ids.filtered(lambda line: line.kind == "critical").value = 60.0
        self.feed((T0, 71.0))
        self.assertEqual(self.get_readings().verdict, "critical")

    def test_two_requirements_on_one_sensor(self):
        ccp = self.open_cycle()
        quality = self._create_requirement(
            "Not too hot", [("quality", "le", 76.0)], control_class="quality"
        )._open_cycle(T0, "MO/00001")
        self.feed((T0, 77.0))
        self.assertEqual(self.get_readings().verdict, "quality")
        self.assertEqual((ccp.last_verdict, quality.last_verdict), ("conform", "quality"))

    def test_cycle_opened_in_the_past_catches_up(self):
        self.feed((T0 + SECOND, 72.6), (T0 + 2 * SECOND, 71.0))
        cycle = self.open_cycle()
        self.assertEqual((cycle.reading_count, cycle.breach_count), (2, 1))
        self.assertTrue(cycle.is_evaluation_due)

    @mute_logger("odoo.sql_db")
    def test_only_the_door_has_rights(self):
        reading = self.env["process.reading"].with_user(self.operator)
        result = reading._ingest([Sample("t-temp", T0, value=72.6)])
        self.assertEqual(result.stored, 1, "The door works for whoever may call it")
