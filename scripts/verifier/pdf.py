# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`certificate.pdf`: the signature over the file, what came after it, and the file inside it."""

from __future__ import annotations

import hashlib
import logging
from io import BytesIO

from . import container, declaration, trust
from .anchors import check_token
from .findings import Report

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

NAME = "declaration.json"


def check(content: bytes, report: Report, facts: dict, trusted: list) -> None:
    """Verify one signed PDF and the declaration embedded in it."""
    if not content.startswith(b"%PDF-"):
        report.bad("byte 0", "not a PDF file")
        return
    try:
        _check(content, report, facts, trusted)
    except Exception as exc:  # noqa: BLE001 - a damaged file makes the parsers raise anything
        report.bad("structure", f"the file cannot be read: {exc or type(exc).__name__}")


def _check(content: bytes, report: Report, facts: dict, trusted: list) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(BytesIO(content), strict=True)
    signatures = list(reader.embedded_signatures)
    for signature in signatures:
        _check_signature(content, signature, report, facts, trusted)
    if len(signatures) != 1:
        report.bad("signatures", f"one is expected and {len(signatures)} were found")
        return
    embedded = _get_embedded(reader)
    if embedded is None:
        report.bad("attachment", f"no {NAME} is embedded in the file")
        return
    _check_embedded(embedded, report, facts, trusted)


def _check_embedded(content: bytes, report: Report, facts: dict, trusted: list) -> None:
    inner = Report(NAME)
    declaration.check(content, inner, facts, trusted)
    for kind, sentence in inner.findings:
        report.findings.append((kind, f"embedded {NAME}: {sentence}"))
    if facts.get("certificate") not in (None, facts.get("pdf_certificate")):
        report.bad("certificate", f"the PDF and its {NAME} were signed with different ones")


def _check_signature(content: bytes, embedded, report: Report, facts: dict, trusted) -> None:
    where = f"signature {embedded.field_name}"
    if not _check_coverage(content, embedded, report, where):
        return
    status = _validate(embedded)
    if not status.intact:
        report.bad(where, "the file was changed: it does not have the digest that was signed")
        return
    if not status.valid:
        report.bad(where, "the signature does not belong to the certificate in it")
        return
    if not container.check_form(embedded, report):
        return
    leaf = trust.x509.load_der_x509_certificate(embedded.signer_cert.dump())
    facts["pdf_certificate"] = trust.fingerprint(leaf)
    moment = status.signer_reported_dt
    when = f" at {moment:%Y-%m-%d %H:%M:%S %Z} by the signer's clock" if moment else ""
    report.good(f"{where}: made{when}; it covers every byte and the file is unchanged since")
    moment = _check_stamp(embedded, report, trusted) or moment
    trust.describe(report, leaf, trusted, moment)
    others = [
        trust.x509.load_der_x509_certificate(certificate.dump())
        for certificate in embedded.other_embedded_certs
    ]
    trust.check_companions(report, leaf, others, trusted)


def _check_stamp(embedded, report: Report, trusted: list):
    """Return the moment an outside witness has stamped the signature, if one has."""
    signer = embedded.signer_info
    for attribute in signer["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            if len(attribute["values"]) != 1:
                report.bad("time stamp", "one is expected")
                continue
            token = attribute["values"][0].dump()
            digest = hashlib.sha256(signer["signature"].native).digest()
            stamp = check_token(token, digest, report, "time stamp", trusted)
            return stamp.moment if stamp else None
    report.note("no outside witness has stamped when it was signed: the time is the signer's own")
    return None


def _validate(embedded):
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    # trust is judged in trust.py; here: is this what that key signed
    return validate_pdf_signature(
        embedded, ValidationContext(trust_roots=[], allow_fetching=False), skip_diff=True
    )


def _check_coverage(content: bytes, embedded, report: Report, where: str) -> bool:
    """The signature must cover the file from its first byte to its last, but for itself."""
    start, _length, resume, rest = (int(number) for number in embedded.byte_range)
    end = resume + rest
    if start != 0 or end != len(content):
        sentence = (
            f"bytes {end} to {len(content)} came after it was signed"
            if end < len(content)
            else f"it covers bytes {start} to {end} of a file of {len(content)}"
        )
        report.bad(f"byte {min(end, len(content))}", f"{where}: {sentence}")
        return False
    return container.check_space(content, embedded, report)


def _get_embedded(reader) -> bytes | None:
    """Return the content of the embedded declaration."""
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    for index in range(0, len(names), 2):
        # by index: a slice of pyHanko's array does not follow references
        name, spec = names[index], names[index + 1]
        if NAME in (str(name), str(spec.get("/UF", "")), str(spec.get("/F", ""))):
            return spec["/EF"]["/F"].data
    return None
