# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import json
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import frozen
from .common import CertificateCase, sign_with


@tagged("post_install", "-at_install")
class TestGate(CertificateCase):
    """Each reason against issuing, in words and with its record."""

    def refusals(self, certificate):
        return self.env["lot.certificate.gate"]._get_refusals(certificate)

    def codes(self, certificate):
        return [refusal["code"] for refusal in self.refusals(certificate)]

    def test_nothing_in_the_way(self):
        certificate = self.make_certificate(self.lot)
        self.assertEqual(self.codes(certificate), [])
        self.assertFalse(certificate.blockers_html)

    def test_no_lot(self):
        certificate = self.env["lot.certificate"].create({"company_id": self.company.id})
        self.assertEqual(self.codes(certificate), ["lot"])

    def test_lot_without_process_record(self):
        lot = self.receive("FARM-8", 10)
        self.assertEqual(self.codes(self.make_certificate(lot)), ["process"])

    def test_lot_in_quarantine(self):
        lot = self.make_lot()
        certificate = self.make_certificate(lot)
        self.assertEqual(self.codes(certificate), ["release"])
        with self.assertRaisesRegex(UserError, "not released by a quality manager"):
            certificate.action_request_issue()
        self.assertIn(f'href="/odoo/stock.lot/{lot.id}"', certificate.blockers_html)

    def test_open_deviation_of_the_batch(self):
        self.env["process.deviation"].create(
            {
                "company_id": self.company.id,
                "stage_id": self.lot.process_run_ids.stage_ids[0].id,
                "description": "Found later",
                "control_class": "ccp",
            }
        )
        certificate = self.make_certificate(self.lot)
        refusal = next(r for r in self.refusals(certificate) if r["code"] == "deviation")
        self.assertEqual(refusal["res_model"], "process.deviation")
        self.assertIn("is not closed", refusal["message"])

    def test_delivery_without_the_lot(self):
        other = self.deliver(self.receive("FARM-50", 10), 10)
        certificate = self.make_certificate(self.lot, picking_id=other.id)
        self.assertEqual(self.codes(certificate), ["delivery"])
        self.assertIn("is not in delivery", certificate.blockers_html)
        waiting = other.copy()
        self.assertIn(
            "is not done", self.make_certificate(self.lot, picking_id=waiting.id).blockers_html
        )

    def test_incomplete_address(self):
        self.company.street = False
        self.assertEqual(self.codes(self.make_certificate(self.lot)), ["address"])

    def test_no_key(self):
        self.company.certificate_signing_id = False
        refusal = self.refusals(self.make_certificate(self.lot))[0]
        self.assertEqual((refusal["code"], refusal["res_id"]), ("key", self.company.id))

    def test_key_without_private_part(self):
        self.signing.private_key_id = False
        self.assertEqual(self.codes(self.make_certificate(self.lot)), ["key"])

    def test_expired_key(self):
        start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=30)
        sign_with(self.company, "Old", start=start, days=10)
        refusal = self.refusals(self.make_certificate(self.lot))[0]
        self.assertIn("not today", refusal["message"])

    def test_all_reasons_at_once(self):
        self.company.write({"street": False, "certificate_signing_id": False})
        certificate = self.make_certificate(self.make_lot())
        self.assertEqual(self.codes(certificate), ["address", "release", "key"])

    def test_names_in_reasons_are_text(self):
        lot = self.make_lot()
        lot.name = "<script>alert(1)</script>"
        html = self.make_certificate(lot).blockers_html
        self.assertNotIn("<script", html)


@tagged("post_install", "-at_install")
class TestFrozen(CertificateCase):
    """What is issued stays as it was issued: ORM, superuser, SQL."""

    def test_stamped_fields_are_refused_for_everyone(self):
        certificate = self.make_certificate(self.lot)
        for name in sorted(frozen.STAMPED):
            for user in (self.quality, self.env.ref("base.user_root")):
                with self.subTest(name=name), self.assertRaises(UserError):
                    certificate.with_user(user).write({name: certificate[name]})
        with self.assertRaises(UserError):
            self.make_certificate(self.lot, state="issued")
        with self.assertRaises(UserError):
            self.make_certificate(self.lot, name="BC/2026/00001")

    def test_no_context_opens_the_guard(self):
        certificate = self.make_issued()
        for key in ("force", "skip_check", "lot_certificate_stamp", "install_mode", "no_guard"):
            with self.assertRaises(UserError):
                certificate.with_context(**{key: True}).write({"state": "draft"})

    def test_content_is_closed_after_the_request(self):
        certificate = self.make_certificate(self.lot)
        certificate.action_request_issue()
        with self.assertRaisesRegex(UserError, "cannot change"):
            certificate.quantity = 5
        certificate._issue()
        with self.assertRaisesRegex(UserError, "cannot change"):
            certificate.partner_id = self.farm

    def test_sql_cannot_change_what_is_issued(self):
        certificate = self.make_issued()
        certificate.flush_recordset()
        for name, value in (
            ("snapshot", "{}"),
            ("snapshot_hash", "0" * 64),
            ("name", "BC/1"),
            ("verify_token", "x"),
            ("state", "draft"),
            ("partner_id", self.farm.id),
        ):
            with (
                self.subTest(name=name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.cr.execute(
                    f"UPDATE lot_certificate SET {name} = %s WHERE id = %s",
                    [value, certificate.id],
                )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.cr.execute("DELETE FROM lot_certificate WHERE id = %s", [certificate.id])

    def test_a_numbered_one_is_not_deleted(self):
        certificate = self.make_issued()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            certificate.unlink()
        draft = self.make_certificate(self.lot)
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_the_pdf_is_not_changed_or_deleted(self):
        certificate = self.make_issued()
        attachment = certificate.attachment_id
        for values in (
            {"raw": b"%PDF-x"},
            {"datas": "JVBERg=="},
            {"name": "other.pdf"},
            {"res_model": "res.partner", "res_id": self.farm.id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                attachment.write(values)
        with self.assertRaises(UserError):
            attachment.unlink()
        other = self.env["ir.attachment"].create({"name": "note.txt", "raw": b"x"})
        other.raw = b"y"
        other.unlink()

    def test_tampering_is_seen(self):
        certificate = self.make_issued()
        self.assertTrue(certificate._is_intact())
        with patch.object(type(certificate.attachment_id), "raw", b"%PDF-changed"):
            self.assertFalse(certificate._is_intact())

    def test_copy_is_a_new_draft(self):
        copy = self.make_issued().copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.name or copy.snapshot or copy.signature or copy.attachment_id)

    def test_tokens_cannot_be_guessed(self):
        tokens = [self.make_certificate(self.lot).verify_token for _ in range(20)]
        self.assertEqual(len(set(tokens)), 20)
        self.assertTrue(all(len(token) == 32 for token in tokens))

    def test_two_requests_for_one_delivery(self):
        picking = self.deliver(self.lot)
        values = {"picking_id": picking.id}
        first, second = (self.make_certificate(self.lot, **values) for _ in range(2))
        first.action_request_issue()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            second.action_request_issue()
            second.flush_recordset()

    def test_export_before_issue(self):
        with self.assertRaisesRegex(UserError, "not issued"):
            self.make_certificate(self.lot).export_document()


@tagged("post_install", "-at_install")
class TestSnapshot(CertificateCase):
    def test_shape(self):
        certificate = self.make_issued(self.make_released_lot(breach=True))
        snapshot = json.loads(certificate.snapshot)
        self.assertEqual(snapshot["format"], "batchproof-snapshot/1")
        self.assertEqual(snapshot["number"], certificate.name)
        self.assertEqual(snapshot["issuer"]["identifier"], "DE136695976")
        self.assertEqual(snapshot["recipient"]["address"], "Rue du Port 4, Lyon, France")
        self.assertEqual(snapshot["identification"]["quantity"], "1000.000")
        self.assertEqual(snapshot["issued"]["zone"], "Europe/Berlin")
        self.assertTrue(snapshot["issued"]["utc"].endswith("Z"))
        batch = snapshot["batches"][0]
        material = batch["inputs"][0]
        self.assertEqual(
            (material["lot"], material["supplier"], material["quantity"]),
            ("FARM-2", "Marsh Farm", "1020.000"),
        )
        self.assertTrue(material["received"])
        process = batch["process"]
        self.assertEqual(
            [(s["name"], s["attempt"], s["state"]) for s in process["stages"]],
            [
                ("Pasteurisation", 1, "failed"),
                ("Pasteurisation", 2, "complete"),
                ("Filling", 1, "complete"),
            ],
        )
        first, second = process["monitoring"]
        self.assertEqual(
            (first["verdict"], first["minimum"], first["readings"]), ("breach", "70.9", 5)
        )
        self.assertEqual((second["verdict"], second["maximum"]), ("conform", "74.4"))
        self.assertEqual({limit["value"] for limit in second["limits"]}, {"72.0", "85.0"})
        deviation = process["deviations"][0]
        self.assertEqual((deviation["disposition"], deviation["state"]), ("reprocess", "closed"))
        self.assertEqual(len(deviation["signatures"]), 2)
        self.assertEqual(process["plan_signatures"][0]["signer"], "Supervisor Person")
        self.assertEqual(process["plan_sha256"], self.plan.content_hash)
        release = batch["release"]["signatures"][0]
        self.assertEqual((release["signer"], release["is_valid"]), ("Quality Person", True))
        self.assertEqual(batch["carbon_footprint"]["state"], "incomplete")
        lacking = [(row["code"], row["subject"]) for row in batch["carbon_footprint"]["lacking"]]
        self.assertEqual(lacking, [("mass", self.raw.name), ("mass", self.milk.name)])
        [event] = deviation["events"]
        self.assertEqual((event["kind"], event["value"]), ("breach", "70.9"))
        self.assertEqual((event["limit"]["operator"], event["limit"]["value"]), ("ge", "72.0"))
        self.assertEqual(deviation["description"], "", "Nobody typed anything")
        self.assertIsNone(snapshot["sustainability_declaration"])

    def test_missing_is_not_zero(self):
        """A lot that was bought has no order, no process, no footprint: None, not zero."""
        lot = self.receive("FARM-99", 5)
        batch = self.env["lot.certificate.batch"]._describe(lot, "UTC")
        for name in ("carbon_footprint", "process", "order", "made", "release", "expiry"):
            self.assertIsNone(batch[name], name)
        self.assertEqual(batch["inputs"], [])
        self.assertEqual(batch["quantity"], "5.000")

    def test_own_intermediate_is_traced_to_the_supplier(self):
        cheese = self.env["product.product"].create(
            {
                "name": "Cheese",
                "is_storable": True,
                "tracking": "lot",
                "uom_id": self.env.ref("uom.product_uom_kgm").id,
            }
        )
        order = self.env["mrp.production"].create(
            {
                "product_id": cheese.id,
                "product_qty": 10,
                "company_id": self.company.id,
                "move_raw_ids": [
                    (0, 0, {"product_id": self.milk.id, "product_uom_qty": 100}),
                ],
            }
        )
        order.action_confirm()
        order.action_assign()
        order.action_generate_serial()
        order.qty_producing = 10
        order.set_qty_producing()
        order.move_raw_ids.picked = True
        order.button_mark_done()
        inputs = self.env["lot.certificate.batch"]._get_inputs(order, "UTC")
        self.assertEqual(inputs[0]["lot"], self.lot.name)
        self.assertIsNone(inputs[0]["supplier"])
        self.assertEqual(inputs[0]["inputs"][0]["supplier"], "Marsh Farm")


@tagged("post_install", "-at_install")
class TestAccess(CertificateCase):
    def test_roles(self):
        certificate = self.make_issued()
        for user in (self.quality, self.sales):
            self.assertTrue(certificate.with_user(user).read(["name"]))
        auditor = self._user("auditor", "audit_chain.group_audit_chain_auditor")
        self.assertTrue(certificate.with_user(auditor).export_document())
        clerk = self._user("clerk", "base.group_user")
        with self.assertRaises(AccessError):
            certificate.with_user(clerk).read(["name"])
        with self.assertRaises(AccessError):
            certificate.with_user(clerk).export_document()
        for user in (self.sales, auditor):
            with self.assertRaises(AccessError):
                self.make_certificate(self.lot).with_user(user).action_request_issue()
            with self.assertRaises(AccessError):
                self.env["lot.certificate"].with_user(user).create({"lot_id": self.lot.id})
        with self.assertRaises(AccessError):
            certificate.with_user(clerk).action_send()

    def test_quality_manager_drafts_and_issues(self):
        certificate = (
            self.env["lot.certificate"]
            .with_user(self.quality)
            .create({"kind": "batch", "lot_id": self.lot.id, "partner_id": self.customer.id})
        )
        certificate.action_request_issue()
        self.assertEqual(certificate.state, "to_issue")

    def test_other_company(self):
        certificate = self.make_issued()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "lc_stranger",
            "process_monitoring.group_process_monitoring_quality_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        theirs = self.env["lot.certificate"].with_user(stranger)
        theirs = theirs.with_context(allowed_company_ids=company.ids)
        self.assertFalse(theirs.search([("id", "=", certificate.id)]))
        with self.assertRaises(AccessError):
            theirs.browse(certificate.id).export_document()

    def test_portal_sees_its_own_issued_ones(self):
        certificate = self.make_issued()
        draft = self.make_certificate(self.lot)
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        mine = new_test_user(self.env, "lc_portal", "base.group_portal", partner_id=contact.id)
        other = new_test_user(self.env, "lc_portal_other", "base.group_portal")
        model = self.env["lot.certificate"]
        self.assertEqual(model.with_user(mine).search([]), certificate)
        self.assertFalse(model.with_user(other).search([]))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            draft.with_user(mine).read(["name"])
        with self.assertRaises(AccessError):
            certificate.with_user(mine).write({"partner_id": contact.id})
        with self.assertRaises(AccessError):
            certificate.with_user(mine).action_request_issue()
        with self.assertRaises(AccessError):
            certificate.with_user(mine).action_send()

    def test_key_stays_with_the_administrator(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.quality).read(["certificate_signing_id"])
