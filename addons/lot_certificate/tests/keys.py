# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Signing keys for the tests, made anew each time."""

import base64
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def make_key(common_name="Test Dairy", start=None, days=365):
    """Return (certificate PEM, key PEM) of a self-signed ECDSA P-256 certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    start = start or datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=days))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def sign_with(company, common_name="Test Dairy", **kwargs):
    """Give `company` a new signing certificate; return the record."""
    certificate_pem, key_pem = make_key(common_name, **kwargs)
    env = company.env
    values = {"name": common_name, "company_id": company.id}
    key = env["certificate.key"].create({**values, "content": base64.b64encode(key_pem)})
    certificate = env["certificate.certificate"].create(
        {**values, "content": base64.b64encode(certificate_pem), "private_key_id": key.id}
    )
    company.certificate_signing_id = certificate
    return certificate
