# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Through HTTP as other programs call it: the API cannot sign, the web session can."""

import json

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PASSWORD

AUDITOR = "base.group_user,audit_chain.group_audit_chain_auditor"


@tagged("post_install", "-at_install")
class TestSigningOverHttp(HttpCase):
    """One verification, one auditor, one API key."""

    def setUp(self):
        super().setUp()
        self.auditor = new_test_user(
            self.env, "http.auditor", groups=AUDITOR, password=PASSWORD, name="Http Hanna"
        )
        self.env["audit.record"]._log("test.http", self.env.company, {})
        self.check = self.env["audit.chain.check"]._run()
        self.values = {"res_model": self.check._name, "res_id": self.check.id, "meaning": "review"}
        self.key = (
            self.env["res.users.apikeys"]
            .with_user(self.auditor)
            .sudo()
            ._generate(None, "signing test", None)
        )

    def json2(self, model, method, headers=None, **body):
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(body),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.key}",
                **(headers or {}),
            },
        )

    def call_kw(self, model, method, *args, **kwargs):
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {"params": {"model": model, "method": method, "args": args, "kwargs": kwargs}}
            ),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def signatures(self):
        self.env.invalidate_all()
        return self.env["audit.signature"].search([("res_name", "=", self.check.name)])

    def test_bearer_key_cannot_sign(self):
        wizard = self.json2("audit.signature.wizard", "create", vals_list=[self.values]).json()
        for context in (
            {"password": PASSWORD},
            {"password": self.key},
            {"password": PASSWORD, "interactive": True, "web": True, "test_enable": True},
        ):
            with mute_logger("odoo.http"):
                response = self.json2(
                    "audit.signature.wizard", "action_sign", ids=wizard, context=context
                )
            self.assertEqual(response.status_code, 422)
            self.assertIn("it cannot sign", response.json()["message"])
        self.assertFalse(self.signatures())

    def test_bearer_key_beside_a_web_session_cannot_sign(self):
        self.authenticate("http.auditor", PASSWORD)
        wizard = self.json2("audit.signature.wizard", "create", vals_list=[self.values]).json()
        with mute_logger("odoo.http"):
            response = self.json2(
                "audit.signature.wizard",
                "action_sign",
                ids=wizard,
                context={"password": PASSWORD},
            )
        self.assertIn("it cannot sign", response.json()["message"])
        self.assertFalse(self.signatures())

    def test_private_steps_are_not_reachable(self):
        for model, method in (
            ("audit.signature.wizard", "_check_signer"),
            ("audit.chain.check", "_create_signature"),
            ("audit.record", "_append"),
            ("audit.record", "_log"),
            ("audit.chain.head", "_advance"),
        ):
            with mute_logger("odoo.http"):
                response = self.json2(model, method, ids=self.check.ids)
            self.assertIn(response.status_code, (403, 404), f"{model}.{method}")

    def test_bearer_key_cannot_create_or_change_records(self):
        record = self.env["audit.record"].search([("event", "=", "test.http")], limit=1)
        calls = (
            ("create", {"vals_list": [{"event": "forged", "name": "forged"}]}, 403),
            ("write", {"ids": record.ids, "vals": {"name": "forged"}}, 422),
            ("unlink", {"ids": record.ids}, 422),
        )
        for method, body, status in calls:
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_model"):
                response = self.json2("audit.record", method, **body)
            self.assertEqual(response.status_code, status, method)
        self.env.invalidate_all()
        events = self.env["audit.record"].search([("res_id", "=", record.id)]).mapped("event")
        self.assertIn("chain.write_refused", events)
        self.assertIn("chain.unlink_refused", events)
        read = self.json2("audit.record", "search_read", domain=[("id", "=", record.id)])
        self.assertEqual(read.json()[0]["name"], record.name)
        self.assertIsInstance(read.json()[0]["recorded_at_ms"], int)

    def test_web_session_signs(self):
        self.authenticate("http.auditor", PASSWORD)
        ids = self.call_kw("audit.signature.wizard", "create", [self.values])["result"]
        with mute_logger("odoo.http"):
            wrong = self.call_kw(
                "audit.signature.wizard", "action_sign", ids, context={"password": "wrong"}
            )
        self.assertIn("nothing was signed", wrong["error"]["data"]["message"])
        self.assertFalse(self.signatures())
        right = self.call_kw(
            "audit.signature.wizard", "action_sign", ids, context={"password": PASSWORD}
        )
        self.assertEqual(right["result"]["type"], "ir.actions.act_window_close")
        self.assertEqual(self.signatures().signer_name, "Http Hanna")

    def test_export_download(self):
        url = f"/audit_chain/export/audit.record/{self.env.company.id}"
        self.authenticate("http.auditor", PASSWORD)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("test.http", response.text)
        for wrong in ("res.partner/1", "audit.record/999999", "no.model/1"):
            self.assertEqual(self.url_open(f"/audit_chain/export/{wrong}").status_code, 404)
        new_test_user(self.env, "http.user", groups="base.group_user", password=PASSWORD)
        self.authenticate("http.user", PASSWORD)
        self.assertEqual(self.url_open(url).status_code, 404)
