# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The snapshot as a W3C Verifiable Credential, read by an independent library (joserfc)."""

import base64
import gzip
import json

from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import JWKRegistry

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..tools import credential
from .common import CertificateCase
from .keys import sign_with


@tagged("post_install", "-at_install")
class TestCredential(CertificateCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        helper = cls()
        cls.certificate = helper.make_issued(cls.lot)
        cls.token = cls.certificate.export_credential()

    def resolve(self, did):
        """Fetch a DID document as `did:web` says: colons are slashes of the path."""
        path = did.removeprefix("did:web:").split(":")[1:]
        answer = self.url_open(f"/{'/'.join(path)}/did.json")
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
        return answer.json()

    def read_credential(self, token):
        """Verify a credential with what its issuer publishes; return what it says."""
        header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
        self.assertEqual((header["typ"], header["cty"]), ("vc+jwt", "vc"))
        document = self.resolve(header["kid"].partition("#")[0])
        methods = {method["id"]: method for method in document["verificationMethod"]}
        self.assertIn(header["kid"], document["assertionMethod"])
        key = JWKRegistry.import_key(methods[header["kid"]]["publicKeyJwk"])
        self.assertEqual(key.thumbprint(), header["kid"].partition("#")[2])
        body = json.loads(jws.deserialize_compact(token, key, algorithms=[header["alg"]]).payload)
        self.assertEqual(body["@context"][0], "https://www.w3.org/ns/credentials/v2")
        self.assertIn("VerifiableCredential", body["type"])
        issuer = body["issuer"]
        self.assertEqual(issuer if isinstance(issuer, str) else issuer["id"], document["id"])
        return body

    def is_set(self, body, purpose):
        """Look the credential up in its issuer's status list."""
        (status,) = (s for s in body["credentialStatus"] if s["statusPurpose"] == purpose)
        path = status["statusListCredential"].partition("/did/")[2]
        listed = self.read_credential(self.url_open(f"/did/{path}").text)
        self.assertEqual(listed["id"], status["statusListCredential"])
        subject = listed["credentialSubject"]
        self.assertEqual(subject["statusPurpose"], purpose)
        packed = subject["encodedList"]
        self.assertEqual(packed[0], "u")
        bits = gzip.decompress(base64.urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4)))
        self.assertGreaterEqual(len(bits) * 8, 131072)
        place = int(status["statusListIndex"])
        return bool(bits[place // 8] >> (7 - place % 8) & 1)

    def test_it_says_what_the_certificate_says(self):
        body = self.read_credential(self.token)
        self.assertEqual(body["type"][1], "BatchCertificate")
        self.assertEqual(body["id"], self.certificate.verify_url)
        subject = body["credentialSubject"]
        self.assertEqual(subject["snapshot"], json.loads(self.certificate.snapshot))
        self.assertEqual(subject["snapshotSha256"], self.certificate.snapshot_hash)
        self.assertEqual(body["validFrom"], subject["snapshot"]["issued"]["utc"])

    def test_a_changed_one_is_refused(self):
        head, body, signature = self.token.split(".")
        text = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        forged = credential.b64url(text.replace(b"FARM-7", b"FARM-8"))
        self.assertNotEqual(forged, body)
        with self.assertRaises(BadSignatureError):
            self.read_credential(f"{head}.{forged}.{signature}")

    def test_revoked_and_replaced_show_in_the_lists(self):
        body = self.read_credential(self.token)
        self.assertFalse(self.is_set(body, "revocation") or self.is_set(body, "refresh"))
        self.certificate._set_state("superseded")
        self.env.flush_all()
        self.assertTrue(self.is_set(body, "refresh"))
        self.assertFalse(self.is_set(body, "revocation"))
        self.sign(self.certificate, "revoke", self.quality, reason="Wrong lot")
        self.env.flush_all()
        self.assertTrue(self.is_set(body, "revocation"))

    def test_a_new_key_leaves_old_credentials_valid(self):
        sign_with(self.company, "Second key")
        second = self.make_issued().export_credential()
        self.env.flush_all()
        kids = [
            json.loads(base64.urlsafe_b64decode(t.split(".")[0] + "=="))
            for t in (self.token, second)
        ]
        self.assertNotEqual(kids[0]["kid"], kids[1]["kid"])
        self.assertTrue(self.read_credential(self.token) and self.read_credential(second))

    def test_who_shows_the_issued_file_gets_it(self):
        url = f"/verify/{self.certificate.verify_token}/credential"
        given = self.url_open(url, files={"file": ("c.pdf", self.certificate.attachment_id.raw)})
        self.assertEqual(given.text, self.token)
        self.assertEqual(given.headers["Content-Type"], "application/vc+jwt")
        for content in (b"%PDF-1.7 another", b""):
            refused = self.url_open(url, files={"file": ("c.pdf", content)})
            self.assertIn("text/html", refused.headers["Content-Type"])
            self.assertNotIn("Marsh Farm", refused.text)

    def test_nothing_for_strangers(self):
        self.assertEqual(self.url_open("/did/nobody/did.json").status_code, 404)
        name = self.company.did_name
        for path in ("status/0/other", "status/99999999/revocation"):
            self.assertEqual(self.url_open(f"/did/{name}/{path}").status_code, 404)
        self.company.certificate_signing_id = False
        self.env.flush_all()
        answer = self.url_open(f"/did/{name}/status/1/revocation")
        self.assertEqual((answer.status_code, answer.text), (503, ""))
        answer = self.url_open(f"/lot_certificate/{self.certificate.id}/credential")
        self.assertNotIn(self.token, answer.text)
        with self.assertRaises(AccessError):
            self.certificate.with_user(self.env.ref("base.public_user")).export_credential()
        with self.assertRaises(UserError):
            self.make_certificate(self.lot).export_credential()
