# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The exported document `declaration.json`, and what is wrong with a file that claims to be one.

One canonical JSON text (sorted keys, no blanks, UTF-8, no floats):
``{"format", "sha256", "signature": {"algorithm", "certificate", "value"}, "snapshot"}``.
``sha256`` and the signature are over the canonical text of ``snapshot``.
"""

import hashlib
import json
from dataclasses import dataclass

from .signing import Signature, read_certificate, verify

FORMAT = "batchproof-certificate/1"
KEYS = {"format", "sha256", "signature", "snapshot"}
# No document is larger; reading more of a stranger's JSON only costs time.
LARGEST = 2 * 1024 * 1024


def canonical(body: dict) -> str:
    """Return the one text of ``body``; the same form as the audit chain's.

    >>> canonical({"b": 1, "a": "Käse"})
    '{"a":"Käse","b":1}'
    """
    return json.dumps(
        body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def sha256(text: str | bytes) -> str:
    """Return the hex digest of a text (as UTF-8) or of bytes.

    >>> sha256("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def build(snapshot_text: str, signature: Signature, certificate_pem: str) -> str:
    """Return the text of `declaration.json` for a canonical snapshot."""
    return canonical(
        {
            "format": FORMAT,
            "snapshot": json.loads(snapshot_text),
            "sha256": sha256(snapshot_text),
            "signature": {
                "algorithm": signature.algorithm,
                "value": signature.value,
                "certificate": certificate_pem,
            },
        }
    )


@dataclass(frozen=True)
class Finding:
    """The judgement on a file: ``valid``, ``altered`` (with the places) or ``unknown``."""

    verdict: str
    reason: str
    places: tuple[str, ...] = ()


def judge(content: bytes, issued_text: str, issued_pdf_sha256: str | None = None) -> Finding:
    """Compare a file with what was issued; the file is data, nothing in it is run.

    >>> judge(b"{}", '{"a":1}').verdict
    'unknown'
    """
    if issued_pdf_sha256 and sha256(content) == issued_pdf_sha256:
        return Finding("valid", "pdf")
    if content == issued_text.encode():
        return Finding("valid", "document")
    if content[:1024].lstrip()[:5] == b"%PDF-":
        return Finding("altered", "pdf")
    if len(content) > LARGEST:
        return Finding("unknown", "not_a_document")
    try:
        given = json.loads(content.decode())
    except (ValueError, RecursionError):
        return Finding("unknown", "not_readable")
    if not isinstance(given, dict) or not KEYS & set(given):
        return Finding("unknown", "not_a_document")
    places = tuple(differences(given, json.loads(issued_text)))
    if not places:
        return Finding("altered", "spelling")
    return Finding("altered", "document", places)


def differences(given, issued, where: str = "", limit: int = 20) -> list[str]:
    """Return the paths at which two JSON values differ, at most ``limit``.

    >>> differences({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}, "c": 1})
    ['a.b[1]', 'c']
    """
    found: list[str] = []
    pending = [(given, issued, where)]
    while pending and len(found) < limit:
        left, right, path = pending.pop(0)
        if isinstance(left, dict) and isinstance(right, dict):
            pending[:0] = _items(left, right, path)
        elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
            pending[:0] = [
                (a, b, f"{path}[{index}]")
                for index, (a, b) in enumerate(zip(left, right, strict=True))
            ]
        elif type(left) is not type(right) or left != right:
            found.append(path or "document")
    return found


_ABSENT = object()


def _items(left: dict, right: dict, path: str) -> list[tuple]:
    keys = sorted({str(key) for key in left} | set(right))
    return [
        (left.get(key, _ABSENT), right.get(key, _ABSENT), f"{path}.{key}" if path else key)
        for key in keys
    ]


def is_authentic(document_text: str) -> bool:
    """Tell whether a document is whole: canonical, its hash right, its signature valid.

    The snapshot names the certificate it was signed with; whose that is, is for the reader to
    judge by its fingerprint.
    """
    try:
        body = json.loads(document_text)
        if canonical(body) != document_text or body["format"] != FORMAT:
            return False
        text = canonical(body["snapshot"])
        signature = Signature(body["signature"]["algorithm"], body["signature"]["value"])
        certificate = body["signature"]["certificate"].encode()
        recorded = body["sha256"]
        named = body["snapshot"].get("verification", {}).get("certificate_sha256")
        if named and read_certificate(certificate).fingerprint != named:
            return False
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return sha256(text) == recorded and verify(certificate, signature, text.encode())
