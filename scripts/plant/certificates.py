# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Make the keys of a development plant: the broker's TLS and the signing certificate.

Run as a program with the plant's Python: the set-up scripts themselves need no package.
"""

import datetime
import ipaddress
import os
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEARS = 5
WARNING = "not for production"


def _name(common_name):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Batchproof development"),
        ]
    )


def _builder(subject, issuer, key):
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )


def _usage(**granted):
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: granted.get(name, False) for name in names})


def make_authority(title):
    """A certificate authority of our own; nothing but this plant trusts it."""
    key = rsa.generate_private_key(65537, 3072)
    subject = _name(f"{title} authority - {WARNING}")
    builder = (
        _builder(subject, subject, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), True)
    )
    return key, builder.sign(key, hashes.SHA256())


def issue(authority, common_name, key, *extensions):
    """A certificate for ``key``, signed by the authority."""
    ca_key, ca = authority
    identifier = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    link = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    builder = (
        _builder(_name(common_name), ca.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(link, False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(ca_key, hashes.SHA256())


def write(folder, name, certificate, key=None):
    """Store as PEM; keys are readable for their owner only."""
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / f"{name}.crt").write_bytes(pem)
    if key:
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with open(os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(secret)


def broker(folder):
    """TLS for the MQTT broker on this machine."""
    authority = make_authority("Batchproof development broker")
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName(
        [
            x509.DNSName("localhost"),
            x509.DNSName("broker"),  # its name in docker-compose.yml
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        ]
    )
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    usage = (_usage(digital_signature=True), True)
    leaf = issue(authority, "localhost", key, (names, False), (purpose, False), usage)
    write(folder, "server", leaf, key)
    write(folder, "ca", authority[1])


def signing(folder):
    """The key that signs certificates of a demo plant; its name says what it is worth."""
    authority = make_authority("Batchproof development signing")
    key = rsa.generate_private_key(65537, 3072)
    usage = (_usage(digital_signature=True, content_commitment=True), True)
    leaf = issue(authority, f"Batchproof development key - {WARNING}", key, usage)
    write(folder, "signing", leaf, key)
    write(folder, "ca", authority[1])


if __name__ == "__main__":
    os.umask(0o022)
    {"broker": broker, "signing": signing}[sys.argv[1]](Path(sys.argv[2]))
