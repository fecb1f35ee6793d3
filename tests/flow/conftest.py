# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A whole plant for the flow tests: broker, bridge, simulator, mail catcher, Odoo, PostgreSQL.

It is started by the same commands a newcomer uses, in a state folder and on ports of its own.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts" / "check"), str(ROOT / "scripts")]


def pytest_addoption(parser):
    """`scripts/test flow --faults`: the long fault run."""
    parser.addoption("--faults", action="store_true", help="100 000 messages and 40 kills")


class RunningPlant:
    """A detached plant, driven from outside through its access file."""

    def __init__(self, state: Path, environment: dict[str, str]):
        self.state = state
        self.environment = environment
        self.access_file = state / "access.json"

    @property
    def access(self) -> dict:
        """The access file's content."""
        return json.loads(self.access_file.read_text())

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run one of the project's commands against this plant."""
        return subprocess.run(
            [str(ROOT / "scripts" / command[0]), *command[1:]],
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
        )

    @contextmanager
    def without_database(self):
        """Stop PostgreSQL, and start it again at the end; the supervisor has Odoo follow."""
        from client import wait_for
        from plant import paths, postgres, processes, supervisor

        def odoo():
            return processes.read_json(self.state / "processes.json")["odoo"]

        cluster = postgres.Cluster(paths.State(self.state))
        before = odoo()
        cluster.stop()
        try:
            yield
        finally:
            cluster.start()
            port = int(self.environment["BATCHPROOF_HTTP_PORT"])
            wait_for("a new Odoo", lambda: odoo() != before and supervisor.healthy(port))

    def dairy(self):
        """The dairy as its people and programs see it."""
        from actors import Plant

        return Plant(self.access_file, "company_dairy", "dairy", "d1")

    def polymer(self):
        """The polymer plant as its people and programs see it."""
        from actors import Plant

        return Plant(self.access_file, "company_polymer", "polymer", "p1")


@pytest.fixture(scope="session")
def plant():
    """Start a detached plant once for all flow tests, and stop it at the end."""
    from plant import paths

    environment = dict(os.environ)
    state = Path(environment.setdefault("BATCHPROOF_STATE", str(ROOT / ".run" / "flow")))
    for variable, _default in paths.PORTS.values():
        environment.setdefault(variable, str(paths.free_port()))
    # what the plant sends to a customer's exchange with: our secret there, and whom to trust
    environment["BATCHPROOF_PACT_FLOW"] = secrets.token_urlsafe(24)
    environment["BATCHPROOF_PACT_CA"] = str(state / "pact" / "ca.crt")
    running = RunningPlant(state, environment)
    started = running.run("run", "--detach", check=False)
    if started.returncode:
        pytest.fail(f"scripts/run --detach failed:\n{started.stdout}\n{started.stderr}")
    yield running
    running.run("stop")


@pytest.fixture(scope="session")
def evidence(plant):
    """The evidence folder of one whole check of both plants."""
    folder = plant.state / "evidence"
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        sys.executable,
        str(ROOT / "scripts" / "check"),
        "--access",
        str(plant.access_file),
        "--evidence",
        str(folder),
    ]
    done = subprocess.run(command, env=plant.environment, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"the check failed:\n{done.stdout}\n{done.stderr}")
    return folder


@pytest.fixture(scope="session")
def launch():
    """Start a headless Chromium, the one on PATH, with more arguments if needed."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium")
    assert executable, "no chromium on PATH: run the flow tests by scripts/test"
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ]
    with sync_playwright() as playwright:
        yield lambda *more: playwright.chromium.launch(
            executable_path=executable, args=[*quiet, *more]
        )


@pytest.fixture(scope="session")
def browser(launch):
    """One Chromium for all tests that need nothing special of it."""
    chromium = launch()
    yield chromium
    chromium.close()
