# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers import verify
from ..tools import document
from ..tools.rate_limit import RateLimit
from .common import CertificateCase


@tagged("post_install", "-at_install")
class TestVerify(CertificateCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        helper = cls()
        cls.certificate = helper.make_issued(cls.lot)

    def setUp(self):
        super().setUp()
        for name, per_minute in (("MISSES", 20), ("UPLOADS", 30)):
            fresh = RateLimit(per_minute=per_minute, burst=15)
            patcher = patch.object(verify, name, fresh)
            patcher.start()
            self.addCleanup(patcher.stop)

    def get(self, token=None, **kwargs):
        return self.url_open(f"/verify/{token or self.certificate.verify_token}", **kwargs)

    def post(self, content, name="certificate.pdf", token=None):
        return self.get(token, files={"file": (name, content)}, data={"x": "y"})

    def test_valid(self):
        page = self.get()
        self.assertEqual(page.status_code, 200)
        for words in (
            "Valid",
            self.certificate.name,
            self.lot.name,
            "Pasteurised milk 3.5 %",
            self.certificate.snapshot_hash,
            "CN=Test Dairy",
            'name="viewport"',
        ):
            self.assertIn(words, page.text)

    def test_the_title_says_it_first(self):
        """Who cannot see the colour hears the verdict before anything else."""
        self.assertIn(f"<title>Valid: Batch certificate {self.certificate.name}<", self.get().text)
        self.certificate._set_state("superseded")
        self.assertIn("<title>Superseded: ", self.get().text)

    def test_the_country_as_the_visitor_calls_it(self):
        self.env["res.lang"]._activate_lang("de_DE")
        country = self.company.country_id
        country.with_context(lang="de_DE").name = "Musterland"
        signed = self.certificate._get_snapshot_data()["issuer"]["address"]
        german = self.get(headers={"Accept-Language": "de"}).text
        self.assertIn(f"{signed.removesuffix(country.name)}Musterland", german)
        self.assertNotIn("Musterland", self.get(headers={"Accept-Language": "en"}).text)

    def test_no_secrets(self):
        """Supplier, recipient, process and key stay out of the page."""
        text = self.get().text
        for words in ("Marsh Farm", "FARM-7", "Corner Shop", "goods.in@", "Quality Person"):
            self.assertNotIn(words, text)
        self.assertNotIn("PRIVATE KEY", text)

    def test_headers(self):
        headers = self.get().headers
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["X-Frame-Options"], "DENY")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("session_id", headers.get("Set-Cookie", ""))
        self.assertNotIn("<script", self.get().text)

    def test_revoked_and_superseded(self):
        self.certificate._set_state("superseded")
        self.assertIn("Superseded", self.get().text)
        self.sign(self.certificate, "revoke", self.quality, reason="<b>Wrong</b> lot")
        text = self.get().text
        self.assertIn("Revoked", text)
        self.assertIn("&lt;b&gt;Wrong&lt;/b&gt; lot", text)
        self.assertNotIn("Issued and signed, and not revoked", text)

    def test_stored_data_that_is_not_what_was_signed(self):
        with patch.object(type(self.certificate), "_is_intact", return_value=False):
            text = self.get().text
        self.assertIn("Not trustworthy", text)
        self.assertNotIn("Issued and signed", text)

    def test_development_key_is_said(self):
        self.assertNotIn("development key", self.get().text)
        with patch.object(type(self.certificate), "is_development_key", True):
            self.assertIn("Signed with a development key", self.get().text)

    def test_html_in_names_is_escaped(self):
        self.milk.name = "<img src=x onerror=alert(1)>"
        certificate = self.make_issued(self.lot)
        text = self.get(certificate.verify_token).text
        self.assertNotIn("<img src=x", text)
        self.assertIn("&lt;img src=x onerror=alert(1)&gt;", text)

    def test_unknown_tokens_look_alike(self):
        draft = self.make_certificate(self.lot)
        answers = {
            (answer.status_code, answer.text)
            for answer in (
                self.get("A" * 32),
                self.get("x"),
                self.get(draft.verify_token),
                self.get(str(self.certificate.id)),
                self.get(self.certificate.verify_token.swapcase()),
                self.get("' OR 1=1 --"),
            )
        }
        self.assertEqual(len(answers), 1)
        status, text = answers.pop()
        self.assertEqual(status, 404)
        self.assertIn("No such document", text)

    def test_guessing_is_stopped(self):
        codes = [self.get(f"{number:032d}").status_code for number in range(17)]
        self.assertEqual(codes[0], 404)
        self.assertEqual(codes[-1], 429)

    def test_who_guessed_is_told_to_wait(self):
        for number in range(16):
            answer = self.get(f"{number:032d}")
        self.assertEqual(answer.headers["Retry-After"], "60")
        self.assertIn("Too many requests", answer.text)

    # -- files --------------------------------------------------------------------------------

    def test_the_issued_files(self):
        for content in (
            self.certificate.attachment_id.raw,
            self.certificate.export_document().encode(),
        ):
            self.assertIn("to the byte", self.post(content).text)

    def test_changed_files(self):
        changed = bytearray(self.certificate.attachment_id.raw)
        changed[len(changed) // 2] ^= 1
        self.assertIn("not the one that was issued", self.post(bytes(changed)).text)
        text = self.certificate.export_document()
        answer = self.post(text.replace("1020.000", "1021.000").encode()).text
        self.assertIn("snapshot.batches[0].inputs[0].quantity", answer)

    def test_other_files_are_not_run(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
        answer = self.post(svg, "<script>alert(1)</script>.svg").text
        self.assertIn("not a document of this kind", answer)
        self.assertNotIn("alert(1)", answer)
        places = document.canonical({"snapshot": {"<script>alert(2)</script>": 1}}).encode()
        answer = self.post(places, "x.json").text
        self.assertNotIn("<script>", answer)
        self.assertIn("&lt;script&gt;", answer)

    def test_empty_and_missing_file(self):
        """An empty file is not the issued one; the page does not just say valid again."""
        self.assertIn("not a document of this kind", self.post(b"").text)
        answer = self.url_open(f"/verify/{self.certificate.verify_token}", data={"x": "y"})
        self.assertEqual(answer.status_code, 200)

    def test_oversized_file(self):
        """What is a little too large is refused by us, what is far too large by Odoo: one page."""
        answers = [self.post(b"%PDF-" + b"0" * size) for size in (verify.MAX_FILE, verify.MAX_BODY)]
        answers.append(self.get(data={"x": "0" * verify.MAX_BODY}))
        self.assertEqual([answer.status_code for answer in answers], [413, 413, 413])
        self.assertEqual(len({answer.text for answer in answers}), 1)
        self.assertIn("The file is too large", answers[0].text)

    def test_oversized_in_disguise(self):
        """A body that does not say how large it is, is cut off while it is read: the same page."""
        body = (b"0" * 1024 * 1024 for _ in range(12))
        form = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = self.opener.post(f"{self.base_url()}/verify", data=body, headers=form, timeout=30)
        self.assertEqual(answer.status_code, 413)
        self.assertIn("The file is too large", answer.text)

    def test_uploads_are_limited(self):
        codes = [self.post(b"x").status_code for _ in range(16)]
        self.assertEqual((codes[0], codes[-1]), (200, 429))

    def test_upload_with_an_unknown_token(self):
        self.assertEqual(self.post(b"x", token="B" * 32).status_code, 404)


@tagged("post_install", "-at_install")
class TestPortal(CertificateCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        helper = cls()
        cls.certificate = helper.make_issued(cls.lot)
        contact = cls.env["res.partner"].create({"name": "Buyer", "parent_id": cls.customer.id})
        main = cls.env.ref("base.main_company")
        where = {"company_id": main.id, "company_ids": [(6, 0, main.ids)]}
        cls.mine = new_test_user(
            cls.env,
            "lc_portal",
            "base.group_portal",
            partner_id=contact.id,
            password="lc_portal",
            **where,
        )
        cls.other = new_test_user(
            cls.env, "lc_portal_other", "base.group_portal", password="lc_portal_other", **where
        )

    def url(self, suffix=""):
        return f"/my/certificates/{self.certificate.id}{suffix}"

    def test_home_and_list(self):
        self.authenticate("lc_portal", "lc_portal")
        self.assertIn("/my/certificates", self.url_open("/my").text)
        page = self.url_open("/my/certificates?sortby=name&filterby=batch").text
        # a certificate without delivery keeps its columns under their heads
        self.assertFalse(self.certificate.picking_id)
        tree = html.fromstring(page)
        (heads,) = tree.xpath("//thead/tr")
        self.assertEqual(len(tree.xpath(f"//tr[td/a='{self.certificate.name}']/td")), len(heads))
        self.assertIn(self.certificate.name, page)
        self.assertNotIn(
            self.certificate.name, self.url_open("/my/certificates?filterby=sustainability").text
        )
        self.assertEqual(self.url_open("/my/certificates?sortby=x&filterby=%3Cx").status_code, 200)

    def test_search(self):
        self.authenticate("lc_portal", "lc_portal")
        name, lot = self.certificate.name, self.lot.name
        day = self.certificate._get_snapshot_data()["issued"]["utc"][:10]
        for query, found in (
            (f"search={name}&search_in=name", True),
            (f"search={lot}&search_in=lot", True),
            (f"search={lot}&search_in=name", False),
            ("search=pasteurised&search_in=evil", True),
            ("search=%3Cscript%3E&search_in=name", False),
            (f"date_begin={day}&date_end={day}", True),
            ("date_end=2001-01-01", False),
            ("date_begin=%27OR", True),
            ("filterby=withdrawn", False),
            ("filterby=valid", True),
        ):
            page = self.url_open(f"/my/certificates?{query}").text
            self.assertEqual(f">{name}<" in page, found, query)
        self.authenticate("lc_portal_other", "lc_portal_other")
        self.assertNotIn(f">{name}<", self.url_open(f"/my/certificates?search={name}").text)

    def test_whichever_company_issued_it(self):
        """A portal user belongs to one of our companies; the customer buys from all of them."""
        self.assertNotIn(self.company, self.mine.company_ids)

    def test_page_and_downloads(self):
        self.authenticate("lc_portal", "lc_portal")
        page = self.url_open(self.url()).text
        self.assertIn(self.certificate.name, page)
        self.assertIn("FARM-7", page)
        pdf = self.url_open(self.url("?download=pdf"))
        self.assertEqual(pdf.content, self.certificate.attachment_id.raw)
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
        data = self.url_open(self.url("?download=json"))
        self.assertEqual(data.text, self.certificate.export_document())

    def test_other_customers_see_nothing(self):
        self.authenticate("lc_portal_other", "lc_portal_other")
        self.assertNotIn(self.certificate.name, self.url_open("/my/certificates").text)
        for suffix in ("", "?download=pdf", "?download=json", "?access_token=guess"):
            answer = self.url_open(self.url(suffix), allow_redirects=False)
            self.assertEqual(answer.status_code, 303, suffix)
        answer = self.url_open(f"/web/content/{self.certificate.attachment_id.id}")
        self.assertEqual(answer.status_code, 404)
        pdf = f"/report/pdf/lot_certificate.document/{self.certificate.id}"
        self.assertNotEqual(self.url_open(pdf).content[:5], b"%PDF-")

    def test_strangers_see_nothing(self):
        for path in ("/my/certificates", self.url(), self.url("?download=pdf")):
            answer = self.url_open(path, allow_redirects=False)
            self.assertEqual(answer.status_code, 303, path)

    def test_neighbouring_ids(self):
        draft = self.make_certificate(self.lot)
        self.authenticate("lc_portal", "lc_portal")
        for number in (draft.id, 10**9):
            answer = self.url_open(f"/my/certificates/{number}", allow_redirects=False)
            self.assertEqual(answer.status_code, 303)

    def test_shared_link(self):
        """The link with its own token opens this one, and only while it is issued."""
        token = self.certificate._portal_ensure_token()
        self.assertIn(self.certificate.name, self.url_open(self.url(f"?access_token={token}")).text)
        draft = self.make_certificate(self.lot)
        shared = draft._portal_ensure_token()
        answer = self.url_open(
            f"/my/certificates/{draft.id}?access_token={shared}", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
