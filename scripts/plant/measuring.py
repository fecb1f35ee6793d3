# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``scripts/bench``: run the measurements in ``scripts/benches``.

A bench prints one JSON object a line (name, figure, unit, baseline, ratio) on standard output
and its progress on standard error. It runs with the plant's Python and these variables:
``BATCHPROOF_STATE`` (where test databases live) and ``PGHOST``, ``PGPORT``, ``PGUSER``.
"""

import argparse
import ast

from . import paths, processes
from .console import Failure, say, warn
from .databases import TestBench
from .running import guarded

FOLDER = paths.SCRIPTS / "benches"


def main():
    """Entry point of ``scripts/bench``."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Run measurements.")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    return guarded("scripts/bench", lambda: _run(options.names))


def _run(names):
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
    with TestBench() as bench:
        return max(_measure(bench, known[name]) for name in names)


def _measure(bench, path):
    env = {**bench.cluster.env, "BATCHPROOF_STATE": str(bench.state.root)}
    code = processes.run([bench.venv / "bin/python", path], env=env, cwd=paths.ROOT, check=False)
    if code:
        warn(f"{path.stem} failed (exit {code})")
    return code


def _summary(path):
    """First line of a bench's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]
