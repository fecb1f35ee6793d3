# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Python packages: one environment to run Odoo in, one for the tools, by content hash."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from .console import Failure, step
from .debian import Apt, unpack
from .paths import ROOT, cache
from .processes import lock

RUNTIME = ("requirements.txt", "tests/requirements.txt")
TOOLS = ("tests/requirements-tools.txt",)
EDGE = ("tests/requirements-edge.txt",)
LCA = ("tests/requirements-lca.txt",)
SUPPORTED = ((3, 11), (3, 12))


def require_python():
    """Refuse a Python for which the pinned packages have no wheels."""
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        raise Failure(
            f"Python 3.11 or 3.12 is needed and this is {sys.version.split()[0]}; "
            "start the script with another interpreter, for example python3.11 scripts/run."
        )


def runtime(source):
    """Folder of the environment that imports this Odoo."""
    return _ensure("odoo", RUNTIME, link=source.path)


def tools():
    """Folder of the environment with linters and the browser driver."""
    return _ensure("tools", TOOLS)


def edge():
    """Folder of the environment of the Sparkplug edge node that tests talk to."""
    return _ensure("edge", EDGE)


def lca():
    """Folder of the environment of Brightway, to which tests hand an inventory."""
    return _ensure("lca", LCA)


def key(files=RUNTIME, link=""):
    """Identify the content of an environment."""
    digest = hashlib.sha256(f"{sys.version} {sys.base_prefix} {link}".encode())
    for name in files:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()[:12]


def _ensure(name, files, link=""):
    require_python()
    folder = cache() / f"venv-{name}-{key(files, link)}"
    mark = folder / ".ready"
    with lock(cache() / f"venv-{name}.lock", "another set-up"):
        if not mark.exists():
            with step(f"Python packages into {folder}"):
                _build(folder, files)
                if link:
                    _site(folder).joinpath("odoo19.pth").write_text(f"{link}\n", encoding="utf-8")
                mark.touch()
    return folder


def _build(folder, files):
    shutil.rmtree(folder, ignore_errors=True)
    pip = _create(folder)
    wanted = [part for name in files for part in ("-r", ROOT / name)]
    options = ["--disable-pip-version-check", "--only-binary", ":all:", "--no-binary", "docopt"]
    command = [*pip, "install", "-q", *options, *wanted]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise Failure("Installing the Python packages failed:\n" + "\n".join(lines[-12:]))


def _create(folder):
    """Make the environment; return the command that is pip.

    Debian splits pip off Python: then its wheel is unpacked and run as it is.
    """
    python = folder / "bin" / "python"
    made = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, text=True)
    if made.returncode == 0:
        return [python, "-m", "pip"]
    shutil.rmtree(folder, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", folder], capture_output=True, text=True
    )
    if made.returncode:
        raise Failure(f"python3 -m venv failed: {(made.stderr or made.stdout).strip()[-500:]}")
    return [python, f"{_pip_wheel()}/pip"]


def _pip_wheel():
    place = cache() / "pip"
    found = sorted(place.glob("usr/share/python-wheels/pip-*.whl"))
    if not found:
        for package in (
            Apt(cache() / "apt").update().download(["python3-pip-whl"], cache() / "debs" / "pip")
        ):
            unpack(package, place)
        found = sorted(place.glob("usr/share/python-wheels/pip-*.whl"))
    if not found:
        raise Failure("pip is missing and Debian's python3-pip-whl has no wheel of it.")
    return found[-1]


def _site(folder):
    paths = {"base": str(folder), "platbase": str(folder)}
    return Path(sysconfig.get_path("purelib", "venv", paths))


def link(state, name, folder):
    """Point ``<state>/<name>`` at the environment, for other programs."""
    place = state.root / name
    new = place.with_name(f".{name}.{os.getpid()}")
    new.symlink_to(folder)
    new.replace(place)
