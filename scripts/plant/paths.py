# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where everything lives: the checkout, the shared cache and the state of one plant."""

import hashlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from .console import Failure

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
SCRIPTS = ROOT / "scripts"
PORTS = {
    "http": ("BATCHPROOF_HTTP_PORT", 8069),
    "mqtt": ("BATCHPROOF_MQTT_PORT", 8883),
    "smtp": ("BATCHPROOF_SMTP_PORT", 8025),
}
SOCKET_LIMIT = 85  # a Unix socket path ends at 107 bytes, file name included


def cache():
    """Downloads and unpacked programs, shared by all checkouts of one user.

    For root it must be readable by others: PostgreSQL refuses to run as root.
    """
    if os.environ.get("BATCHPROOF_CACHE"):
        return Path(os.environ["BATCHPROOF_CACHE"]).resolve()
    if os.geteuid() == 0:
        return Path("/var/cache/batchproof")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "batchproof"


def port(kind):
    """The TCP port of a service, from the environment or the default."""
    variable, default = PORTS[kind]
    value = os.environ.get(variable) or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise Failure(f"{variable} must be a port number, not {value!r}.")
    return int(value)


def require_free_ports():
    """Say which variable moves a service whose port someone else holds."""
    for kind, (variable, _default) in PORTS.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port(kind)))
            except OSError:
                raise Failure(
                    f"Port {port(kind)} ({kind}) is taken by another program; "
                    f"set {variable} to a free one."
                ) from None


def free_port():
    """A port nobody holds now, for a short-lived test server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class State:
    """The folders and files of one plant (or of the test runs)."""

    root: Path

    @property
    def service(self):
        """Data of servers that never run as root, where 'nobody' can reach it."""
        if os.geteuid() != 0:
            return self.root
        return Path(f"/var/tmp/batchproof-{self._digest}")

    @property
    def socket(self):
        """Folder of PostgreSQL's socket."""
        folder = self.service / "pg"
        if len(os.fsencode(folder)) <= SOCKET_LIMIT:
            return folder
        return Path(f"/tmp/batchproof-{self._digest}")

    @property
    def _digest(self):
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]

    @property
    def log(self):
        """Folder of the log files."""
        return self.root / "log"

    @property
    def broker(self):
        """Folder of the MQTT broker."""
        return self.service / "broker"

    @property
    def mail(self):
        """Folder of caught mails, one file each."""
        return self.root / "mail"

    @property
    def signing(self):
        """Folder of the development signing key."""
        return self.root / "signing"

    @property
    def conf(self):
        """Generated configuration of the Odoo server."""
        return self.root / "odoo.conf"

    @property
    def access(self):
        """What other programs need to know to use the running plant."""
        return self.root / "access.json"

    def create(self):
        """Make the folders; only the owner may look inside."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        for folder in (self.log, self.mail, self.root / "data", self.root / "evidence"):
            folder.mkdir(exist_ok=True)
        return self


def state():
    """The state folder of this checkout's plant."""
    folder = os.environ.get("BATCHPROOF_STATE")
    return State(Path(folder).resolve() if folder else ROOT / ".run")


def test_state():
    """The state of test runs: a running plant and the tests never share a database."""
    return State(state().root / "test")
