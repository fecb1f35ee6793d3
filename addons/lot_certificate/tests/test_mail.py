# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server, MailDeliveryException
from odoo.addons.mail.tests.common import MockEmail

from .common import CertificateCase
from .test_language import learn_german


@tagged("post_install", "-at_install")
class TestMail(MockEmail, CertificateCase):
    def send_queue(self, certificate):
        """Send what is queued, as the mail scheduler does."""
        with self.mock_mail_gateway():
            certificate.mail_id.send()

    def test_queued_with_pdf_and_data(self):
        certificate = self.make_issued()
        with self.mock_mail_gateway():
            certificate._send_queued()
        mail = certificate.mail_id
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn(certificate.name, mail.subject)
        self.assertIn(certificate.verify_url, mail.body_html)
        files = {attachment.name: attachment for attachment in mail.attachment_ids}
        self.assertEqual(files[certificate.pdf_name].raw, certificate.attachment_id.raw)
        self.assertEqual(files["declaration.json"].raw.decode(), certificate.export_document())
        self.assertEqual(certificate.mail_state, "to_send")
        self.assertIn("goods.in@shop.example", certificate.mail_to)

    def test_the_credential_goes_along_where_it_is_wanted(self):
        certificate = self.make_issued()
        self.customer.certificate_with_credential = True
        certificate._send_queued()
        files = {attachment.name: attachment for attachment in certificate.mail_id.attachment_ids}
        name = f"{certificate.pdf_name.removesuffix('.pdf')}.vc.jwt"
        self.assertEqual(set(files), {certificate.pdf_name, "declaration.json", name})
        self.assertEqual(files[name].raw.decode(), certificate.export_credential())
        self.assertEqual(files[name].mimetype, "application/vc+jwt")

    def test_sent(self):
        certificate = self.make_issued()
        certificate._send_queued()
        with self.mock_mail_gateway():
            certificate.mail_id.send()
        self.assertEqual(certificate.mail_state, "sent")
        self.assertTrue(certificate.mailed_at_ms)
        sent = self._mails[0]
        self.assertEqual(sent["email_to"], ['"Corner Shop" <goods.in@shop.example>'])
        names = [attachment[0] for attachment in sent["attachments"]]
        self.assertEqual(sorted(names), sorted([certificate.pdf_name, "declaration.json"]))

    def test_failure_shows_the_reason_and_offers_a_retry(self):
        certificate = self.make_issued()
        certificate._send_queued()
        error = MailDeliveryException("550 5.1.1 no such user here")
        with (
            mute_logger("odoo.addons.mail.models.mail_mail"),
            patch.object(IrMail_Server, "_disable_send", lambda server: False),
            patch.object(IrMail_Server, "_connect__", lambda server, *a, **kw: None),
            patch.object(IrMail_Server, "send_email", side_effect=error),
        ):
            certificate.mail_id.send()
        self.assertEqual(certificate.mail_state, "failed")
        self.assertIn("550", certificate.mail_error)
        certificate.with_user(self.sales).action_send()
        self.send_queue(certificate)
        self.assertEqual(certificate.mail_state, "sent")
        self.assertFalse(certificate.mail_error)

    def test_unissued_is_never_mailed(self):
        draft = self.make_certificate(self.lot)
        for state in ("draft", "to_issue", "failed"):
            draft._stamp({"state": state})
            with self.subTest(state=state), self.assertRaisesRegex(UserError, "not issued"):
                draft.action_send()
        issued = self.make_issued()
        issued._stamp({"state": "revoked"})
        with self.assertRaisesRegex(UserError, "not issued"):
            issued.action_send()
        self.assertFalse((draft | issued).mail_id)

    def test_tampered_is_never_mailed(self):
        certificate = self.make_issued()
        with (
            patch.object(type(certificate), "_is_intact", return_value=False),
            self.assertRaisesRegex(UserError, "not what was signed"),
        ):
            certificate.action_send()
        self.assertFalse(certificate.mail_id)

    def test_nobody_to_send_it_to(self):
        self.customer.email = False
        certificate = self.make_issued()
        certificate._send_queued()
        self.assertEqual(certificate.mail_state, "failed")
        self.assertIn("no valid e-mail", certificate.mail_error)
        self.customer.email = "goods.in@shop.example"
        certificate.action_send()
        self.assertEqual(certificate.mail_state, "to_send")

    def test_delivery_address_without_mail(self):
        address = self.env["res.partner"].create(
            {"name": "Ramp 3", "type": "delivery", "parent_id": self.customer.id}
        )
        certificate = self.make_issued(self.lot, partner_id=address.id)
        certificate._send_queued()
        self.assertEqual(certificate.mail_id.recipient_ids, self.customer)

    def test_a_queued_mail_is_not_queued_twice(self):
        certificate = self.make_issued()
        certificate._send_queued()
        mail = certificate.mail_id
        certificate.action_send()
        self.assertEqual(certificate.mail_id, mail)

    def test_customer_who_wants_none(self):
        self.customer.certificate_by_mail = False
        certificate = self.make_issued()
        self.assertEqual(certificate.mail_state, "none")
        certificate._send_queued()
        self.assertFalse(certificate.mail_id)
        certificate.action_send()
        self.assertEqual(certificate.mail_state, "to_send")

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env.ref("lot_certificate.mail_template_batch").with_context(
            lang="de_DE"
        ).subject = "Chargenzertifikat {{ object.name }}"
        self.customer.lang = "de_DE"
        certificate = self.make_issued()
        certificate._send_queued()
        self.assertEqual(certificate.mail_id.subject, f"Chargenzertifikat {certificate.name}")

    def test_a_mail_the_plant_is_proud_of(self):
        """In German: own head and foot, salutation, facts, attachments in words, plain text."""
        learn_german(self.env)
        self.customer.lang = "de_DE"
        certificate = self.make_issued()
        certificate._send_queued()
        with self.mock_mail_gateway():
            certificate.mail_id.send()
        sent = self._mails[0]
        for text in (
            "Sehr geehrte Damen und Herren,",
            certificate.name,
            "1.000\u00a0L",
            "declaration.json",
            "elektronisch signiert",
            certificate.verify_url,
            "Mit freundlichen Grüßen",
            "Meadow Road 1, 24103 Kiel",
        ):
            self.assertIn(text, sent["body"])
            self.assertIn(text, sent["body_alternative"])
        for strange in ("Odoo", "Dear", "Ihr(e)", "BC-2026", "Kind regards", "Attached"):
            self.assertNotIn(strange, sent["body"])
        self.assertTrue(sent["subject"].startswith("Chargenzertifikat BC/"))

    def test_a_person_is_greeted_by_name(self):
        person = self.env["res.partner"].create(
            {"name": "Kim Lee", "email": "kim@shop.example", "parent_id": self.customer.id}
        )
        certificate = self.make_issued(partner_id=person.id)
        certificate._send_queued()
        self.assertIn("Dear Kim Lee,", certificate.mail_id.body_html)
        self.assertNotIn("Sir or Madam", certificate.mail_id.body_html)


@tagged("post_install", "-at_install")
class TestDelivery(CertificateCase):
    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("lot_certificate.ir_cron_issue").method_direct_trigger()

    def test_delivery_makes_issues_and_mails(self):
        picking = self.deliver(self.lot, 600)
        self.assertTrue(picking.is_certificate_due)
        self.assertFalse(picking.lot_certificate_ids)
        self.run_cron()
        self.assertFalse(picking.is_certificate_due)
        certificate = picking.lot_certificate_ids
        self.assertEqual(certificate.state, "issued", certificate.error)
        self.assertEqual((certificate.quantity, certificate.uom_id.name), (600, "L"))
        self.assertEqual(certificate.partner_id, self.customer)
        self.assertEqual(certificate.mail_state, "to_send")
        self.assertTrue(certificate.mail_id)
        fact = certificate._get_snapshot_data()["identification"]
        self.assertEqual(fact["delivery"], picking.name)
        self.assertEqual(fact["customer_reference"], "PO-4711")
        self.assertEqual(fact["quantity"], "600.000")

    def test_customer_or_company_that_does_not_want_it(self):
        self.customer.certificate_by_mail = False
        self.assertFalse(self.deliver(self.lot, 10).is_certificate_due)
        self.customer.certificate_by_mail = True
        self.company.certificate_by_mail = False
        self.assertFalse(self.deliver(self.lot, 10).is_certificate_due)

    def test_lot_without_process_record_gets_none(self):
        raw = self.receive("FARM-9", 50)
        picking = self.deliver(raw, 50)
        self.run_cron()
        self.assertFalse(picking.lot_certificate_ids or picking.is_certificate_due)
        with self.assertRaisesRegex(UserError, "nothing to certify"):
            picking.action_create_certificates()

    def test_the_goods_do_not_wait_for_the_certificate(self):
        """Whatever is wrong with certificates, a delivery is done."""
        self.company.certificate_signing_id = False
        picking = self.deliver(self.lot, 20)
        self.run_cron()
        certificate = picking.lot_certificate_ids
        self.assertEqual(certificate.state, "failed")
        self.assertIn("no signing certificate", certificate.error)

    def test_receipts_need_none(self):
        self.receive("FARM-10", 10)
        incoming = self.env["stock.picking"].search(
            [("picking_type_code", "=", "incoming"), ("company_id", "=", self.company.id)]
        )
        self.assertFalse(any(incoming.mapped("is_certificate_due")))

    def test_buttons(self):
        picking = self.deliver(self.lot, 30)
        picking.with_user(self.quality).action_create_certificates()
        self.assertEqual(picking.lot_certificate_count, 1)
        self.assertEqual(self.lot.lot_certificate_count, 1)
        order = self.lot._get_certificate_production()
        self.assertEqual(order.lot_certificate_count, 1)
        self.assertTrue(order.action_view_certificates()["domain"])
        self.run_cron()
        self.assertEqual(picking.lot_certificate_count, 1)
        action = self.lot.with_user(self.quality).action_create_certificate()
        draft = self.env["lot.certificate"].browse(action["res_id"])
        self.assertEqual((draft.lot_id, draft.state), (self.lot, "draft"))

    def test_the_slip_lists_the_input_lots(self):
        picking = self.deliver(self.lot, 7)
        facts = picking.with_user(self.sales)._get_slip_facts()
        self.assertEqual(facts["statements"], [])
        self.assertEqual([row["supplier"] for row in facts["inputs"]], ["Marsh Farm"])
        self.raw.name = "<b>Raw</b>"
        page = (
            self.env["ir.actions.report"]
            ._render_qweb_html("stock.report_deliveryslip", picking.ids)[0]
            .decode()
        )
        self.assertIn("&lt;b&gt;Raw&lt;/b&gt;", page)
        self.assertIn("FARM-7", page)

    def test_one_certificate_of_the_whole_delivery(self):
        self.customer.certificate_scope = "delivery"
        picking = self.deliver(self.lot, 11)
        self.run_cron()
        certificate = picking.lot_certificate_ids
        self.assertEqual((certificate.scope, certificate.state), ("delivery", "issued"))
        fact = certificate._get_snapshot_data()["identification"]
        self.assertEqual((fact["lots"], fact["quantity"]), ([self.lot.name], "11.000"))
        self.assertEqual(fact["lines"][0]["delivery"], picking.name)
        self.assertEqual(certificate.product_id, self.milk)
        self.assertIn(self.lot.name, certificate.mail_id.subject)
        self.assertFalse(picking._get_certificate_subjects())

    def test_a_period_of_a_customer(self):
        picking = self.deliver(self.lot, 13)
        earlier = self.deliver(self.lot, 17)
        yesterday = datetime.date.today() - datetime.timedelta(days=1)
        picking.date_done = datetime.datetime.combine(yesterday, datetime.time(12))
        earlier.date_done = picking.date_done - datetime.timedelta(days=9)
        certificate = self.make_certificate(
            self.env["stock.lot"],
            scope="period",
            period_product_id=self.milk.id,
            period_from=yesterday - datetime.timedelta(days=2),
            period_to=yesterday,
        )
        gate = self.env["lot.certificate.gate"]
        self.assertEqual(gate._get_refusals(certificate), [])
        self.assertEqual((certificate.quantity, certificate.lot_names), (13, self.lot.name))
        certificate.period_to = datetime.date.today() + datetime.timedelta(days=1)
        self.assertIn("not over", gate._get_refusals(certificate)[0]["message"])
        certificate.period_to = yesterday
        certificate.period_from = yesterday - datetime.timedelta(days=20)
        self.assertEqual(certificate.quantity, 30)
        issued = self.issue(certificate)
        fact = issued._get_snapshot_data()["identification"]
        self.assertEqual(len(fact["lines"]), 2)
        self.assertEqual(fact["period"]["to"], str(yesterday))
        certificate = certificate.copy()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.cr.savepoint():
            certificate._do_request_issue()
            certificate.flush_recordset()
        certificate.partner_id = self.env["res.partner"].create({"name": "Nobody"})
        self.assertIn("No lot with", gate._get_refusals(certificate)[0]["message"])
