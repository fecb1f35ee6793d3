# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import io
import json
import shutil
import subprocess
import tempfile
from unittest.mock import patch

from psycopg2.errors import SerializationFailure
from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.audit_chain.tools import chain

from ..models.lot_certificate_issue import TRANSITIONS
from ..models.lot_certificate_press import LotCertificatePress
from ..tools import document, signing
from .common import CertificateCase, sign_with

LOGGER = "odoo.addons.lot_certificate.models.lot_certificate_issue"


@tagged("post_install", "-at_install")
class TestIssue(CertificateCase):
    def text(self, certificate):
        pages = PdfReader(io.BytesIO(certificate.attachment_id.raw)).pages
        text = "\n".join(page.extract_text() for page in pages)
        return text.replace("\u00a0", " ")

    def test_issued(self):
        certificate = self.make_issued()
        year = datetime.date.today().year
        self.assertEqual(certificate.name, f"BC/{year}/00001")
        self.assertTrue(certificate._is_intact())
        self.assertEqual(certificate.snapshot_hash, document.sha256(certificate.snapshot))
        self.assertEqual(certificate.mail_state, "to_send")
        self.assertFalse(certificate.is_development_key)
        self.assertFalse(certificate.error)

    def test_the_hash_is_in_the_audit_chain(self):
        certificate = self.make_issued()
        line = self.env["audit.record"].search(
            [("event", "=", "certificate.issue"), ("res_id", "=", certificate.id)]
        )
        details = json.loads(line.details)
        self.assertEqual(details["snapshot_sha256"], certificate.snapshot_hash)
        self.assertEqual(details["pdf_sha256"], certificate.pdf_sha256)
        exported = self.env["audit.record"].export_chain_jsonl(self.company.id)
        self.assertIn(certificate.snapshot_hash, exported)

    def test_exported_document_verifies_without_odoo(self):
        certificate = self.make_issued()
        text = certificate.export_document()
        body = json.loads(text)
        self.assertEqual(text, chain.canonical(body))
        self.assertEqual(body["format"], "batchproof-certificate/1")
        self.assertEqual(body["sha256"], certificate.snapshot_hash)
        self.assertEqual(body["signature"]["algorithm"], "ECDSA-SHA256")
        self.assertTrue(document.is_authentic(text))
        named = body["snapshot"]["verification"]["certificate_sha256"]
        self.assertEqual(named, certificate.signer_fingerprint)
        forged = text.replace("FARM-7", "FARM-8")
        self.assertFalse(document.is_authentic(forged))

    def test_pdf_carries_the_document_and_declares_its_standard(self):
        certificate = self.make_issued()
        reader = PdfReader(io.BytesIO(certificate.attachment_id.raw))
        embedded = reader.attachments["declaration.json"]
        self.assertEqual(embedded, [certificate.export_document().encode()])
        metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode().replace("'", '"')
        self.assertIn('pdfaid:part="3"', metadata)
        self.assertIn(certificate.name, reader.metadata.title)

    def test_pdf_shows_what_matters(self):
        certificate = self.make_issued(self.make_released_lot(breach=True))
        text = self.text(certificate)
        for words in (
            "BATCH CERTIFICATE",
            "Pasteurised milk 3.5 %",
            certificate.name,
            "1,000 L",
            "FARM-2",
            "Marsh Farm",
            "DEV/",
            "Reprocess",
            "Quality Person",
            "Limit broken",
            "Within limits",
            certificate.verify_url,
            certificate.snapshot_hash,
            "Page 1 of 2",
        ):
            self.assertIn(words, text)
        self.assertNotIn("development key", text)
        self.assertNotIn("ISCC", text)

    def test_poppler_and_zbar_agree(self):
        if not (shutil.which("pdfsig") and shutil.which("zbarimg")):
            self.skipTest("poppler-utils and zbar-tools are not installed")
        certificate = self.make_issued()
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/certificate.pdf"
            with open(path, "wb") as file:
                file.write(certificate.attachment_id.raw)
            said = subprocess.run(["pdfsig", path], capture_output=True, text=True).stdout
            self.assertIn("Signature is Valid.", said)
            self.assertIn("Total document signed", said)
            subprocess.run(["pdftoppm", "-r", "150", "-png", path, f"{folder}/page"], check=True)
            pages = sorted(f"{folder}/page-{number}.png" for number in (1, 2))
            read = subprocess.run(
                ["zbarimg", "-q", "--raw", *pages], capture_output=True, text=True
            ).stdout
        self.assertEqual(set(read.split()), {certificate.verify_url})

    def test_development_key_is_said_openly(self):
        sign_with(self.company, "Plant development key - not for production")
        certificate = self.make_issued()
        self.assertTrue(certificate.is_development_key)
        self.assertIn("Signed with a development key", self.text(certificate))

    def test_html_in_names_is_text(self):
        self.customer.name = "<script>alert(1)</script> & <b>Co</b>"
        self.milk.name = "Milk <img src=x onerror=alert(1)>"
        text = self.text(self.make_issued())
        self.assertIn("<script>alert(1)</script> & <b>Co</b>", text)
        self.assertIn("<img src=x onerror=alert(1)>", text.replace("\n", " "))

    def test_german(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        certificate = self.make_issued()
        self.assertEqual(json.loads(certificate.snapshot)["language"], "de_DE")
        self.assertIn("1.000 L", self.text(certificate))

    # -- numbers ------------------------------------------------------------------------------

    def test_numbers_follow_each_other(self):
        lot = self.make_released_lot()
        names = [self.make_issued(lot).name for _ in range(3)]
        self.assertEqual([name[-5:] for name in names], ["00001", "00002", "00003"])

    def test_each_company_counts_for_itself(self):
        other = self.env["res.company"].create({"name": "Other"})
        one = self.company._get_certificate_sequence()
        two = other._get_certificate_sequence()
        self.assertNotEqual(one, two)
        self.assertEqual(one.implementation, "no_gap")
        self.assertEqual(one, self.company._get_certificate_sequence())

    def test_a_number_once_given_serves_the_retry(self):
        lot = self.make_released_lot()
        certificate = self.make_certificate(lot)
        certificate.action_request_issue()
        error = signing.SigningError("the smart card is gone")
        with patch.object(LotCertificatePress, "_print_signed", side_effect=error):
            certificate._issue()
        number = certificate.name
        self.assertTrue(number)
        self.assertEqual(certificate.state, "failed")
        self.assertEqual(self.make_issued(lot).name[-5:], "00002")
        self.assertEqual(self.issue(certificate).name, number)

    def test_a_refusal_costs_no_number(self):
        certificate = self.make_certificate(self.make_released_lot())
        certificate.action_request_issue()
        self.company.certificate_signing_id = False
        certificate._issue()
        self.assertEqual((certificate.state, certificate.name), ("failed", False))
        self.assertIn("no signing certificate", certificate.error)

    # -- failures -----------------------------------------------------------------------------

    def test_a_signing_failure_is_a_failed_certificate(self):
        certificate = self.make_certificate(self.make_released_lot())
        certificate.action_request_issue()
        error = signing.SigningError("the PDF could not be signed")
        with patch.object(LotCertificatePress, "_print_signed", side_effect=error):
            certificate._issue()
        self.assertEqual(certificate.state, "failed")
        self.assertIn("could not be signed", certificate.error)
        self.assertFalse(certificate.attachment_id or certificate.snapshot or certificate.signature)
        self.assertEqual(certificate.mail_state, "none")
        with self.assertRaises(UserError):
            certificate.action_send()

    def test_a_program_error_is_logged_and_told(self):
        certificate = self.make_certificate(self.make_released_lot())
        certificate.action_request_issue()
        with (
            patch.object(LotCertificatePress, "_print_signed", side_effect=RuntimeError("boom")),
            self.assertLogs(LOGGER, "ERROR") as logs,
        ):
            certificate._issue()
        self.assertEqual(certificate.state, "failed")
        self.assertIn("boom", certificate.error)
        self.assertIn("RuntimeError", logs.output[0])

    def test_a_number_that_is_taken_stops_only_this_one(self):
        """The database's own word against a duplicate is a failed certificate, not a dead queue."""
        first = self.make_issued()
        second = self.make_certificate(self.lot)
        second.action_request_issue()

        def take_the_same(certificate):
            certificate._stamp({"name": first.name})

        with (
            patch.object(type(second), "_allocate_number", take_the_same),
            mute_logger("odoo.sql_db", LOGGER),
        ):
            second._issue()
        self.assertEqual((second.state, second.name), ("failed", False))
        self.assertIn("lot_certificate_unique_number", second.error)
        self.assertEqual(first.state, "issued")

    def test_somebody_else_was_faster(self):
        certificate = self.make_certificate(self.lot)
        certificate.action_request_issue()
        with (
            patch.object(LotCertificatePress, "_print_signed", side_effect=SerializationFailure),
            self.assertRaises(SerializationFailure),
        ):
            certificate._issue()
        self.assertEqual(certificate.state, "to_issue")
        self.assertFalse(certificate.snapshot)

    def test_a_pdf_that_does_not_hold_is_not_issued(self):
        certificate = self.make_certificate(self.make_released_lot())
        certificate.action_request_issue()
        with patch.object(type(certificate), "_is_intact", return_value=False):
            certificate._issue()
        self.assertEqual(certificate.state, "failed")
        self.assertFalse(certificate.attachment_id)

    def test_issue_again_does_nothing(self):
        certificate = self.make_issued()
        before = (certificate.name, certificate.snapshot_hash, certificate.pdf_sha256)
        certificate._issue()
        after = (certificate.name, certificate.snapshot_hash, certificate.pdf_sha256)
        self.assertEqual(before, after)

    def test_scheduled_action_issues_and_queues_the_mail(self):
        certificate = self.make_certificate(self.make_released_lot())
        cron = self.env.ref("lot_certificate.ir_cron_issue")
        triggers = self.env["ir.cron.trigger"].sudo()
        before = triggers.search_count([("cron_id", "=", cron.id)])
        certificate.action_request_issue()
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before + 1)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(certificate.state, "issued")
        self.assertEqual(certificate.mail_id.state, "outgoing")

    def test_one_failure_does_not_stop_the_next(self):
        lot = self.make_released_lot()
        certificates = self.make_certificate(lot) | self.make_certificate(lot)
        certificates.action_request_issue()
        printed = LotCertificatePress._print_signed

        def fail_once(press, certificate, identity):
            if certificate == certificates[0]:
                raise RuntimeError("boom")
            return printed(press, certificate, identity)

        with (
            patch.object(LotCertificatePress, "_print_signed", fail_once),
            mute_logger(LOGGER),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("lot_certificate.ir_cron_issue").method_direct_trigger()
        self.assertEqual(certificates.mapped("state"), ["failed", "issued"])

    # -- print --------------------------------------------------------------------------------

    def test_print_gives_the_signed_file(self):
        certificate = self.make_issued()
        self.env["ir.attachment"].create(
            {
                "name": certificate.pdf_name,
                "raw": b"%PDF-forged",
                "res_model": "lot.certificate",
                "res_id": certificate.id,
            }
        )
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, _kind = report._render_qweb_pdf(
            "lot_certificate.lot_certificate_report", certificate.ids
        )
        self.assertEqual(content, certificate.attachment_id.raw)

    def test_preview_says_that_it_is_one(self):
        certificate = self.make_certificate(self.make_lot())
        self.assertEqual(certificate.action_preview()["pdf_engine"], "weasyprint")
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, _kind = report._render_qweb_pdf(
            "lot_certificate.lot_certificate_report", certificate.ids
        )
        text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
        self.assertIn("Preview – not a certificate", " ".join(text.split()))
        self.assertIn("Not released", text)
        self.assertFalse(certificate.attachment_id)


@tagged("post_install", "-at_install")
class TestStates(CertificateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.states = [
            code for code, _label in cls.env["lot.certificate"]._fields["state"].selection
        ]

    def test_every_pair_of_states(self):
        """The table of transitions is the whole truth: each other pair is refused."""
        for before in self.states:
            for after in self.states:
                with self.subTest(before=before, after=after):
                    certificate = self.make_certificate(self.lot)
                    certificate._stamp({"state": before})
                    if (before, after) in TRANSITIONS:
                        certificate._set_state(after)
                        self.assertEqual(certificate.state, after)
                    else:
                        with self.assertRaises(UserError):
                            certificate._set_state(after)

    def test_supersede(self):
        picking = self.deliver(self.lot)
        first = self.make_issued(picking_id=picking.id)
        action = first.action_supersede()
        second = self.env["lot.certificate"].browse(action["res_id"])
        self.assertEqual((second.supersedes_id, second.picking_id), (first, picking))
        self.assertFalse(second.name)
        second.supersede_reason = "The analysis was repeated"
        self.issue(second)
        self.assertEqual(first.state, "superseded")
        self.assertEqual(json.loads(second.snapshot)["replaces"], first.name)
        with self.assertRaises(UserError):
            first.action_supersede()

    def test_revoke_by_signature(self):
        certificate = self.make_issued()
        self.sign(certificate, "revoke", self.quality, reason="Wrong analysis")
        self.assertEqual(certificate.state, "revoked")
        self.assertEqual(certificate.revoke_reason, "Wrong analysis")
        self.assertTrue(certificate.revoked_at_ms)
        self.assertTrue(certificate.signature_ids.is_valid)
        line = self.env["audit.record"].search(
            [("event", "=", "certificate.revoke"), ("res_id", "=", certificate.id)]
        )
        self.assertIn("Wrong analysis", line.details)
        self.assertTrue(certificate._is_intact())

    def test_revoke_needs_a_reason_and_the_role(self):
        certificate = self.make_issued()
        with self.assertRaisesRegex(UserError, "reason"):
            self.sign(certificate, "revoke", self.quality)
        with self.assertRaises(UserError):
            self.sign(certificate, "revoke", self.supervisor, reason="Because")
        with self.assertRaises(UserError):
            self.sign(self.make_certificate(certificate.lot_id), "revoke", self.quality, "Because")
        self.assertEqual(certificate.state, "issued")

    def test_withdraw(self):
        certificate = self.make_certificate(self.make_released_lot())
        certificate.action_request_issue()
        certificate.action_withdraw()
        self.assertEqual(certificate.state, "draft")
        certificate._issue()
        self.assertEqual(certificate.state, "draft")
        with self.assertRaises(UserError):
            self.make_issued(certificate.lot_id).action_withdraw()
