# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The page for who has a document and no code: number and date, or the file."""

import zlib
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..controllers import verify
from ..tools.rate_limit import RateLimit
from .common import CertificateCase


@tagged("post_install", "-at_install")
class TestVerifyStart(CertificateCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        helper = cls()
        cls.certificate = helper.make_issued(cls.lot)
        cls.pdf = cls.certificate.attachment_id.raw
        cls.day = cls.certificate._get_snapshot_data()["issued"]["local"][:10]

    def setUp(self):
        super().setUp()
        for name in ("MISSES", "UPLOADS"):
            patcher = patch.object(verify, name, RateLimit(per_minute=20, burst=12))
            patcher.start()
            self.addCleanup(patcher.stop)

    def drop(self, content, name="paper.pdf"):
        return self.url_open("/verify", files={"file": (name, content)}, data={"x": "y"})

    def ask(self, number, day):
        return self.url_open("/verify", data={"number": number, "date": day})

    def test_page_and_its_one_script(self):
        page = self.url_open("/verify")
        self.assertEqual(page.status_code, 200)
        policy = page.headers["Content-Security-Policy"]
        self.assertIn("script-src 'self'", policy)
        self.assertNotIn("unsafe-eval", policy)
        self.assertEqual(page.text.count("<script"), 1)
        self.assertNotIn("//cdn", page.text)
        script = self.url_open("/lot_certificate/static/src/verify/verify.js").text
        self.assertIn("BarcodeDetector", script)
        fallback = self.url_open("/web/static/lib/zxing-library/zxing-library.js")
        self.assertIn("BrowserQRCodeReader", fallback.text)

    def test_number_and_date_say_validity_and_nothing_else(self):
        page = self.ask(f" {self.certificate.name.lower()} ", self.day)
        self.assertEqual(page.status_code, 200)
        self.assertIn("status-issued", page.text)
        for secret in (self.lot.name, "Corner Shop", "FARM", self.milk.name, "1,000"):
            self.assertNotIn(secret, page.text)
        self.assertNotIn(self.certificate.verify_token, page.text)
        self.certificate._set_state("superseded")
        self.assertIn("status-superseded", self.ask(self.certificate.name, self.day).text)
        self.sign(self.certificate, "revoke", self.quality, reason="Wrong lot")
        self.assertIn("status-revoked", self.ask(self.certificate.name, self.day).text)

    def test_a_number_alone_reveals_nothing(self):
        known = self.ask(self.certificate.name, "1999-01-01")
        unknown = self.ask("BC/2026/99999", "1999-01-01")
        self.assertEqual((known.status_code, unknown.status_code), (404, 404))
        self.assertEqual(known.text, unknown.text)
        self.assertEqual(known.text, self.ask(self.certificate.name, "2026-02-30").text)
        self.assertEqual(known.text, self.ask(self.certificate.name, "0001-01-01").text)
        without = self.ask(self.certificate.name, "")
        self.assertIn("Give the number and the date", without.text)
        self.assertEqual(without.text, self.ask("BC/2026/99999", "").text)

    def test_letters_that_only_look_alike(self):
        """No other spelling is taken for the number: it is asked for again."""
        name = self.certificate.name
        for number in (
            "\u202e" + name[::-1],  # shown from right to left, it reads the same
            name.replace("0", "\uff10"),  # a full-width digit
            name.replace("C", "\u0421"),  # Cyrillic
            name.replace("/", "\u2044"),  # a fraction slash
            name + "\u0301",  # an accent on its own
            name + "\u200b",
            "\u0131" + name,  # whose upper case is a plain I
        ):
            with self.subTest(number=ascii(number)):
                page = self.ask(number, self.day)
                self.assertIn("Give the number and the date", page.text)

    def test_enumeration_is_stopped(self):
        codes = [self.ask(f"BC/2026/{n:05d}", "1999-01-01").status_code for n in range(50, 64)]
        self.assertEqual((codes[0], codes[-1]), (404, 429))
        self.assertEqual(self.ask(self.certificate.name, self.day).status_code, 429)

    def test_the_issued_files_are_found_by_themselves(self):
        for content in (self.pdf, self.certificate.export_document().encode()):
            page = self.drop(content).text
            self.assertIn("to the byte", page)
            self.assertIn(self.certificate.name, page)

    def test_what_is_altered(self):
        text = self.certificate.export_document()
        page = self.drop(text.replace("1020.000", "1021.000").encode(), "x.json").text
        self.assertIn("snapshot.batches[0].inputs[0].quantity", page)
        page = self.drop(self.pdf + b"\n% a note").text
        self.assertIn("something added after it was signed", page)
        at = self.pdf.index(b"/Title")
        pages = self.pdf[:at] + b"/Tjtle" + self.pdf[at + 6 :]
        self.assertIn("signed data inside are those that were issued", self.drop(pages).text)
        changed = zlib.compress(text.replace("1020.000", "9920.000").encode())
        page = self.drop(b"%PDF-1.7\n1 0 obj stream\n" + changed + b"\nendstream").text
        self.assertIn("data inside the PDF differ here", page)
        self.assertIn("snapshot.batches[0].inputs[0].quantity", page)

    def test_strange_files(self):
        bomb = zlib.compress(b"0" * 60_000_000, 9) + b"endstream\n"
        for content in (
            b"",
            b"%PDF-1.7\n1 0 obj stream\n" + bomb * 3,
            b"<svg onload=alert(1)>",
            b'{"snapshot": {"url": "https://x.example/verify/' + b"A" * 32 + b'"}}',
            b"[" * 100_000,
        ):
            page = self.drop(content, "<svg onload=alert(2)>.json")
            self.assertEqual(page.status_code, 404)
            self.assertNotIn("alert(", page.text)

    def test_fifty_megabytes_are_refused(self):
        """Refused by what the request says of itself, before it is read, and on our own page."""
        self.env["res.lang"]._activate_lang("de_DE")
        content = b"%PDF-" + b"0" * 50_000_000
        for language in ("de-DE", "en-US"):
            self.opener.headers["Accept-Language"] = language
            with patch.object(verify.VerifyController, "_judge", side_effect=AssertionError):
                answer = self.drop(content)
            self.assertEqual(answer.status_code, 413)
            self.assertIn(f'lang="{language}"', answer.text)
            self.assertIn('href="/verify"', answer.text)
            self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])

    def test_the_script_knows_the_bound_of_the_server(self):
        self.assertIn(f'data-limit="{verify.MAX_FILE}"', self.url_open("/verify").text)

    def test_escaped(self):
        page = self.ask("<script>alert(1)</script>", "<svg onload=alert(1)>")
        self.assertNotIn("alert(1)", page.text)
