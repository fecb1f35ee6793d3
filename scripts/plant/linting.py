# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``scripts/lint``: style and conventions, in seconds and without a database."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from . import odoo, processes, pyenv, source
from .console import Failure, step
from .paths import ADDONS, ROOT
from .processes import run

# Odoo publishes these as LGPL-3 with all of its repository; their manifests carry a wrong label
MISLABELLED = ("certificate",)


def main():
    """Entry point of ``scripts/lint``."""
    parser = argparse.ArgumentParser(prog="scripts/lint", description=__doc__)
    parser.add_argument("--fix", action="store_true", help="format and repair what can be")
    parser.add_argument("paths", nargs="*", help="check only these (ruff only)")
    options = parser.parse_args()
    processes.catch_signals()
    try:
        failed = check(options.fix, options.paths)
    except Failure as failure:
        print(f"scripts/lint: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if failed:
        print(f"scripts/lint: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def check(fix=False, paths=()):
    """Run every checker; return the names of those that complain."""
    folder = pyenv.tools()
    failed = []
    for title, command in _commands(folder / "bin", fix, list(paths)):
        env = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        with tempfile.NamedTemporaryFile(suffix=".log") as log:
            with step(title):
                code = run(command, log=log.name, cwd=ROOT, check=False, env=env)
            if code:
                failed.append(title)
                sys.stdout.write(Path(log.name).read_text(encoding="utf-8", errors="replace"))
    if not paths and not fix and _licences_wrong(folder / "bin"):
        failed.append("manifestoo")
    return failed


def _commands(tools, fix, paths):
    """Title and command of each checker."""
    places = paths or ["."]
    ruff, quiet = tools / "ruff", ["--quiet", "--no-cache"]
    repair = ["--fix"] if fix else []
    yield "ruff check", [ruff, "check", *quiet, *repair, *places]
    yield "ruff format", [ruff, "format", *quiet, *([] if fix else ["--check"]), *places]
    if paths:
        return
    modules = [ADDONS / name for name in odoo.manifests()]
    if modules:
        yield "oca-checks-odoo-module", [tools / "oca-checks-odoo-module", *repair, *modules]
        if not fix:
            rules = f"--rcfile={ROOT / '.pylintrc'}"
            yield "pylint-odoo", [tools / "pylint", "--jobs=0", rules, *modules]
    translations = [path for path in ADDONS.glob("*/i18n/*.po*") if path.suffix in (".po", ".pot")]
    if translations:
        yield "oca-checks-po", [tools / "oca-checks-po", *repair, *translations]
    compose = [tools / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    yield "docker-compose.yml", [*compose, ROOT / "docker-compose.yml"]
    yield "shellcheck", [tools / "shellcheck", ROOT / ".ci" / "run"]


def _licences_wrong(tools):
    """Check that ours depend on compatible licences only; True if they do not."""
    if not odoo.manifests():
        return False
    found = source.ensure()
    core = next(path for path in (found.path / "odoo" / "addons",) if path.is_dir())
    with tempfile.TemporaryDirectory() as folder, step("manifestoo check-licenses"):
        overlay = Path(folder)
        for name in MISLABELLED:
            _relabel(_manifest(name, [core, *found.addons]), overlay / name)
        places = ",".join(map(str, [overlay, core, *found.addons]))
        command = [
            tools / "manifestoo",
            f"--addons-path={places}",
            f"--select-addons-dir={ADDONS}",
            "--odoo-series=19.0",
            "--no-addons-path-from-import-odoo",
            "check-licenses",
        ]
        return run(command, cwd=ROOT, check=False) != 0


def _manifest(name, folders):
    return next(path for path in (folder / name for folder in folders) if path.is_dir())


def _relabel(addon, place):
    place.mkdir()
    for name in ("__init__.py", "__manifest__.py"):
        shutil.copyfile(addon / name, place / name)
    manifest = place / "__manifest__.py"
    text = manifest.read_text(encoding="utf-8").replace("OEEL-1", "LGPL-3")
    manifest.write_text(text, encoding="utf-8")
