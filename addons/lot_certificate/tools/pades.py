# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sign a PDF (PAdES, invisible field) with pyHanko; an appended revision breaks the signature."""

import hashlib
from io import BytesIO

from .signing import Identity, SigningError

FIELD = "BatchproofSignature"


class StampMissing(SigningError):
    """The time-stamping server is out of reach or gave no stamp that holds."""


def sign_pdf(
    pdf: bytes,
    identity: Identity,
    *,
    reason: str,
    signer: str,
    location: str | None = None,
    timestamper=None,
) -> bytes:
    """Return ``pdf`` with a signature over the whole file.

    :param signer: the printed name of who signs (the company)
    :param timestamper: a pyHanko TimeStamper for an RFC 3161 time, or None
    :raises StampMissing: the time-stamping server gave none
    :raises SigningError: the key or the file refuses
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
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
                IncrementalPdfFileWriter(BytesIO(pdf)),
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
