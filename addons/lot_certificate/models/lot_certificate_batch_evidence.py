# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ..tools import moment


class LotCertificateBatch(models.AbstractModel):
    """What an auditor asks of a batch besides: the devices it was measured with, what did not go
    the normal way, its dates, and whether another order made part of the same lot.
    """

    _inherit = "lot.certificate.batch"

    @api.model
    def _describe(self, lot, zone):
        described = super()._describe(lot, zone)
        others = lot.producing_order_ids.filtered(
            lambda order: order.state == "done" and order.name != described["order"]
        )
        return {
            **described,
            "best_before": moment.state(self._get_best_before(lot), zone),
            "other_orders": sorted(others.mapped("name")),
        }

    @api.model
    def _get_best_before(self, lot):
        """Return the date until which the lot is at its best, where product_expiry is installed.

        Not the expiration date, from which it may be unsafe.
        """
        return lot.use_date if "use_date" in lot._fields else None

    @api.model
    def _get_process(self, run, zone):
        return {
            **super()._get_process(run, zone),
            "devices": self._get_devices(run, zone),
            "exceptions": self._get_exceptions(run, zone),
        }

    @api.model
    def _describe_cycle(self, cycle, zone):
        return {
            **super()._describe_cycle(cycle, zone),
            "conforming": cycle.conform_count,
            "unusable": cycle.unusable_count,
        }

    @api.model
    def _get_devices(self, run, zone):
        """Return each measuring device with the calibration that was in force when it began."""
        cycles = run.stage_ids.cycle_ids.sorted("start_ms")
        sensors = cycles.sensor_id
        calibrations = self.env["process.calibration"].search_fetch(
            [
                ("sensor_id", "in", sensors.ids),
                ("state", "=", "approved"),
                ("kind", "=", "calibration"),
            ],
            order="calibrated_at, id",
        )
        return [
            self._describe_device(
                sensor,
                calibrations.filtered(lambda c, s=sensor: c.sensor_id == s),
                cycles.filtered(lambda c, s=sensor: c.sensor_id == s)[0].start_ms,
            )
            for sensor in sensors.sorted("code")
        ]

    @api.model
    def _describe_device(self, sensor, calibrations, start_ms):
        """Say what was in force when measuring began; what was typed has no number beside it.

        A device whose calibrations are all later than that has none: it says so.
        """
        start = moment.from_ms(start_ms).replace(tzinfo=None)
        held = calibrations.filtered(lambda calibration: calibration.calibrated_at <= start)[-1:]
        day = held.calibrated_at.date() if held else None
        due = held.next_due
        if not calibrations:
            day, due = sensor.calibrated_on, sensor.calibration_due
        return {
            "device": sensor.name or "",
            "code": sensor.code or "",
            "calibration": held.name or None,
            "certificate": held.certificate_number or None,
            "calibrated": str(day) if day else None,
            "due": str(due) if due else None,
        }

    @api.model
    def _get_exceptions(self, run, zone):
        """Return what did not go the normal way: rollback, rework, skip and emergency."""
        transitions = self.env["process.transition"].search_fetch(
            [("run_id", "=", run.id), ("transition_type", "!=", "normal")], order="at_ms, id"
        )
        return [
            {
                "type": transition.transition_type,
                "stage": transition.stage_name or "",
                "attempt": transition.attempt,
                "command": transition.command or "",
                "state": transition.to_state or "",
                "reason": transition.reason or "",
                "person": transition.user_name or "",
                "at": moment.state_ms(transition.at_ms, zone),
            }
            for transition in transitions
        ]
