# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credentials of every kind of key, read by an independent library."""

import doctest
import json

import pytest
from conftest import load_tool
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from test_lot_certificate_signing import pem_certificate, pem_key

jose = pytest.importorskip("joserfc.jws")
from joserfc.errors import BadSignatureError  # noqa: E402
from joserfc.jwk import JWKRegistry  # noqa: E402

signing = load_tool("lot_certificate", "signing")
credential = load_tool("lot_certificate", "credential")

KEYS = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_each_kind_of_key(algorithm):
    key = KEYS[algorithm]()
    identity = signing.load_identity(pem_certificate(key), pem_key(key))
    token = credential.sign(identity, "did:web:plant.example:did:dairy", {"a": "Käse"})
    document = credential.build_did_document(
        "did:web:plant.example:did:dairy", [identity.certificate_pem, identity.certificate_pem]
    )
    (method,) = document["verificationMethod"]
    public = JWKRegistry.import_key(method["publicKeyJwk"])
    read = jose.deserialize_compact(token, public, algorithms=[algorithm])
    assert json.loads(read.payload) == {"a": "Käse"} == credential.read(token)
    assert read.protected["kid"] == method["id"]
    assert public.thumbprint() == credential.get_key_id(identity.certificate_pem)
    head, body, signature = token.split(".")
    other = "B" if body[4] == "A" else "A"
    with pytest.raises(BadSignatureError):
        jose.deserialize_compact(
            f"{head}.{body[:4]}{other}{body[5:]}.{signature}", public, algorithms=[algorithm]
        )


def test_a_curve_that_jose_does_not_know():
    key = ec.generate_private_key(ec.SECP224R1())
    assert not credential.is_known(pem_certificate(key))


def test_every_certificate_has_its_bit():
    import base64
    import gzip

    numbers = [0, 7, 8, 131071]
    packed = credential.encode_list(numbers)[1:]
    bits = gzip.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    found = [n for n in range(len(bits) * 8) if bits[n // 8] >> (7 - n % 8) & 1]
    assert found == numbers


def test_doctests():
    assert doctest.testmod(credential).failed == 0
