# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from ..tools import record_workbook


class ProcessRunRecordWorkbook(models.Model):
    """The batch record as a workbook: the same content, and each reading behind the counts."""

    _inherit = "process.run"

    def action_export_batch_record(self):
        """Download the batch record as a workbook."""
        self.check_access("read")
        if len(self) != 1:
            raise UserError(self.env._("A workbook is made of one batch: choose a single one."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/process_control/run/{self.id}/record.xlsx",
            "target": "download",
        }

    def _render_record_workbook(self) -> bytes:
        """Return the workbook (.xlsx) of the batch record."""
        record = self._prepare_batch_record()
        return record_workbook.Workbook(self.sudo()._prepare_record_workbook(record)).render()

    def _prepare_record_workbook(self, record: dict) -> record_workbook.Content:
        cycles = self._get_recorded_stages().cycle_ids
        note = self._get_record_note(cycles)
        return record_workbook.Content(
            title=self.env._("Batch record %s", self.name),
            facts=[*map(tuple, record["facts"]), (self.env._("SHA-256"), record["hash"])],
            sheets=self._prepare_record_sheets(record),
            windows=self._prepare_record_windows(cycles),
            window_heads=self._get_window_heads(),
            reading_heads=self._get_reading_heads(),
            names=(self.env._("Batch"), self.env._("Monitoring"), self.env._("Readings")),
            readings=None if note else self._iter_record_readings(cycles),
            note=note,
        )

    def _get_record_note(self, cycles) -> str:
        """Return why the readings themselves are not in the workbook, or nothing."""
        if any(cycles.mapped("is_archived")):
            return self.env._(
                "Readings of this batch are in the archive; the counts are those of the record."
            )
        if sum(cycles.mapped("reading_count")) > record_workbook.MOST_READINGS:
            return self.env._(
                "More than %s readings: download them window by window as CSV. The counts are "
                "those of the record.",
                record_workbook.MOST_READINGS,
            )
        return ""

    def _prepare_record_windows(self, cycles) -> list[tuple]:
        return [
            (
                number,
                cycle.stage_id.display_name,
                cycle.requirement_id.name,
                cycle.sensor_id.code or "",
                cycle.limits_text or "",
                cycle.reading_count,
                cycle.conform_count,
                cycle.breach_count,
                cycle.unusable_count,
            )
            for number, cycle in enumerate(cycles, 1)
        ]

    def _iter_record_readings(self, cycles):
        for number, cycle in enumerate(cycles, 1):
            for line in cycle._iter_csv_lines():
                _name, sensor, time, _ms, _sequence, value, unit, raw, raw_unit, *rest = line
                text, _quality, verdict, counts, _limit, _received, origin, _basis = rest
                yield (
                    number,
                    sensor,
                    time,
                    float(value) if value else "",
                    unit,
                    float(raw) if raw else "",
                    raw_unit,
                    text,
                    verdict,
                    counts,
                    origin,
                )

    def _get_window_heads(self) -> list[str]:
        counted = [
            self.env._("Readings"),
            self.env._("Conforming"),
            self.env._("Breaches"),
            self.env._("Unusable"),
        ]
        return [
            self.env._("Window"),
            self.env._("Stage"),
            self.env._("Requirement"),
            self.env._("Sensor"),
            self.env._("Limits"),
            *counted,
            *(self.env._("%s, counted on the sheet of readings", name) for name in counted),
            self.env._("Difference"),
        ]

    def _get_reading_heads(self) -> list[str]:
        return [
            self.env._("Window"),
            self.env._("Sensor"),
            self.env._("Time (UTC)"),
            self.env._("Value"),
            self.env._("Unit"),
            self.env._("As delivered"),
            self.env._("Unit as delivered"),
            self.env._("Text"),
            self.env._("Verdict"),
            self.env._("Counts"),
            self.env._("Origin"),
        ]

    # -- the other sheets ---------------------------------------------------------------------

    def _prepare_record_sheets(self, record: dict) -> list[record_workbook.Sheet]:
        """Return the rest of the record, a sheet for each part of the printed one."""
        stage, what = self.env._("Stage"), self.env._("What")
        gaps = [[part["name"], gap] for part in record["stages"] for gap in part["gaps"]]
        sheets = [
            record_workbook.Sheet(title, list(heads.values()), _pick(record[part], heads))
            for part, title, heads in self._get_record_tables()
        ]
        sheets.insert(1, record_workbook.Sheet(self.env._("Gaps and alerts"), [stage, what], gaps))
        for title, part in (
            (self.env._("Deviations"), record["deviations"]),
            (self.env._("Approvals"), record["approvals"]),
        ):
            rows = [row for facts in part for row in (*facts, ["", ""])]
            sheets.append(record_workbook.Sheet(title, [what, self.env._("Content")], rows))
        return sheets

    def _get_record_tables(self) -> list[tuple[str, str, dict]]:
        """Return (part of the record, name of the sheet, key → head of the column)."""
        return [
            ("stages", self.env._("Stages"), self._get_stage_heads()),
            ("devices", self.env._("Instruments"), self._get_device_heads()),
            ("entries", self.env._("Entered by people"), self._get_entry_heads()),
            ("signatures", self.env._("Signatures"), self._get_signature_heads()),
            ("history", self.env._("History"), self._get_history_heads()),
        ]

    def _get_stage_heads(self) -> dict[str, str]:
        return {
            "name": self.env._("Stage"),
            "state": self.env._("State"),
            "start": self.env._("Started"),
            "end": self.env._("Ended"),
            "late": self.env._("Late entry"),
            "measured": self.env._("Measured"),
            "by": self.env._("By"),
            "reason": self.env._("Reason"),
        }

    def _get_signature_heads(self) -> dict[str, str]:
        return {
            "document": self.env._("Document"),
            "name": self.env._("Name"),
            "time": self.env._("Time (UTC)"),
            "meaning": self.env._("Meaning"),
            "reason": self.env._("Reason"),
            "method": self.env._("Given by"),
            "sha256": self.env._("SHA-256"),
            "validity": self.env._("Validity"),
        }

    def _get_history_heads(self) -> dict[str, str]:
        return {
            "time": self.env._("Time (UTC)"),
            "stage": self.env._("Stage"),
            "command": self.env._("Command"),
            "state": self.env._("State"),
            "type": self.env._("Type"),
            "reason": self.env._("Reason"),
            "by": self.env._("By"),
        }

    def _get_device_heads(self) -> dict[str, str]:
        return {
            "device": self.env._("Instrument"),
            "name": self.env._("Name"),
            "calibration": self.env._("Calibration"),
            "certificate": self.env._("Certificate"),
            "by": self.env._("By"),
            "at": self.env._("Calibrated"),
            "valid_until": self.env._("Valid until"),
            "found": self.env._("As found"),
            "left": self.env._("As left"),
            "validity": self.env._("At this batch"),
        }

    def _get_entry_heads(self) -> dict[str, str]:
        return {
            "number": self.env._("No."),
            "what": self.env._("What"),
            "value": self.env._("Value"),
            "verdict": self.env._("Verdict"),
            "measured": self.env._("Measured"),
            "entered": self.env._("Entered"),
            "by": self.env._("By"),
            "late": self.env._("Late"),
            "kind": self.env._("Kind"),
            "corrects": self.env._("Of no."),
            "state": self.env._("State"),
            "reason": self.env._("Reason"),
        }


def _pick(rows: list[dict], heads: dict[str, str]) -> list[list[str]]:
    """Return the rows with the columns that have a head, as texts."""
    return [[str(row[key]) for key in heads] for row in rows]
