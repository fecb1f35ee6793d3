# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people enter for a batch: its gate, its labels; and a device that was found wrong."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.process_monitoring.clock import now_ms, to_datetime
from odoo.addons.process_monitoring.tests.common import MINUTE, SECOND

from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestEntryBatch(ProcessControlCase):
    @classmethod
    def _prepare_plan(cls, **vals):
        """The same plan, with the flow at the reception read by people."""
        prepared = super()._prepare_plan(**vals)
        workcenter = cls.env["mrp.workcenter"].create({"name": "Reception 1", "code": "R1"})
        stage = prepared["stage_ids"][0][2]
        stage["workcenter_id"] = workcenter.id
        stage["requirement_ids"][0][2].update(is_manual=True, correction="Throttle the pump.")
        return prepared

    def scan(self, barcode):
        return self.env["process.cycle"].with_user(self.operator).find_due_by_barcode(barcode)

    def test_the_gate_names_what_people_have_not_entered(self):
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        with self.assertRaisesRegex(UserError, "Flow in: .*My due measurements"):
            stage.action_complete()
        stage.cycle_ids.action_enter(value="900")
        stage.action_complete()
        self.assertEqual(stage.state, "complete")

    def test_the_gate_names_a_device_out_of_calibration(self):
        self.sensor.calibration_due = fields.Date.today() - timedelta(days=1)
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        stage.cycle_ids.action_enter(value="900")
        stage.action_complete()
        stage = self.get_stage(run, "Pasteurisation")
        stage.action_start()
        messages = " ".join(line["message"] for line in stage._gate_blockers())
        self.assertIn("t-temp", messages)
        self.assertIn("calibration", messages)

    def test_the_label_of_the_order_leads_to_its_entry(self):
        order = self.create_order()
        run = self.start_batch(order)
        other = self.start_batch()
        cycle = self.get_stage(run, "Reception").cycle_ids
        self.assertEqual(cycle.workcenter_id.code, "R1")
        for barcode in (order.name, run.lot_ids.name):
            with self.subTest(barcode):
                action = self.scan(barcode)["action"]
                wizard = self.env[action["res_model"]].browse(action["res_id"])
                self.assertEqual(wizard.cycle_id, cycle)
        for barcode in ("R1", "t-flow"):
            found = self.scan(barcode)["action"]["domain"][0][2]
            self.assertEqual(set(found), set((cycle | other.stage_ids.cycle_ids).ids))

    def test_an_entry_counts_for_its_own_order(self):
        run, other = self.start_batch(), self.start_batch()
        self.get_stage(run, "Reception").cycle_ids.action_enter(value="900")
        self.assertEqual(self.get_stage(run, "Reception").cycle_ids.reading_count, 1)
        self.assertFalse(self.get_stage(other, "Reception").cycle_ids.reading_count)

    def test_a12_the_lot_of_a_batch_is_held_and_its_order_blocked(self):
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        stage.cycle_ids.action_enter(value="900", measured_ms=self.clock, reason="On paper first")
        stage.action_complete()
        self.clock += SECOND
        stage = self.start_pasteurisation(run)
        self.deliver(*[72.3] * 8)
        self.assertEqual(run.lot_ids.hold_state, "quarantine")
        self.sensor.calibration_tolerance = 0.3
        record = self.find_wrong(0.4)
        deviation = record.deviation_ids
        self.assertEqual(deviation.lot_ids, run.lot_ids)
        self.assertEqual(deviation.run_id, run)
        self.assertEqual(run.lot_ids.hold_state, "held")
        self.assertEqual(run.state, "held")
        codes = {line["code"] for line in stage._gate_blockers()}
        self.assertIn("open_deviation", codes)

    def find_wrong(self, error):
        calibration = self.env["process.calibration"].create(
            {
                "sensor_id": self.sensor.id,
                "calibrated_at": to_datetime(now_ms() - MINUTE),
                "as_found_error": error,
                "as_left_error": 0.0,
                "standard": "Pt100",
                "performed_by": "Laboratory",
                "next_due": fields.Date.today() + timedelta(days=90),
                "attachment_ids": [Command.create({"name": "c.pdf", "raw": b"%PDF-1.4 c"})],
            }
        )
        self.sign(calibration, "approve", self.quality_manager)
        record = calibration.reevaluation_ids
        for cycle in record._get_remaining_cycles():
            record._reevaluate(cycle)
        record._finish()
        return record
