# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import json

import pytest
from conftest import load_tool

pytest.importorskip("cryptography")
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: E402

signing = load_tool("lot_certificate", "signing")
document = load_tool("lot_certificate", "document")

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def pem_key(key, password=None):
    encryption = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )


def pem_certificate(key, common_name="Test plant"):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(START)
        .not_valid_after(START + datetime.timedelta(days=365))
        .sign(key, digest)
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module", params=["ec", "rsa"])
def identity(request):
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if request.param == "ec"
        else rsa.generate_private_key(65537, 2048)
    )
    return signing.load_identity(pem_certificate(key), pem_key(key))


def test_a_signature_is_of_these_bytes_by_this_key(identity):
    signature = signing.sign(identity, b"data")
    assert signing.verify(identity.certificate_pem, signature, b"data")
    assert not signing.verify(identity.certificate_pem, signature, b"datA")
    other = ec.generate_private_key(ec.SECP256R1())
    assert not signing.verify(pem_certificate(other), signature, b"data")


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": "none"},
        {"algorithm": "HMAC-SHA256"},
        {"value": ""},
        {"value": "not base64!"},
    ],
)
def test_a_forged_signature_is_a_plain_no(identity, change):
    good = signing.sign(identity, b"data")
    forged = signing.Signature(**{"algorithm": good.algorithm, "value": good.value, **change})
    assert not signing.verify(identity.certificate_pem, forged, b"data")
    assert not signing.verify(b"no certificate", good, b"data")


def test_key_and_certificate_must_be_a_pair():
    one, two = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    with pytest.raises(signing.SigningError, match="does not belong"):
        signing.load_identity(pem_certificate(one), pem_key(two))


def test_password_of_the_key():
    key = ec.generate_private_key(ec.SECP256R1())
    secret = pem_key(key, b"open")
    assert signing.load_identity(pem_certificate(key), secret, "open").key_pem
    for wrong in (None, "shut"):
        with pytest.raises(signing.SigningError, match="cannot be read"):
            signing.load_identity(pem_certificate(key), secret, wrong)


def test_only_keys_that_others_can_verify():
    short = rsa.generate_private_key(65537, 1024)
    with pytest.raises(signing.SigningError, match="2048"):
        signing.load_identity(pem_certificate(short), pem_key(short))
    edwards = ed25519.Ed25519PrivateKey.generate()
    with pytest.raises(signing.SigningError, match="ECDSA and RSA"):
        signing.load_identity(pem_certificate(edwards), pem_key(edwards))


def test_chain_comes_with_the_leaf():
    key, authority = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    bundle = pem_certificate(key) + pem_certificate(authority, "Authority")
    identity = signing.load_identity(bundle, pem_key(key))
    assert len(identity.chain) == 1
    assert "Authority" in signing.read_certificate(identity.chain[0]).subject


def test_facts_and_the_development_key():
    key = ec.generate_private_key(ec.SECP256R1())
    facts = signing.read_certificate(pem_certificate(key, "Plant Development key"))
    assert facts.is_development
    assert facts.is_valid_at(START)
    assert not facts.is_valid_at(START - datetime.timedelta(seconds=1))
    assert len(facts.fingerprint) == 64
    assert not signing.read_certificate(pem_certificate(key, "Plant")).is_development
    with pytest.raises(signing.SigningError):
        signing.read_certificate(b"nothing")


SNAPSHOT = document.canonical(
    {"number": "BC/2026/00001", "inputs": [{"lot": "R1", "quantity": "1.000"}], "name": "Käse"}
)


def _fingerprint(pem):
    try:
        return signing.read_certificate(pem).fingerprint
    except signing.SigningError:
        return None


def issued(identity):
    signature = signing.sign(identity, SNAPSHOT.encode())
    return document.build(SNAPSHOT, signature, identity.certificate_pem.decode())


def test_the_document_is_whole(identity):
    assert document.is_authentic(issued(identity))


def test_every_changed_byte_of_the_document_is_found(identity):
    """Each byte in turn, flipped in its lowest bit: never authentic, never judged valid."""
    text = issued(identity).encode()
    start, end = text.index(b"-----BEGIN"), text.index(b"-----END")
    fingerprint = signing.read_certificate(identity.certificate_pem).fingerprint
    for place in range(len(text)):
        changed = bytearray(text)
        changed[place] ^= 1
        assert document.judge(bytes(changed), text.decode()).verdict != "valid"
        try:
            candidate = changed.decode()
        except UnicodeDecodeError:
            continue
        # The certificate does not prove itself: its fingerprint is compared with the company's.
        if document.is_authentic(candidate):
            assert start < place < end
            changed_pem = json.loads(candidate)["signature"]["certificate"].encode()
            assert _fingerprint(changed_pem) != fingerprint


def test_judge_names_what_is_altered(identity):
    text = issued(identity)
    changed = text.replace('"quantity":"1.000"', '"quantity":"9.000"')
    finding = document.judge(changed.encode(), text)
    assert finding.verdict == "altered"
    assert finding.places == ("snapshot.inputs[0].quantity",)


def test_no_byte_of_a_named_certificate_can_change(identity):
    """The snapshot names the certificate: then not even its own signature can be altered."""
    fingerprint = signing.read_certificate(identity.certificate_pem).fingerprint
    snapshot = document.canonical({"verification": {"certificate_sha256": fingerprint}})
    signature = signing.sign(identity, snapshot.encode())
    text = document.build(snapshot, signature, identity.certificate_pem.decode())
    assert document.is_authentic(text)
    for place in range(len(text)):
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        assert not document.is_authentic(changed), place


@pytest.mark.parametrize(
    ("content", "verdict", "reason"),
    [
        (b"", "unknown", "not_readable"),
        (b"\xff\xfe\x00", "unknown", "not_readable"),
        (b"[" * 100_000, "unknown", "not_readable"),
        (b"[1, 2]", "unknown", "not_a_document"),
        (b'{"a": 1}', "unknown", "not_a_document"),
        (b"%PDF-1.7 another", "altered", "pdf"),
        (b'{"snapshot": NaN}', "altered", "document"),
        (b"<svg onload=alert(1)>", "unknown", "not_readable"),
    ],
)
def test_judge_of_other_files(identity, content, verdict, reason):
    finding = document.judge(content, issued(identity), "0" * 64)
    assert (finding.verdict, finding.reason) == (verdict, reason)


def test_judge_of_what_was_issued(identity):
    text = issued(identity)
    assert document.judge(text.encode(), text).verdict == "valid"
    assert document.judge(b"%PDF-x", text, document.sha256(b"%PDF-x")).verdict == "valid"
    # the same facts, spelled otherwise: not the issued file
    spaced = text.replace('","', '", "', 1)
    assert document.judge(spaced.encode(), text).reason == "spelling"


def test_differences_are_limited():
    given = {str(i): i for i in range(100)}
    assert len(document.differences(given, {})) == 20


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format":"x"}', "null", '{"signature":1}'])
def test_other_texts_are_not_authentic(text):
    assert not document.is_authentic(text)
