# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Read an RFC 3161 time-stamp token: what it covers, when, by whom, and whether that holds.

Used by the models and, loaded by its path, by `scripts/verify`; so it imports nothing of Odoo.
"""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature

MAX_CHAIN = 6


class StampError(ValueError):
    """A token that proves nothing; the sentence says why."""


@dataclass(frozen=True)
class Stamp:
    """A moment somebody else vouches for; `is_trusted`: by one of the authorities given."""

    moment: datetime.datetime
    authority: str
    certificate: bytes
    companions: tuple[bytes, ...]
    is_trusted: bool


def read(token: bytes, digest: bytes, authorities: Sequence[bytes] = ()) -> Stamp:
    """Return what a token (DER) says of a SHA-256 digest.

    :param authorities: certificates (PEM) of those whose stamps are trusted
    :raises StampError: unreadable, over something else, or its own signature is wrong
    """
    from asn1crypto import cms

    try:
        info = cms.ContentInfo.load(token, strict=True)
        if info["content_type"].native != "signed_data":
            raise StampError("it is not a time-stamp token")
        return _read(info["content"], digest, authorities)
    except StampError:
        raise
    except Exception as error:  # the parsers raise anything for a damaged token
        reason = str(error) or type(error).__name__
        raise StampError(f"the time stamp cannot be read: {reason}") from error


def _read(data, digest: bytes, authorities: Sequence[bytes]) -> Stamp:
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    content = data["encap_content_info"]["content"]
    said = content.parsed
    imprint = said["message_imprint"]
    signer = data["signer_infos"][0]
    leaf, others = _split(data, signer)
    intact, valid = validate_sig_integrity(
        signer,
        leaf,
        expected_content_type="tst_info",
        actual_digest=hashlib.new(
            signer["digest_algorithm"]["algorithm"].native, bytes(content)
        ).digest(),
    )
    if imprint["hash_algorithm"]["algorithm"].native != "sha256" or not intact:
        raise StampError("the time stamp was changed")
    if imprint["hashed_message"].native != digest:
        raise StampError("the time stamp is of something else")
    if not valid:
        raise StampError("the time stamp does not carry the signature of its authority")
    moment = said["gen_time"].native
    return Stamp(
        moment=moment,
        authority=leaf.subject.human_friendly,
        certificate=leaf.dump(),
        companions=tuple(others),
        is_trusted=_is_trusted(leaf.dump(), others, authorities, moment),
    )


def _split(data, signer) -> tuple:
    """Return the certificate of the signer, and the others (DER) that came with it."""
    sid = signer["sid"].chosen
    certificates = [each.chosen for each in data["certificates"]]
    for leaf in certificates:
        if leaf.issuer == sid["issuer"] and leaf.serial_number == sid["serial_number"].native:
            return leaf, [each.dump() for each in certificates if each is not leaf]
    raise StampError("the time stamp does not bring the certificate of its authority")


def _is_trusted(leaf: bytes, others: list[bytes], authorities, moment) -> bool:
    """Climb from the certificate of a stamp, made for stamping, to one of the authorities."""
    trusted = [each for pem in authorities for each in x509.load_pem_x509_certificates(pem)]
    known = [x509.load_der_x509_certificate(each) for each in others]
    current = x509.load_der_x509_certificate(leaf)
    try:
        usage = current.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    if x509.ExtendedKeyUsageOID.TIME_STAMPING not in usage:
        return False
    for _step in range(MAX_CHAIN):
        if not current.not_valid_before_utc <= moment <= current.not_valid_after_utc:
            return False
        if current in trusted or any(_is_issued_by(current, each) for each in trusted):
            return True
        issuers = [each for each in known if each != current and _is_issued_by(current, each)]
        if not issuers:
            return False
        current = issuers[0]
    return False


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
