# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``scripts/test``: the sections in order, and one closing line over all of them."""

import argparse
import os
import time
import xml.etree.ElementTree as ElementTree

from . import linting, machine, odoo, odoo_tests, paths, processes, pyenv
from .console import Failure, say, warn
from .running import guarded

USAGE = """scripts/test                        everything
       scripts/test SECTION [pytest arguments]   one of: lint unit structure odoo install flow
       scripts/test odoo -m MODULE [...]   the tests of one module (may be repeated)"""
TESTS = paths.ROOT / "tests"
PARALLEL = ("-n", "2", "--dist", "loadfile")  # a test file stays with one worker


class Outcome:
    """What the sections have counted so far."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add_report(self, report, code):
        """Add a pytest report; a run that failed without one counts as one failure."""
        if not report.exists():
            self.failed += 1 if code else 0
            return
        before = self.failed
        for case in ElementTree.parse(report).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
            elif case.find("skipped") is not None:
                self.skipped += 1
            else:
                self.passed += 1
        if code and self.failed == before:
            self.failed += 1

    def add(self, good):
        """Add a check that is not a pytest run."""
        self.passed += bool(good)
        self.failed += not good


def main():
    """Entry point of ``scripts/test``."""
    parser = argparse.ArgumentParser(prog="scripts/test", usage=USAGE)
    parser.add_argument("section", nargs="?", choices=SECTIONS)
    parser.add_argument("-m", "--module", action="append", default=[])
    options, rest = parser.parse_known_args()
    return guarded("scripts/test", lambda: _run(options, rest))


def _run(options, arguments):
    outcome = Outcome()
    began = time.monotonic()
    for name in [options.section] if options.section else SECTIONS:
        say(f"\n== {name}")
        try:
            SECTIONS[name](outcome, options, arguments)
        except Failure as failure:
            warn(str(failure))
            outcome.add(False)
    say(f"\n{time.monotonic() - began:.0f} s")
    say(f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped")
    return 1 if outcome.failed else 0


def _lint(outcome, _options, _arguments):
    outcome.add(not linting.check())


def _report(name):
    folder = paths.test_state().create().root
    report = folder / f"report-{name}.xml"
    report.unlink(missing_ok=True)
    return report


def _pytest(outcome, name, python, arguments, env=None, parallel=False):
    """Run the tests of ``tests/<name>``, all of them side by side if that is wanted."""
    folder = TESTS / name
    if not any(folder.rglob("test_*.py")):
        warn(f"tests/{name} has no test")
        return
    report = _report(name)
    plain = [] if name in ("flow",) else ["-p", "no:odoo"]
    command = [
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *plain,
        f"--junitxml={report}",
        f"--rootdir={paths.ROOT}",
        *arguments,
    ]
    if parallel and not arguments:
        command += PARALLEL
    if not any(".py" in part for part in arguments):
        command.append(folder)
    variables = {**machine.environment(), "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
    code = processes.run(command, cwd=paths.ROOT, env=variables, check=False)
    outcome.add_report(report, code)


def _plain(name):
    """A section of tests that need neither a database nor a browser."""

    def section(outcome, _options, arguments):
        _found, venv = odoo.ensure()
        machine.ensure("check")
        _pytest(outcome, name, venv / "bin/python", arguments, parallel=True)

    return section


def _odoo(outcome, options, arguments):
    report = _report("odoo-" + "-".join(options.module or ["all"])[:80])
    everything = not options.module and not arguments
    code = odoo_tests.run(options.module, arguments, report, whole=everything)
    outcome.add_report(report, code)


def _install(outcome, _options, arguments):
    _found, venv = odoo.ensure()
    _pytest(outcome, "install", venv / "bin/python", arguments, parallel=True)


def _flow(outcome, _options, arguments):
    """Tests of a running plant, in a state folder and on ports of their own."""
    machine.ensure("plant", "check", "browser")
    odoo.ensure()
    state = paths.State(paths.state().root / "flow").create()
    env = {"BATCHPROOF_STATE": str(state.root)}
    for variable, _default in paths.PORTS.values():
        env[variable] = str(paths.free_port())
    try:
        _pytest(outcome, "flow", pyenv.tools() / "bin/python", arguments, env)
    finally:
        with processes.undisturbed():
            processes.run([paths.SCRIPTS / "stop"], env={**os.environ, **env}, check=False)


SECTIONS = {
    "lint": _lint,
    "unit": _plain("unit"),
    "structure": _plain("structure"),
    "odoo": _odoo,
    "install": _install,
    "flow": _flow,
}
