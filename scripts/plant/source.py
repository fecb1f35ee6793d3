# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo 19 itself: Debian's package unpacked into the cache, or the folder in ODOO_HOME."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .console import Failure, step, warn
from .debian import Apt, unpack
from .paths import cache
from .processes import lock, read_json, write_json

SUITE = "sid"  # the only suite that has Odoo 19
PACKAGE = "odoo-19"
PINNED_VERSION = "19.0.0+dfsg-1"
PINNED_SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"
RECIPE = 1  # raise it when the unpacked tree is repaired differently
LANGUAGES = ("de", "fr", "es")
# files the package links to; Montserrat is not in Debian 12
SUITE_LINKED = ("fonts-montserrat",)
LINKED = (
    "fonts-inconsolata",
    "fonts-font-awesome",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
STUB = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
UNWANTED = ("--exclude=*/i18n/[!def]*.po", "--exclude=./usr/lib/python3/dist-packages/addons")


@dataclass(frozen=True)
class Source:
    """An importable Odoo 19."""

    path: Path
    version: str
    addons: tuple = ()
    fonts: tuple = ()


def ensure():
    """The Odoo to run; unpacked first if need be."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return _given(Path(home).resolve())
    folder = cache() / "odoo"
    mark = folder / "ready.json"
    with lock(cache() / "odoo.lock", "another set-up"):
        if read_json(mark).get("recipe") != RECIPE:
            _build(folder)
    share = folder / "usr/share/fonts"
    version = read_json(mark)["version"]
    return Source(folder / "usr/lib/python3/dist-packages", version, fonts=(share,))


def _given(home):
    """An existing checkout or installation."""
    release = home / "odoo" / "release.py"
    if not release.exists():
        raise Failure(f"ODOO_HOME={home} has no odoo/release.py: it must be an Odoo 19 folder.")
    text = release.read_text(encoding="utf-8")
    if "(19, 0" not in text:
        raise Failure(f"ODOO_HOME={home} is not Odoo 19.0.")
    own = home / "addons"  # in a checkout; Debian's folder of that name is an incomplete copy
    addons = (own,) if own.is_dir() and home.name != "dist-packages" else ()
    return Source(home, "19.0 " + hashlib.sha256(str(home).encode()).hexdigest()[:8], addons)


def _build(folder):
    debs = cache() / "debs"
    with step("Odoo 19 from Debian (120 MB)"):
        package, version = _download(debs)
    with step(f"Unpack Odoo into {folder}"):
        new = folder.with_name("odoo.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        _extract(package, new)
        for extra in sorted((debs / "linked").glob("*.deb")):
            unpack(extra, new)
        _repair(new)
        write_json(new / "ready.json", {"recipe": RECIPE, "version": version}, 0o644)
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)


def _download(debs):
    """Odoo's package (the pinned build if there is one) and what it links to."""
    shutil.rmtree(debs / "linked", ignore_errors=True)
    apt = Apt(cache() / "apt", SUITE).update()
    package = _pinned(debs)
    version = PINNED_VERSION
    if not package:
        package, version = _fetch(apt, debs)
    apt.download(SUITE_LINKED, debs / "linked")
    Apt(cache() / "apt").update().download(LINKED, debs / "linked")
    return package, version


def _pinned(debs):
    """The pinned build, if it was downloaded before."""
    for file in debs.glob(f"{PACKAGE}_*.deb"):
        if _sha256(file) == PINNED_SHA256:
            return file
    return None


def _fetch(apt, debs):
    versions = [version for version in apt.versions(PACKAGE) if version.startswith("19.0")]
    if not versions:
        raise Failure(
            f"The Debian mirror's {SUITE} has no {PACKAGE} 19.0; "
            "set ODOO_HOME to an Odoo 19 folder."
        )
    version = PINNED_VERSION if PINNED_VERSION in versions else versions[0]
    for old in debs.glob(f"{PACKAGE}_*.deb"):
        old.unlink()
    files = apt.download([f"{PACKAGE}={version}"], debs)
    if version != PINNED_VERSION:
        warn(f"Debian offers Odoo {version}, not the tested {PINNED_VERSION}; taking it.")
    elif _sha256(files[0]) != PINNED_SHA256:
        raise Failure(f"{files[0]} differs from the pinned build {PINNED_VERSION}.")
    return files[0], version


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _extract(package, folder):
    """Unpack without most translations (0.8 GB) and a second, incomplete copy of the addons."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as deb:
        tar = subprocess.run(
            ["tar", "-x", "-C", folder, "--no-same-owner", *UNWANTED], stdin=deb.stdout
        )
    if tar.returncode or deb.returncode:
        raise Failure(f"Unpacking {package} into {folder} failed.")
    for translation in folder.glob("usr/lib/python3/dist-packages/odoo/addons/*/i18n/*.po"):
        if translation.stem.partition("_")[0] not in LANGUAGES:
            translation.unlink()


def _repair(folder):
    """Mend what Debian's package lacks.

    The removed background-blur library is still named by the web client: without the stub each
    page logs an error and every browser test fails.
    """
    dist = folder / "usr/lib/python3/dist-packages"
    stub = dist / STUB
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("/* not shipped by Debian: background blur in calls is off */\n")
    shutil.copy2(folder / "usr/bin/odoo", dist / "odoo-bin")
    dangling = [path for path in _links(folder) if not path.exists()]
    if dangling:
        warn(f"{len(dangling)} files that Odoo links to are missing, first {dangling[0].name}.")


def _links(folder):
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            if path.is_symlink():
                yield path
