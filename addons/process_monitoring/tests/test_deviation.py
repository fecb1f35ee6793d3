# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deviations: disposition (A20), closing (A22), what people may and may not write."""

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.process_deviation import TRANSITIONS
from .common import SECOND, T0, ProcessMonitoringCase


class DeviationCase(ProcessMonitoringCase):
    def open_deviation(self, control_class="ccp", is_over=True):
        requirement = self._create_requirement(
            "Limit", [("critical", "ge", 72.0)], control_class=control_class
        )
        cycle = self.open_cycle(requirement)
        self.feed((T0, 72.6), (T0 + SECOND, 71.0))
        if is_over:
            self.feed((T0 + 2 * SECOND, 72.6))
        cycle._evaluate(T0 + 3 * SECOND)
        return cycle.deviation_ids

    def decide(self, deviation, disposition="reprocess"):
        manager = deviation.with_user(self.quality_manager)
        manager.write(
            {"disposition": disposition, "disposition_reason": "Heated again in attempt 2"}
        )
        self.sign(deviation, "disposition", self.quality_manager)

    def release(self, deviation):
        """Decide and close an OPRP's deviation: evidence, and two people."""
        attachments = self.env["ir.attachment"].with_user(self.quality_manager)
        attachment = attachments.create({"name": "lab.pdf", "raw": b"%PDF"})
        deviation.with_user(self.quality_manager).write(
            {
                "disposition": "release",
                "disposition_reason": "Levels are met",
                "release_evidence": "c",
                "evidence_attachment_ids": [(4, attachment.id)],
            }
        )
        colleague = self._create_user("quality_manager", name="Second manager")
        self.sign(deviation, "disposition", colleague)
        self.analyse(deviation)

    def analyse(self, deviation):
        deviation.with_user(self.quality_manager).write(
            {
                "cause_category": "machine",
                "cause": "Steam valve stuck",
                "prevention": "Valve replaced, monthly check",
            }
        )


@tagged("post_install", "-at_install")
class TestDeviation(DeviationCase):
    # -- A20 ------------------------------------------------------------------------------------

    def test_a20_ccp_offers_three_dispositions(self):
        deviation = self.open_deviation()
        offered = [code for code, _label in deviation.get_allowed_dispositions()]
        self.assertEqual(offered, ["reprocess", "redirect", "destroy"])
        field = deviation._fields["disposition_ccp"]
        self.assertNotIn("release", dict(field.selection))

    def test_a20_release_is_refused_to_every_role(self):
        deviation = self.open_deviation()
        admin = self.env.ref("base.user_admin")
        admin.group_ids += self.quality_manager.group_ids
        for user in (self.supervisor, self.quality_manager, admin, self.env.user):
            with (
                self.subTest(user=user.login),
                self.assertRaises(ValidationError),
            ):
                deviation.with_user(user).write({"disposition": "release"})
                self.env.flush_all()
        deviation.invalidate_recordset()
        self.assertFalse(deviation.disposition)

    @mute_logger("odoo.sql_db")
    def test_a20_database_refuses_release(self):
        deviation = self.open_deviation()
        self.env.flush_all()
        with self.assertRaises(psycopg2.errors.CheckViolation), self.cr.savepoint():
            self.cr.execute(
                SQL(
                    "UPDATE process_deviation SET disposition = 'release' WHERE id = %s",
                    deviation.id,
                )
            )

    def test_a20_class_cannot_be_changed_to_get_round_it(self):
        deviation = self.open_deviation()
        with self.assertRaises(UserError):
            deviation.sudo().write({"control_class": "oprp"})
        reported = (
            self.env["process.deviation"]
            .with_user(self.operator)
            .create({"requirement_id": deviation.requirement_id.id, "control_class": "quality"})
        )
        self.assertEqual(reported.control_class, "ccp", "The requirement says the class")

    def test_a20_oprp_release_needs_evidence_and_two_people(self):
        deviation = self.open_deviation("oprp")
        manager = deviation.with_user(self.quality_manager)
        manager.write({"disposition": "release", "disposition_reason": "Analysis is fine"})
        with self.assertRaisesRegex(UserError, "evidence"):
            self.sign(deviation, "disposition", self.quality_manager)
        manager.release_evidence = "c"
        with self.assertRaisesRegex(UserError, "evidence"):
            self.sign(deviation, "disposition", self.quality_manager)
        attachment = self.env["ir.attachment"].create({"name": "lab.pdf", "raw": b"%PDF"})
        deviation.evidence_attachment_ids = attachment
        with self.assertRaisesRegex(UserError, "somebody else"):
            manager.disposition = "release"
            self.sign(deviation, "disposition", self.quality_manager)
        colleague = self._create_user("quality_manager", name="Second manager")
        self.sign(deviation, "disposition", colleague)
        self.assertEqual((deviation.state, deviation.decided_by_id), ("decided", colleague))

    def test_a20_laboratory_pass_does_not_unlock_a_ccp(self):
        deviation = self.open_deviation()
        attachments = self.env["ir.attachment"].with_user(self.quality_manager)
        attachment = attachments.create({"name": "lab pass.pdf", "raw": b"%PDF"})
        manager = deviation.with_user(self.quality_manager)
        manager.write(
            {
                "release_evidence": "c",
                "evidence_attachment_ids": [(4, attachment.id)],
                "disposition_reason": "Sample is negative",
            }
        )
        with self.assertRaises(ValidationError):
            manager.disposition = "release"
        deviation.invalidate_recordset()
        offered = dict(deviation.get_allowed_dispositions())
        self.assertNotIn("release", offered)

    def test_a20_import_and_api_release_no_ccp(self):
        deviation = self.open_deviation()
        for model in (self.env["process.deviation"], deviation.with_user(self.quality_manager)):
            found = model.load([".id", "disposition"], [[str(deviation.id), "Release"]])
            self.assertTrue(found["messages"])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            self.env["process.deviation"].sudo().create(
                {"control_class": "ccp", "disposition": "release", "description": "Lab passed"}
            )
            self.env.flush_all()

    def test_a20_redirect_names_another_product(self):
        deviation = self.open_deviation()
        manager = deviation.with_user(self.quality_manager)
        manager.write({"disposition": "redirect", "disposition_reason": "Animal feed"})
        with self.assertRaisesRegex(UserError, "name the product"):
            self.sign(deviation, "disposition", self.quality_manager)
        manager.redirect_product_id = self.env["product.product"].create({"name": "Feed"})
        self.sign(deviation, "disposition", self.quality_manager)
        self.assertEqual(deviation.state, "decided")

    def test_decision_is_signed_and_stamped(self):
        deviation = self.open_deviation()
        self.decide(deviation)
        self.assertEqual(deviation.state, "decided")
        self.assertEqual(deviation.decided_by_id, self.quality_manager)
        self.assertTrue(deviation.decided_at_ms)
        self.assertEqual(deviation.signature_ids.meaning, "disposition")
        self.assertTrue(deviation.signature_ids.is_valid)
        events = self.env["audit.record"].search([("res_model", "=", "process.deviation")])
        own = events.filtered(lambda e: e.res_id == deviation.id).mapped("event")
        self.assertLessEqual({"deviation.open", "deviation.decide"}, set(own))
        self.assertFalse(deviation.activity_ids, "What was to be decided is decided")

    def test_only_quality_managers_sign(self):
        deviation = self.open_deviation()
        deviation.with_user(self.quality_manager).write(
            {"disposition": "destroy", "disposition_reason": "Too cold"}
        )
        with self.assertRaises(AccessError):
            self.sign(deviation, "disposition", self.supervisor)
        self.assertEqual(deviation.state, "open")

    def test_reporter_does_not_sign(self):
        deviation = (
            self.env["process.deviation"]
            .with_user(self.quality_manager)
            .create({"control_class": "oprp", "description": "Foreign body", "state": "closed"})
        )
        self.assertEqual(deviation.state, "open", "The state is not the reporter's to say")
        self.assertEqual(deviation.reported_by_id, self.quality_manager)
        self.assertRegex(deviation.name, r"^DEV/\d{4}/\d{5}$")
        deviation.write({"disposition": "destroy", "disposition_reason": "Glass"})
        with self.assertRaisesRegex(UserError, "somebody else"):
            self.sign(deviation, "disposition", self.quality_manager)

    def test_nothing_to_sign_without_disposition_and_reason(self):
        deviation = self.open_deviation()
        with self.assertRaisesRegex(UserError, "reason"):
            deviation.with_user(self.quality_manager).action_decide()
        deviation.with_user(self.quality_manager).disposition_ccp = "destroy"
        self.assertEqual(deviation.disposition, "destroy")
        with self.assertRaisesRegex(UserError, "reason"):
            self.sign(deviation, "disposition", self.quality_manager)

    def test_decision_is_final(self):
        deviation = self.open_deviation()
        self.decide(deviation)
        with self.assertRaises(UserError):
            deviation.sudo().write({"disposition": "destroy"})
        with self.assertRaises(UserError):
            self.sign(deviation, "disposition", self.quality_manager)

    def test_all_transitions(self):
        states = ("open", "decided", "closed")
        deviation = self.open_deviation()
        deviation._stamp({"disposition": "destroy", "decided_by_id": self.env.uid})
        for old in states:
            for new in states:
                deviation._stamp({"state": old})
                if (old, new) in TRANSITIONS:
                    deviation._move_to(new, {})
                    self.assertEqual(deviation.state, new)
                else:
                    with self.assertRaises(UserError):
                        deviation._move_to(new, {})

    @mute_logger("odoo.sql_db")
    def test_database_wants_a_signed_decision(self):
        deviation = self.open_deviation()
        with self.assertRaises(psycopg2.errors.CheckViolation), self.cr.savepoint():
            deviation._stamp({"state": "closed"})
            self.env.flush_all()

    # -- A22 ------------------------------------------------------------------------------------

    def test_a22_closing_names_what_is_missing(self):
        deviation = self.open_deviation(is_over=False)
        manager = deviation.with_user(self.quality_manager)
        with self.assertRaisesRegex(UserError, "disposition"):
            manager.action_close()
        self.decide(deviation)
        with self.assertRaises(UserError) as caught:
            manager.action_close()
        message = str(caught.exception)
        self.assertIn("cause", message)
        self.assertIn("back in limits", message)
        self.assertIn("recurrence", message)
        self.assertNotIn("not under control", message)

    def test_a22_each_condition_alone_keeps_it_open(self):
        for broken in ("cause", "cause_category", "prevention"):
            deviation = self.open_deviation()
            self.decide(deviation)
            self.analyse(deviation)
            deviation.write({broken: False})
            with self.subTest(broken=broken), self.assertRaises(UserError):
                self.sign(deviation, "close", self.quality_manager)
            self.assertEqual(deviation.state, "decided")

    def test_a22_still_out_of_limits(self):
        deviation = self.open_deviation(is_over=False)
        self.decide(deviation)
        self.analyse(deviation)
        with self.assertRaisesRegex(UserError, "back in limits"):
            self.sign(deviation, "close", self.quality_manager)
        self.feed((T0 + 4 * SECOND, 72.6))
        deviation.cycle_id._evaluate(T0 + 5 * SECOND)
        self.assertTrue(deviation.window_end_ms, "Also after the decision")
        self.sign(deviation, "close", self.quality_manager)
        self.assertEqual(deviation.state, "closed")

    def test_a22_closed_with_all_four(self):
        deviation = self.open_deviation()
        self.decide(deviation)
        self.analyse(deviation)
        action = deviation.with_user(self.quality_manager).action_close()
        self.assertEqual(action["res_model"], "audit.signature.wizard")
        self.assertEqual(deviation.state, "decided", "Only the signature closes it")
        self.sign(deviation, "close", self.quality_manager)
        self.assertEqual(deviation.state, "closed")
        self.assertEqual(deviation.closed_by_id, self.quality_manager)
        self.assertEqual(set(deviation.alert_ids.mapped("state")), {"resolved"})
        self.assertEqual(set(deviation.signature_ids.mapped("is_valid")), {True})
        with self.assertRaises(UserError):
            deviation.sudo().write({"cause": "Something else"})

    def test_a22_supervisor_does_not_close(self):
        deviation = self.open_deviation()
        self.decide(deviation)
        self.analyse(deviation)
        with self.assertRaises(AccessError):
            self.sign(deviation, "close", self.supervisor)

    # -- the same failure and the next ----------------------------------------------------------

    def test_breach_that_goes_on_after_the_decision_is_the_same(self):
        deviation = self.open_deviation(is_over=False)
        self.decide(deviation)
        self.feed((T0 + 5 * SECOND, 70.0))
        deviation.cycle_id._evaluate(T0 + 6 * SECOND)
        self.assertEqual(deviation.cycle_id.deviation_ids, deviation)
        self.assertEqual(deviation.last_bad_ms, T0 + 5 * SECOND)

    def test_next_breach_is_a_new_deviation(self):
        deviation = self.open_deviation()
        self.decide(deviation)
        self.feed((T0 + 5 * SECOND, 70.0))
        deviation.cycle_id._evaluate(T0 + 6 * SECOND)
        self.assertEqual(len(deviation.cycle_id.deviation_ids), 2)

    # -- guards ---------------------------------------------------------------------------------

    def test_facts_cannot_be_edited(self):
        deviation = self.open_deviation()
        for name, value in (
            ("state", "closed"),
            ("window_start_ms", T0 + 500),
            ("window_end_ms", 0),
            ("cycle_id", False),
            ("decided_by_id", self.env.uid),
            ("name", "DEV/0"),
        ):
            with self.subTest(field=name), self.assertRaises(UserError):
                deviation.sudo().write({name: value})
        with self.assertRaises(UserError):
            deviation.sudo().unlink()

    def test_context_opens_no_door(self):
        deviation = self.open_deviation().with_context(
            force=True, skip_check=True, tracking_disable=True, install_mode=True
        )
        with self.assertRaises(UserError):
            deviation.write({"state": "closed"})

    def test_chart_of_the_window(self):
        data = self.open_deviation().get_chart_data()
        self.assertEqual([point[1] for point in data["points"]], [72.6, 71.0, 72.6])
        self.assertEqual([point[3] for point in data["points"]], [False, True, False])
        self.assertEqual(data["windows"][0][:2], [T0, T0 + 2 * SECOND])
