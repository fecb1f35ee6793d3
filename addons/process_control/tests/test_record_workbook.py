# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A26: the batch record as a workbook, and the instruments and entries that stand behind it."""

import base64
import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.process_monitoring.clock import to_datetime
from odoo.addons.process_monitoring.tests.common import MINUTE, SECOND

from ..tools import record_workbook
from .common import ProcessControlCase


class RecordCase(ProcessControlCase):
    """A batch with everything: typed, corrected, late, broken and repeated."""

    @classmethod
    def _prepare_plan(cls, **vals):
        prepared = super()._prepare_plan(**vals)
        stage = prepared["stage_ids"][0][2]
        stage["requirement_ids"][0][2].update(is_manual=True, correction="Throttle the pump.")
        return prepared

    def calibrate(self, at_ms, error=0.1, **vals):
        document = {"name": "certificate.pdf", "datas": base64.b64encode(b"%PDF-1.4 calibration")}
        calibration = (
            self.env["process.calibration"]
            .with_user(self.engineer)
            .create(
                {
                    "sensor_id": self.sensor.id,
                    "calibrated_at": to_datetime(at_ms),
                    "as_found_error": error,
                    "tolerance": 0.3,
                    "next_due": fields.Date.today() + timedelta(days=90),
                    "standard": "Pt100 no. 4711",
                    "performed_by": "Laboratory",
                    "certificate_number": "DK-815",
                    "attachment_ids": [Command.create(document)],
                    **vals,
                }
            )
        )
        self.sign(calibration, "approve", self.quality_manager)
        return calibration

    def get_run(self):
        self.calibrate(self.clock - 60 * MINUTE)
        run = self.start_batch()
        cycle = self.get_stage(run, "Reception").cycle_ids
        cycle.action_enter(value="9000", measured_ms=self.clock, reason="Pump was being cleaned")
        wrong = self.env["process.entry"].search([("cycle_id", "=", cycle.id)])
        cycle.action_enter(value="900", corrects_id=wrong.id, reason="A nought too many")
        self.get_stage(run, "Reception").action_complete()
        self.clock += SECOND
        stage = self.start_pasteurisation(run)
        self.deliver(74.2, 74.0, 71.0, 71.2, 74.1, 74.0, 74.2, 74.0)
        self.evaluate(stage)
        return run


@tagged("post_install", "-at_install")
class TestRecordWorkbook(RecordCase, HttpCase):
    def test_a26_instruments_and_entries_are_in_the_record(self):
        run = self.get_run()
        record = run._prepare_batch_record()
        devices = {row["device"]: row for row in record["devices"]}
        self.assertEqual(devices["t-temp"]["certificate"], "DK-815")
        self.assertEqual(devices["t-temp"]["validity"], "valid")
        self.assertEqual(devices["t-flow"]["validity"], "no calibration on record")
        wrong, right = record["entries"]
        self.assertEqual((wrong["late"], wrong["state"]), ("late", "Corrected"))
        self.assertEqual(
            (right["corrects"], right["reason"]), (wrong["number"], "A nought too many")
        )
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("process_control.report_process_run", run.ids)[0]
            .decode()
        )
        for text in ("DK-815", "no calibration on record", "9000", "A nought too many", "late"):
            self.assertIn(text, html)

    def test_a26_what_is_calibrated_afterwards_does_not_change_the_record(self):
        run = self.get_run()
        run.sudo()._write({"end_ms": self.clock})
        run.invalidate_recordset()
        before = run._prepare_batch_record()
        self.calibrate(self.clock + MINUTE, certificate_number="DK-816")
        self.assertEqual(run._prepare_batch_record()["devices"], before["devices"])

    def test_a26_the_hash_is_the_same_in_each_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        run = self.get_run()
        self.milk.with_context(lang="de_DE").name = "Vollmilch"
        german = run.with_context(lang="de_DE")._prepare_batch_record()
        english = run.with_context(lang="en_US")._prepare_batch_record()
        self.assertNotEqual(german["facts"], english["facts"])
        self.assertEqual(german["hash"], english["hash"])

    def test_a26_the_counts_of_the_workbook_are_those_of_the_database(self):
        run = self.get_run()
        book = load_workbook(io.BytesIO(run._render_record_workbook()))
        facts = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(min_row=3)}
        self.assertEqual(facts["SHA-256"], run._prepare_batch_record()["hash"])
        readings = list(book["Readings"].iter_rows(min_row=2, values_only=True))
        self.assertEqual(len(readings), 10)  # the two of the correction, the eight of the sensor
        for row in book["Monitoring"].iter_rows(min_row=2, values_only=True):
            with self.subTest(window=row[3]):
                counted = [r for r in readings if r[0] == row[0] and r[9] == 1]
                self.assertEqual(row[5], len(counted))
                verdicts = [sum(r[8] == code for r in counted) for code in record_workbook.VERDICTS]
                self.assertEqual(list(row[6:9]), verdicts)
        self.assertEqual(book["Monitoring"]["F3"].value, 8)
        self.assertEqual(book["Monitoring"]["H3"].value, 2)
        self.assertEqual(
            book["Monitoring"]["L3"].value,
            "=COUNTIFS('Readings'!$A:$A,$A3,'Readings'!$J:$J,1,'Readings'!$I:$I,\"critical\")",
        )
        self.assertEqual(book["Instruments"].max_row, 3)
        self.assertEqual(book["Entered by people"].max_row, 3)

    def test_too_many_readings_are_left_to_the_files(self):
        run = self.get_run()
        self.patch(record_workbook, "MOST_READINGS", 5)
        book = load_workbook(io.BytesIO(run._render_record_workbook()))
        self.assertIn("More than 5 readings", book["Readings"]["A2"].value)
        self.assertEqual(book["Monitoring"]["F3"].value, 8)
        self.assertFalse(book["Monitoring"]["J3"].value)

    def test_the_workbook_is_for_those_who_may_read_the_batch(self):
        run = self.get_run()
        url = run.action_export_batch_record()["url"]
        self.operator.password = "operator-password"
        self.authenticate(self.operator.login, "operator-password")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(run.name.replace("/", "-"), answer.headers["Content-Disposition"])
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = new_test_user(
            self.env,
            "t-stranger-record",
            "process_monitoring.group_process_monitoring_operator",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.authenticate(stranger.login, stranger.login)
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self.url_open(url.replace(str(run.id), "999999")).status_code, 404)
