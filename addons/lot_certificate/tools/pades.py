# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sign a PDF (PAdES, invisible field) with pyHanko; an appended revision breaks the signature.

Evidence for later (certificates, revocation lists, OCSP answers) is put into the file before it is
signed, in the same revision: so the signature covers it, and nothing ever has to be appended.
"""

import datetime
import hashlib
from dataclasses import dataclass
from io import BytesIO

from .signing import Identity, SigningError

FIELD = "BatchproofSignature"


BASELINE, STAMPED, LONG_TERM = "b_b", "b_t", "b_lt"


class ProofMissing(SigningError):
    """What somebody outside has to say is out of reach; trying again may help."""


class StampMissing(ProofMissing):
    """The time-stamping server is out of reach or gave no stamp that holds."""


class RevocationMissing(ProofMissing):
    """Nobody could be asked whether a certificate is revoked."""


@dataclass(frozen=True)
class Evidence:
    """What shows that certificates were good when they were used (DER each).

    `is_complete`: there is an answer for every certificate below the authority one trusts.
    """

    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    good_until: datetime.datetime
    is_complete: bool

    def __add__(self, other: "Evidence") -> "Evidence":
        """Return the evidence of both, each thing once."""
        return Evidence(
            tuple(dict.fromkeys(self.certificates + other.certificates)),
            tuple(dict.fromkeys(self.crls + other.crls)),
            tuple(dict.fromkeys(self.ocsps + other.ocsps)),
            min(self.good_until, other.good_until),
            self.is_complete and other.is_complete,
        )


def sign_pdf(
    pdf: bytes,
    identity: Identity,
    *,
    reason: str,
    signer: str,
    location: str | None = None,
    timestamper=None,
    evidence: Evidence | None = None,
) -> bytes:
    """Return ``pdf`` with a signature over the whole file.

    :param signer: the printed name of who signs (the company)
    :param timestamper: a pyHanko TimeStamper for an RFC 3161 time, or None
    :param evidence: what goes into the file so that the signature can be judged for long
    :raises StampMissing: the time-stamping server gave none
    :raises SigningError: the key or the file refuses
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
        name=signer,
        location=location,
    )
    try:
        with identity.open() as signer_of_key:
            signed = signers.sign_pdf(
                _open(pdf, evidence),
                metadata,
                signer=signer_of_key,
                timestamper=timestamper,
                bytes_reserved=None if timestamper else _reserve(identity),
            )
    except TimestampRequestError as error:
        raise StampMissing(str(error.__cause__ or error)) from error
    except (PdfError, ValueError, OSError) as error:
        raise SigningError(f"the PDF could not be signed: {error}") from error
    return signed.getvalue()


def _open(pdf: bytes, evidence: Evidence | None):
    """Return the writer of the one revision that will be signed, the evidence already in it.

    That is a document security store (ETSI EN 319 142-1, 5.4.2) without an entry for this one
    signature (VRI), which would be named by the digest of the signature's own value.
    """
    from asn1crypto import crl, ocsp, x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    if evidence is None:
        return writer
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(each) for each in evidence.certificates],
        crls=[crl.CertificateList.load(each) for each in evidence.crls],
        ocsps=[ocsp.OCSPResponse.load(each) for each in evidence.ocsps],
    )
    return writer


def get_level(pdf: bytes, evidence: Evidence | None) -> str:
    """Return the level of a signed PDF, no higher than what was put into it.

    Long term is what has a stamp and an answer for each certificate of the signature and of that
    stamp. The server may have stamped with another key than the one that was asked about.
    """
    stamp = get_stamp(pdf)
    if stamp is None:
        return BASELINE
    if not evidence or not evidence.is_complete:
        return STAMPED
    return LONG_TERM if _get_stamper(stamp[0]) in evidence.certificates else STAMPED


def _get_stamper(token: bytes) -> bytes | None:
    """Return the certificate (DER) of the key that has made a stamp."""
    from asn1crypto import cms

    signed = cms.ContentInfo.load(token)["content"]
    serial = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    found = [each.chosen for each in signed["certificates"]]
    return next((each.dump() for each in found if each.serial_number == serial), None)


def _reserve(identity: Identity) -> int:
    """Return the space for the signature in hexadecimal digits: its certificates and 4 kB more.

    Otherwise pyHanko signs twice, the first time for the size; with a stamp it has to.
    """
    leaf, others = identity.load_certificates()
    return 2 * (sum(len(certificate.dump()) for certificate in (leaf, *others)) + 4096)


def get_stamp(pdf: bytes) -> tuple[bytes, bytes] | None:
    """Return the RFC 3161 token of a signed PDF and the digest it covers, or None without one."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    (embedded,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    signer = embedded.signer_info
    for attribute in signer["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            digest = hashlib.sha256(signer["signature"].native).digest()
            return attribute["values"][0].dump(), digest
    return None
