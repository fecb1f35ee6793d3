# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`declaration.json`: a snapshot, its hash and the signature over its canonical text."""

import base64
import binascii
import hashlib
import json

from . import trust
from .chains import chain
from .findings import Report

FORMAT = "batchproof-certificate/1"
KEYS = {"format", "sha256", "signature", "snapshot"}
SIGNATURE_KEYS = {"algorithm", "certificate", "value"}
ALGORITHMS = ("ECDSA-SHA256", "RSA-SHA256")
FINGERPRINTS = ("certificate_sha256", "fingerprint", "signer_fingerprint")


def check(content: bytes, report: Report, facts: dict, trusted: list) -> None:
    """Verify one declaration; put what other files are compared with into `facts`."""
    document = _parse(content, report)
    if document is None:
        return
    text = chain.canonical(document["snapshot"])
    digest = hashlib.sha256(text.encode()).hexdigest()
    facts.update(document=content, snapshot_sha256=digest, snapshot=document["snapshot"])
    if digest != document["sha256"]:
        report.bad("field sha256", f"the snapshot's SHA-256 is {digest}, recorded is another")
    else:
        report.good(f"the snapshot has the recorded SHA-256 {digest}")
    _check_signature(text, document["signature"], report, facts, trusted)


def _parse(content: bytes, report: Report) -> dict | None:
    """Return the document if it is in its one form, else name the place and return None."""
    try:
        text = content.decode()
        document = json.loads(text)
    except UnicodeDecodeError as exc:
        report.bad(f"byte {exc.start}", "not UTF-8 text")
        return None
    except json.JSONDecodeError as exc:
        report.bad(f"byte {len(text[: exc.pos].encode())}", f"not JSON: {exc.msg}")
        return None
    problem = _find_shape_problem(document)
    if problem:
        report.bad(*problem)
        return None
    return document if _is_canonical(document, text, report) else None


def _is_canonical(document: dict, text: str, report: Report) -> bool:
    """Only one text is the document: other spacing or escapes would hash the same."""
    try:
        wanted = chain.canonical(document)
    except chain.FormatError as exc:
        report.bad("snapshot", str(exc))
        return False
    given = text.removesuffix("\n")
    if wanted == given:
        return True
    offset = next(
        (i for i, (a, b) in enumerate(zip(given, wanted, strict=False)) if a != b),
        min(len(given), len(wanted)),
    )
    report.bad(f"byte {len(given[:offset].encode())}", "altered: not in canonical form")
    return False


def _find_shape_problem(document) -> tuple[str, str] | None:
    if not isinstance(document, dict) or set(document) != KEYS:
        return "top level", f"it must have exactly the fields {', '.join(sorted(KEYS))}"
    if document["format"] != FORMAT:
        return "field format", f"{document['format']!r} is not {FORMAT}"
    if not isinstance(document["snapshot"], dict):
        return "field snapshot", "it is not an object"
    signature = document["signature"]
    if not isinstance(signature, dict) or set(signature) != SIGNATURE_KEYS:
        return "field signature", f"it must have exactly {', '.join(sorted(SIGNATURE_KEYS))}"
    if not all(isinstance(value, str) for value in signature.values()):
        return "field signature", "its values must be texts"
    if signature["algorithm"] not in ALGORITHMS:
        return "field signature.algorithm", f"{signature['algorithm']!r} is not known"
    return None


def _check_signature(text: str, signature: dict, report: Report, facts: dict, trusted) -> None:
    try:
        certificate = trust.load_leaf(signature["certificate"])
    except trust.MALFORMED as exc:
        report.bad("field signature.certificate", f"not a readable certificate: {exc}")
        return
    try:
        value = base64.b64decode(signature["value"], validate=True)
        if base64.b64encode(value).decode() != signature["value"]:
            raise ValueError("another spelling of the same value")
    except (binascii.Error, ValueError) as exc:
        report.bad("field signature.value", f"not base64: {exc}")
        return
    if not _is_signed(certificate.public_key(), signature["algorithm"], value, text.encode()):
        report.bad(
            "field signature.value",
            "the signature does not belong to this snapshot and this certificate",
        )
        return
    facts["certificate"] = trust.fingerprint(certificate)
    report.good(f"the snapshot was signed ({signature['algorithm']}) and is unchanged since")
    _check_fingerprint(facts, report)
    trust.describe(report, certificate, trusted, None)


def _is_signed(public, algorithm: str, value: bytes, data: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    try:
        if algorithm == "ECDSA-SHA256" and isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(value, data, ec.ECDSA(hashes.SHA256()))
        elif algorithm == "RSA-SHA256" and isinstance(public, rsa.RSAPublicKey):
            public.verify(value, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _check_fingerprint(facts: dict, report: Report) -> None:
    """The snapshot names the certificate it is signed with, so that nobody can swap that."""
    named = list(_find_fingerprints(facts["snapshot"]))
    for place, value in named:
        if value.replace(":", "").lower() != facts["certificate"]:
            report.bad("field signature.certificate", f"the snapshot names another ({place})")
    if named:
        return
    report.note("the snapshot does not name the certificate; only the key is bound to it")


def _find_fingerprints(value, place: str = "snapshot"):
    if isinstance(value, dict):
        for key, item in value.items():
            if key in FINGERPRINTS and isinstance(item, str):
                yield f"{place}.{key}", item
            else:
                yield from _find_fingerprints(item, f"{place}.{key}")
