# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from .. import clock
from ..tools import units

# Classes whose product is in doubt when a critical limit was truly broken.
HELD_CLASSES = ("ccp", "oprp")


class ProcessReevaluationWork(models.Model):
    """The system's side: go through the windows, hold the lots, ask for the decisions."""

    _inherit = "process.reevaluation"

    @api.model
    def _open(self, calibration, last_good_ms: int):
        """Open the re-evaluation of a device that was found wrong, and have it begin at once."""
        sensor = calibration.sensor_id
        record = self.create(
            {
                "calibration_id": calibration.id,
                "sensor_id": sensor.id,
                "company_id": sensor.company_id.id,
                "error": sensor._to_canonical_error(calibration.as_found_error),
                "unit": sensor.canonical_unit,
                "last_good_ms": last_good_ms,
                "found_ms": clock.to_ms(calibration.calibrated_at),
            }
        )
        record._stamp(
            {
                "cycle_count": len(record._get_cycles()),
                "reading_count": self.env["process.reading"].search_count(
                    list(record._get_window_domain())
                ),
            }
        )
        self.env.ref("process_monitoring.ir_cron_reevaluate").sudo()._trigger()
        return record

    def _get_cycles(self):
        """Return the windows that relied on the device while it was in doubt, oldest first."""
        self.ensure_one()
        overlapping = [
            ("start_ms", "<=", self.found_ms),
            "|",
            ("end_ms", "=", 0),
            ("end_ms", ">", self.last_good_ms),
        ]
        by_hand = self.env["process.entry"].search([("device_id", "=", self.sensor_id.id)])
        return self.env["process.cycle"].search(
            [
                *overlapping,
                "|",
                "|",
                ("sensor_id", "=", self.sensor_id.id),
                ("flow_sensor_id", "=", self.sensor_id.id),
                ("id", "in", by_hand.cycle_id.ids),
            ],
            order="start_ms, id",
        )

    @api.model
    def _cron_reevaluate(self) -> None:
        """Look at one window after the other, each in a transaction of its own."""
        cron = self.env["ir.cron"]
        waiting = self.search([("state", "=", "running")], order="id")
        cron._commit_progress(remaining=len(waiting))
        for record in waiting:
            for cycle in record._get_remaining_cycles():
                record._reevaluate(cycle)
                if not cron._commit_progress():
                    return
            record._finish()
            if not cron._commit_progress(1):
                return

    def _get_remaining_cycles(self):
        """Return the windows without a line: an interrupted run goes on where it stopped."""
        return self._get_cycles() - self.line_ids.cycle_id

    def _reevaluate(self, cycle) -> None:
        """Look at one window; hold what it shows to be in doubt."""
        self.ensure_one()
        lines = self.env["process.reevaluation.line"]
        line = lines.create(lines._prepare_line(self, cycle))
        if line.flagged_count and cycle.control_class in HELD_CLASSES:
            self._open_deviations(line)

    def _finish(self) -> None:
        """Ask for the decisions, or say that no product is concerned."""
        self.ensure_one()
        has_work = bool(self.deviation_ids)
        self._move_to("open" if has_work else "none", {})
        self.env["audit.record"]._log("calibration.reevaluate", self, self._get_signature_content())
        if not has_work:
            return
        managers = "group_process_monitoring_quality_manager"
        for user in self.env["res.users"]._get_process_users(managers, self.company_id):
            self.with_context(mail_activity_automation_skip=False).activity_schedule(
                "process_monitoring.mail_activity_type_calibration",
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._(
                    "Decide on the lots of %s", self.sensor_id.code
                ),
            )

    # -- deviations -----------------------------------------------------------------------------

    def _open_deviations(self, line) -> None:
        """Open one deviation for each lot of a window, or widen the one that the lot has."""
        cycle = line.cycle_id
        known = self.deviation_ids.filtered(lambda d: d.state == "open")
        for lot in line.lot_ids or (self.env["stock.lot"],):
            same = known.filtered(
                lambda d, lot=lot: (
                    lot
                    and lot in d.lot_ids
                    # the strictest class decides what may become of the lot
                    and (d.control_class == "ccp" or cycle.control_class != "ccp")
                )
            )[:1]
            if same:
                same._widen_by(line)
            else:
                deviation = self.env["process.deviation"].create(self._prepare_deviation(line, lot))
                if cycle.state == "running" and cycle.control_class == "ccp":
                    cycle._hold(deviation)

    def _prepare_deviation(self, line, lot) -> dict:
        cycle = line.cycle_id
        return {
            "company_id": self.company_id.id,
            "reevaluation_id": self.id,
            "cycle_id": cycle.id,
            "requirement_id": cycle.requirement_id.id,
            "control_class": cycle.control_class,
            "kind": "calibration",
            "severity": "critical" if cycle.control_class == "ccp" else "major",
            "description": (text := self._describe(line)),
            "opening_text": text,
            "window_start_ms": max(self.last_good_ms, cycle.start_ms),
            "last_bad_ms": line.last_ms,
            "window_end_ms": cycle.end_ms or self.found_ms,
            "lot_ids": lot.ids,
        }

    def _describe(self, line) -> str:
        """Return, for the one who decides, what was believed and what it truly was."""
        if line.quantity == "lethality":
            return self._describe_lethality(line)
        unit = units.label(self.unit)
        return self.env._(
            "%(device)s was found with an error of %(error)s %(unit)s at %(found)s; it was last "
            "good at %(good)s. In “%(window)s” %(count)s of %(total)s readings truly broke the "
            "limit (%(limit)s): the worst showed %(shown)s %(unit)s and was %(true)s %(unit)s.",
            device=self.sensor_id.display_name,
            error=f"{self.error:+g}",
            unit=unit,
            found=clock.format_ms(self.env, self.found_ms),
            good=clock.format_ms(self.env, self.last_good_ms) or "–",
            window=line.cycle_id.display_name,
            count=line.flagged_count,
            total=line.reading_count,
            limit=line.limit_ref,
            shown=f"{line.worst_reading:.10g}",
            true=f"{line.worst_true:.10g}",
        )

    def _describe_lethality(self, line) -> str:
        return self.env._(
            "%(device)s was found with an error of %(error)s %(unit)s at %(found)s. In "
            "“%(window)s” the lethality was believed to be %(shown)s min and was %(true)s "
            "min (%(limit)s).",
            device=self.sensor_id.display_name,
            error=f"{self.error:+g}",
            unit=units.label(self.unit),
            found=clock.format_ms(self.env, self.found_ms),
            window=line.cycle_id.display_name,
            shown=f"{line.worst_reading:.4g}",
            true=f"{line.worst_true:.4g}",
            limit=line.limit_ref,
        )
