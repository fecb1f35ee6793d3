# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Evidence made for the tests of `scripts/verify`: a folder as a plant writes it."""

import base64
import datetime
import hashlib
import json
import sys
from email.message import EmailMessage
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from verifier import stamp  # noqa: E402, F401
from verifier.command import main, verify  # noqa: E402, F401
from verifier.ledger import chain  # noqa: E402
from verifier.report import Fault, Item, Report  # noqa: E402, F401

SNAPSHOT = {
    "number": "CERT/2026/00001",
    "lot": "MILCH-0001 Käse",
    "readings": [{"sensor": "d1-pasteur-temp", "min": "72.4", "unit": "degC"}],
    "open_deviations": 0,
}


def judge(name, content, trusted=(), kind=None):
    """Verify one file as the command does; return its item."""
    kinds = {"pdf": "pdf", "json": "declaration", "jsonl": "ledger"}
    item = Item(Path(name), content, Report(name), kind or kinds[name.rpartition(".")[2]])
    verify([item], list(trusted))
    return item


def make_certificate(subject, key, issuer=None, issuer_key=None):
    """Return a certificate, self-signed unless an issuer is given."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=not issuer, path_length=None), True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, not issuer, False, False, False), True
        )
    )
    return builder.sign(issuer_key or key, hashes.SHA256())


def to_pem(certificate):
    """Return the PEM text of a certificate."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@lru_cache
def identities():
    """Return the authority, leaf and key for ECDSA and RSA, and one of the same names: forged."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = make_certificate("Test authority", authority_key)
    found = {"authority": authority}
    for kind, key in (
        ("ec", ec.generate_private_key(ec.SECP256R1())),
        ("rsa", rsa.generate_private_key(65537, 2048)),
    ):
        leaf = make_certificate(f"Plant development {kind}", key, authority, authority_key)
        found[kind] = (leaf, key)
    namesake_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    namesake = make_certificate("Test authority", namesake_key)
    found["forged"] = (make_certificate("Plant development ec", key, namesake, namesake_key), key)
    return found


def make_declaration(snapshot=None, kind="ec"):
    """Return the bytes of a `declaration.json`."""
    leaf, key = identities()[kind]
    body = dict(SNAPSHOT if snapshot is None else snapshot)
    body["verification"] = {"certificate_sha256": leaf.fingerprint(hashes.SHA256()).hex()}
    text = chain.canonical(body)
    if kind != "rsa":
        algorithm, value = "ECDSA-SHA256", key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    else:
        algorithm = "RSA-SHA256"
        value = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    document = {
        "format": "batchproof-certificate/1",
        "snapshot": body,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "signature": {
            "algorithm": algorithm,
            "value": base64.b64encode(value).decode(),
            "certificate": to_pem(leaf),
        },
    }
    return chain.canonical(document).encode()


def make_pdf(embedded, kind="ec"):
    """Return a small signed PDF with `declaration.json` in it."""
    from pyhanko.pdf_utils import embed, generic, writer
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    plain = writer.PdfFileWriter()
    page = writer.PageObject(
        contents=plain.add_object(generic.StreamObject(stream_data=b"")), media_box=(0, 0, 99, 99)
    )
    plain.insert_page(page)
    stream = embed.EmbeddedFileObject.from_file_data(plain, data=embedded)
    embed.embed_file(
        plain,
        embed.FileSpec("declaration.json", embedded_data=stream, file_name="declaration.json"),
    )
    buffer = BytesIO()
    plain.write(buffer)
    signed = signers.sign_pdf(
        IncrementalPdfFileWriter(buffer),
        signers.PdfSignatureMetadata(
            field_name="Signature1", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
        ),
        signer=_signer(kind),
    )
    return signed.getvalue()


def _signer(kind):
    from asn1crypto import keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    leaf, key = identities()[kind]
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(leaf.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        cert_registry=SimpleCertificateStore(),
    )


def make_chain(name, bodies):
    """Return the lines of an exported chain."""
    lines, previous = [], chain.GENESIS
    for number, body in enumerate(bodies, 1):
        text = chain.canonical({**body, "chain": name, "seq": number})
        entry = chain.Entry(name, number, previous, chain.link(previous, text), text)
        lines.append(entry.to_line())
        previous = entry.hash
    return lines


def make_ledger(digest, entries=4, **details):
    """Return a ledger of two chains; the first records the issue of a snapshot."""
    events = [{"event": "process.transition", "details": {"n": i}} for i in range(entries)]
    details["snapshot_sha256"] = digest
    events.append({"event": "certificate.issue", "details": details})
    books = [{"doc": f"SD-{i}", "qty": f"{i}.000", "site": "Käserei"} for i in range(entries)]
    lines = make_chain("Dairy/audit.record", events) + make_chain("Dairy/mass", books)
    return ("\n".join(lines) + "\n").encode()


def make_mail(signed):
    """Return a mail with the certificate attached."""
    message = EmailMessage()
    message["From"], message["To"] = "plant@example.com", "customer@example.com"
    message["Subject"] = "Your certificate"
    message.set_content("Please find the certificate attached.")
    message.add_attachment(
        signed, maintype="application", subtype="pdf", filename="certificate.pdf"
    )
    return message.as_bytes()


def make_readings():
    """Return a table of readings."""
    rows = ["sensor,source_ms,value,unit"]
    rows += [f"d1-pasteur-temp,{1_795_000_000_000 + i * 1000},72.{i},degC" for i in range(5)]
    return ("\n".join(rows) + "\n").encode()


def make_summary(files, seal=True):
    """Return a summary with the digests of the files, sealed unless said otherwise."""
    summary = {
        "plant": "dairy",
        "steps": [{"step": "order done", "record": "WH/MO/00001"}],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    if not seal:
        return json.dumps(summary, indent=2).encode()
    text = json.dumps({**summary, "seal": "0" * 64}, indent=2).encode()
    return text.replace(b"0" * 64, hashlib.sha256(text).hexdigest().encode())


def make_folder(folder, kind="ec"):
    """Write a whole evidence folder; return the paths by name."""
    document = make_declaration(kind=kind)
    digest = json.loads(document)["sha256"]
    signed = make_pdf(document, kind)
    files = {
        "certificate.pdf": signed,
        "declaration.json": document,
        "ledger.jsonl": make_ledger(digest),
        "mail.eml": make_mail(signed),
        "readings.csv": make_readings(),
    }
    files["summary.json"] = make_summary(files)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in files}
