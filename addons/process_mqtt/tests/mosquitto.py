# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A private Mosquitto for tests: own port, own folder, password, TLS; killed and restarted."""

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "bridge", "Only-for-tests-7"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")


def find_mosquitto() -> str | None:
    """The broker's program: MOSQUITTO, or on PATH, or where systems put their daemons."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *PLACES])
    return os.environ.get("MOSQUITTO") or shutil.which("mosquitto", path=path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def hash_password(password: str) -> str:
    """Mosquitto's own format: PBKDF2 with SHA-512."""
    salt, rounds = os.urandom(12), 101
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


class Authority:
    """A certificate authority of its own, and the server certificates it signs."""

    def __init__(self, folder: Path, name: str = "ca"):
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test {name}")])
        self.file = folder / f"{name}.crt"
        certificate = self._build(self._name, self._key.public_key(), days=2, is_ca=True)
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, host: str, days: int = 2) -> tuple[Path, Path]:
        """Certificate and key files for a host; `days` below zero for one that has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._build(subject, key.public_key(), days=days, host=host)
        name = f"{self.file.stem}-{host}-{days}"
        crt, pem = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        crt.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return crt, pem

    def _build(self, subject, public_key, days, is_ca=False, host=None):
        until = datetime.now(UTC) + timedelta(days=days)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - timedelta(days=10))
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if host:
            is_address = host.replace(".", "").isdigit()
            name = x509.IPAddress(ip_address(host)) if is_address else x509.DNSName(host)
            builder = builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


class Mosquitto:
    """One broker process with persistence; `tls` is (certificate, key) or None for plain.

    With `client_ca` each client must show a certificate of that authority. `extra` are lines of
    configuration.
    """

    def __init__(
        self,
        folder: Path,
        tls: tuple[Path, Path] | None = None,
        client_ca: Path | None = None,
        extra: tuple[str, ...] = (),
    ):
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen | None = None
        (folder / "passwords").write_text(f"{USER}:{hash_password(PASSWORD)}\n")
        lines = [
            "user root",  # else it would give up root's rights, and then not see this folder
            "per_listener_settings false",
            "persistence true",
            f"persistence_location {folder}/",
            *(extra or ("max_queued_messages 0", "max_inflight_messages 0")),
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous false",
            f"password_file {folder}/passwords",
        ]
        if tls:
            lines += [f"certfile {tls[0]}", f"keyfile {tls[1]}", "tls_version tlsv1.2"]
        if client_ca:
            lines += [f"cafile {client_ca}", "require_certificate true"]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        os.chmod(folder / "passwords", 0o600)

    def start(self) -> "Mosquitto":
        log = open(self.folder / "log", "ab")  # noqa: SIM115 - the process keeps it
        self._process = subprocess.Popen(
            [find_mosquitto(), "-c", str(self.folder / "mosquitto.conf")],
            stdout=log,
            stderr=log,
        )
        log.close()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """As a service manager would: it writes its store."""
        if self._process:
            self._process.terminate()
            self._process.wait(20)
            self._process = None
