# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The customer's pages when people, companies and links change, and under odd addresses."""

from odoo.tests import HttpCase, new_test_user, tagged

from .common import CertificateCase


@tagged("post_install", "-at_install")
class TestPortalAttack(CertificateCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        helper = cls()
        cls.certificate = helper.make_issued(cls.lot)
        cls.contact = cls.env["res.partner"].create({"name": "Clerk", "parent_id": cls.customer.id})
        main = cls.env.ref("base.main_company")
        cls.portal = new_test_user(
            cls.env,
            "lc_clerk",
            "base.group_portal",
            partner_id=cls.contact.id,
            password="lc_clerk",
            company_id=main.id,
            company_ids=[(6, 0, main.ids)],
        )

    def setUp(self):
        super().setUp()
        self.authenticate("lc_clerk", "lc_clerk")

    def open(self, suffix=""):
        address = f"/my/certificates/{self.certificate.id}{suffix}"
        return self.url_open(address, allow_redirects=False)

    def test_contact_moved_to_another_company_sees_nothing_any_more(self):
        self.assertEqual(self.open().status_code, 200)
        self.contact.parent_id = self.env["res.partner"].create(
            {"name": "Rival", "is_company": True}
        )
        for suffix in ("", "?download=pdf", "?download=json", "?download=vc"):
            self.assertEqual(self.open(suffix).status_code, 303, suffix)
        self.assertNotIn(self.certificate.name, self.url_open("/my/certificates").text)

    def test_what_was_issued_to_a_colleague_who_left_is_still_the_customers(self):
        shop = self.env["res.partner"].create({"name": "Left", "parent_id": self.customer.id})
        theirs = self.make_issued(self.lot, partner_id=shop.id)
        shop.active = False
        self.assertIn(f">{theirs.name}<", self.url_open("/my/certificates").text)
        answer = self.url_open(f"/my/certificates/{theirs.id}", allow_redirects=False)
        self.assertEqual(answer.status_code, 200)

    def test_a_replaced_one_leads_to_the_newest_and_to_nobody_elses(self):
        newest = self.certificate
        for reason in ("Typing error", "Another one"):
            old = newest
            newest = old.browse(old.action_supersede()["res_id"])
            newest.supersede_reason = reason
            self.issue(newest)
        self.assertEqual((old.state, newest.state), ("superseded", "issued"))
        link = f"/my/certificates/{newest.id}"
        self.assertIn(f'href="{link}"', self.open().text)
        self.assertNotIn("Replaced by", self.url_open(link).text)
        token = self.certificate._portal_ensure_token()
        self.authenticate(None, None)
        shared = self.open(f"?access_token={token}")
        self.assertEqual(shared.status_code, 200)
        self.assertNotIn(link, shared.text)

    def test_a_search_without_a_hit_says_how_to_see_all(self):
        self.assertIn("Nothing matches", self.url_open("/my/certificates?search=zzz").text)
        self.assertNotIn("Nothing matches", self.url_open("/my/certificates").text)

    def test_shared_link_of_a_revoked_one_says_so(self):
        token = self.certificate._portal_ensure_token()
        self.sign(self.certificate, "revoke", self.quality, reason="<i>Wrong</i> lot")
        self.authenticate(None, None)
        text = self.open(f"?access_token={token}").text
        self.assertIn("Revoked", text)
        self.assertIn("&lt;i&gt;Wrong&lt;/i&gt; lot", text)
        for guess in (token[:-1], token.upper(), "", "%00", "x" * 5000):
            self.assertEqual(self.open(f"?access_token={guess}").status_code, 303, guess[:40])

    def test_odd_addresses(self):
        name = f">{self.certificate.name}<"
        for query in (
            "sortby=name desc;drop table res_users&filterby=__class__",
            "sortby=%3Cscript%3Ealert(9)%3C/script%3E",
            "search=%3Cscript%3Ealert(9)%3C/script%3E",
            "search=%25' OR 1=1 --&search_in=lot",
            "search_in=partner_id.name&search=Corner",
            "date_begin=9999-12-31&date_end=0001-01-01",
            "date_begin=9999-99-99",
            "search=%00",
            "search=" + "x" * 3000,
        ):
            answer = self.url_open(f"/my/certificates?{query}")
            self.assertEqual(answer.status_code, 200, query[:60])
            self.assertNotIn("<script>alert(9)", answer.text, query[:60])
        self.assertIn(name, self.url_open(f"/my/certificates/page/{10**12}").text)
        for page in ("-1", "x", "1.5"):
            code = self.url_open(f"/my/certificates/page/{page}").status_code
            self.assertIn(code, (200, 404), page)
        for number in (2**31, 10**30):
            answer = self.url_open(f"/my/certificates/{number}", allow_redirects=False)
            self.assertEqual(answer.status_code, 303, number)
