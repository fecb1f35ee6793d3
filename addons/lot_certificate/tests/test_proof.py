# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The outside stamp on a signature, the rotation of keys, a key on a device."""

import base64
import datetime
import os
import subprocess
import tempfile
import warnings
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons.audit_chain.tests import tsa
from odoo.addons.audit_chain.tools import timestamp

from ..tools import document, pades
from .common import CertificateCase
from .keys import sign_with


@tagged("post_install", "-at_install")
class TestStamp(CertificateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.witness = tsa.Authority()

    def request_issue(self):
        certificate = self.make_certificate(self.lot)
        certificate._do_request_issue()
        return certificate

    def test_the_witness_stamps_the_signature(self):
        with tsa.serve(self.witness) as url:
            self.company.write({"timestamp_url": url, "timestamp_authority": self.witness.pem})
            certificate = self.request_issue()
            certificate._issue()
        self.assertEqual(certificate.state, "issued", certificate.error)
        token, digest = pades.get_stamp(certificate.attachment_id.raw)
        stamp = timestamp.read(token, digest, [self.witness.pem.encode()])
        self.assertTrue(stamp.is_trusted)
        self.assertEqual(certificate.stamped_at_ms, round(stamp.moment.timestamp() * 1000))
        self.assertIn("Test time authority unit 1", certificate.stamped_by)
        with self.assertRaises(UserError):
            certificate.write({"stamped_at_ms": 1})

    def test_out_of_reach_it_waits_with_the_reason(self):
        with tsa.serve(self.witness) as url:
            pass
        self.company.timestamp_url = url
        certificate = self.request_issue()
        certificate._issue()
        number = certificate.name
        self.assertEqual(certificate.state, "to_issue")
        self.assertIn(url, certificate.error)
        self.assertTrue(number)
        self.assertFalse(certificate.snapshot or certificate.attachment_id)
        with tsa.serve(self.witness) as url:
            self.company.timestamp_url = url
            certificate._issue()
        self.assertEqual((certificate.state, certificate.name), ("issued", number))
        self.assertFalse(certificate.error)
        self.assertTrue(certificate.stamped_at_ms)

    def test_a_stranger_is_no_witness(self):
        with tsa.serve(tsa.Authority("Stranger")) as url:
            self.company.write({"timestamp_url": url, "timestamp_authority": self.witness.pem})
            certificate = self.request_issue()
            certificate._issue()
        self.assertEqual(certificate.state, "to_issue")
        self.assertIn("do not trust", certificate.error)

    def test_by_setting_it_goes_on_without(self):
        with tsa.serve(self.witness) as url:
            pass
        self.company.write({"timestamp_url": url, "certificate_stamp_policy": "without"})
        certificate = self.request_issue()
        certificate._issue()
        self.assertEqual(certificate.state, "issued", certificate.error)
        self.assertFalse(certificate.stamped_at_ms)
        self.assertIn(url, "".join(certificate.message_ids.mapped("body")))

    # -- keys ---------------------------------------------------------------------------------

    def test_a_new_key_leaves_old_signatures_valid(self):
        old = self.make_issued()
        previous = self.company.certificate_signing_id
        with self.assertRaises(UserError):
            previous.unlink()
        sign_with(self.company, "Test Dairy, second key")
        new = self.make_issued()
        self.assertNotEqual(old.signer_fingerprint, new.signer_fingerprint)
        previous.unlink()
        for certificate in old, new:
            self.assertTrue(certificate._is_intact())
            self.assertTrue(document.is_authentic(certificate.export_document()))

    def test_a_key_out_of_its_time_issues_nothing(self):
        now = datetime.datetime.now(datetime.UTC)
        for start in (now - datetime.timedelta(days=30), now + datetime.timedelta(days=3)):
            sign_with(self.company, "Out of time", start=start, days=10)
            certificate = self.request_issue()
            certificate._issue()
            self.assertEqual((certificate.state, certificate.name), ("failed", False))
            self.assertIn(f"valid from {start.date()}", certificate.error)
            self.assertIn("not today", certificate.error)


def find_softhsm():
    """Return library and tool of SoftHSM, installed or unpacked by `scripts/`; else None."""
    tool = next(
        (
            path
            for folder in os.environ["PATH"].split(os.pathsep)
            if (path := Path(folder) / "softhsm2-util").exists()
        ),
        None,
    )
    if not tool:
        return None
    roots = [Path("/usr/lib"), tool.parent.parent / "system/usr/lib", tool.parent.parent / "lib"]
    found = [path for root in roots for path in root.glob("**/softhsm/libsofthsm2.so")]
    return (found[0], tool) if found else None


@tagged("post_install", "-at_install")
class TestDevice(CertificateCase):
    """A key on a device: SoftHSM 2, where the machine has it."""

    def make_device(self, folder, pair):
        library, tool = self.softhsm
        (Path(folder) / "tokens").mkdir()
        conf = Path(folder) / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
        key_file = Path(folder) / "key.pem"
        key_file.write_bytes(pair)
        environment = {**os.environ, "SOFTHSM2_CONF": str(conf)}
        base = [str(tool), "--module", str(library)]
        init = ["--init-token", "--free", "--label", "plant", "--pin", "4711", "--so-pin", "0815"]
        bring = ["--import", str(key_file), "--token", "plant", "--label", "signing"]
        bring += ["--id", "01", "--pin", "4711"]
        for command in (init, bring):
            subprocess.run([*base, *command], check=True, capture_output=True, env=environment)
        return str(library), {"SOFTHSM2_CONF": str(conf)}

    def test_issue_with_a_key_on_a_device(self):
        self.softhsm = find_softhsm()
        if not self.softhsm:
            self.skipTest("softhsm2 is not on this machine")
        signing = sign_with(self.company, "Key on a device")
        pair = base64.b64decode(signing.private_key_id.pem_key)
        with tempfile.TemporaryDirectory() as folder:
            library, environment = self.make_device(folder, pair)
            signing.private_key_id = False
            place = {"pkcs11_token": "plant", "pkcs11_key": "signing"}
            checks = type(signing)
            with patch.object(checks, "_check_pkcs11_library", lambda self: None):
                signing.write({**place, "pkcs11_module": library})
            with (
                patch.dict(os.environ, {**environment, "BATCHPROOF_PKCS11_PIN": "4711"}),
                warnings.catch_warnings(),
            ):
                # what pyHanko is about to take away shows here first
                warnings.simplefilter("error", DeprecationWarning)
                certificate = self.make_issued()
            self.assertTrue(certificate._is_intact())
            self.assertFalse(signing.private_key_id)
            refused = self.make_certificate(self.lot)
            refused._do_request_issue()
            with patch.dict(os.environ, {**environment, "BATCHPROOF_PKCS11_PIN": "0000"}):
                refused._issue()
            self.assertEqual(refused.state, "failed")
            self.assertIn("“signing” on the device “plant” cannot sign", refused.error)


@tagged("post_install", "-at_install")
class TestDeviceSettings(TransactionCase):
    def test_what_is_no_library_of_the_administrator(self):
        signing = sign_with(self.env["res.company"].create({"name": "Device settings"}))
        whole = {"pkcs11_token": "plant", "pkcs11_key": "signing"}
        with tempfile.NamedTemporaryFile(suffix=".so") as uploaded:
            for module in (False, "libsofthsm2.so", "/no/such/library.so", uploaded.name):
                with self.subTest(module=module), self.assertRaises(ValidationError):
                    signing.write({**whole, "pkcs11_module": module})
