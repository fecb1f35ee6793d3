# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Run the tests inside the addons by pytest-odoo on a clone of the template."""

import re
import tempfile
import xml.etree.ElementTree as ElementTree

from . import machine, paths, processes, pyenv
from .console import Failure, say, step, warn
from .databases import TestBench, change
from .odoo import in_order
from .paths import ADDONS

NEEDED = re.compile(r"chrom|browser|http|websocket|broker|mosquitto|edge", re.IGNORECASE)
PLUGINS = paths.ROOT / "tests" / "plugins"
PARALLEL = 2  # test runs at once on one machine
WORKERS = ("-n", "2", "--dist", "loadscope")  # when all modules are tested at once

ASSETS = """
for name, styles in (
    ("web.assets_web", True),
    ("web.assets_frontend", True),
    ("web.assets_frontend_minimal", False),
    ("web.assets_frontend_lazy", False),
    ("web.assets_tests", False),
    ("web.report_assets_common", True),
):
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=styles)
    bundle.js()
    if styles:
        bundle.css()
env.cr.commit()
"""


def run(modules, arguments, report=None, whole=False):
    """Test these modules (all of them by default); return pytest's exit code."""
    machine.ensure("plant", "browser", "check")
    chosen = list(modules) or in_order()
    unknown = sorted(set(chosen) - set(in_order()))
    if unknown:
        raise Failure(f"No such module in {ADDONS}: {', '.join(unknown)}.")
    if not chosen:
        warn("addons/ has no module yet: nothing to test.")
        return 0
    label = chosen[0] if len(chosen) == 1 else "all"
    with TestBench() as bench:
        bench.template()
        with processes.slot(bench.state.root / "slots", PARALLEL):
            return _run_on(bench, chosen, arguments, report, whole, label)


def _run_on(bench, chosen, arguments, report, whole, label):
    log = bench.state.log / f"install-{label}.log"
    log.unlink(missing_ok=True)
    report = report or bench.state.root / f"report-{label}.xml"
    with bench.clone(label) as found:
        change(found, "-i", chosen, log)
        if whole:
            _build_assets(found, bench.state.log / "assets.log")
        code = _pytest(bench, found, chosen, arguments, report)
        if whole:
            for _round in range(2):
                change(found, "-u", chosen, log)
    skipped = skipped_browser_tests(report)
    for name in skipped:
        warn(f"skipped although a browser is there: {name}")
    return code or bool(skipped)


def _build_assets(found, log):
    """Build what browsers load, once: what a test builds goes with its transaction."""
    with step("Scripts and styles for the browser"), tempfile.TemporaryFile("w+") as script:
        script.write(ASSETS)
        script.seek(0)
        found.run("--no-http", name="shell", log=log, stdin=script)


def _pytest(bench, found, chosen, arguments, report):
    """Tests of other modules than the chosen ones do not run, even if they are installed."""
    report.unlink(missing_ok=True)
    places = [ADDONS / name for name in chosen if (ADDONS / name / "tests").is_dir()]
    if not places:
        say(f"  {', '.join(chosen)}: no tests folder")
        return 0
    env = {
        **found.environment(),
        "PGHOST": str(bench.cluster.socket),
        "PGUSER": "odoo",
        "PGPORT": "5432",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(PLUGINS),
        "BATCHPROOF_EDGE_PYTHON": str(pyenv.edge() / "bin" / "python"),
        "BATCHPROOF_LCA_PYTHON": str(pyenv.lca() / "bin" / "python"),
    }
    command = [
        found.python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "odoo_pytest",
        f"--odoo-config={found.conf}",
        f"--odoo-database={found.database}",
        "--odoo-http",
        f"--junitxml={report}",
        f"--rootdir={ADDONS}",
        *arguments,
    ]
    if len(chosen) > 1 and not arguments:
        command += WORKERS
    if not any(str(part).startswith(str(ADDONS)) or ".py" in str(part) for part in arguments):
        command += places
    code = processes.run(command, env=env, cwd=ADDONS, check=False)
    return 0 if code == 5 else code  # 5: no test was collected


def skipped_browser_tests(report):
    """Names of tests that were skipped for want of a browser or server: never acceptable."""
    if not report.exists():
        return []
    found = []
    for case in ElementTree.parse(report).iter("testcase"):
        skip = case.find("skipped")
        if skip is not None and NEEDED.search(f"{skip.get('message')} {skip.text}"):
            found.append(f"{case.get('classname')}.{case.get('name')}")
    return found
