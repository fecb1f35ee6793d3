# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A24: the second factors for real, through HTTP: one-time codes and passkeys.

The passkey is a software authenticator: an EC key that signs what a browser would have it sign.
"""

import base64
import hashlib
import json
import struct
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.auth_totp.models.totp import hotp

from .common import PASSWORD

AUDITOR = "base.group_user,audit_chain.group_audit_chain_auditor"
PRESENT, VERIFIED = 1, 4


def encode(data: bytes) -> str:
    """Return base64url without padding, as WebAuthn has it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    """A passkey: holds a private key and answers challenges with it."""

    def __init__(self, origin):
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.identifier = encode(hashlib.sha256(str(id(self)).encode()).digest())
        self.count = 0

    def get_public_key(self) -> str:
        """Return the COSE key as core stores it."""
        numbers = self.key.public_key().public_numbers()
        x, y = (part.to_bytes(32, "big") for part in (numbers.x, numbers.y))
        cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y
        return base64.urlsafe_b64encode(cose).decode()

    def answer(self, challenge: str, flags=PRESENT | VERIFIED, origin=None) -> str:
        """Return what the browser sends for a challenge."""
        self.count += 1
        host = urlsplit(self.origin).hostname
        data = hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)
        client = json.dumps(
            {
                "type": "webauthn.get",
                "challenge": challenge,
                "origin": origin or self.origin,
                "crossOrigin": False,
            }
        ).encode()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return json.dumps(
            {
                "id": self.identifier,
                "rawId": self.identifier,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {
                    "authenticatorData": encode(data),
                    "clientDataJSON": encode(client),
                    "signature": encode(signature),
                },
            }
        )


class FactorCase(HttpCase):
    """An auditor in a web session, and a verification to sign."""

    def setUp(self):
        super().setUp()
        self.auditor = self.create_auditor("factor.anna", "Anna")
        self.env["audit.record"]._log("test.factor", self.env.company, {})
        self.check = self.env["audit.chain.check"]._run()
        # a request that fails is rolled back, in a test with what a second cursor has stored:
        # here it is enough to see that each failure is reported to the counter
        self.failures = []
        attempts = type(self.env["audit.signature.attempt"])
        self.patch(attempts, "_record_failure", lambda _self, user, _doc: self.fail_one(user))

    def fail_one(self, user):
        self.failures.append(user.login)
        return 0

    def create_auditor(self, login, name):
        return new_test_user(self.env, login, groups=AUDITOR, password=PASSWORD, name=name)

    def call(self, path, params):
        response = self.url_open(
            path, data=json.dumps({"params": params}), headers={"Content-Type": "application/json"}
        )
        return response.json()

    def sign(self, method, **context):
        """Press the button; return "signed" or the sentence."""
        values = {"res_model": self.check._name, "res_id": self.check.id, "meaning": "review"}
        model = "audit.signature.wizard"
        ids = self.rpc(model, "create", [values])["result"]
        with mute_logger("odoo.http", "odoo.addons.auth_totp.models.res_users"):
            answer = self.rpc(model, method, ids, context=context)
        return answer["error"]["data"]["message"] if "error" in answer else "signed"

    def rpc(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.call(f"/web/dataset/call_kw/{model}/{method}", params)

    def get_signature(self):
        self.env.invalidate_all()
        return self.env["audit.signature"].search([("res_name", "=", self.check.name)])


@tagged("post_install", "-at_install")
class TestOneTimeCodes(FactorCase):
    def setUp(self):
        super().setUp()
        self.secret = b"12345678901234567890"
        self.auditor.sudo().totp_secret = base64.b32encode(self.secret).decode()
        # a session begun with both factors, as the login page makes it
        self.authenticate("factor.anna", PASSWORD)

    def code(self, steps=0) -> str:
        return f"{hotp(self.secret, int(time.time() // 30) + steps):06}"

    def test_the_password_alone_does_not_sign(self):
        self.assertIn("one-time code is wrong", self.sign("action_sign", password=PASSWORD))
        self.assertFalse(self.get_signature())

    def test_a_real_code_signs_once(self):
        wrong = f"{(int(self.code()) + 1) % 10**6:06}"
        self.assertIn("wrong", self.sign("action_sign", password=PASSWORD, totp_code=wrong))
        code = self.code()
        self.assertEqual(self.sign("action_sign", password=PASSWORD, totp_code=code), "signed")
        self.assertEqual(self.get_signature().method, "password+totp")
        self.assertIn("wrong", self.sign("action_sign", password=PASSWORD, totp_code=code))
        self.assertEqual(len(self.get_signature()), 1)


@tagged("post_install", "-at_install")
class TestPasskey(FactorCase):
    def setUp(self):
        super().setUp()
        self.origin = self.base_url()
        self.env["ir.config_parameter"].set_param("web.base.url", self.origin)
        self.passkey = self.register(self.auditor)
        self.authenticate("factor.anna", PASSWORD)

    def register(self, user):
        passkey = Authenticator(self.origin)
        self.env.cr.execute(
            SQL(
                "INSERT INTO auth_passkey_key (name, credential_identifier, public_key, create_uid)"
                " VALUES ('key', %s, %s, %s)",
                passkey.identifier,
                passkey.get_public_key(),
                user.id,
            )
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        return passkey

    def ask(self) -> str:
        """Return a fresh challenge of the session."""
        return self.call("/auth/passkey/start-auth", {})["result"]["challenge"]

    def test_a_passkey_signs_without_password(self):
        answer = self.passkey.answer(self.ask())
        self.assertEqual(self.sign("action_sign_passkey", passkey_answer=answer), "signed")
        signature = self.get_signature()
        self.assertEqual((signature.method, signature.user_id), ("passkey", self.auditor))
        self.assertTrue(signature.is_valid)
        self.assertEqual(json.loads(signature.payload)["method"], "passkey")

    def test_a_passkey_takes_the_place_of_both_factors(self):
        self.auditor.sudo().totp_secret = base64.b32encode(b"12345678901234567890").decode()
        self.authenticate("factor.anna", PASSWORD)
        answer = self.passkey.answer(self.ask())
        self.assertEqual(self.sign("action_sign_passkey", passkey_answer=answer), "signed")

    def test_an_answer_signs_once(self):
        answer = self.passkey.answer(self.ask())
        self.assertEqual(self.sign("action_sign_passkey", passkey_answer=answer), "signed")
        self.assertIn("not accepted", self.sign("action_sign_passkey", passkey_answer=answer))
        self.assertEqual(len(self.get_signature()), 1)

    def refuse(self, answer):
        self.failures.clear()
        self.assertIn("not accepted", self.sign("action_sign_passkey", passkey_answer=answer))
        self.assertEqual(self.failures, ["factor.anna"], "each refusal is counted")

    def test_what_is_refused(self):
        stranger = self.register(self.create_auditor("factor.bert", "Bert"))
        self.refuse(stranger.answer(self.ask()))
        self.refuse(self.passkey.answer(self.ask(), flags=PRESENT))
        self.refuse(self.passkey.answer(self.ask(), origin="https://elsewhere.example"))
        self.refuse(self.passkey.answer(encode(b"a challenge of my own" * 3)))
        forged = json.loads(self.passkey.answer(self.ask()))
        forged["response"]["signature"] = encode(b"0" * 64)
        self.refuse(json.dumps(forged))
        self.assertFalse(self.get_signature())

    def test_what_is_no_answer_at_all_is_refused(self):
        for answer in ("", None, "{", "[]", "{}", '{"id": 1}', '{"id": "x"}', 7):
            with self.subTest(answer=answer):
                self.refuse(answer)
        broken = json.loads(self.passkey.answer(self.ask()))
        for part in ("authenticatorData", "clientDataJSON", "signature"):
            self.ask()
            with self.subTest(part=part):
                self.refuse(json.dumps({**broken, "response": {**broken["response"], part: "!"}}))
        self.assertFalse(self.get_signature())

    def test_who_is_locked_does_not_sign_with_a_passkey_either(self):
        attempts = type(self.env["audit.signature.attempt"])
        self.patch(attempts, "_locked_until", lambda _self, _user: 2**42)
        answer = self.passkey.answer(self.ask())
        self.assertIn("locked", self.sign("action_sign_passkey", passkey_answer=answer))
        self.assertFalse(self.get_signature())

    def test_the_button_shows_to_who_has_one(self):
        wizards = self.env["audit.signature.wizard"]
        other = self.create_auditor("factor.bert", "Bert")
        self.assertTrue(wizards.with_user(self.auditor).new({}).has_passkey)
        self.assertFalse(wizards.with_user(other).new({}).has_passkey)
