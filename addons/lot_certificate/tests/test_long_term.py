# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Long-term validation of what is issued: what the authorities say, and when they say nothing."""

import base64

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .. import revocation
from . import pki
from .common import CertificateCase


@tagged("post_install", "-at_install")
class TestLongTerm(CertificateCase):
    def setUp(self):
        super().setUp()
        revocation.forget()
        self.addCleanup(revocation.forget)
        self.authority = self.enterContext(pki.serve())
        self.sign_with(self.authority)

    def sign_with(self, authority):
        values = {"name": "Long-term key", "company_id": self.company.id}
        content = base64.b64encode(authority.signer.key_pem)
        key = self.env["certificate.key"].create({**values, "content": content})
        content = base64.b64encode(authority.bundle)
        self.company.certificate_signing_id = self.env["certificate.certificate"].create(
            {**values, "content": content, "private_key_id": key.id}
        )
        self.company.write(
            {
                "timestamp_url": f"{authority.base}/tsr",
                "timestamp_authority": authority.root.pem.decode(),
            }
        )

    def issue(self):
        certificate = self.make_certificate(self.lot)
        certificate._do_request_issue()
        certificate._issue()
        return certificate

    def test_issued_for_the_long_term_and_asked_once(self):
        first = self.issue()
        self.assertEqual((first.state, first.signature_level), ("issued", "b_lt"), first.error)
        self.assertIn(b"/DSS", first.attachment_id.raw)
        asked = {key: n for key, n in self.authority.asked.items() if key != "/tsr"}
        self.assertEqual(asked, {"/ocsp": 1, "/sub.crl": 1, "/root.crl": 2})
        second = self.issue()
        self.assertEqual(second.signature_level, "b_lt")
        again = {key: n for key, n in self.authority.asked.items() if key != "/tsr"}
        self.assertEqual(again, asked)

    def test_a_revoked_key_issues_nothing(self):
        for unit in (self.authority.signer, self.authority.sub, self.authority.stamper):
            revocation.forget()
            self.authority.revoked = {unit}
            certificate = self.issue()
            with self.subTest(unit=unit.name.rfc4514_string()):
                self.assertEqual(certificate.state, "failed")
                self.assertIn("is revoked", certificate.error)
                self.assertFalse(certificate.snapshot or certificate.attachment_id)

    def test_nobody_to_ask(self):
        """It waits with the reason; or, by setting, it is issued as B-T and says so."""
        self.authority.is_silent = True
        certificate = self.issue()
        self.assertEqual((certificate.state, certificate.snapshot), ("to_issue", False))
        self.assertIn("could not be found out", certificate.error)
        self.company.certificate_revocation_policy = "without"
        certificate._issue()
        self.assertEqual((certificate.state, certificate.signature_level), ("issued", "b_t"))
        said = "".join(certificate.message_ids.mapped("body"))
        self.assertIn("could not be found out", said)
        self.assertNotIn(b"/DSS", certificate.attachment_id.raw)

    def test_without_stamp_a_revoked_key_is_still_found(self):
        self.company.timestamp_url = False
        certificate = self.issue()
        self.assertEqual((certificate.state, certificate.signature_level), ("issued", "b_b"))
        revocation.forget()
        self.authority.revoked = {self.authority.signer}
        self.assertEqual(self.issue().state, "failed")

    def test_lists_by_hand(self):
        for text in ("no list", pki.Unit("x").pem.decode()):
            with self.subTest(text=text[:10]), self.assertRaises(ValidationError):
                self.company.certificate_revocation_lists = text
        lists = [self.authority.make_list(name) for name in ("sub", "root")]
        pems = [pki.x509.load_der_x509_crl(each).public_bytes(pki.PEM).decode() for each in lists]
        self.company.write({"certificate_revocation_lists": "".join(pems), "timestamp_url": False})
        certificate = self.issue()
        self.assertEqual(certificate.state, "issued", certificate.error)
        self.assertFalse(self.authority.asked)
