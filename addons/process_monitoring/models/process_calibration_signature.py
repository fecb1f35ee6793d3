# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError

from .. import clock
from .process_calibration import TRANSITIONS


class ProcessCalibrationSignature(models.Model):
    """The approval of a calibration: it gates the device, and looks back if it was wrong."""

    _inherit = "process.calibration"

    def action_approve(self):
        """Sign the calibration."""
        self.ensure_one()
        self._check_complete()
        return self.with_context(default_meaning="approve").action_open_signature()

    def _get_signature_meanings(self):
        return {"approve": self.env._("Calibration reviewed and approved")}

    def _get_signature_content(self):
        self.ensure_one()
        return {
            "calibration": self.name,
            "device": self.sensor_id.code,
            "kind": self.kind,
            "calibrated": clock.to_iso(clock.to_ms(self.calibrated_at)),
            "unit": self.unit or "",
            "at": _text(self.reference_value),
            "error_as_found": _text(self.as_found_error),
            "error_as_left": _text(self._get_final_error()),
            "permitted_error": _text(self.tolerance),
            "uncertainty": _text(self.uncertainty),
            "as_found": self.found_result or "",
            "as_left": self.left_result or "",
            "standard": self.standard or "",
            "standard_valid_until": str(self.standard_due or ""),
            "performed_by": self.performed_by or "",
            "certificate": self.certificate_number or "",
            "files": sorted(
                f"{attachment.name} {attachment.checksum}"
                for attachment in self.sudo().attachment_ids
            ),
            "valid_until": str(self.next_due or ""),
        }

    def _check_complete(self) -> None:
        """Refuse what an auditor would: no error, no limit for it, no standard, no certificate."""
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("Calibration %s is approved already.", self.name))
        needed = ["as_found_error", "tolerance", "standard", "performed_by"]
        needed += ["next_due"] if self.kind == "calibration" else []
        missing = [
            self._fields[name]._description_string(self.env)
            for name in needed
            if self[name] is False or self[name] == ""
        ]
        if self.kind == "calibration" and not self.sudo().attachment_ids:
            missing.append(self._fields["attachment_ids"]._description_string(self.env))
        if missing:
            raise UserError(
                self.env._(
                    "Calibration %(name)s is not complete. Fill in: %(missing)s.",
                    name=self.name,
                    missing=", ".join(missing),
                )
            )
        if self.standard_due and self.standard_due < self.calibrated_at.date():
            raise UserError(
                self.env._(
                    "The reference standard of %(name)s was valid until %(due)s only: what it "
                    "showed proves nothing.",
                    name=self.name,
                    due=self.standard_due,
                )
            )

    def _check_may_sign(self, meaning):
        result = super()._check_may_sign(meaning)
        user = self.env.user
        if not user.has_group("process_monitoring.group_process_monitoring_quality_manager"):
            raise AccessError(self.env._("Only a quality manager approves a calibration."))
        if user == self.create_uid:
            raise AccessError(
                self.env._("You recorded %s: somebody else has to approve it.", self.name)
            )
        self._check_complete()
        return result

    def _on_signed(self, signature):
        self.sudo()._do_approve(signature)
        return super()._on_signed(signature)

    def _do_approve(self, signature) -> None:
        """Freeze it, gate the device by it, and look back if the device was found wrong."""
        self.ensure_one()
        if (self.state, "approved") not in TRANSITIONS:
            raise UserError(self.env._("Calibration %s is approved already.", self.name))
        last_good_ms = self._get_last_good_ms()
        self._stamp(
            {
                "state": "approved",
                "approved_by_id": signature.user_id.id,
                "approved_at_ms": signature.signed_at_ms,
            }
        )
        self.flush_recordset()
        self._gate_sensor()
        self.env["audit.record"]._log("calibration.approve", self, self._get_signature_content())
        if self.found_result == "failed":
            self.env["process.reevaluation"]._open(self, last_good_ms)

    def _gate_sensor(self) -> None:
        """Tell the device what its newest calibration says; an older one changes nothing."""
        sensor = self.sensor_id
        if sensor._get_newest_calibration() != self:
            return
        has_failed = self.left_result == "failed"
        if self.kind == "calibration":
            sensor._stamp_calibration(
                {
                    "calibrated_on": self.calibrated_at.date(),
                    "calibration_due": self.next_due,
                    "is_calibration_failed": has_failed,
                }
            )
            sensor.activity_feedback(["process_monitoring.mail_activity_type_calibration"])
        elif has_failed:
            # a check can fail the device; only a calibration makes it good again
            sensor._stamp_calibration({"is_calibration_failed": True})
        self.env["process.cycle"]._trigger_evaluation()


def _text(number) -> str:
    return "" if number is False else repr(number)
