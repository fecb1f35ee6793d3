# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``scripts/bench``: run the measurements in ``scripts/benches``.

A bench prints one JSON object a line (name, figure, unit, baseline, ratio) on standard output
and its progress on standard error. It runs with the plant's Python and these variables:
``BATCHPROOF_STATE`` (where test databases live) and ``PGHOST``, ``PGPORT``, ``PGUSER``. One that
names add-ons in ``MODULES`` finds them installed in a fresh database, which vanishes afterwards:
``BATCHPROOF_CONF`` is its Odoo's configuration file, ``BATCHPROOF_DATABASE`` its name. What follows
``--`` on the command line is the bench's own: ``scripts/bench history -- --readings 50000000``.
"""

import argparse
import ast
import contextlib
import sys

from . import paths, processes
from .console import Failure, say, warn
from .databases import TestBench, change
from .running import guarded

FOLDER = paths.SCRIPTS / "benches"


def main():
    """Entry point of ``scripts/bench``."""
    ours, theirs = _split(sys.argv[1:])
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Run measurements; after --, options of the one named."
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args(ours)
    return guarded("scripts/bench", lambda: _run(options.names, theirs))


def _split(words):
    """Our words, and those after two dashes."""
    place = words.index("--") if "--" in words else len(words)
    return words[:place], words[place + 1 :]


def _run(names, theirs=()):
    if theirs and len(names) != 1:
        raise Failure("Options after -- belong to one bench: name one.")
    known = {path.stem: path for path in sorted(FOLDER.glob("*.py")) if path.stem[0] != "_"}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise Failure(f"No such bench: {', '.join(unknown)}; scripts/bench lists them.")
    if not names:
        for name, path in known.items():
            say(f"{name:24} {_summary(path)}")
        if not known:
            say("There is no bench yet.")
        return 0
    with contextlib.redirect_stdout(sys.stderr), TestBench() as bench:
        return max(_measure(bench, known[name], theirs) for name in names)


def _measure(bench, path, options=()):
    env = {**bench.cluster.env, "BATCHPROOF_STATE": str(bench.state.root)}
    modules = _constant(path, "MODULES")
    with contextlib.ExitStack() as stack:
        if modules:
            found = stack.enter_context(bench.clone(f"bench_{path.stem}"))
            change(found, "-i", modules, bench.state.log / f"bench-{path.stem}.log")
            names = {"BATCHPROOF_CONF": str(found.conf), "BATCHPROOF_DATABASE": found.database}
            env = {**found.environment(), **env, **names}
        command = [bench.venv / "bin/python", path, *options]
        code = processes.run(command, env=env, cwd=paths.ROOT, check=False)
    if code:
        warn(f"{path.stem} failed (exit {code})")
    return code


def _constant(path, name):
    """Value of a constant at the top of a bench, read without running it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    return None


def _summary(path):
    """First line of a bench's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]
