# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose key it was: what a certificate says of itself, and what a trusted authority adds."""

from datetime import UTC, datetime
from pathlib import Path

from .report import Report, Unusable

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa  # noqa: F401
except ImportError as exc:
    raise Unusable(
        "the Python packages cryptography and pyhanko are missing: run scripts/run once, "
        "or pip install cryptography pyhanko"
    ) from exc

# what a damaged certificate makes the library raise
MALFORMED = (
    ValueError,
    KeyError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


def load_trusted(path: str | None) -> list[x509.Certificate]:
    """Return the certificates of `--trust`, or an empty list."""
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes()) if path else []
    except (OSError, ValueError) as exc:
        raise Unusable(f"--trust {path}: {exc}") from exc


def load(pem: str) -> x509.Certificate:
    """Return the certificate of a PEM text, which must be spelt as it was issued."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    if to_pem(certificate).decode() != pem:
        raise ValueError("the PEM text has another spelling than the certificate in it")
    # parsed when first read: a damaged one must fail here, not in the middle of a sentence
    for part in ("subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc"):
        getattr(certificate, part)
    certificate.public_key()
    return certificate


def to_pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the certificate in DER."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def describe(
    report: Report, leaf, trusted: list, moment: datetime | None = None, others: list = ()
) -> None:
    """State who signed, who vouches for that, and whether it was in the certificate's time.

    :param others: the certificates that came with it, which may stand between it and `trusted`
    """
    subject = leaf.subject.rfc4514_string()
    report.good(f"the signer's certificate is {subject} (SHA-256 {fingerprint(leaf)})")
    if "development" in subject.lower():
        report.note("it is a development key: it proves nothing outside a test")
    if leaf.issuer == leaf.subject:
        report.note("it is self-signed: compare its SHA-256 with one you got from the signer")
        if not is_issued_by(leaf, leaf):
            report.bad("certificate", "its own signature is wrong: the certificate was altered")
    vouching = climb(leaf, others, trusted)
    if vouching:
        name = vouching.subject.rfc4514_string()
        report.good(f"it leads to the authority you trust, {name}")
    elif trusted:
        report.bad(
            "certificate",
            "it was not issued by any authority of --trust; those in between, if they did not come "
            "with the file, belong there too",
        )
    elif leaf.issuer != leaf.subject:
        report.note(
            f"its issuer {leaf.issuer.rfc4514_string()} is not known here: give the "
            "authority's certificate with --trust CA.pem"
        )
    begin, end = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    if moment and not begin <= moment.astimezone(UTC) <= end:
        report.bad(
            "certificate",
            f"it is valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d}, "
            f"and the signature says {moment:%Y-%m-%d}",
        )


def compare_name(report: Report, leaf, issuer) -> None:
    """An authority vouches for whoever it certifies: whether that is the issuer, a person sees."""
    stated = str(issuer.get("name") or "") if isinstance(issuer, dict) else ""
    kinds = (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
    names = [
        str(part.value).casefold()
        for kind in kinds
        for part in leaf.subject.get_attributes_for_oid(kind)
    ]
    if stated and not any(stated.casefold() in name for name in names):
        report.note(
            f"the declaration names “{stated}” as its issuer, and the certificate is of "
            f"{leaf.subject.rfc4514_string()}: see whether that is the same"
        )


def climb(leaf, others: list, trusted: list):
    """Return the trusted authority at the end of the way up from a certificate, or None."""
    current, left = leaf, list(others)
    while True:
        for authority in trusted:
            if authority == current or is_issued_by(current, authority):
                return authority
        above = [each for each in left if is_authority(each) and is_issued_by(current, each)]
        if not above:
            return None
        current = above[0]
        left.remove(current)


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate may issue others: a signer's own must not."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def check_companions(report: Report, leaf, others: list, trusted: list) -> None:
    """The signature does not cover the authorities that travel with it: their own issuers do."""
    for certificate in others:
        issuers = [
            each
            for each in (*others, *trusted)
            if each.subject == certificate.issuer and each != leaf
        ]
        name = certificate.subject.rfc4514_string()
        if any(is_issued_by(certificate, issuer) for issuer in issuers):
            continue
        if issuers or trusted:
            # with the authorities known, whatever does not lead to one of them has no place here
            report.bad("certificates", f"the one of {name} was altered, or is a stranger's")
        else:
            report.note(f"the authority {name} came with the signature; its issuer is not known")


def is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Tell whether the key of `authority` has signed the certificate."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, *MALFORMED):
        return False
    return True
