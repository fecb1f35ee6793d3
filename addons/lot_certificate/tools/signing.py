# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The plant's key: a detached signature over a text, and who may check it.

ECDSA signatures are DER, RSA ones PKCS #1 v1.5, both over SHA-256: what every library and the
command line of OpenSSL verify (`openssl dgst -sha256 -verify`).
"""

import base64
import datetime
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

ECDSA = "ECDSA-SHA256"
RSA = "RSA-SHA256"

# What cryptography raises for a certificate or key that is damaged.
_MALFORMED = (ValueError, KeyError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm)


class SigningError(ValueError):
    """A key or certificate that cannot sign; the sentence says why."""


@dataclass(frozen=True)
class Signature:
    """A detached signature: ``value`` is base64 of the bytes the algorithm produced."""

    algorithm: str
    value: str


@dataclass(frozen=True)
class Identity:
    """The key that signs and the certificate that says whose it is.

    ``chain`` holds the certificates that came with it (its authorities), PEM each.
    """

    key_pem: bytes
    certificate_pem: bytes
    chain: tuple[bytes, ...] = ()

    def sign_raw(self, data: bytes, digest: str = "sha256") -> bytes:
        """Return what the key makes of `data`: DER for ECDSA, PKCS #1 v1.5 for RSA."""
        key = serialization.load_pem_private_key(self.key_pem, None)
        algorithm = {"sha256": hashes.SHA256, "sha384": hashes.SHA384}[digest]()
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(algorithm))
        return key.sign(data, padding.PKCS1v15(), algorithm)

    @contextmanager
    def open(self):
        """Give a pyHanko signer of this key."""
        from pyhanko.keys import load_private_key_from_pemder_data
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        leaf, others = self.load_certificates()
        yield SimpleSigner(
            signing_cert=leaf,
            signing_key=load_private_key_from_pemder_data(self.key_pem, passphrase=None),
            cert_registry=SimpleCertificateStore.from_certs(others),
        )

    def load_certificates(self) -> tuple:
        """Return the certificate and those of its authorities, as pyHanko takes them."""
        from pyhanko.keys import load_certs_from_pemder_data

        pem = b"".join((self.certificate_pem, *self.chain))
        leaf, *others = load_certs_from_pemder_data(pem)
        return leaf, others


def load_identity(certificate_pem: bytes, key_pem: bytes, password: str | None = None) -> Identity:
    """Return the identity, its key without password.

    :raises SigningError: unreadable, of a kind nobody verifies, or key and certificate of two
        different pairs
    """
    try:
        leaf, *chain = x509.load_pem_x509_certificates(certificate_pem)
        key = serialization.load_pem_private_key(key_pem, password.encode() if password else None)
    except _MALFORMED as error:
        raise SigningError(f"the key or its certificate cannot be read: {error}") from error
    _algorithm(key.public_key())
    if _public_bytes(key.public_key()) != _public_bytes(leaf.public_key()):
        raise SigningError("the private key does not belong to the certificate")
    return Identity(
        key_pem=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate_pem=leaf.public_bytes(serialization.Encoding.PEM),
        chain=tuple(each.public_bytes(serialization.Encoding.PEM) for each in chain),
    )


def split_bundle(pem: bytes) -> list[bytes]:
    """Return the certificates of a PEM text one by one.

    :raises SigningError: it cannot be read
    """
    try:
        certificates = x509.load_pem_x509_certificates(pem)
        for certificate in certificates:
            _algorithm(certificate.public_key())
    except _MALFORMED as error:
        raise SigningError(f"the certificate cannot be read: {error}") from error
    return [each.public_bytes(serialization.Encoding.PEM) for each in certificates]


def sign(identity: Identity, data: bytes) -> Signature:
    """Return the detached signature of ``data``."""
    algorithm = get_algorithm(identity.certificate_pem)
    value = identity.sign_raw(data)
    return Signature(algorithm, base64.b64encode(value).decode())


def get_algorithm(certificate_pem: bytes) -> str:
    """Return the algorithm of the signatures that belong to a certificate (PEM)."""
    return _algorithm(x509.load_pem_x509_certificate(certificate_pem).public_key())


def verify(certificate_pem: bytes, signature: Signature, data: bytes) -> bool:
    """Tell whether the owner of the certificate (one PEM as issued) signed exactly ``data``."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        public = certificate.public_key()
        value = base64.b64decode(signature.value, validate=True)
        # base64 has several spellings of one value: only the one that was issued counts
        if certificate.public_bytes(serialization.Encoding.PEM) != certificate_pem:
            return False
        if base64.b64encode(value).decode() != signature.value:
            return False
        if _algorithm(public) != signature.algorithm:
            return False
        if signature.algorithm == ECDSA:
            public.verify(value, data, ec.ECDSA(hashes.SHA256()))
        else:
            public.verify(value, data, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, SigningError, *_MALFORMED):
        return False
    return True


@dataclass(frozen=True)
class CertificateFacts:
    """What a reader wants to know of a signing certificate."""

    subject: str
    issuer: str
    fingerprint: str
    not_before: datetime.datetime
    not_after: datetime.datetime

    @property
    def is_development(self) -> bool:
        """Its own name says that it proves nothing outside a test."""
        return "development" in self.subject.lower()

    def is_valid_at(self, moment: datetime.datetime) -> bool:
        """Tell whether ``moment`` (aware, UTC) lies in the certificate's time."""
        return self.not_before <= moment <= self.not_after


def read_certificate(certificate_pem: bytes) -> CertificateFacts:
    """Return the facts of the first certificate of a PEM text."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        return CertificateFacts(
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
        )
    except _MALFORMED as error:
        raise SigningError(f"the certificate cannot be read: {error}") from error


def _algorithm(public) -> str:
    if isinstance(public, ec.EllipticCurvePublicKey):
        return ECDSA
    if isinstance(public, rsa.RSAPublicKey):
        if public.key_size < 2048:
            raise SigningError("an RSA key needs at least 2048 bits")
        return RSA
    raise SigningError("only ECDSA and RSA keys can sign certificates")


def _public_bytes(public) -> bytes:
    return public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
