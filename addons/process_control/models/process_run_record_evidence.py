# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.process_monitoring import clock

from ..tools import durations


class ProcessRunRecordEvidence(models.Model):
    """What stands behind the figures of a batch record: the instruments, and what people typed."""

    _inherit = "process.run"

    # -- instruments --------------------------------------------------------------------------

    def _prepare_record_devices(self) -> list[dict]:
        """Return each instrument of the batch with the calibrations it was in use under.

        What was calibrated after the batch says nothing here: the same batch keeps its record.
        """
        cycles = self.stage_ids.cycle_ids
        devices = cycles.sensor_id | self._get_record_entries().device_id
        found = self.env["process.calibration"].search(
            [
                ("sensor_id", "in", devices.ids),
                ("state", "=", "approved"),
                ("calibrated_at", "<=", clock.to_datetime(self._get_record_end_ms())),
            ],
            order="calibrated_at, id",
        )
        rows = []
        for device in devices.sorted(lambda d: (d.code or "", d.id)):
            of_device = found.filtered(lambda c, d=device: c.sensor_id == d)
            before = of_device.filtered(lambda c: clock.to_ms(c.calibrated_at) <= self.start_ms)
            used = before.filtered(lambda c: c.kind == "calibration")[-1:] | (of_device - before)
            rows += [self._prepare_record_calibration(c) for c in used.sorted("calibrated_at")] or [
                self._prepare_record_uncalibrated(device)
            ]
        return rows

    def _get_record_end_ms(self) -> int:
        return self.end_ms or clock.now_ms()

    def _prepare_record_calibration(self, calibration) -> dict:
        return {
            "device": calibration.sensor_id.code or "",
            "name": calibration.sensor_id.name,
            "calibration": f"{calibration.name}: {self._get_label_of(calibration, 'kind')}",
            "certificate": calibration.certificate_number or "",
            "by": calibration.performed_by or "",
            "at": durations.utc_text(clock.to_ms(calibration.calibrated_at)),
            "valid_until": str(calibration.next_due or ""),
            "found": self._get_label_of(calibration, "found_result"),
            "left": self._get_label_of(calibration, "left_result"),
            "validity": self._judge_record_calibration(
                calibration.next_due, calibration.left_result == "failed"
            ),
        }

    def _prepare_record_uncalibrated(self, device) -> dict:
        """Return the row of an instrument without an approved calibration up to the batch."""
        ended = clock.to_datetime(self._get_record_end_ms()).date()
        by_hand = device.calibrated_on and device.calibrated_on <= ended
        if device.kind == "state":
            validity = self.env._("reports a state: nothing to calibrate")
        elif by_hand:
            validity = self._judge_record_calibration(device.calibration_due, False)
        else:
            validity = self.env._("no calibration on record")
        return {
            "device": device.code or "",
            "name": device.name,
            "calibration": self.env._("date entered by hand") if by_hand else "",
            "certificate": "",
            "by": "",
            "at": str(device.calibrated_on) if by_hand else "",
            "valid_until": str(device.calibration_due or "") if by_hand else "",
            "found": "",
            "left": "",
            "validity": validity,
        }

    def _judge_record_calibration(self, due, is_failed: bool) -> str:
        ended = clock.to_datetime(self._get_record_end_ms()).date()
        if is_failed:
            return self.env._("out of tolerance")
        if not due:
            return self.env._("no date of expiry")
        return self.env._("valid") if ended <= due else self.env._("expired during or before")

    def _get_label_of(self, record, name: str) -> str:
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")

    # -- entries ------------------------------------------------------------------------------

    def _get_record_entries(self):
        entries = self.env["process.entry"]
        cycles = self.stage_ids.cycle_ids
        return entries.search([("cycle_id", "in", cycles.ids)], order="chain_sequence")

    def _prepare_record_entries(self) -> list[dict]:
        """Return what people typed, late ones and corrected ones with the old value beside."""
        return [
            {
                "number": str(entry.chain_sequence),
                "measured": durations.utc_text(entry.measured_ms),
                "entered": durations.utc_text(entry.entered_ms),
                "what": entry.requirement_id.name,
                "value": entry.value_text,
                "verdict": self._get_label_of(entry, "verdict"),
                "by": entry.user_id.name,
                "late": self.env._("late") if entry.is_late else "",
                "kind": self._get_label_of(entry, "kind"),
                "corrects": str(entry.corrects_id.chain_sequence or ""),
                "state": self._get_label_of(entry, "state"),
                "reason": entry.reason or "",
            }
            for entry in self._get_record_entries()
        ]
