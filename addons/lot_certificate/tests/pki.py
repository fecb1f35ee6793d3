# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A certification authority for tests: root, intermediate, signer, OCSP responder, time stamps.

It is served over HTTP on this machine; what each certificate says of where to ask leads there.
"""

import datetime
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
DAY = datetime.timedelta(days=1)
CA_USAGE = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
LEAF_USAGE = x509.KeyUsage(True, True, False, False, False, False, False, False, False)


class Unit:
    """A certificate with its key."""

    def __init__(self, subject, issuer=None, days=3650, start=None, extensions=(), key=None):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
        start = start or datetime.datetime.now(datetime.UTC).replace(microsecond=0) - DAY
        signer = issuer or self
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(signer.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + days * DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), False
            )
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        self.certificate = builder.sign(signer.key, hashes.SHA256())

    @property
    def pem(self):
        """The certificate in PEM."""
        return self.certificate.public_bytes(PEM)

    @property
    def key_pem(self):
        """The key in PEM."""
        return self.key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


class Authority:
    """Root and intermediate with what they issue; `asked` counts the questions by address."""

    def __init__(self, base, signer_days=30, start=None, stamper_days=3650):
        self.base, self.revoked, self.asked, self.is_silent = base, set(), {}, False
        self._lists = {}
        ca = ((x509.BasicConstraints(ca=True, path_length=None), True), (CA_USAGE, True))
        self.root = Unit("Test root", extensions=ca, start=start)
        self.sub = Unit(
            "Test intermediate", self.root, start=start, extensions=(*ca, self._list("root"))
        )
        leaf = ((x509.BasicConstraints(ca=False, path_length=None), True), (LEAF_USAGE, True))
        ask = x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(
                    AuthorityInformationAccessOID.OCSP,
                    x509.UniformResourceIdentifier(f"{base}/ocsp"),
                )
            ]
        )
        self.signer = Unit(
            "Test Dairy", self.sub, signer_days, start, (*leaf, (ask, False), self._list("sub"))
        )
        self.responder = Unit(
            "Test responder",
            self.sub,
            start=start,
            extensions=(
                *leaf,
                (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),
                (x509.OCSPNoCheck(), False),
            ),
        )
        stamping = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        self.stamper = Unit(
            "Test time stamps",
            self.sub,
            stamper_days,
            start,
            extensions=(*leaf, stamping, self._list("sub")),
            key=rsa.generate_private_key(65537, 2048),  # all that pyHanko's own server can use
        )

    def _list(self, name):
        point = x509.DistributionPoint(
            [x509.UniformResourceIdentifier(f"{self.base}/{name}.crl")], None, None, None
        )
        return x509.CRLDistributionPoints([point]), False

    @property
    def bundle(self):
        """The signer's certificate and its authorities, in PEM."""
        return self.signer.pem + self.sub.pem + self.root.pem

    def make_list(self, name, moment=None):
        """Return the revocation list (DER) of the root or the intermediate."""
        issuer = getattr(self, name)
        moment = moment or datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.name)
            .last_update(moment - DAY / 24)
            .next_update(moment + 7 * DAY)
        )
        for unit in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(unit.certificate.serial_number)
            builder = builder.add_revoked_certificate(
                entry.revocation_date(moment - DAY / 4).build()
            )
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(DER)

    def answer(self, question):
        """Return the answer (DER) to an OCSP question (DER)."""
        request = ocsp.load_der_ocsp_request(question)
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        is_revoked = self.signer in self.revoked
        status = ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=self.signer.certificate,
                issuer=self.sub.certificate,
                algorithm=hashes.SHA1(),  # noqa: S303
                cert_status=status,
                this_update=now - DAY / 24,
                next_update=now + DAY / 2,
                revocation_time=now - DAY / 4 if is_revoked else None,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.responder.certificate)
            .certificates([self.responder.certificate])
        )
        for extension in request.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        return builder.sign(self.responder.key, hashes.SHA256()).public_bytes(DER)

    def stamp(self, request, moment=None):
        """Return the answer (DER) to a time-stamping request (DER)."""
        from asn1crypto import tsp

        return self.get_stamper(moment).request_tsa_response(tsp.TimeStampReq.load(request)).dump()

    def get_stamper(self, moment=None):
        """Return a pyHanko stamper that needs no server."""
        from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
        from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        leaf, *others = load_certs_from_pemder_data(self.stamper.pem + self.sub.pem + self.root.pem)
        return DummyTimeStamper(
            leaf,
            load_private_key_from_pemder_data(self.stamper.key_pem, None),
            certs_to_embed=SimpleCertificateStore.from_certs(others),
            fixed_dt=moment or datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        )

    def respond(self, path, body):
        """Return media type and content for an address."""
        self.asked[path] = self.asked.get(path, 0) + 1
        if path == "/tsr":
            return "application/timestamp-reply", self.stamp(body)
        if path == "/ocsp":
            return "application/ocsp-response", self.answer(body)
        name, key = path.strip("/").removesuffix(".crl"), (path, *sorted(map(id, self.revoked)))
        if key not in self._lists:
            self._lists[key] = self.make_list(name)  # published once, as in life
        return "application/pkix-crl", self._lists[key]


@contextmanager
def serve(**kwargs):
    """Give an authority that answers on this machine; `is_silent` makes it refuse."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            authority = self.server.authority
            if authority.is_silent and self.path != "/tsr":
                self.send_error(503)
                return
            kind, content = authority.respond(self.path, body)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            self.do_POST()

        def log_message(self, *_args):
            """Say nothing: a test that logs has failed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.authority = Authority(f"http://127.0.0.1:{server.server_port}", **kwargs)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
