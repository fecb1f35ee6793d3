# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A request with an idempotency key: whose it is, how long it is kept, who sees it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from ..models.rest_api_request import KEPT


@tagged("post_install", "-at_install")
class TestRequest(TransactionCase):
    def setUp(self):
        super().setUp()
        self.user = new_test_user(self.env, "t-api-user")
        self.requests = self.env["rest.api.request"]

    def begin(self, key="abc", path="/x", content=b"{}", user=None):
        line, is_same = self.requests.with_user(user or self.user)._begin(key, path, content)
        return line.sudo(), is_same

    def test_the_same_request_finds_its_answer(self):
        line, is_same = self.begin()
        self.assertTrue(is_same)
        self.assertFalse(line.status)
        line._finish(201, "application/json", "{}")
        again, is_same = self.begin()
        self.assertEqual((again, is_same, again.answer), (line, True, "{}"))

    def test_the_same_key_for_something_else(self):
        self.begin()
        self.assertFalse(self.begin(content=b"[]")[1])
        self.assertFalse(self.begin(path="/y")[1])

    def test_a_key_belongs_to_its_user_in_one_company(self):
        line, _same = self.begin()
        other = new_test_user(self.env, "t-api-other")
        self.assertNotEqual(self.begin(user=other)[0], line)
        company = self.env["res.company"].create({"name": "Other plant"})
        self.user.write({"company_ids": [Command.link(company.id)], "company_id": company.id})
        elsewhere, _same = self.begin()
        self.assertNotEqual(elsewhere, line)
        self.assertEqual(elsewhere.company_id, company)

    def test_after_a_day_it_is_forgotten(self):
        line, _same = self.begin()
        line.received_at = fields.Datetime.now() - KEPT - timedelta(seconds=1)
        self.assertNotEqual(self.begin()[0], line)
        self.begin(key="old")[0].received_at = "2020-01-01"
        self.requests._cron_forget()
        self.assertEqual(
            self.requests.search([("user_id", "=", self.user.id)]).mapped("key"), ["abc"]
        )

    def test_who_sees_it(self):
        line, _same = self.begin()
        auditor = new_test_user(
            self.env, "t-api-auditor", groups="audit_chain.group_audit_chain_auditor"
        )
        self.assertEqual(line.with_user(auditor).key, "abc")
        for user in (auditor, self.user):
            for verb, args in (("write", [{"answer": "x"}]), ("unlink", [])):
                with self.assertRaises(AccessError):
                    getattr(line.with_user(user), verb)(*args)
        with self.assertRaises(AccessError):
            line.with_user(self.user).read(["answer"])
        other = self.env["res.company"].create({"name": "Other plant"})
        auditor.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.requests.with_user(auditor).search([]))
