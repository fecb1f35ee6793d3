# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Take packages from the machine's own Debian mirror without being root.

apt runs on private state: nothing is installed on the machine, its package lists stay
untouched. The machine's package database is read, so that only what is missing comes.
"""

import os
import shutil
import subprocess
from pathlib import Path

from .console import Failure
from .processes import output

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SKIPPED = ("libllvm", "postgresql-common", "postgresql-client-common", "ssl-cert", "debconf")


def require_apt():
    """Refuse in one sentence where packages cannot be had."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Failure(
            "This needs a Debian system (apt-get and dpkg-deb); elsewhere install Odoo 19, "
            "PostgreSQL and Mosquitto yourself, point ODOO_HOME at the Odoo folder and have the "
            "others on PATH."
        )


class Apt:
    """One private apt: the machine's own sources, or a single other suite of its mirror."""

    def __init__(self, folder, suite=None):
        require_apt()
        self.folder = Path(folder) / (suite or "own")
        for name in ("state/lists/partial", "cache/archives/partial", "parts"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        lines = [*self._private(), *_machine_acquire()]
        if suite:
            lines += self._suite(suite)
        (self.folder / "apt.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.env = {**os.environ, "APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C"}

    def _private(self):
        return [
            f'Dir::State "{self.folder}/state";',
            'Dir::State::status "/var/lib/dpkg/status";',
            f'Dir::Cache "{self.folder}/cache";',
            f'Dir::Etc::Parts "{self.folder}/parts";',
            'Dir::Etc::Main "/dev/null";',
            'Dir::Cache::pkgcache "";',
            'Dir::Cache::srcpkgcache "";',
            'Acquire::GzipIndexes "true";',
            'APT::Sandbox::User "";',
            'APT::Install-Recommends "false";',
            'Debug::NoLocking "true";',
            'Acquire::Languages "none";',
            'Acquire::Retries "5";',
        ]

    def _suite(self, suite):
        """A suite's index may lie expired on a mirror; its signature is checked all the same."""
        if not KEYRING.exists():
            raise Failure(
                f"Odoo 19 is taken from Debian's {suite}, and {KEYRING} is missing here; "
                "install debian-archive-keyring or set ODOO_HOME to an Odoo 19 folder."
            )
        source = self.folder / "sources.list"
        source.write_text(f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n", encoding="utf-8")
        return [
            f'Dir::Etc::SourceList "{source}";',
            'Dir::Etc::SourceParts "/dev/null";',
            'Acquire::Check-Valid-Until "false";',
        ]

    def update(self):
        """Fetch the package lists."""
        output(["apt-get", "-qq", "update"], env=self.env)
        return self

    def versions(self, package):
        """The versions on offer, best first."""
        lines = output(["apt-cache", "madison", package], env=self.env, check=False).splitlines()
        return [line.split("|")[1].strip() for line in lines if "|" in line]

    def download(self, packages, folder):
        """Download just these packages; return their files."""
        if not packages:
            return []
        folder.mkdir(parents=True, exist_ok=True)
        before = set(folder.glob("*.deb"))
        done = subprocess.run(
            ["apt-get", "-qq", "download", *packages],
            cwd=folder,
            env=self.env,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Failure(f"Downloading {', '.join(packages)} failed: {done.stderr.strip()[-800:]}")
        return sorted(set(folder.glob("*.deb")) - before)

    def missing(self, packages):
        """These packages and what they need, less what the machine has."""
        plan = output(["apt-get", "-s", "-y", "install", *packages], env=self.env)
        names = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        return [name for name in names if not name.startswith(SKIPPED)]


def mirror():
    """The Debian mirror the machine uses itself."""
    text = output(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI)",
            "Created-By: Packages",
            "Component: main",
        ],
        check=False,
    )
    found = [line for line in text.split() if line.rstrip("/").endswith("/debian")]
    if not found:
        raise Failure(
            "No Debian mirror stands in apt's configuration, so Odoo 19 cannot be downloaded; "
            "set ODOO_HOME to an Odoo 19 folder."
        )
    return found[0]


def _machine_acquire():
    """How the machine reaches its mirror: proxy, certificates, time-outs."""
    lines = output(["apt-config", "dump"], check=False).splitlines()
    return [line for line in lines if line.startswith("Acquire::") and '""' not in line]


def unpack(package, folder):
    """Unpack a package without running anything of it."""
    output(["dpkg-deb", "-x", package, folder])
