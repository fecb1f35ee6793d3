# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is due, by list and by label; with which device it may be measured (A11); whose it is."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .. import clock
from .common import MINUTE, SECOND, T0, ProcessMonitoringCase
from .test_entry import EntryCase


@tagged("post_install", "-at_install")
class TestDevice(EntryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = clock.to_datetime(T0).date()
        cls.handheld = cls._create_sensor("t-handheld", cls.temperature)

    def overdue(self, sensor):
        sensor.calibration_due = self.today - timedelta(days=1)

    def test_a11_refused_for_a_ccp(self):
        self.overdue(self.sensor)
        cycle = self.open_cycle(self.requirement)
        with self.assertRaisesRegex(UserError, "not in calibration.*CCP nothing"):
            self.enter(cycle, "72.6")
        self.assertFalse(cycle.reading_count)

    def test_a11_the_due_day_is_still_valid(self):
        self.sensor.calibration_due = self.today
        self.assertTrue(self.enter(self.open_cycle(self.requirement), "72.6"))

    def test_a11_the_device_that_was_used_counts(self):
        self.overdue(self.handheld)
        cycle = self.open_cycle(self.requirement)
        with self.assertRaisesRegex(UserError, "t-handheld.*not in calibration"):
            self.enter(cycle, "72.6", device_id=self.handheld.id)
        self.overdue(self.sensor)
        self.handheld.calibration_due = self.today
        entry = self.enter(cycle, "72.6", device_id=self.handheld.id)
        self.assertEqual((entry.device_id, entry.sensor_id), (self.handheld, self.sensor))

    def test_a11_failed_is_refused_too(self):
        self.sensor.is_calibration_failed = True
        with self.assertRaisesRegex(UserError, "failed"):
            self.enter(self.open_cycle(self.requirement), "72.6")

    def test_a11_an_oprp_needs_its_verification(self):
        self.overdue(self.sensor)
        self.requirement.control_class = "oprp"
        with self.assertRaisesRegex(UserError, "OPRP"):
            self.enter(self.open_cycle(self.requirement), "72.6")
        self.requirement.device_verification = "Ice point each morning"
        cycle = self.open_cycle(self.requirement)
        self.assertTrue(self.enter(cycle, "72.6"))
        cycle._evaluate(T0 + SECOND)
        self.assertFalse(cycle.alert_ids)
        self.assertFalse(cycle._get_findings(T0 + SECOND))

    def test_a_device_of_another_parameter(self):
        with self.assertRaisesRegex(UserError, "does not measure"):
            self.enter(self.open_cycle(self.requirement), "72.6", device_id=self.flow_sensor.id)

    def test_a2_the_unit_of_the_device(self):
        self.sensor.unit = "degF"
        entry = self.enter(self.open_cycle(self.requirement), "161")
        self.assertEqual((entry.value, entry.unit, entry.verdict), (161.0, "degF", "critical"))
        self.assertAlmostEqual(self.get_readings().value, 71.667, 3)


@tagged("post_install", "-at_install")
class TestDue(EntryCase):
    def state(self, cycle, minutes):
        with self.at_ms(T0 + minutes * MINUTE):
            cycle.invalidate_recordset(["due_state", "due_text"])
            found = self.env["process.cycle"].search(
                [("id", "=", cycle.id), ("due_state", "=", cycle.due_state)]
            )
            self.assertEqual(found, cycle)
            return cycle.due_state

    def test_when_it_is_due(self):
        cycle = self.open_cycle(self.requirement)
        states = [self.state(cycle, n) for n in (0, 24, 25, 30, 35, 36)]
        self.assertEqual(states, ["upcoming", "upcoming", "due", "due", "due", "overdue"])
        self.enter(cycle, "72.6", T0 + 40 * MINUTE)
        self.assertEqual(self.state(cycle, 41), "upcoming")
        self.assertEqual(cycle.due_ms, T0 + 70 * MINUTE)

    def test_a_breach_is_a_measurement_too(self):
        cycle = self.open_cycle(self.requirement)
        self.enter(cycle, "60", T0 + 30 * MINUTE)
        self.assertEqual(cycle.due_ms, T0 + 60 * MINUTE)

    def test_a_withdrawn_entry_is_due_again(self):
        cycle = self.open_cycle(self.observe())
        self.assertEqual(self.state(cycle, 0), "due")
        entry = self.enter(cycle, answer="negative")
        self.assertEqual(self.state(cycle, 0), "anytime")
        self.enter(cycle, corrects_id=entry.id, reason="Other batch", is_withdrawn=True)
        self.assertEqual(self.state(cycle, 0), "due")

    def test_on_demand_waits_for_nobody(self):
        cycle = self.open_cycle(self.observe(frequency="on_demand"))
        self.assertEqual(self.state(cycle, 600), "anytime")

    def test_sensors_are_not_in_the_list(self):
        cycle = self.open_cycle()
        self.assertFalse(cycle.has_due)
        self.assertFalse(cycle.is_manual)

    # -- labels ---------------------------------------------------------------------------------

    def scan(self, barcode, user=None):
        cycles = self.env["process.cycle"].with_user(user or self.operator)
        return cycles.find_due_by_barcode(barcode)

    def test_a_label_leads_to_its_entry(self):
        equipment = self.env["maintenance.equipment"].create(
            {"name": "Pasteuriser 1", "serial_no": "PA-0001"}
        )
        self.sensor.equipment_id = equipment
        cycle = self.open_cycle(self.requirement)
        for barcode in ("t-temp", "PA-0001", "Pasteuriser 1", " t-temp "):
            with self.subTest(barcode):
                action = self.scan(barcode)["action"]
                wizard = self.env[action["res_model"]].browse(action["res_id"])
                self.assertEqual(wizard.cycle_id, cycle)

    def test_what_is_due_goes_first(self):
        self.open_cycle(self.requirement, clock.now_ms())
        due = self.open_cycle(self.requirement, clock.now_ms() - 31 * MINUTE)
        action = self.scan("t-temp")["action"]
        self.assertEqual(self.env[action["res_model"]].browse(action["res_id"]).cycle_id, due)
        self.open_cycle(self.requirement, clock.now_ms() - 32 * MINUTE)
        action = self.scan("t-temp")["action"]
        self.assertEqual(action["res_model"], "process.cycle")
        self.assertEqual(len(action["domain"][0][2]), 2)

    def test_a_label_that_leads_nowhere(self):
        self.open_cycle()
        closed = self.open_cycle(self.requirement)
        closed._close(T0 + MINUTE)
        for barcode in ("t-temp", "", None, "%", "unknown"):
            with self.subTest(barcode):
                self.assertIn("Nothing is to be measured", self.scan(barcode)["message"])

    def test_not_what_somebody_else_has_to_do(self):
        self.requirement.entry_role = "quality_manager"
        self.open_cycle(self.requirement)
        self.assertIn("message", self.scan("t-temp"))
        self.assertIn("action", self.scan("t-temp", self.quality_manager))


@tagged("post_install", "-at_install")
class TestEntryAccess(ProcessMonitoringCase):
    def test_companies_do_not_see_each_other(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = self._create_user("operator", company_id=other.id, company_ids=[other.id])
        requirement = self._create_requirement("x", [], is_manual=True, frequency="on_demand")
        cycle = self.open_cycle(requirement)
        with self.at_ms(T0):
            number = cycle.with_user(self.operator).action_enter(value="1")
        self.assertFalse(
            self.env["process.entry"].with_user(stranger).search([("id", "=", number)])
        )
        with self.at_ms(T0), self.assertRaises(AccessError):
            cycle.with_user(stranger).action_enter(value="1")
