# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose key it was: what a certificate says of itself, and what a pinned authority adds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from .findings import Report, Unusable

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
except ImportError as exc:
    raise Unusable(
        "the Python packages cryptography and pyhanko are missing: run scripts/run once, "
        "or pip install cryptography pyhanko"
    ) from exc

MALFORMED = (
    ValueError,
    KeyError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


def load_authorities(path: str | None) -> list[x509.Certificate]:
    """Return the certificates of `--trust`, or an empty list."""
    if not path:
        return []
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as exc:
        raise Unusable(f"--trust {path}: {exc}") from exc


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the certificate in DER."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def describe(
    report: Report, certificate: x509.Certificate, trusted: list, moment: datetime | None
) -> None:
    """State who signed, whether that is worth anything, and whether it was in time."""
    subject = certificate.subject.rfc4514_string()
    report.good(f"the signer's certificate is {subject} (SHA-256 {fingerprint(certificate)})")
    if "development" in subject.lower():
        report.note("it is a development key: it proves nothing outside a test")
    if certificate.issuer == certificate.subject:
        _check_self_signed(report, certificate)
    if trusted:
        _check_pinned(report, certificate, trusted)
    elif certificate.issuer != certificate.subject:
        report.note(
            f"its issuer {certificate.issuer.rfc4514_string()} is not known here: give the "
            "authority's certificate with --trust CA.pem"
        )
    if moment:
        _check_time(report, certificate, moment)


def _check_self_signed(report: Report, certificate: x509.Certificate) -> None:
    report.note("it is self-signed: compare its SHA-256 with one you got from the signer")
    if not _is_issued_by(certificate, certificate):
        report.bad("certificate", "its own signature is wrong: the certificate was altered")


def _check_pinned(report: Report, certificate: x509.Certificate, trusted: list) -> None:
    for authority in trusted:
        if authority == certificate or _is_issued_by(certificate, authority):
            name = authority.subject.rfc4514_string()
            report.good(f"it was issued by the authority you trust, {name}")
            return
    report.bad("certificate", "it was not issued by any authority of --trust")


def check_companions(report: Report, leaf, others: list, trusted: list) -> None:
    """The signature does not cover the authorities that travel with it: their own issuers do."""
    for certificate in others:
        issuers = [
            each
            for each in (*others, *trusted)
            if each.subject == certificate.issuer and each != leaf
        ]
        name = certificate.subject.rfc4514_string()
        if any(_is_issued_by(certificate, issuer) for issuer in issuers):
            continue
        if issuers or trusted:
            # with the authorities known, whatever does not lead to one of them has no place here
            report.bad("certificates", f"the one of {name} was altered, or is a stranger's")
        else:
            report.note(f"the authority {name} came with the signature; its issuer is not known")


def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, *MALFORMED):
        return False
    return True


def _check_time(report: Report, certificate: x509.Certificate, moment: datetime) -> None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begin <= moment.astimezone(UTC) <= end:
        report.bad(
            "certificate",
            f"it is valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d}, "
            f"and the signature says {moment:%Y-%m-%d}",
        )


def to_pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def load_leaf(pem: str) -> x509.Certificate:
    """Return the certificate of a PEM text, which must be spelt as it was issued."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    if certificate.public_bytes(serialization.Encoding.PEM).decode() != pem:
        raise ValueError("the PEM text has another spelling than the certificate in it")
    # parsed when first read: a damaged one must fail here, not in the middle of a sentence
    for part in ("subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc"):
        getattr(certificate, part)
    certificate.public_key()
    return certificate
