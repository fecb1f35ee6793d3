# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`declaration.json`: a snapshot, its hash and the signature over its canonical text."""

import base64
import hashlib
import json
from datetime import datetime

from . import authorities, lasting
from .authorities import ec, padding, rsa
from .ledger import chain
from .report import Fault, Item, first_difference

FORMAT = "batchproof-certificate/1"
KEYS = {"format", "sha256", "signature", "snapshot"}
SIGNATURE_KEYS = {"algorithm", "certificate", "value"}
ALGORITHMS = ("ECDSA-SHA256", "RSA-SHA256")


def check(item: Item, trusted: list) -> None:
    """Verify one declaration: its form, its hash, its signature, and whose key that was."""
    document = _read(item.content)
    text = chain.canonical(document["snapshot"])
    digest = hashlib.sha256(text.encode()).hexdigest()
    item.facts.update(snapshot_sha256=digest, snapshot=document["snapshot"])
    if digest == document["sha256"]:
        item.report.good(f"the snapshot has the recorded SHA-256 {digest}")
    else:
        item.report.bad("field sha256", f"the snapshot's SHA-256 is {digest}, recorded is another")
    certificate = _check_signature(text, document["signature"])
    algorithm = document["signature"]["algorithm"]
    item.report.good(f"the snapshot was signed ({algorithm}) and is unchanged since")
    item.facts["certificate"] = authorities.fingerprint(certificate)
    # so that nobody can put another certificate of the same key in its place
    verification = document["snapshot"].get("verification")
    named = verification.get("certificate_sha256") if isinstance(verification, dict) else None
    if named != item.facts["certificate"]:
        item.report.bad("field signature.certificate", f"the snapshot names another ({named})")
    issued, others = _get_issued(document["snapshot"]), item.facts.get("companions", ())
    authorities.describe(item.report, certificate, trusted, issued, others)
    authorities.compare_name(item.report, certificate, document["snapshot"].get("issuer"))
    lasting.expire(item, certificate)


def _get_issued(snapshot: dict) -> datetime | None:
    """Return when the plant says it has signed."""
    try:
        return datetime.fromisoformat(snapshot["issued"]["utc"])
    except (KeyError, TypeError, ValueError):
        return None


def _read(content: bytes) -> dict:
    """Return the document, which must be in the one form it can have."""
    try:
        document = json.loads(content.decode())
    except UnicodeDecodeError as exc:
        raise Fault(f"byte {exc.start}", "not UTF-8 text") from exc
    except json.JSONDecodeError as exc:
        raise Fault(f"byte {len(exc.doc[: exc.pos].encode())}", f"not JSON: {exc.msg}") from exc
    _check_shape(document)
    try:
        wanted = chain.canonical(document).encode()
    except chain.FormatError as exc:
        raise Fault("snapshot", str(exc)) from exc
    given = content.removesuffix(b"\n")
    if given != wanted:
        place = first_difference(given, wanted)
        raise Fault(f"byte {place}", "altered: not in canonical form")
    return document


def _check_shape(document) -> None:
    if not isinstance(document, dict) or set(document) != KEYS:
        raise Fault("top level", f"it must have exactly the fields {', '.join(sorted(KEYS))}")
    if document["format"] != FORMAT:
        raise Fault("field format", f"{document['format']!r} is not {FORMAT}")
    if not isinstance(document["snapshot"], dict):
        raise Fault("field snapshot", "it is not an object")
    signature = document["signature"]
    if not isinstance(signature, dict) or set(signature) != SIGNATURE_KEYS:
        raise Fault("field signature", f"it must have exactly {', '.join(sorted(SIGNATURE_KEYS))}")
    if not all(isinstance(value, str) for value in signature.values()):
        raise Fault("field signature", "its values must be texts")
    if signature["algorithm"] not in ALGORITHMS:
        raise Fault("field signature.algorithm", f"{signature['algorithm']!r} is not known")


def _check_signature(text: str, signature: dict):
    """Return the certificate whose key has signed the text."""
    try:
        certificate = authorities.load(signature["certificate"])
    except authorities.MALFORMED as exc:
        raise Fault("field signature.certificate", f"not a readable certificate: {exc}") from exc
    try:
        value = base64.b64decode(signature["value"], validate=True)
        if base64.b64encode(value).decode() != signature["value"]:
            raise ValueError("another spelling of the same value")
    except ValueError as exc:
        raise Fault("field signature.value", f"not base64: {exc}") from exc
    if not _is_signed(certificate.public_key(), signature["algorithm"], value, text.encode()):
        raise Fault(
            "field signature.value",
            "the signature does not belong to this snapshot and this certificate",
        )
    return certificate


def _is_signed(key, algorithm: str, value: bytes, data: bytes) -> bool:
    sha256 = authorities.hashes.SHA256()
    try:
        if algorithm == "ECDSA-SHA256" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, data, ec.ECDSA(sha256))
            return True
        if algorithm == "RSA-SHA256" and isinstance(key, rsa.RSAPublicKey):
            key.verify(value, data, padding.PKCS1v15(), sha256)
            return True
    except authorities.InvalidSignature:
        pass
    return False
