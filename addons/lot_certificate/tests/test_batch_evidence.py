# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A batch certificate under the eyes of an ISO 22000 auditor, and what takes its place."""

import datetime

from lxml.html import fromstring
from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CertificateCase


@tagged("post_install", "-at_install")
class TestBatchEvidence(CertificateCase):
    def read_words(self, certificate):
        report = self.env["ir.actions.report"]
        name = "lot_certificate.lot_certificate_report"
        html = report._render_qweb_html(name, certificate.ids)[0]
        return " ".join(fromstring(html).text_content().split())

    def describe(self, lot):
        return self.env["lot.certificate.batch"]._describe(lot, "Europe/Berlin")

    def refusals(self, certificate):
        found = self.env["lot.certificate.gate"]._get_refusals(certificate)
        return {refusal["code"]: refusal for refusal in found}

    # -- the record ---------------------------------------------------------------------------

    def test_a17_rework_and_its_reason_are_told(self):
        lot = self.make_released_lot(breach=True)
        process = self.describe(lot)["process"]
        self.assertEqual({event["type"] for event in process["exceptions"]}, {"rework"})
        self.assertTrue(all(e["person"] and e["reason"] and e["at"] for e in process["exceptions"]))
        broken, mended = process["monitoring"]
        self.assertEqual((broken["conforming"], broken["readings"]), (3, 5))
        self.assertEqual((mended["conforming"], mended["readings"]), (4, 4))
        words = self.read_words(self.make_certificate(lot))
        self.assertIn("What did not go the normal way", words)
        self.assertIn(process["exceptions"][0]["reason"], words)
        self.assertIn("Deviations recorded and closed: 1", words)
        self.assertIn("Critical control points within their limits: 1 of 1", words)

    def test_a11_devices_with_the_calibration_in_force(self):
        """A typed date shows no number; of calibrations the one before the batch counts."""
        certificate = self.make_certificate(self.lot)
        [device] = self.describe(self.lot)["process"]["devices"]
        self.assertEqual((device["code"], device["calibration"]), ("lc-temp", None))
        self.assertEqual(device["due"], str(self.sensor.calibration_due))
        self.assertIn("not on record", self.read_words(certificate))
        calibrations = self.env["process.calibration"]
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        for days, number in ((400, "K-1"), (30, "K-2"), (0, "K-3")):
            calibrations |= calibrations.create(
                {
                    "sensor_id": self.sensor.id,
                    "calibrated_at": now - datetime.timedelta(days=days),
                    "certificate_number": number,
                    "next_due": (now + datetime.timedelta(days=365 - days)).date(),
                }
            )
        self.env.flush_all()
        self.cr.execute(
            "UPDATE process_calibration SET state = 'approved' WHERE id IN %s",
            [tuple(calibrations.ids)],
        )
        self.env.invalidate_all()
        [device] = self.describe(self.lot)["process"]["devices"]
        self.assertEqual(device["certificate"], "K-2")
        self.assertEqual(device["calibrated"], str(calibrations[1].calibrated_at.date()))
        self.assertIn("K-2", self.read_words(certificate))

    def test_nothing_monitored_reads_as_nothing_monitored(self):
        lot, empty = self.lot, type(self.env["lot.certificate.batch"])
        self.patch(empty, "_get_monitoring", lambda self, run, zone: [])
        words = self.read_words(self.make_certificate(lot))
        self.assertIn("Nothing was monitored", words)
        self.assertNotIn("No deviation was recorded", words)
        self.assertNotIn("within their limits", words)

    def test_best_before_is_not_the_expiration(self):
        batch = type(self.env["lot.certificate.batch"])
        day = datetime.datetime(2027, 3, 1, 10)
        self.patch(batch, "_get_best_before", lambda self, lot: day)
        later = day + datetime.timedelta(days=3)
        self.patch(batch, "_get_expiry", lambda self, lot: later)
        words = self.read_words(self.make_certificate(self.lot))
        self.assertIn("Best beforeMar 1, 2027", words)
        self.assertIn("ExpiresMar 4, 2027", words)

    def test_a_lot_of_two_orders(self):
        """An open deviation of either order is in the way, and the other order is named."""
        other = self.start_order(hours=1)
        other.lot_producing_ids = self.lot
        self.env["process.deviation"].create(
            {
                "company_id": self.company.id,
                "stage_id": other.process_run_id.stage_ids[0].id,
                "description": "Found in the other order",
                "control_class": "ccp",
            }
        )
        certificate = self.make_certificate(self.lot)
        self.assertIn("deviation", self.refusals(certificate))
        self.assertFalse(self.describe(self.lot)["other_orders"])
        self.cr.execute("UPDATE mrp_production SET state = 'done' WHERE id = %s", [other.id])
        self.env.invalidate_all()
        self.assertTrue(self.describe(self.lot)["other_orders"])

    def test_what_is_delivered_without_a_record_is_named(self):
        picking = self.deliver(self.lot, 10)
        raw = self.receive("FARM-60", 5)
        line = picking.move_line_ids
        line.copy({"product_id": raw.product_id.id, "lot_id": raw.id, "quantity": 1})
        certificate = self.make_certificate(
            self.lot, lot_id=False, scope="delivery", picking_id=picking.id
        )
        self.assertEqual(certificate._get_lots(), self.lot)
        words = self.read_words(certificate)
        self.assertIn("not certified here: Raw milk (FARM-60)", words)

    # -- quantity and recipient -----------------------------------------------------------------

    def test_no_more_than_was_made_or_delivered(self):
        picking = self.deliver(self.lot, 10)
        litre = {"uom_id": self.milk.uom_id.id}
        kilogram = {"uom_id": self.env.ref("uom.product_uom_kgm").id}
        for values, words in (
            ({"quantity": 1000.001, **litre}, "only 1000 were made"),
            ({"picking_id": picking.id, "quantity": 10.5, **litre}, "only 10 were made or"),
            ({"quantity": 10, **kilogram}, "is kept in L"),
            ({"quantity": 10}, "stated in –"),
        ):
            with self.subTest(values=values):
                found = self.refusals(self.make_certificate(self.lot, **values))["quantity"]
                self.assertIn(words, found["message"])
        part = self.make_certificate(self.lot, picking_id=picking.id, quantity=4, **litre)
        self.assertNotIn("quantity", self.refusals(part))

    def test_the_recipient_is_who_was_delivered_to(self):
        picking = self.deliver(self.lot, 10)
        certificate = self.make_certificate(
            self.lot, picking_id=picking.id, partner_id=self.farm.id
        )
        found = self.refusals(certificate)["recipient"]
        self.assertEqual((found["res_model"], found["res_id"]), ("stock.picking", picking.id))
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        certificate.partner_id = buyer
        self.assertNotIn("recipient", self.refusals(certificate))

    # -- in place of another --------------------------------------------------------------------

    def replace(self, certificate, **values):
        action = certificate.action_supersede()
        draft = self.env["lot.certificate"].browse(action["res_id"])
        draft.write({"supersede_reason": "Repeated analysis", **values})
        return draft

    def test_chain_of_successors(self):
        first = self.make_issued()
        silent = self.replace(first, supersede_reason=" ")
        self.assertIn(first.name, self.refusals(silent)["reason"]["message"])
        silent.supersede_reason = "Repeated analysis"
        rival = self.replace(first)
        second = self.issue(silent)
        self.assertEqual(second._get_snapshot_data()["replaces_reason"], "Repeated analysis")
        # the other draft of the same place comes too late, for the gate and for PostgreSQL
        self.assertIn(second.name, self.refusals(rival)["succession"]["message"])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            rival._do_request_issue()
            rival.flush_recordset()
        third = self.issue(self.replace(second))
        self.env.invalidate_all()
        self.assertEqual(first._get_newest(), third)
        self.assertEqual((first.state, second.state), ("superseded", "superseded"))
        self.assertIn(third.name, self.refusals(rival)["succession"]["message"])

    def test_it_takes_the_place_of_its_own_subject_only(self):
        first = self.make_issued()
        for values in ({"partner_id": self.farm.id}, {"lot_id": self.receive("FARM-70", 5).id}):
            with self.subTest(values=values):
                draft = self.replace(first, **values)
                self.assertIn("it cannot take its place", str(self.refusals(draft)))
        never = self.make_certificate(self.lot, supersede_reason="x")
        never.supersedes_id = self.make_certificate(self.lot)
        self.assertIn("was never issued", str(self.refusals(never)))

    def test_who_holds_a_revoked_one_is_told(self):
        first, unsent = self.make_issued(), self.make_issued()
        unsent._cancel_mail()
        first._stamp({"mail_to": "goods.in@shop.example", "mailed_at_ms": 1, "mail_state": "sent"})
        for certificate in (first, unsent):
            self.sign(certificate, "revoke", self.quality, reason="Wrong analysis")
        domain = [("model", "=", "lot.certificate"), ("subject", "like", "Revoked:")]
        mails = self.env["mail.mail"].sudo().search(domain)
        mine = mails.filtered(lambda mail: mail.res_id in (first | unsent).ids)
        self.assertEqual(mine.mapped("res_id"), first.ids)
        self.assertEqual(mine.email_to, "goods.in@shop.example")
        self.assertIn("Wrong analysis", mine.body_html)
        self.assertFalse(mine.attachment_ids)

    # -- by whose word --------------------------------------------------------------------------

    def test_a_rule_that_ends_between_queue_and_issue(self):
        certificate = self.make_certificate(self.lot)
        certificate.action_request_issue()
        self.rule.action_end()
        certificate._issue()
        self.assertEqual((certificate.state, certificate.name), ("failed", False))
        self.assertIn("no approved rule of issue covers it", certificate.error)
        with self.assertRaises(UserError):
            certificate.action_request_issue()

    def test_a_rule_for_a_product_counts_in_every_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.milk.with_context(lang="de_DE").name = "Trinkmilch 3,5 %"
        self.customer.lang = "de_DE"
        self.rule.action_end()
        rule = self.env["lot.certificate.rule"].create(
            {
                "name": "This milk",
                "product_id": self.milk.id,
                "company_id": self.company.id,
                "reason": "Each batch is released by signature",
            }
        )
        self.sign(rule, "approve", self.quality)
        certificate = self.make_issued()
        self.assertEqual((certificate.language, certificate.rule_id), ("de_DE", rule))

    def test_who_changes_a_draft_does_not_review_it(self):
        self.rule.action_end()
        group = "process_monitoring.group_process_monitoring_quality_manager"
        editor, reviewer = self._user("editor", group), self._user("reviewer", group)
        certificate = self.make_certificate(self.lot)
        certificate.with_user(editor).quantity = 900
        certificate.action_request_review()
        self.assertEqual(certificate.drafted_by_ids, editor)
        self.assertNotIn(editor, certificate.activity_ids.user_id)
        self.assertFalse(certificate.with_user(editor).may_review)
        review = certificate.review_ids
        with self.assertRaisesRegex(UserError, "somebody else reviews it"):
            self.sign(review, "review", editor)
        with self.assertRaises(UserError):
            certificate.with_user(editor).drafted_by_ids = False
        self.sign(review, "review", reviewer)
        self.assertEqual(certificate.state, "to_issue")
