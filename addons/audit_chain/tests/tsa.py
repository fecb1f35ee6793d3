# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A time-stamping server for tests: RFC 3161 over HTTP on this machine, with its own authority."""

import datetime
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def _certify(subject, key, issuer=None, issuer_key=None):
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
    is_authority = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), True)
        .add_extension(
            x509.KeyUsage(
                not is_authority,
                False,
                False,
                False,
                False,
                is_authority,
                is_authority,
                False,
                False,
            ),
            True,
        )
    )
    if not is_authority:
        purpose = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, True)
    return builder.sign(issuer_key or key, hashes.SHA256())


class Authority:
    """A witness: `pem` is what others trust, `stamp(request)` answers as a server does."""

    def __init__(self, name="Test time authority"):
        key, leaf_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self.certificate = _certify(name, key)
        self.leaf = _certify(f"{name} unit 1", leaf_key, self.certificate, key)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        self._key = leaf_key

    def get_stamper(self, moment=None):
        """Return a pyHanko stamper that needs no server."""
        from asn1crypto import keys
        from asn1crypto import x509 as asn1_x509
        from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        def load(certificate):
            return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))

        secret = self._key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return DummyTimeStamper(
            load(self.leaf),
            keys.PrivateKeyInfo.load(secret),
            certs_to_embed=SimpleCertificateStore.from_certs([load(self.certificate)]),
            fixed_dt=moment or datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        )

    def stamp(self, request: bytes) -> bytes:
        """Return the answer (DER) to a request (DER)."""
        from asn1crypto import tsp

        return self.get_stamper().request_tsa_response(tsp.TimeStampReq.load(request)).dump()


@contextmanager
def serve(authority, answer=None):
    """Serve an authority on this machine; give its address. `answer` replaces what it says."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = self.rfile.read(int(self.headers["Content-Length"]))
            body = authority.stamp(request) if answer is None else answer
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            """Say nothing: a test that logs has failed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
