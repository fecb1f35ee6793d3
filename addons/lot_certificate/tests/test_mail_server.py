# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mails through a real SMTP server that refuses, and what a mail gateway sends back."""

import email
import email.policy
import socket
from unittest.mock import patch

from aiosmtpd.controller import Controller

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .common import CertificateCase

REPORT = """From: MAILER-DAEMON@mx.shop.example
To: %(to)s
Subject: Undelivered Mail Returned to Sender
Message-Id: <dsn-1@mx.shop.example>
Date: Sun, 22 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail system <b>mx.shop.example</b> could not deliver: mailbox full.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example

Final-Recipient: rfc822; goods.in@shop.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

--b
Content-Type: text/rfc822-headers

Message-Id: %(message)s
To: goods.in@shop.example
Subject: %(subject)s

--b--
"""


class Door:
    """An SMTP server's rules: it knows no recipient until `is_open`, and keeps what it takes."""

    def __init__(self):
        self.is_open = False
        self.mails = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if not self.is_open:
            return f"550 5.1.1 <{address}>: no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.mails.append(
            email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        )
        return "250 Taken"


@tagged("post_install", "-at_install")
class TestMailServer(CertificateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.door = Door()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(cls.door, hostname="127.0.0.1", port=port)
        controller.start()
        cls.addClassCleanup(controller.stop)
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["ir.mail_server"].create(
            {"name": "Door", "smtp_host": "127.0.0.1", "smtp_port": port, "sequence": 1}
        )
        patcher = patch.object(IrMail_Server, "_disable_send", lambda server: False)
        cls.startClassPatcher(patcher)

    def setUp(self):
        super().setUp()
        self.door.is_open = False
        self.door.mails.clear()

    def send(self, certificate):
        certificate._send_queued()
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            certificate.mail_id.send()

    def test_a_real_550_is_visible_and_retried(self):
        certificate = self.make_issued()
        self.send(certificate)
        self.assertEqual(certificate.mail_state, "failed")
        self.assertIn("no such user here", certificate.mail_error)
        self.assertFalse(self.door.mails)
        todo = self.env.ref("lot_certificate.lot_certificate_action_todo")
        self.assertIn("'failed', 'bounced'", todo.domain)
        self.door.is_open = True
        certificate.with_user(self.sales).action_send()
        self.send(certificate)
        self.assertEqual((certificate.mail_state, certificate.mail_error), ("sent", False))
        self.assertEqual(len(self.door.mails), 1)
        parts = {part.get_filename(): part for part in self.door.mails[0].iter_attachments()}
        pdf = parts[certificate.pdf_name].get_payload(decode=True)
        self.assertEqual(pdf, certificate.attachment_id.raw)
        data = parts["declaration.json"].get_payload(decode=True)
        self.assertEqual(data.decode(), certificate.export_document())
        # asked once more by the scheduled action, nothing leaves
        self.send(certificate)
        self.assertEqual(len(self.door.mails), 1)

    def test_delivery_status_notification(self):
        self.door.is_open = True
        certificate = self.make_issued()
        self.send(certificate)
        message = certificate.mail_id.mail_message_id
        raw = REPORT % {
            "to": "bounce@dairy.example",
            "message": message.message_id,
            "subject": certificate.mail_id.subject,
        }
        self.env["mail.thread"].message_process("lot.certificate", raw)
        self.assertEqual(certificate.mail_state, "bounced")
        self.assertIn("mailbox full", certificate.mail_error)
        self.assertEqual(certificate.state, "issued")
        certificate.with_user(self.sales).action_send()
        self.send(certificate)
        self.assertEqual(certificate.mail_state, "sent")
        # a late report about the first mail says nothing of the second
        self.env["mail.thread"].message_process("lot.certificate", raw)
        self.assertEqual(certificate.mail_state, "sent")

    def test_in_bulk_each_recipient_once(self):
        self.door.is_open = True
        nobody = self.env["res.partner"].create({"name": "No Address"})
        sent = self.make_issued()
        self.send(sent)
        waiting = self.make_issued()
        waiting._stamp({"mail_state": "none"})
        lost = self.make_issued(self.lot, partner_id=nobody.id)
        lost._stamp({"mail_state": "none"})
        draft = self.make_certificate(self.lot)
        chosen = sent | waiting | lost | draft
        action = chosen.with_user(self.sales).action_send_bulk()
        bulk = self.env["lot.certificate.bulk"].browse(action["res_id"]).with_user(self.sales)
        self.assertEqual(bulk.certificate_ids, waiting | lost)
        self.assertIn(sent.name, bulk.skipped)
        self.assertEqual((bulk.waiting_count, bulk.progress), (2, 0))
        with self.enter_registry_test_mode():
            self.env.ref("lot_certificate.ir_cron_issue").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(lost.mail_state, "failed")
        self.assertEqual((bulk.failed_count, bulk.waiting_count, bulk.progress), (1, 1, 50))
        waiting.mail_id.send()
        self.assertEqual((bulk.sent_count, bulk.progress), (1, 100))
        self.assertEqual(len(self.door.mails), 2)
        again = bulk.action_retry()
        self.assertEqual(lost.bulk_id.id, again["res_id"])
        self.assertEqual(waiting.bulk_id, bulk.sudo())
        # who may not send sends nothing in bulk either, and nobody makes one by hand
        with self.assertRaises(AccessError):
            chosen.with_user(self._user("clerk", "base.group_user")).action_send_bulk()
        with self.assertRaises(AccessError):
            bulk.create({"company_id": self.company.id, "user_id": self.sales.id})
        foreign = bulk.sudo().create(
            {"company_id": self.env.ref("base.main_company").id, "user_id": self.sales.id}
        )
        self.assertNotIn(foreign, bulk.search([]))

    def test_a_revoked_one_does_not_leave_any_more(self):
        self.door.is_open = True
        certificate = self.make_issued()
        certificate._send_queued()
        mail = certificate.mail_id
        self.sign(certificate, "revoke", self.quality, reason="Wrong lot")
        self.assertEqual((mail.state, certificate.mail_state), ("cancel", "none"))
        mail.send()
        # the signer's new password is told by mail too
        self.assertFalse([m for m in self.door.mails if certificate.name in m["Subject"]])

    def test_html_in_names_is_escaped_in_the_mail(self):
        self.door.is_open = True
        self.milk.name = "<img src=x onerror=alert(1)>"
        self.customer.name = "<svg onload=alert(2)>"
        certificate = self.make_issued()
        self.send(certificate)
        body = self.door.mails[0].get_body(("html",)).get_content()
        self.assertNotIn("<img src=x", body)
        self.assertNotIn("<svg", body)
        self.assertIn("&lt;img src=x", body)
