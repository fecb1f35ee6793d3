# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Programs and libraries outside Python: the machine's where it has them, else unpacked ones.

What is missing is unpacked into ``<cache>/system`` and run through small wrappers in
``<cache>/bin`` that name its library folders.
"""

import ctypes.util
import os
import shlex
import shutil
from pathlib import Path

from .console import Failure, say, step
from .debian import Apt, unpack
from .paths import cache
from .processes import lock

ADMIN_PATH = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin")
# group -> {program: package}; libraries and data files are listed apart
PROGRAMS = {
    "plant": {"mosquitto": "mosquitto"},
    "check": {
        "pdfsig": "poppler-utils",
        "pdftoppm": "poppler-utils",
        "pdfdetach": "poppler-utils",
        "pdftotext": "poppler-utils",
        "zbarimg": "zbar-tools",
        "softhsm2-util": "softhsm2",
    },
    "browser": {"chromium": "chromium"},
}
LIBRARIES = {  # what WeasyPrint loads by name
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
FONT_PACKAGE = "fonts-dejavu-core"
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
{folders}
  <cachedir>{cachedir}</cachedir>
  <alias binding="same"><family>sans-serif</family><prefer><family>Roboto</family>
    <family>DejaVu Sans</family></prefer></alias>
  <alias binding="same"><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias binding="same"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer>
  </alias>
</fontconfig>
"""


def prefix():
    """Root of the unpacked packages."""
    return cache() / "system"


def wrappers():
    """Folder of the wrapper scripts."""
    return cache() / "bin"


def find(program):
    """The program on this machine or in the cache; its path, or None."""
    folders = [os.environ.get("PATH", ""), *ADMIN_PATH, str(wrappers())]
    return shutil.which(program, path=os.pathsep.join(folders))


def postgres_folder():
    """Folder of PostgreSQL's own programs: the machine's newest, or the unpacked ones."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_major)
    if installed:
        return installed[-1].parent
    return wrappers() if (wrappers() / "initdb").exists() else None


def _major(path):
    name = path.parents[1].name
    return int(name) if name.isdigit() else 0


def ensure(*groups):
    """Make the programs of these groups available; download what is missing."""
    wanted = sorted(set(_missing(groups)))
    if not wanted:
        return
    with lock(cache() / "system.lock", "another set-up"):
        wanted = sorted(set(_missing(groups)))
        if wanted:
            with step(f"Debian packages into {prefix()}: {', '.join(wanted)}"):
                _fetch(wanted)
        for wrong in _missing(groups):
            raise Failure(f"{wrong} was unpacked into {prefix()}, but does not work there.")


def _missing(groups):
    """The packages that this machine and the cache lack."""
    for group in groups:
        yield from (pack for name, pack in PROGRAMS[group].items() if not find(name))
    if "plant" in groups:
        yield from (pack for name, pack in LIBRARIES.items() if not _has_library(name))
        if not postgres_folder():
            yield "postgresql"
        if not _fonts(prefix()):
            yield FONT_PACKAGE


def _has_library(name):
    return bool(ctypes.util.find_library(name)) or any(
        next(folder.glob(f"lib{name}.so.*"), None) for folder in library_folders()
    )


def _fonts(folder):
    return next((folder / "usr/share/fonts").glob("truetype/dejavu/*.ttf"), None)


def _fetch(packages):
    apt = Apt(cache() / "apt").update()
    debs = cache() / "debs"
    names = apt.missing([name for name in packages if name != FONT_PACKAGE])
    names += [FONT_PACKAGE] if FONT_PACKAGE in packages else []  # also where it is installed
    shutil.rmtree(debs / "system", ignore_errors=True)
    files = apt.download(names, debs / "system")
    size = sum(file.stat().st_size for file in files) / 1e6
    prefix().mkdir(parents=True, exist_ok=True)
    for file in files:
        unpack(file, prefix())
    shutil.rmtree(debs / "system")
    _wrap_programs()
    say(f"           {len(files)} packages, {size:.0f} MB")


def library_folders():
    """Library folders of the unpacked packages; some keep a few in a folder below."""
    found = [prefix() / "usr/lib/chromium"]
    for base in ("usr/lib", "lib"):
        folder = prefix() / base / f"{os.uname().machine}-linux-gnu"
        below = {path.parent for path in folder.glob("*/lib*.so*")}
        found += [folder, *sorted(below)]
    return [folder for folder in found if folder.is_dir()]


def _wrap_programs():
    """Write a wrapper for each unpacked program that the project uses."""
    wrappers().mkdir(parents=True, exist_ok=True)
    targets = {}
    for group in PROGRAMS.values():
        for name in group:
            targets[name] = [prefix() / folder / name for folder in ("usr/bin", "usr/sbin")]
    targets["chromium"] = [prefix() / "usr/lib/chromium/chromium"]
    for program in prefix().glob("usr/lib/postgresql/*/bin/*"):
        targets[program.name] = [program]
    for name, places in targets.items():
        place = next((place for place in places if place.exists()), None)
        if place:
            _write_wrapper(name, place)


def _write_wrapper(name, program):
    lines = ["#!/bin/sh", "# Runs an unpacked Debian program with its own libraries."]
    libraries = ":".join(map(str, library_folders()))
    lines.append(f"export LD_LIBRARY_PATH={shlex.quote(libraries)}")
    for folder in prefix().glob("usr/lib/*/ImageMagick-*/modules-*/coders"):
        lines.append(f"export MAGICK_CODER_MODULE_PATH={shlex.quote(str(folder))}")
    for folder in prefix().glob("etc/ImageMagick-*"):
        lines.append(f"export MAGICK_CONFIGURE_PATH={shlex.quote(str(folder))}")
    lines.append(f'exec {shlex.quote(str(program))} "$@"')
    path = wrappers() / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o755)


def write_fonts_conf(*font_folders):
    """Name the fonts that PDFs and screenshots use, so that they look alike everywhere."""
    folder = cache() / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    places = [prefix() / "usr/share/fonts", *font_folders]
    text = FONTS_CONF.format(
        folders="\n".join(f"  <dir>{place}</dir>" for place in places), cachedir=folder / "cache"
    )
    conf = folder / "fonts.conf"
    if not conf.exists() or conf.read_text(encoding="utf-8") != text:
        conf.write_text(text, encoding="utf-8")
    return conf


def environment():
    """The environment for everything we start: nothing that names another Odoo or database."""
    foreign = ("PG", "ODOO_", "PYTHONPATH", "PYTHONHOME")
    env = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    postgres = postgres_folder()
    folders = [*([str(postgres)] if postgres else []), *env.get("PATH", "").split(os.pathsep)]
    folders += [folder for folder in ADMIN_PATH if folder not in folders] + [str(wrappers())]
    env["PATH"] = os.pathsep.join(folders)
    env["FONTCONFIG_FILE"] = str(cache() / "fonts" / "fonts.conf")
    if not all(ctypes.util.find_library(name) for name in LIBRARIES):
        env["LD_LIBRARY_PATH"] = ":".join(map(str, library_folders()))
    return env
