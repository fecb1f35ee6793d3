# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sign a PDF (PAdES, invisible field) with pyHanko; an appended revision breaks the signature."""

import asyncio
from io import BytesIO

from .signing import Identity, SigningError

FIELD = "BatchproofSignature"


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
    :raises SigningError: the key or the file refuses
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
        name=signer,
        location=location,
    )
    try:
        signed = signers.sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)),
            metadata,
            signer=_signer(identity),
            timestamper=timestamper,
        )
    except (PdfError, ValueError, OSError) as error:
        raise SigningError(f"the PDF could not be signed: {error}") from error
    return signed.getvalue()


def _signer(identity: Identity):
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    leaf, *chain = load_certs_from_pemder_data(
        b"".join((identity.certificate_pem, *identity.chain))
    )
    return SimpleSigner(
        signing_cert=leaf,
        signing_key=load_private_key_from_pemder_data(identity.key_pem, passphrase=None),
        cert_registry=SimpleCertificateStore.from_certs(chain),
    )


def run(coroutine):
    """Wait for what pyHanko does asynchronously, where no loop is running."""
    return asyncio.run(coroutine)
