# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The batch record, the chain behind it, and what the form costs."""

import io
import json

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.audit_chain.tools import chain

from ..tools import durations
from .common import ProcessControlCase


@tagged("post_install", "-at_install")
class TestRecord(ProcessControlCase):
    def get_reprocessed_run(self):
        run = self.start_batch()
        stage = self.breach(run)
        deviation = run.sudo().deviation_ids
        self.decide(deviation)
        attempt = stage.browse(stage.action_repeat())
        attempt.action_start(start_ms=self.clock)
        self.pass_pasteurisation(run, attempt)
        self.pass_filling(run)
        self.close(deviation)
        self.sign(run.lot_ids, "release", self.quality_manager, "Record reviewed")
        return run

    def test_the_record_tells_all(self):
        run = self.get_reprocessed_run()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("process_control.report_process_run", run.ids)[0]
            .decode()
        )
        deviation = run.sudo().deviation_ids
        for text in (
            run.name,
            run.production_id.name,
            run.plan_hash,
            "Pasteurisation, attempt 2",
            "Failed",
            deviation.name,
            "Steam valve stuck",
            "Late entry",
            self.quality_manager.name,
            self.supervisor.name,
            "I have reviewed the batch record and release the lot.",
            "Record reviewed",
            "UTC",
            "71.0",
        ):
            self.assertIn(text, html)

    def test_a24_a26_the_printed_record(self):
        self.company.partner_id.tz = "Europe/Berlin"
        run = self.get_reprocessed_run()
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        pdf = reports._render_qweb_pdf("process_control.report_process_run", run.ids)[0]
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        flat = "".join(text.split())
        record = run._prepare_batch_record()
        pages = len(PdfReader(io.BytesIO(pdf)).pages)
        for words in (
            f"Page 1 of {pages}",
            f"Page {pages} of {pages}",
            record["hash"],
            run.plan_hash,
            "Europe/Berlin",
            f"revision {run.plan_id.revision}",
            durations.plant_text(run.start_ms, "Europe/Berlin"),
            *(signature["sha256"] for signature in record["signatures"]),
            *(signature["name"] for signature in record["signatures"]),
            *(signature["time"] for signature in record["signatures"]),
            *(signature["meaning"] for signature in record["signatures"]),
            *(gap for stage in record["stages"] for gap in stage["gaps"]),
            *(stage["name"] for stage in record["stages"]),
        ):
            self.assertIn("".join(words.split()), flat)
        self.assertRegex(text, r"\(\d\d:\d\d:\d\d \+0[12]:00\)")

    def test_a24_the_record_names_who_delegated(self):
        plan = self._create_plan(code="T-MILK-D")
        plan.stage_ids[0].with_user(self.engineer).approval_level_ids = [
            Command.create({"name": "Shift", "role": "supervisor"})
        ]
        self._approve(plan)
        run = self.start_batch(self.create_order(process_plan_id=plan.id))
        stage = self.get_stage(run, "Reception")
        self.deliver(900.0, sensor="t-flow")
        stage.action_complete()
        night = self._create_user("supervisor", name="Night shift")
        approval = stage.approval_ids
        approval.with_user(self.supervisor).action_delegate(night.id, reason="Am ill")
        self.sign(approval, "approve", night)
        (rows,) = run._prepare_batch_record()["approvals"]
        words = " ".join(value for _label, value in rows)
        for word in (self.supervisor.name, "Night shift", "Am ill", self.operator.name, "Approved"):
            self.assertIn(word, words)

    def test_the_same_batch_gives_the_same_hash(self):
        run = self.get_reprocessed_run()
        record = run._prepare_batch_record()
        self.env.invalidate_all()
        self.assertEqual(run._prepare_batch_record(), record)
        body = {key: value for key, value in record.items() if key != "hash"}
        self.assertEqual(record["hash"], chain.digest(body))
        self.assertEqual(len(record["stages"]), 4)
        counts = sum(cycle["readings"] for stage in record["stages"] for cycle in stage["cycles"])
        self.assertEqual(counts, len(self.get_readings()) + 1)
        self.assertEqual({signature["validity"] for signature in record["signatures"]}, {"valid"})

    def test_the_history_is_a_chain(self):
        run = self.get_reprocessed_run()
        lines = self.env["process.transition"].export_chain_jsonl(self.company.id).splitlines()
        self.assertTrue(chain.verify(chain.parse_lines(lines)).ok)
        moves = [json.loads(line)["body"] for line in lines]
        held = [m for m in moves if m["to"] == "held" and not m["stage"]]
        self.assertEqual(held[0]["run"], run.name)
        self.assertEqual(held[0]["reason"], run.sudo().deviation_ids.name)
        broken = [*lines[:3], *lines[4:]]
        self.assertFalse(chain.verify(chain.parse_lines(broken)).ok)

    def test_print_from_the_order(self):
        order = self.create_order()
        with self.assertRaises(UserError):
            order.action_print_batch_record()
        order.action_initiate_process()
        action = order.action_print_batch_record()
        self.assertEqual(action["report_name"], "process_control.report_process_run")


@tagged("post_install", "-at_install")
class TestForm(ProcessControlCase):
    def test_stepper_and_blockers(self):
        order = self.create_order()
        planned = order.process_stepper
        self.assertEqual([stage["state"] for stage in planned], ["planned"] * 3)
        self.assertEqual([stage["is_ccp"] for stage in planned], [False, True, False])
        self.assertEqual([b["code"] for b in order.process_blockers], ["not_initiated"])
        run = self.start_batch(order)
        self.breach(run)
        order.invalidate_recordset()
        states = [stage["state"] for stage in order.process_stepper]
        self.assertEqual(states, ["complete", "held", "pending"])
        codes = [blocker["code"] for blocker in order.process_blockers]
        self.assertIn("open_deviation", codes)
        self.assertEqual(order.process_deviation_count, 1)
        self.assertEqual(order.process_cycle_ids, run.sudo().stage_ids[1].cycle_ids)
        self.assertFalse(order.process_needs_repeat)
        self.decide(run.sudo().deviation_ids)
        order.invalidate_recordset()
        self.assertTrue(order.process_needs_repeat)

    def test_the_timeline_tells_what_happened(self):
        order = self.create_order()
        run = self.start_batch(order)
        self.breach(run)
        deviation = run.sudo().deviation_ids
        self.decide(deviation)
        entries = order.get_process_timeline()
        titles = [entry["title"] for entry in entries]
        self.assertIn(f"Batch {run.name}: Idle", titles)
        self.assertIn("Pasteurisation: Held", titles)
        self.assertNotIn(f"Batch {run.name}: Holding", titles)
        self.assertIn(f"Deviation {deviation.name} decided: Reprocess", titles)
        decided = next(e for e in entries if "decided" in e["title"])
        self.assertEqual(decided["by"], self.quality_manager.name)
        self.assertEqual(decided["res_id"], deviation.id)

    def test_the_form_opens_for_each_role(self):
        order = self.create_order()
        self.start_batch(order)
        for user in (self.operator, self.supervisor, self.engineer, self.quality_manager):
            with self.subTest(user=user.login), Form(order.with_user(user)) as form:
                self.assertTrue(form.process_plan_id)

    def test_reason_wizard(self):
        order = self.create_order()
        run = self.start_batch(order)
        action = order.with_context(default_verb="hold").action_process_ask_reason()
        wizard = (
            self.env["process.reason.wizard"]
            .with_user(self.operator)
            .with_context(**action["context"])
            .create({"reason": "Look at the seal"})
        )
        wizard.action_apply()
        self.assertEqual(run.state, "held")
        reasons = run.transition_ids.filtered(lambda t: t.command == "hold").mapped("reason")
        self.assertEqual(set(reasons), {"Look at the seal"})
        order.action_process_restart()
        self.env["process.reason.wizard"].with_user(self.operator).create(
            {"production_id": order.id, "verb": "deviation", "reason": "Seal was loose"}
        ).action_apply()
        self.assertEqual(run.sudo().deviation_ids.description, "Seal was loose")
        self.env["process.reason.wizard"].with_user(self.operator).create(
            {"production_id": order.id, "verb": "emergency_aborted", "reason": "Smoke"}
        ).action_apply()
        self.assertEqual(run.state, "aborted")

    def test_verbs_of_the_order(self):
        order = self.create_order()
        with self.assertRaisesRegex(UserError, "has not been initiated"):
            order.action_start_process()
        order.action_initiate_process()
        order.action_start_process(start_ms=self.clock)
        order.action_process_pause()
        self.assertEqual(order.process_state, "paused")
        order.action_process_resume()
        order.action_process_command(command="hold", reason="Look")
        self.assertEqual(order.process_stage_state, "held")
        order.action_process_restart()
        with self.assertRaises(UserError):
            order.action_process_command(command="start")
        self.deliver(900.0, sensor="t-flow")
        order.action_process_complete_stage()
        self.clock += 1000
        order.action_process_start_stage(start_ms=self.clock)
        self.assertEqual(order.process_stage_id.name, "Pasteurisation")
        self.assertEqual(order.action_view_process_run()["res_id"], order.process_run_id.id)
        for action in (
            order.action_view_process_deviations(),
            order.action_view_process_readings(),
        ):
            self.env[action["res_model"]].search(action["domain"])
