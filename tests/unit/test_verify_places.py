# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A changed byte is found, wherever it stands: 1 000 random places of what a customer holds.

The files are made as a plant makes them: WeasyPrint prints PDF/A-3 with `declaration.json` in it,
the suite's own tools sign both, an RFC 3161 server stamps the signature and the anchor.

Places that matter are all bytes of `certificate.pdf`, `declaration.json`, `ledger.jsonl` and the
anchor, without exception: what no signature covers (the hexadecimal spelling of the signature, the
zeros that fill its space, version numbers and lists around what is signed, the authorities'
certificates that travel along, spacing and escapes of JSON) must have its one form.
`BATCHPROOF_SEED` draws other places.
"""

import asyncio
import base64
import importlib
import json
import os
import random

import pytest
from conftest import ADDONS, _package, load_tool
from verify_case import (
    SNAPSHOT,
    Fault,
    Report,
    identities,
    judge,
    make_ledger,
    stamp,
    to_pem,
    verify,
)

weasyprint = pytest.importorskip("weasyprint")
signing = load_tool("lot_certificate", "signing")
pades = load_tool("lot_certificate", "pades")
document = load_tool("lot_certificate", "document")
merkle = load_tool("audit_chain", "merkle")
_package("odoo.addons.audit_chain.tests", ADDONS / "audit_chain" / "tests")
tsa = importlib.import_module("odoo.addons.audit_chain.tests.tsa")

PLACES = {"certificate.pdf": 400, "declaration.json": 300, "ledger.jsonl": 200, "anchor.json": 100}
SEED = int(os.environ.get("BATCHPROOF_SEED", "2026"))


@pytest.fixture(scope="module")
def witness():
    return tsa.Authority()


@pytest.fixture(scope="module")
def identity():
    from cryptography.hazmat.primitives import serialization

    leaf, key = identities()["ec"]
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain = (to_pem(leaf) + to_pem(identities()["authority"])).encode()
    return signing.load_identity(chain, secret)


@pytest.fixture(scope="module")
def files(witness, identity):
    """The four files of one issued certificate."""
    fingerprint = signing.read_certificate(identity.certificate_pem).fingerprint
    snapshot = document.canonical({**SNAPSHOT, "verification": {"certificate_sha256": fingerprint}})
    signature = signing.sign(identity, snapshot.encode())
    declared = document.build(snapshot, signature, identity.certificate_pem.decode())
    printed = weasyprint.HTML(string="<h1>Batch certificate</h1><p>Käse, 1 000 kg</p>").write_pdf(
        pdf_variant="pdf/a-3b",
        attachments=[
            weasyprint.Attachment(string=declared, name="declaration.json", relationship="Source")
        ],
    )
    signed = pades.sign_pdf(
        printed, identity, reason="Batch certificate", signer="D", timestamper=witness.get_stamper()
    )
    ledger = make_ledger(document.sha256(snapshot))
    return {
        "certificate.pdf": signed,
        "declaration.json": declared.encode(),
        "ledger.jsonl": ledger,
        "anchor.json": make_anchor(ledger, witness),
    }


def make_anchor(ledger, witness):
    """Return an anchor over the chains of a ledger, stamped."""
    lines = [json.loads(line) for line in ledger.splitlines()]
    heads = {line["chain"]: merkle.Head(line["chain"], line["seq"], line["hash"]) for line in lines}
    args = ("Dairy", "2026-11-22T02:30:00Z", list(heads.values()))
    stamper = witness.get_stamper()
    token = asyncio.run(stamper.async_timestamp(bytes.fromhex(merkle.get_root(*args)), "sha256"))
    return merkle.build(*args, [base64.b64encode(token.dump()).decode()]).encode()


def check(name, content, witness):
    """Judge one file as `scripts/verify --trust` does; return its item."""
    from cryptography import x509

    trusted = [identities()["authority"], x509.load_pem_x509_certificate(witness.pem.encode())]
    return judge(name, content, trusted, "anchor" if name == "anchor.json" else None)


@pytest.mark.parametrize("name", PLACES)
def test_the_files_hold_as_they_are(files, witness, name):
    report = check(name, files[name], witness).report
    assert report.holds, report.to_text()
    if name in ("certificate.pdf", "anchor.json"):
        assert "stamped by Common Name: Test time authority unit 1" in report.to_text()


@pytest.mark.parametrize("name", PLACES)
def test_a_thousand_changed_bytes_are_found(files, witness, name):
    content = files[name]
    chance = random.Random(f"{SEED} {name}")
    for place in chance.sample(range(len(content)), min(PLACES[name], len(content))):
        changed = bytearray(content)
        changed[place] ^= 1 << chance.randrange(8)
        report = check(name, bytes(changed), witness).report
        assert not report.holds, (name, place, content[place], changed[place])
        assert any(kind == "FAILED" for kind, _sentence in report.findings)


def test_bytes_of_signature_and_stamp_are_found(files, witness):
    """The space of the signature holds most of what its own digest cannot cover."""
    content = files["certificate.pdf"]
    begin = content.index(b"/Contents <3") + 10
    chance = random.Random(SEED)
    for place in chance.sample(range(begin, content.index(b">", begin)), 60):
        changed = bytearray(content)
        changed[place] = ord(chance.choice("0123456789abcdefABCDEF"))
        if changed[place] != content[place]:
            report = check("certificate.pdf", bytes(changed), witness).report
            assert not report.holds, (place, chr(content[place]), chr(changed[place]))


def test_a_later_revision_is_reported_with_its_place(files, witness):
    from io import BytesIO

    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    content = files["certificate.pdf"]
    writer = IncrementalPdfFileWriter(BytesIO(content))
    writer.root["/Remark"] = generic.pdf_string("released after all")
    writer.update_root()
    stream = BytesIO()
    writer.write(stream)
    report = check("certificate.pdf", stream.getvalue(), witness).report
    assert f"byte {len(content)}: " in report.to_text()
    assert "came after it was signed" in report.to_text()


def test_a_stamp_of_another_signature_is_found(files, witness, identity):
    """A stamp cannot be lent: it covers the value of this signature."""
    from asn1crypto import cms

    other = asyncio.run(witness.get_stamper().async_timestamp(bytes(32), "sha256"))
    token = cms.ContentInfo.load(other.dump())
    with pytest.raises(Fault, match="of something else"):
        stamp.check(token.dump(), b"\1" * 32, Report("x"), "stamp", [])


@pytest.mark.parametrize("forgery", ["rewritten", "shortened", "other chain"])
def test_a_rewritten_past_is_found_by_the_anchor(files, witness, forgery):
    """The whole chain is computed anew, so it holds in itself; the anchor says it is another."""
    ledger = {
        "rewritten": make_ledger("0" * 64),
        "shortened": b"".join(files["ledger.jsonl"].splitlines(keepends=True)[:-1]),
        "other chain": make_ledger("0" * 64).replace(b"Dairy/", b"Diary/"),
    }[forgery]
    assert check("ledger.jsonl", ledger, witness).report.holds or forgery == "other chain"
    words = {
        "rewritten": "is not the one that was anchored",
        "shortened": "entries when it was anchored",
        "other chain": "none of the chains",
    }
    report = compare_with_anchor(files, ledger, witness)
    assert words[forgery] in report.to_text()
    assert not report.holds
    assert compare_with_anchor(files, files["ledger.jsonl"], witness).holds


def compare_with_anchor(files, ledger, witness):
    """Return what the anchor says about a ledger."""
    given = {"anchor.json": files["anchor.json"], "ledger.jsonl": ledger}
    items = [check(name, content, witness) for name, content in given.items()]
    return verify(items, [])[-1]


def test_an_anchor_of_a_stranger_proves_nothing(files):
    """Who rewrites the past stamps it too; only a witness that is trusted counts."""
    stranger = tsa.Authority()
    forged = make_anchor(files["ledger.jsonl"], stranger)
    item = check("anchor.json", forged, tsa.Authority())
    assert "no authority of --trust has made it" in item.report.to_text()
