# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The electronic signature (A24): who, when, meaning, hash; wrong three times; changed after."""

import json
import time
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import PASSWORD, SignatureCase

AUDITOR = "base.group_user,audit_chain.group_audit_chain_auditor"


class SigningCase(SignatureCase, TransactionCase):
    """An auditor with a password, and a verification to sign as reviewed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = new_test_user(
            cls.env, "sign.anna", groups=AUDITOR, name="Anna Auditor", password=PASSWORD
        )
        cls.env["audit.record"]._log("test.event", cls.env.company, {})
        cls.check = cls.env["audit.chain.check"]._run()

    def attempt(self, password, user=None, **context):
        """Try to sign with a password; the web session is taken for granted."""
        user = user or self.auditor
        wizard = self.open_signature(self.check, "review", user)
        model = type(wizard)
        with (
            patch.object(model, "_require_web_session", lambda self: None),
            self.enter_registry_test_mode(),
        ):
            wizard.with_context(password=password, **context).action_sign()

    def after_transaction(self):
        """Run what waits for the end of the transaction, in this test's own cursor."""
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()

    def signatures(self):
        """Return the signatures of the verification."""
        return self.env["audit.signature"].search(
            [("res_model", "=", self.check._name), ("res_id", "=", self.check.id)]
        )

    def locked_events(self):
        """Return the audit records of the auditor's failures."""
        domain = [("event", "=like", "signature.%"), ("user_id", "=", self.auditor.id)]
        return self.env["audit.record"].search(domain, order="chain_sequence").mapped("event")


@tagged("post_install", "-at_install")
class TestSign(SigningCase):
    """What a signature stores, and what it needs."""

    def test_signature_stores_name_time_meaning_hash(self):
        before_ms = time.time_ns() // 1_000_000
        signature = self.sign(self.check, "review", self.auditor, "monthly review")
        self.assertEqual(signature.signer_name, "Anna Auditor")
        self.assertEqual(signature.user_id, self.auditor)
        self.assertEqual(signature.meaning, "review")
        self.assertEqual(signature.meaning_label, "Reviewed")
        self.assertEqual(signature.method, "password")
        self.assertEqual(signature.reason, "monthly review")
        self.assertEqual(signature.content_hash, self.check._get_signature_hash())
        self.assertTrue(before_ms <= signature.signed_at_ms <= time.time_ns() // 1_000_000)
        self.assertRegex(signature.signed_at_utc, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$")
        body = json.loads(signature.payload)
        self.assertEqual(body["signer"], "Anna Auditor")
        self.assertEqual(body["content_sha256"], signature.content_hash)
        logged = self.env["audit.record"].search([("event", "=", "signature.signed")], limit=1)
        self.assertEqual(logged.user_id, self.auditor)
        self.assertEqual(logged.res_id, self.check.id)

    def test_change_after_signing_shows(self):
        signature = self.sign(self.check, "review", self.auditor)
        self.assertEqual(signature.validity, "valid")
        self.assertEqual(self.check.signature_state, "valid")
        self.assertTrue(self.check._has_valid_signature("review"))
        self.check.result_ids[:1].sudo().reason = "nothing to see here"
        self.env.invalidate_all()
        self.assertFalse(signature.is_valid)
        self.assertEqual(signature.validity, "changed")
        self.assertEqual(self.check.signature_state, "invalid")
        self.assertFalse(self.check._has_valid_signature("review"))

    def test_deleted_document_shows(self):
        signature = self.sign(self.check, "review", self.auditor)
        self.check.sudo().unlink()
        self.env.invalidate_all()
        self.assertEqual(signature.validity, "gone")

    def test_validity_does_not_depend_on_the_reader(self):
        signature = self.sign(self.check, "review", self.auditor)
        self.env["res.lang"]._activate_lang("de_DE")
        reader = new_test_user(self.env, "sign.reader", groups="base.group_user")
        seen = signature.with_user(reader).with_context(lang="de_DE", tz="Asia/Seoul")
        self.assertTrue(seen.is_valid)

    def test_signature_cannot_change(self):
        signature = self.sign(self.check, "review", self.auditor)
        with self.assertRaises(UserError):
            signature.sudo().meaning = "release"
        with self.assertRaises(UserError):
            signature.sudo().unlink()

    def test_unknown_meaning_is_refused(self):
        with self.assertRaisesRegex(UserError, "not a meaning"):
            self.sign(self.check, "release", self.auditor)
        self.assertFalse(self.signatures())

    def test_role_is_checked(self):
        user = new_test_user(self.env, "sign.other", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.sign(self.check, "review", user)
        admin = self.env.ref("base.user_admin")
        admin.group_ids -= self.env.ref("audit_chain.group_audit_chain_auditor")
        with self.assertRaisesRegex(AccessError, "Only an auditor"):
            self.sign(self.check, "review", admin)
        self.assertFalse(self.signatures())

    def test_document_that_is_not_signable(self):
        with self.assertRaisesRegex(UserError, "not a kind of document"):
            self.sign(self.env.user.partner_id, "review", self.auditor)

    def test_the_form_gets_the_credentials_back_and_no_row_holds_them(self):
        vals = {"password": "Secret-1", "totp_code": "123456"}
        wizards = (
            self.env["audit.signature.wizard"]
            .with_user(self.auditor)
            .with_context(
                default_res_model=self.check._name,
                default_res_id=self.check.id,
                default_meaning="review",
            )
        )
        (saved,) = wizards.web_save(vals, {name: {} for name in vals})
        self.assertEqual({name: saved[name] for name in vals}, vals)
        self.env.flush_all()
        self.env.invalidate_all()
        wizard = wizards.browse(saved["id"])
        self.assertFalse(wizard.password or wizard.totp_code)

    def test_what_was_seen_is_what_is_signed(self):
        wizard = self.env["audit.signature.wizard"].with_user(self.auditor)
        action = self.check.with_user(self.auditor).action_open_signature()
        values = wizard.with_context(**action["context"], default_meaning="review").default_get(
            ["res_model", "res_id", "meaning", "seen_hash"]
        )
        self.assertEqual(values["seen_hash"], self.check._get_signature_hash())
        opened = wizard.create(values)
        self.assertIn("verification", opened.summary)
        self.assertEqual(opened.meaning_label, "Reviewed")
        self.check.result_ids[:1].sudo().reason = "changed meanwhile"
        with (
            self.in_web_session(self.auditor),
            self.assertRaisesRegex(UserError, "has changed since you opened it"),
        ):
            opened.with_context(password=PASSWORD).action_sign()

    def test_password_is_not_stored(self):
        wizard = self.open_signature(self.check, "review", self.auditor)
        wizard.write({"password": PASSWORD, "totp_code": "123456"})
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM audit_signature_wizard WHERE id = %s", [wizard.id])
        self.assertNotIn(PASSWORD, str(self.env.cr.fetchall()))

    def test_outside_a_web_session_nobody_signs(self):
        wizard = self.open_signature(self.check, "review", self.auditor)
        keys = {"password": PASSWORD, "force": True, "skip_session_check": True, "su": True}
        with self.assertRaisesRegex(UserError, "it cannot sign"):
            wizard.with_context(**keys).action_sign()
        with self.assertRaisesRegex(UserError, "it cannot sign"):
            wizard.sudo().with_context(**keys).action_sign()
        self.assertFalse(self.signatures())


@tagged("post_install", "-at_install")
class TestWrongCredentials(SigningCase):
    """Wrong three times: locked, logged, auditors alerted."""

    def refused(self, password="wrong"):
        """Return the sentence of a refused attempt.

        Not `assertRaises`: its savepoint would undo what the second cursor has committed, which
        in a test shares the connection.
        """
        try:
            self.attempt(password)
        except UserError as exc:
            return str(exc)
        return self.fail("signed")

    def refuse(self, times):
        for _ in range(times):
            self.refused()

    def test_two_wrong_then_right(self):
        self.refuse(2)
        self.attempt(PASSWORD)
        self.assertEqual(len(self.signatures()), 1)
        # a signature clears the count
        self.refuse(2)
        self.attempt(PASSWORD)
        self.assertEqual(len(self.signatures()), 2)

    def test_three_wrong_lock_and_alert(self):
        self.refuse(2)
        self.assertIn("Signing is locked for you until", self.refused("wrong"))
        self.assertIn("Signing is locked for you until", self.refused(PASSWORD))
        self.assertFalse(self.signatures())
        self.after_transaction()
        self.assertEqual(
            self.locked_events(), ["signature.failed", "signature.failed", "signature.locked"]
        )
        activity = self.env["mail.activity"].search(
            [("user_id", "=", self.auditor.id), ("summary", "ilike", "Signing locked")]
        )
        self.assertEqual(activity.res_id, self.auditor.partner_id.id)
        attempts = self.env["audit.signature.attempt"].search([("user_id", "=", self.auditor.id)])
        self.assertEqual(attempts.mapped("is_lock"), [True, False, False])

    def test_lock_ends_after_fifteen_minutes(self):
        self.refuse(3)
        for minutes, locked in ((14, True), (16, False)):
            with freeze_time(fields.Datetime.now() + timedelta(minutes=minutes)):
                if locked:
                    self.assertIn("locked", self.refused(PASSWORD))
                else:
                    self.attempt(PASSWORD)
        self.assertEqual(len(self.signatures()), 1)

    def test_lock_is_one_users_own(self):
        other = new_test_user(self.env, "sign.bert", groups=AUDITOR, password=PASSWORD)
        self.refuse(3)
        self.attempt(PASSWORD, user=other)
        self.assertEqual(self.signatures().user_id, other)

    def test_missing_password_is_wrong(self):
        for password in ("", None, False):
            self.assertRegex(self.refused(password), "nothing was signed|locked")


@tagged("post_install", "-at_install")
class TestOneTimeCode(SigningCase):
    """With two-factor authentication on, the code is asked as well."""

    def setUp(self):
        super().setUp()
        self.tokens = []
        users = type(self.env["res.users"])
        original = users._check_credentials
        tokens = self.tokens

        def check(user, credential, env):
            if credential["type"] != "totp":
                return original(user, credential, env)
            tokens.append(credential["token"])
            if credential["token"] != 123456:
                raise AccessDenied
            return {"uid": user.id, "auth_method": "totp", "mfa": "default"}

        self.enterContext(patch.object(users, "_check_credentials", check))
        wizard = type(self.env["audit.signature.wizard"])
        self.enterContext(patch.object(wizard, "_is_totp_required", lambda self: True))

    def test_code_is_needed(self):
        with self.assertRaisesRegex(UserError, "one-time code is wrong"):
            self.attempt(PASSWORD)
        with self.assertRaisesRegex(UserError, "one-time code is wrong"):
            self.attempt(PASSWORD, totp_code="000000")
        self.assertFalse(self.signatures())

    def test_code_signs(self):
        self.attempt(PASSWORD, totp_code="123 456")
        self.assertEqual(self.tokens, [123456])
        self.assertEqual(self.signatures().method, "password+totp")

    def test_code_without_password_is_wrong(self):
        with self.assertRaises(UserError):
            self.attempt("wrong", totp_code="123456")
        self.assertFalse(self.tokens)
